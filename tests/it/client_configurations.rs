//! Sixty configurations of 29 clients: the servers, what they are, whether they are switched off, what the file says of
//! them, and how many places are not understood; and one answer of every command that reads such a file.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What `expect.json` says of a server: name, identity and what else is right, whether it is off, flags.
type Row = (String, Option<String>, Vec<String>, bool, BTreeSet<String>);

struct Case {
    name: String,
    /// Below the home of the user that reads it.
    file: String,
    folder: PathBuf,
    servers: Vec<Row>,
    problems: u64,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/configurations");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let read = |folder: PathBuf| {
        let expect: Value = serde_json::from_slice(&std::fs::read(folder.join("expect.json")).unwrap()).unwrap();
        let row = |server: &Value| {
            let flags = texts(&server["flags"]).into_iter().collect();
            let name = server["name"].as_str().unwrap().to_owned();
            let is = server["server"].as_str().map(str::to_owned);
            (name, is, texts(&server["or"]), server["disabled"].as_bool().unwrap(), flags)
        };
        Case {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            file: expect["file"].as_str().unwrap().to_owned(),
            servers: expect["servers"].as_array().unwrap().iter().map(row).collect(),
            problems: expect["problems"].as_u64().unwrap(),
            folder,
        }
    };
    folders.into_iter().map(read).collect()
}

/// A user to whom the file of a case is at hand.
fn user_of(case: &Case) -> User {
    let user = User::new();
    let place = user.home().join(&case.file);
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::copy(case.folder.join(&case.file), place).unwrap();
    user
}

fn scan(user: &User, file: &str) -> Value {
    let ran = user.run(&["scan", "--offline", "--json", file]);
    assert!(matches!(ran.code, 0 | 4), "{}", ran.err);
    assert!(!ran.out.contains("planted") && !ran.err.contains("planted"), "{}", ran.out);
    assert_valid("scan", &ran.out)
}

/// The identity of a scanned server where its words name one.
fn identity(server: &Value) -> Option<String> {
    server["identity"].as_str().filter(|text| !text.starts_with("local:")).map(str::to_owned)
}

fn rows(report: &Value) -> Vec<Row> {
    let row = |server: &Value| {
        let name = server["name"].as_str().unwrap().split('#').next().unwrap().to_owned();
        let flags = server["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap().to_owned()).collect();
        (name, identity(server), Vec::new(), server["disabled"].as_bool().unwrap(), flags)
    };
    report["servers"].as_array().unwrap().iter().map(row).collect()
}

/// What differs between what was expected and what was read; in no order.
fn differences(case: &Case, mut found: Vec<Row>) -> Vec<String> {
    let mut wrong = Vec::new();
    for expected in &case.servers {
        let same = |row: &Row| {
            let is = row.1 == expected.1 || row.1.as_ref().is_some_and(|server| expected.2.contains(server));
            row.0 == expected.0 && is && row.3 == expected.3 && row.4 == expected.4
        };
        match found.iter().position(same) {
            Some(at) => drop(found.remove(at)),
            None => wrong.push(format!("{}: expected {expected:?}", case.name)),
        }
    }
    wrong.extend(found.iter().map(|row| format!("{}: found {row:?}", case.name)));
    wrong
}

#[test]
fn sixty_configurations_are_read_as_they_are_meant() {
    let cases = cases();
    assert_eq!(cases.len(), 60);
    let mut wrong = Vec::new();
    for case in &cases {
        let report = scan(&user_of(case), &case.file);
        wrong.extend(differences(case, rows(&report)));
        let problems = report["problems"].as_array().unwrap();
        if problems.len() as u64 != case.problems {
            wrong.push(format!("{}: {} problems expected: {problems:?}", case.name, case.problems));
        }
    }
    let right = cases.len() - cases.iter().filter(|case| wrong.iter().any(|text| text.starts_with(&case.name))).count();
    assert!(wrong.is_empty(), "{right} of 60 are right:\n{}", wrong.join("\n"));
}

/// The names of all servers in the database.
fn known(user: &User) -> BTreeSet<String> {
    let base = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = base.prepare("SELECT name FROM server").unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

#[test]
fn crawl_scan_pin_check_and_policy_give_one_answer() {
    let mut wrong = Vec::new();
    for case in cases() {
        let user = user_of(&case);
        user.run(&["crawl", "--listed", "-q", &case.file]);
        let report = scan(&user, &case.file);
        let servers = report["servers"].as_array().unwrap();
        let called = |server: &Value| {
            let name = server["name"].as_str().unwrap().split('#').next().unwrap();
            identity(server).unwrap_or_else(|| format!("config:{name}"))
        };
        let scanned: BTreeSet<String> = servers.iter().map(called).collect();
        if known(&user) != scanned {
            wrong.push(format!("{}: crawl {:?}, scan {scanned:?}", case.name, known(&user)));
        }
        // With a list for each of them every command has to show its tool.
        let named: BTreeSet<String> = servers.iter().filter_map(identity).collect();
        let rows: Vec<String> = named
            .iter()
            .enumerate()
            .map(|(at, server)| {
                json!({"server": server, "name": format!("get_part_{at}"), "description": "Get a part."}).to_string()
            })
            .collect();
        std::fs::write(user.home().join("lists.jsonl"), rows.join("\n")).unwrap();
        if !rows.is_empty() {
            user.done(&["crawl", "--listed", "-q", "lists.jsonl"]);
        }
        let report = scan(&user, &case.file);
        let in_use: BTreeSet<String> = report["servers"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|server| server["disabled"] == false)
            .filter_map(identity)
            .collect();
        let pinned = user.run(&["pin", "--offline", "-q", &case.file]);
        let lock = std::fs::read(user.home().join("mcpdex.lock")).unwrap_or_else(|_| b"{\"servers\":[]}".to_vec());
        let lock: Value = serde_json::from_slice(&lock).unwrap();
        let locked: BTreeSet<String> = lock["servers"].as_array().unwrap().iter().filter_map(identity).collect();
        // A version that is pinned by the configuration is not the one that a bare list is of.
        let read: BTreeSet<String> = report["servers"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|server| server["disabled"] == false && server["unread"].is_null())
            .filter_map(identity)
            .collect();
        if locked != read {
            wrong.push(format!("{}: pin {locked:?}, scan {read:?}", case.name));
        }
        if !locked.is_empty() {
            let checked = user.run(&["check", "--offline", &case.file]).code;
            if checked == 3 || checked != pinned.code {
                wrong.push(format!("{}: pin ended {}, check {checked}", case.name, pinned.code));
            }
        }
        let policy = user.run(&["policy", "--lossy", "--target", "claude-code", "--clients", &case.file]);
        let expected = if report["servers"].as_array().unwrap().is_empty() { 4 } else { 0 };
        if policy.code != expected {
            wrong.push(format!("{}: policy ended {}: {}", case.name, policy.code, policy.err));
        }
        for (at, server) in named.iter().enumerate().filter(|(_, server)| in_use.contains(*server)) {
            if !policy.out.contains(&format!("get_part_{at}")) {
                wrong.push(format!("{}: policy does not know {server}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
