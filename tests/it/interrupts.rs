//! Ctrl-C, SIGTERM and SIGHUP: what is under way leaves no trace in the database and no process, what was finished is
//! kept, the code is 130, and the next run ends as if nothing had happened.
//!
//! `MCPDEX_MOMENTS` sets at how many random moments a crawl with slow children is interrupted (6 unless set); from 30 on
//! the two seconds are measured as well (`tests/scale/interrupt`).
#![cfg(target_os = "linux")]

use crate::fetch::{tarball, wheel};
use crate::support::binary::User;
use crate::support::database::content;
use crate::support::mirror::{Mirror, Reply};
use mcpdex::source::artifact::sha256_hex;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Packages of each kind that the registry lists.
const PACKAGES: usize = 12;
/// How long a child of the crawl thinks, in seconds.
const SLOW: &str = "0.15";
/// In the environment of every process of a run, by which those that it leaves behind are found.
const MARK: &str = "MCPDEX_TEST_MARK";

fn moments() -> usize {
    std::env::var("MCPDEX_MOMENTS").ok().and_then(|moments| moments.parse().ok()).unwrap_or(6)
}

/// A registry of Python and npm packages, and an npm and a pip that take their time to say where those come from.
struct Place {
    mirror: Mirror,
    commands: tempfile::TempDir,
}

impl Place {
    fn start() -> Place {
        let (mirror, commands) = (Mirror::start(), tempfile::tempdir().unwrap());
        let entry = |kind: &str, number: usize| {
            json!({"server": {"name": format!("clay/{kind}{number:02}"), "version": "1.0.0",
                              "packages": [{"registryType": kind, "identifier": format!("kiln{number:02}"), "version": "1.2.0"}]},
                   "_meta": {"io.modelcontextprotocol.registry/official": {"status": "active", "isLatest": true}}})
        };
        let (half, first) = (PACKAGES / 2, "/v0.1/servers?limit=100&version=latest");
        let pages = [(0..half, Some("second")), (half..PACKAGES, None)];
        for (numbers, next) in pages {
            let servers: Vec<Value> =
                numbers.clone().flat_map(|number| [entry("pypi", number), entry("npm", number)]).collect();
            let target = if numbers.start == 0 { first.to_owned() } else { format!("{first}&cursor=second") };
            mirror.on(&target, Reply::json(json!({"servers": servers, "metadata": {"nextCursor": next}})));
        }
        // Once it was read whole it is asked for changes, of which there are none.
        mirror.on(&format!("{first}&updated_since=*"), Reply::json(json!({"servers": [], "metadata": {}})));
        for number in 0..PACKAGES {
            let name = format!("kiln{number:02}");
            let (file, archive) = (format!("{name}-1.2.0-py3-none-any.whl"), format!("/{name}-1.2.0.tgz"));
            let page = json!({"meta": {"api-version": "1.1"}, "name": name, "files": [
                {"filename": file, "url": format!("/files/{file}"), "hashes": {"sha256": sha256_hex(&wheel())}, "yanked": false}]});
            mirror.on(&format!("/simple/{name}/"), Reply::of("application/vnd.pypi.simple.v1+json", page.to_string()));
            mirror.on(&format!("/files/{file}"), Reply::file(wheel()));
            let dist = json!({"tarball": mirror.url(&archive).as_str()});
            let page = json!({"name": name, "dist-tags": {"latest": "1.2.0"}, "versions": {"1.2.0": {"dist": dist}}});
            mirror.on(&format!("/{name}"), Reply::json(page)).on(&archive, Reply::file(tarball()));
        }
        // `sleep` is a child of the child: it must go as well.
        let npm = format!("sleep {SLOW}\necho '{}'", mirror.url("/"));
        let pip = format!(
            "sleep {SLOW}\ncase \"$*\" in\n*--version*) echo pip 99;;\n\
             *--help*) printf 'x\\n --index-url <url>  Base (default\\n   {}). This\\n';;\n\
             *) echo 'ERROR: no distribution' >&2; exit 1;;\nesac",
            mirror.url("/simple")
        );
        for (name, script) in [("npm", npm), ("pip", pip.clone()), ("pip3", pip)] {
            let file = commands.path().join(name);
            std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        Place { mirror, commands }
    }

    /// A crawl in a process group of its own that hears every signal, as a shell starts one in front: what a shell starts
    /// behind, these tests may be among it, ignores the one of Ctrl-C.
    fn command(&self, user: &User, words: &[&str]) -> Command {
        let mut command = Command::new("/usr/bin/env");
        command.args(["--default-signal", env!("CARGO_BIN_EXE_mcpdex")]).args(words);
        let path = format!("{}:/usr/bin:/bin", self.commands.path().display());
        command.env_clear().env("HOME", user.home()).current_dir(user.home());
        command.env("PATH", path).env(MARK, user.home()).process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn crawl(&self, user: &User) -> Child {
        let source = format!("registry:{}", self.mirror.url("").as_str().trim_end_matches('/'));
        self.command(user, &["crawl", &source, "--json"]).spawn().unwrap()
    }
}

fn signal(word: &str, target: &str) {
    Command::new("kill").args([word, "--", target]).status().unwrap();
}

/// Waits for the end of an interrupted command: the code, what it said, the seconds that it took.
fn end(child: Child) -> (Option<i32>, String, f64) {
    let begun = Instant::now();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap(), begun.elapsed().as_secs_f64())
}

/// The processes of a user's runs that are still there.
fn left_behind(user: &User) -> Vec<String> {
    let mark = format!("{MARK}={}", user.home().display());
    let mut left = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()) {
            let line = std::fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default();
            left.push(line.replace('\0', " "));
        }
    }
    left
}

/// Every attempt and every list of an interrupted run is one of an undisturbed run.
fn is_part_of(user: &User, whole: &User) -> usize {
    // Cut before there was a database, or before there was anything in it.
    let is_made = |connection: rusqlite::Connection| {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'server'";
        connection.query_row(sql, [], |row| row.get::<_, i64>(0))
    };
    if !user.database().exists() || rusqlite::Connection::open(user.database()).and_then(is_made).unwrap() == 0 {
        return 0;
    }
    let (part, whole) = (content(&user.database()), content(&whole.database()));
    for what in ["attempts", "observations"] {
        let known: BTreeSet<&String> = whole[what].iter().collect();
        let strange: Vec<&String> = part[what].iter().filter(|row| !known.contains(row)).collect();
        assert!(strange.is_empty(), "{what}: {strange:?}");
    }
    part["attempts"].len()
}

#[test]
fn a_crawl_that_is_interrupted_at_any_moment_is_as_if_what_was_under_way_had_not_begun() {
    let place = Place::start();
    let undisturbed = User::new();
    let begun = Instant::now();
    let child = place.crawl(&undisturbed);
    let (code, said, _) = end(child);
    assert_eq!(code, Some(0), "{said}");
    let whole = begun.elapsed().as_secs_f64();
    assert!(left_behind(&undisturbed).is_empty(), "{:?}", left_behind(&undisturbed));
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    let (mut cut, mut slowest, mut between) = (0, 0.0_f64, 0);
    for moment in 0..moments() {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let user = User::new();
        let child = place.crawl(&user);
        // Not before it listens at all: then the system ends it as it ends any program.
        let part = 0.02 + 0.96 * ((dice >> 8) % 1_000) as f64 / 1_000.0;
        std::thread::sleep(Duration::from_secs_f64(whole * part));
        // A terminal tells the whole group in the foreground, `kill` one process.
        let id = child.id().to_string();
        match moment % 2 {
            0 => signal("-INT", &format!("-{id}")),
            _ => signal("-TERM", &id),
        }
        let (code, said, seconds) = end(child);
        if code != Some(0) {
            assert_eq!(code, Some(130), "moment {moment}: {said}");
            assert!(said.contains("stopping") || said.contains("stopped"), "{said}");
            cut += 1;
            slowest = slowest.max(seconds);
        }
        assert!(left_behind(&user).is_empty(), "moment {moment}: {:?}", left_behind(&user));
        let done = is_part_of(&user, &undisturbed);
        between += usize::from(done > 0 && done < 2 * PACKAGES);
        let (code, said, _) = end(place.crawl(&user));
        assert_eq!(code, Some(0), "{said}");
        let (expected, found) = (content(&undisturbed.database()), content(&user.database()));
        for (what, rows) in &expected {
            // Where all but the judging was done, the second run is one of its own.
            if what == "runs" {
                assert!(found[what].iter().all(|run| run == &rows[0]), "{:?}", found[what]);
                continue;
            }
            assert_eq!(rows, &found[what], "moment {moment}: {what}");
        }
    }
    println!(
        "{cut} of {} were cut short, {between} in the midst of work; the slowest ended in {slowest:.2} s",
        moments()
    );
    assert!(cut > 0, "nothing was cut short");
    if moments() >= 30 {
        assert!(slowest < 2.0, "{slowest} s");
    }
}

/// A user whose scan has to learn a package that takes its time.
fn with_configuration(place: &Place) -> User {
    let user = User::new();
    std::fs::write(user.home().join("mcp.json"), r#"{"mcpServers":{"kiln":{"command":"uvx","args":["kiln00"]}}}"#)
        .unwrap();
    let pip = place.commands.path().join("pip");
    std::fs::write(pip, "#!/bin/sh\ntouch \"$HOME/asked\"\nsleep 30\n").unwrap();
    user
}

fn wait_for(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn commands_that_crawl_for_themselves_take_their_crawl_with_them() {
    let place = Place::start();
    let user = with_configuration(&place);
    for (words, word) in [
        (vec!["scan", "mcp.json"], "-INT"),
        (vec!["pin", "mcp.json"], "-TERM"),
        (vec!["scan", "mcp.json", "--json"], "-HUP"),
    ] {
        let _ = std::fs::remove_file(user.home().join("asked"));
        let child = place.command(&user, &words).spawn().unwrap();
        wait_for(|| user.home().join("asked").exists());
        let id = child.id().to_string();
        signal(word, &if word == "-INT" { format!("-{id}") } else { id });
        let (code, said, _) = end(child);
        assert_eq!(code, Some(130), "{words:?}: {said}");
        assert!(left_behind(&user).is_empty(), "{words:?}: {:?}", left_behind(&user));
        let rows = content(&user.database());
        assert!(rows["attempts"].is_empty(), "{words:?}: {:?}", rows["attempts"]);
        assert!(!user.home().join("mcpdex.lock").exists());
    }
}

#[test]
fn a_second_signal_ends_at_once_and_an_ignored_one_stays_ignored() {
    let place = Place::start();
    let user = with_configuration(&place);
    let child = place.command(&user, &["crawl", "pypi:kiln00"]).spawn().unwrap();
    wait_for(|| user.home().join("asked").exists());
    for _ in 0..2 {
        signal("-INT", &child.id().to_string());
    }
    let (code, said, _) = end(child);
    assert_eq!((code, said.lines().filter(|line| line.contains("stopping")).count()), (Some(130), 1), "{said}");
    assert!(left_behind(&user).is_empty());
    // As under nohup: what the shell ignores is not taken up again.
    let mut shell = Command::new("sh");
    let script = "trap '' HUP; touch \"$HOME/trapped\"; exec \"$0\" crawl sample --quiet";
    shell.args(["-c", script, env!("CARGO_BIN_EXE_mcpdex")]).env("HOME", user.home());
    let child = shell.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(|| user.home().join("trapped").exists());
    signal("-HUP", &child.id().to_string());
    let (code, said, _) = end(child);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_program_that_is_probed_goes_with_the_probe() {
    let (place, user) = (Place::start(), User::new());
    // One that does what it can to stay: it hears no signal, and a child of its own leaves the group.
    let script = user.home().join("stay.sh");
    std::fs::write(&script, "#!/bin/sh\ntrap '' TERM INT HUP\nsetsid sleep 60 &\ntouch \"$1/asked\"\nsleep 60\n")
        .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mark = format!("{MARK}={}", user.home().display());
    for word in ["-INT", "-TERM"] {
        let _ = std::fs::remove_file(user.home().join("asked"));
        let (script, home) = (script.to_str().unwrap(), user.home().to_str().unwrap());
        let words = ["probe", "--run", "--run-unsandboxed", "--run-env", &mark, "--", script, home];
        let child = place.command(&user, &words).spawn().unwrap();
        wait_for(|| user.home().join("asked").exists());
        signal(word, &format!("-{}", child.id()));
        let (code, said, _) = end(child);
        assert_eq!(code, Some(130), "{said}");
        wait_for(|| left_behind(&user).is_empty());
    }
}

#[test]
fn an_import_that_is_cut_short_has_not_begun() {
    let user = User::new();
    let tools: String = (0..20_000)
        .map(|n| {
            format!(r#"{{"server":"s{}","name":"drop_table_{n}","description":"Delete a table."}}"#, n / 10) + "\n"
        })
        .collect();
    std::fs::write(user.home().join("tools.jsonl"), tools).unwrap();
    user.done(&["crawl", "--listed", "tools.jsonl", "--quiet"]);
    user.done(&["export", "--out", "all.jsonl"]);
    let copy = user.home().join("copy.db");
    let child = user.command(&["--db", "copy.db", "import", "all.jsonl"]).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(|| copy.exists());
    signal("-TERM", &child.id().to_string());
    let (code, said, _) = end(child);
    assert_eq!(code, Some(130), "{said}");
    let held: i64 = rusqlite::Connection::open(&copy)
        .and_then(|connection| {
            connection.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'server'", [], |row| row.get(0))
        })
        .unwrap();
    assert!(held == 0 || content(&copy)["servers"].is_empty());
    user.done(&["--db", "copy.db", "import", "all.jsonl", "--quiet"]);
    assert_eq!(content(&copy)["verdicts"], content(&user.database())["verdicts"]);
}

#[test]
fn what_is_written_whole_is_whole_or_not_there_when_it_is_cut_short() {
    let user = User::new();
    let tools: String = (0..30_000)
        .map(|n| {
            format!(r#"{{"server":"s{}","name":"drop_table_{n}","description":"Delete a table for good."}}"#, n / 10)
                + "\n"
        })
        .collect();
    std::fs::write(user.home().join("tools.jsonl"), tools).unwrap();
    user.done(&["crawl", "--listed", "tools.jsonl", "--quiet"]);
    for (words, part) in [
        (vec!["policy", "--all", "--target", "rego", "--out", "out"], "out/documents.jsonl.part"),
        (vec!["export", "--format", "csv", "--out", "out.csv"], "out.csv.part"),
    ] {
        let mut child = user.command(&words).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = Instant::now();
        while !user.home().join(part).exists() && child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60), "{words:?} does not begin");
            std::thread::sleep(Duration::from_millis(1));
        }
        signal("-INT", &child.id().to_string());
        let (code, said, _) = end(child);
        let whole = user.home().join(part.trim_end_matches(".part")).exists();
        // A fast machine may be done before it hears.
        assert!(code == Some(130) || whole && code == Some(0), "{words:?}: {code:?} {said}");
        assert!(!user.home().join(part).exists() && (code == Some(0) || !whole), "{words:?}");
    }
}
