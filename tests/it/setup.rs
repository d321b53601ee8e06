//! What surrounds the program: the doctor, completions, man pages, and the documentation of the database.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use std::path::Path;
use std::process::Command;

#[test]
fn the_doctor_works_in_an_empty_home_and_leaves_nothing_there() {
    let user = User::new();
    let ran = user.run(&["doctor", "--json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let report = assert_valid("doctor", &ran.out);
    let health = |what: &str| {
        let checkups = report["checkups"].as_array().unwrap();
        checkups.iter().find(|checkup| checkup["what"] == what).unwrap()["health"].as_str().unwrap().to_owned()
    };
    assert_eq!(health("rules"), "good");
    assert_eq!(health("database"), "unset");
    assert_eq!(health("folder of the database"), "good");
    assert_eq!(health("client configurations"), "unset");
    assert!(!user.home().join(".local").exists(), "the doctor made a folder");
    user.done(&["crawl", "sample", "--quiet"]);
    let text = user.done(&["doctor"]);
    assert!(text.contains("8 servers (8 read)"), "{text}");
}

#[test]
fn the_doctor_names_what_is_bad() {
    let user = User::new();
    std::fs::write(user.home().join("letter.db"), "Dear reader, this is no database at all, and never was.").unwrap();
    let ran = user.run(&["--db", "letter.db", "doctor"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("not a mcpdex database"), "{}", ran.out);
    std::fs::write(user.home().join("file"), "").unwrap();
    let ran = user.run(&["--db", "file/below/x.db", "doctor"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let nobody = user.command(&["doctor"]).env_remove("HOME").env_remove("PATH").output().unwrap();
    assert!(nobody.status.code().is_some_and(|code| code < 2), "{nobody:?}");
}

fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

#[test]
fn completions_load_in_each_shell() {
    let user = User::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = user.done(&["completions", shell]);
        std::fs::write(user.home().join(shell), &script).unwrap();
        assert!(script.contains("mcpdex") && script.contains("search"), "{shell}");
    }
    let loads = |program: &str, words: &[&str], expected: &str| {
        let output =
            Command::new(program).args(words).env("HOME", user.home()).current_dir(user.home()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && told.contains(expected), "{program}: {told}");
    };
    if has("bash") {
        loads("bash", &["--norc", "-c", "source ./bash && complete -p mcpdex"], "_mcpdex");
        let words =
            "source ./bash; COMP_WORDS=(mcpdex se); COMP_CWORD=1; _mcpdex mcpdex se mcpdex; echo ${COMPREPLY[@]}";
        loads("bash", &["--norc", "-c", words], "search");
    }
    if has("zsh") {
        let words = "autoload -Uz compinit; compinit -u -D; source ./zsh; echo ${_comps[mcpdex]}";
        loads("zsh", &["-f", "-c", words], "_mcpdex");
    }
    if has("fish") {
        loads("fish", &["--no-config", "-c", "source ./fish; complete -C 'mcpdex se'"], "search");
    }
    assert_eq!(user.run(&["completions", "cmd"]).code, 2);
}

#[test]
fn man_pages_are_made_for_every_command() {
    let user = User::new();
    assert!(user.done(&["man"]).contains(".TH mcpdex 1"));
    user.done(&["man", "--out", "man"]);
    for page in ["mcpdex", "mcpdex-search", "mcpdex-scan", "mcpdex-rules-check"] {
        assert!(user.home().join(format!("man/{page}.1")).is_file(), "{page}");
    }
}

/// The queries of docs/database.md run on the sample, and every column that it names is there.
#[test]
fn the_documentation_of_the_database_is_true() {
    let user = User::new();
    user.done(&["crawl", "sample", "--quiet"]);
    user.done(&["stats"]);
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/database.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut queries = 0;
    for block in text.split("```sql\n").skip(1) {
        let query = block.split("```").next().unwrap();
        let rows = connection
            .prepare(query)
            .and_then(|mut s| Ok(s.query([])?.mapped(|_| Ok(())).count()))
            .unwrap_or_else(|e| panic!("{e}: {query}"));
        assert!(rows > 0, "no rows: {query}");
        queries += 1;
    }
    assert!(queries >= 6, "{queries}");
    let mut described = Vec::new();
    for section in text.split("\n### `").skip(1) {
        let (name, rest) = section.split_once('`').unwrap();
        let columns: Vec<String> = connection
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .unwrap()
            .query_map([name], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(!columns.is_empty(), "there is no `{name}`");
        let table: Vec<&str> = rest.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(table, columns, "the columns of `{name}`");
        described.push(name.to_owned());
    }
    for view in ["tools_current", "verdicts_current", "server_risk", "server", "observation", "attempt"] {
        assert!(described.iter().any(|name| name == view), "{view} is not described");
    }
}
