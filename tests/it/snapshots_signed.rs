//! Published snapshots: what is published comes back whole; whatever was changed, left out or cut short is refused, and an
//! interrupted publish leaves a whole snapshot.

use crate::support::binary::{Ran, User};
use crate::support::database::content;
use crate::support::shelf::{answered, friday, listed, monday, package};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const LIST: &str = r#"{"name":"list_pots","description":"Lists the pots on the shelf.","inputSchema":{"type":"object","properties":{}}}"#;
const DROP: &str = r#"{"name":"drop_shelf","description":"Deletes the shelf and every pot on it for good.","inputSchema":{"type":"object","properties":{"shelf":{"type":"string"}}}}"#;

fn user() -> User {
    let user = User::new();
    package(&user, monday, "kiln-desk", "1.0.0", &[LIST]);
    package(&user, friday, "kiln-desk", "1.1.0", &[LIST, DROP]);
    let manifest = r#"{"name":"io.example/clay","description":"Clay.","version":"1.0.0"}"#;
    listed(&user, monday, "registry:https://board.example", manifest, None);
    answered(&user, monday, "io.example/clay", "https://clay.example/mcp", None, &[DROP]);
    user.done(&["stats"]);
    user
}

/// A pair of keys as files of minisign, closed by a password where one is given.
fn keys(user: &User, name: &str, password: Option<&str>) -> (String, String) {
    let pair = match password {
        Some(password) => minisign::KeyPair::generate_encrypted_keypair(Some(password.to_owned())).unwrap(),
        None => minisign::KeyPair::generate_unencrypted_keypair().unwrap(),
    };
    let [secret, public] = ["key", "pub"].map(|end| user.home().join(format!("{name}.{end}")));
    std::fs::write(&secret, pair.sk.to_box(None).unwrap().into_string()).unwrap();
    std::fs::write(&public, pair.pk.to_box().unwrap().into_string()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    (secret.to_str().unwrap().to_owned(), public.to_str().unwrap().to_owned())
}

/// Every file of a folder that a snapshot is made of.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap().flatten() {
            match entry.path() {
                path if path.is_dir() => open.push(path),
                path if path.file_name().unwrap() == ".publish.lock" => {}
                path => found.push(path),
            }
        }
    }
    found.sort();
    found
}

fn import(user: &User, folder: &Path, words: &[&str]) -> Ran {
    let database = user.home().join("taken.db");
    let _ = std::fs::remove_file(&database);
    user.run(&[&["--db", database.to_str().unwrap(), "import", folder.to_str().unwrap()], words].concat())
}

#[test]
fn what_is_published_comes_back_whole() {
    let user = user();
    let (secret, public) = keys(&user, "own", None);
    let folder = user.home().join("snapshot");
    let ran = user.run(&["publish", "snapshot", "--key", &secret]);
    assert!(ran.code == 0 && ran.err.contains("3 tools published") && ran.out.is_empty(), "{}", ran.err);
    let names: Vec<String> =
        files(&folder).iter().map(|path| path.strip_prefix(&folder).unwrap().display().to_string()).collect();
    for (start, end) in [
        ("rows/header/", ".jsonl.zst"),
        ("rows/definition/", ".jsonl.zst"),
        ("tools/risk=critical/", ".parquet"),
        ("tools/risk=low/", ".parquet"),
        ("snapshot-", ".minisig"),
        ("snapshot.json", ""),
    ] {
        assert!(names.iter().any(|name| name.starts_with(start) && name.ends_with(end)), "{start}*{end}: {names:?}");
    }
    let taken = import(&user, &folder, &["--key", &public]);
    assert!(taken.code == 0 && taken.err.contains("signed at"), "{}", taken.err);
    assert_eq!(content(&user.home().join("taken.db")), content(&user.database()));
    // The manifest names it as well as its folder does.
    assert_eq!(import(&user, &folder.join("snapshot.json"), &["--key", &public]).code, 0);
    // The same database gives the same files, and what is not needed any more goes.
    let before: BTreeMap<PathBuf, Vec<u8>> = files(&folder)
        .into_iter()
        .filter(|path| path.extension().is_none_or(|end| end != "minisig"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    user.done(&["publish", "snapshot", "--key", &secret]);
    assert_eq!(files(&folder).len(), before.len() + 1);
    assert!(before.iter().all(|(path, bytes)| std::fs::read(path).unwrap() == *bytes));
    package(&user, friday, "wheel", "1.0.0", &[LIST]);
    user.done(&["publish", "snapshot", "--key", &secret]);
    assert_eq!(import(&user, &folder, &["--key", &public]).code, 0);
    assert_eq!(files(&folder).iter().filter(|path| path.extension().is_some_and(|end| end == "minisig")).count(), 1);
}

#[test]
fn a_changed_byte_anywhere_is_refused_with_its_place() {
    let user = user();
    let (secret, public) = keys(&user, "own", None);
    let folder = user.home().join("snapshot");
    user.done(&["publish", "snapshot", "--key", &secret, "--quiet"]);
    for path in files(&folder) {
        let whole = std::fs::read(&path).unwrap();
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            let ran = import(&user, &folder, &["--key", &public]);
            // A changed manifest has no signature.
            assert!(
                ran.code == 1 && (ran.err.contains(&name) || ran.err.contains("snapshot.json")),
                "{name}, byte {at}: {}",
                ran.err
            );
        }
        for (what, bytes) in [("cut", &whole[..whole.len() - 1]), ("longer", &[whole.as_slice(), b"\n"].concat())] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(import(&user, &folder, &["--key", &public]).code, 1, "{name} {what}");
        }
        std::fs::remove_file(&path).unwrap();
        let ran = import(&user, &folder, &["--key", &public]);
        assert!(ran.code == 1 && ran.err.contains(&name), "{name} is missing: {}", ran.err);
        std::fs::write(&path, &whole).unwrap();
    }
    assert_eq!(import(&user, &folder, &["--key", &public]).code, 0);
    // Nothing of what was refused stands in a database.
    let manifest = folder.join("snapshot.json");
    std::fs::write(&manifest, std::fs::read_to_string(&manifest).unwrap().replace("snapshot/1", "snapshot/2")).unwrap();
    let refused = import(&user, &folder, &["--unsigned"]);
    assert!(refused.code == 1 && refused.err.contains("another form"), "{}", refused.err);
    assert!(!user.home().join("taken.db").exists());
}

#[test]
fn who_vouches_is_asked_for() {
    let user = user();
    let (secret, public) = keys(&user, "own", None);
    let (_, stranger) = keys(&user, "stranger", None);
    let folder = user.home().join("snapshot");
    assert_eq!(user.run(&["publish", "snapshot"]).code, 2);
    user.done(&["publish", "snapshot", "--key", &secret]);
    let silent = import(&user, &folder, &[]);
    assert!(silent.code == 2 && silent.err.contains("--key"), "{}", silent.err);
    let other = import(&user, &folder, &["--key", &stranger]);
    assert!(other.code == 1 && other.err.contains("another key"), "{}", other.err);
    let mistaken = import(&user, &folder, &["--key", &secret]);
    assert!(mistaken.code == 1 && mistaken.err.contains("public one"), "{}", mistaken.err);
    user.done(&["publish", "bare", "--unsigned"]);
    let bare = user.home().join("bare");
    assert_eq!(import(&user, &bare, &["--key", &public]).code, 1);
    let taken = import(&user, &bare, &["--unsigned"]);
    assert!(taken.code == 0 && taken.err.contains("nobody vouches"), "{}", taken.err);
    user.done(&["export", "--out", "all.jsonl"]);
    assert_eq!(import(&user, &user.home().join("all.jsonl"), &["--key", &public]).code, 2);
    // A database that holds something is not written over.
    let full = user.run(&["import", "snapshot", "--key", &public]);
    assert!(full.code == 1 && full.err.contains("already holds"), "{}", full.err);
}

#[test]
fn a_closed_key_is_opened_by_its_password_which_shows_nowhere() {
    let user = user();
    let (secret, public) = keys(&user, "closed", Some("planted-password"));
    let with = |password: Option<&str>| {
        let mut command = user.command(&["publish", "snapshot", "--key", &secret, "-vv"]);
        if let Some(password) = password {
            command.env("MCPDEX_KEY_PASSWORD", password);
        }
        // A session of its own has no terminal.
        crate::support::binary::ran(without_terminal(command).output().unwrap())
    };
    for (password, why) in [(None, "MCPDEX_KEY_PASSWORD"), (Some("planted-guess"), "password")] {
        let ran = with(password);
        assert!(ran.code == 1 && ran.err.contains(why) && !ran.err.contains("planted"), "{}", ran.err);
        assert!(!user.home().join("snapshot/snapshot.json").exists());
    }
    let ran = with(Some("planted-password"));
    assert!(ran.code == 0 && !ran.err.contains("planted") && ran.out.is_empty(), "{} {}", ran.out, ran.err);
    assert_eq!(import(&user, &user.home().join("snapshot"), &["--key", &public]).code, 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
        let open = user.run(&["publish", "snapshot", "--key", &secret]);
        assert!(open.code == 1 && open.err.contains("chmod 600"), "{}", open.err);
    }
}

/// The same command in a session of its own.
fn without_terminal(command: Command) -> Command {
    let mut own = Command::new("setsid");
    own.arg("--wait").arg(command.get_program()).args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        own.env(name, value.unwrap_or_default());
    }
    own.current_dir(command.get_current_dir().unwrap()).stdin(Stdio::null());
    own
}

#[test]
fn a_publish_that_is_killed_leaves_a_whole_snapshot() {
    let user = user();
    let (secret, public) = keys(&user, "own", None);
    let folder = user.home().join("snapshot");
    let begun = Instant::now();
    user.done(&["publish", "snapshot", "--key", &secret, "--quiet"]);
    let took = begun.elapsed().max(Duration::from_millis(20));
    let tools = |folder: &Path| {
        let manifest = std::fs::read(folder.join("snapshot.json")).unwrap();
        serde_json::from_slice::<serde_json::Value>(&manifest).unwrap()["counts"]["tools"].as_u64().unwrap()
    };
    let (mut killed, mut ended) = (0, 0);
    for step in 0..16u32 {
        let before = tools(&folder);
        package(&user, friday, &format!("wheel-{step}"), "1.0.0", &[LIST, DROP]);
        user.done(&["stats"]);
        let mut child = user.command(&["publish", "snapshot", "--key", &secret]).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(took * step / 15);
        let _ = child.kill();
        match child.wait().unwrap().success() {
            true => ended += 1,
            false => killed += 1,
        }
        let now = tools(&folder);
        assert!(now >= before && now <= 5 + u64::from(step) * 2, "{before} {now}");
        let ran = import(&user, &folder, &["--key", &public]);
        assert_eq!(ran.code, 0, "killed after {:?}: {}", took * step / 15, ran.err);
        assert!(ran.err.contains(&format!("{now} tools")), "{}", ran.err);
    }
    eprintln!("{killed} of {} were killed before their end", killed + ended);
    assert!(killed > 0);
    // What they left behind goes with the next one.
    user.done(&["publish", "snapshot", "--key", &secret]);
    assert!(files(&folder).iter().all(|path| !path.to_string_lossy().contains("/.mcpdex-")));
    assert_eq!(import(&user, &folder, &["--key", &public]).code, 0);
}

#[test]
fn what_is_not_as_the_manifest_says_is_refused_even_where_nobody_signed() {
    let user = user();
    user.done(&["publish", "bare", "--unsigned"]);
    let folder = user.home().join("bare");
    let manifest = folder.join("snapshot.json");
    let whole = std::fs::read_to_string(&manifest).unwrap();
    let text: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let rows = text["files"].as_array().unwrap().iter().find(|file| file["content"] == "rows").unwrap();
    let path = rows["path"].as_str().unwrap();
    for (from, to) in [
        (path.to_owned(), "../../etc/passwd".to_owned()),
        (path.to_owned(), format!("/{path}")),
        ("\"tools\": 3".to_owned(), "\"tools\": 2".to_owned()),
        (format!("\"database\": {}", text["database"]), "\"database\": 9".to_owned()),
        (format!("\"plain_bytes\": {}", rows["plain_bytes"]), "\"plain_bytes\": 1".to_owned()),
        ("\"mcpdex\":".to_owned(), "\"more\": 1, \"mcpdex\":".to_owned()),
    ] {
        let changed = whole.replacen(&from, &to, 1);
        assert_ne!(changed, whole, "{from}");
        std::fs::write(&manifest, changed).unwrap();
        let ran = import(&user, &folder, &["--unsigned"]);
        assert_eq!(ran.code, 1, "{from} → {to}: {}", ran.err);
    }
}
