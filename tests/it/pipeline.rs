//! What pipelines read of `mcpdex scan`: workflow commands of GitHub, GitLab's code quality report, JUnit XML; each by its
//! own rules, under names and texts that would break out of it.

use crate::support::binary::User;
use crate::support::sarif::assert_sarif;
use crate::support::schema::assert_valid;
use crate::support::shelf::{monday, package};
use serde_json::Value;
use std::collections::BTreeSet;

const DROP: &str = r#"{"name":"drop_shelf","description":"Delete a shelf for good. This cannot be undone."}"#;
const LOOK: &str = r#"{"name":"list_shelves","description":"List shelves."}"#;
/// A tool whose name ends a workflow command, an attribute and a cell, and begins others.
const HOSTILE: &str = r#"{"name":"wipe\"/><x y='\n::stop-commands::k\r%0A::error::\u001b[2J\uffff]]>&","description":"Delete all shelves for good."}"#;
/// The same for what a configuration calls its server.
const ALIAS: &str = r#""shelf,line=7::\n::add-mask::x\"<![CDATA[""#;

/// A user with a configuration of two servers that are known, one that is not, and one entry that is not understood.
fn user() -> User {
    let user = User::new();
    package(&user, monday, "shelves", "1.0.0", &[DROP, LOOK]);
    package(&user, monday, "wiper", "1.0.0", &[HOSTILE]);
    package(&user, monday, "reader", "1.0.0", &[LOOK]);
    let config = format!(
        "{{\n  // mine\n  \"mcpServers\": {{\n    \"shelves\": {{\"command\":\"npx\",\"args\":[\"shelves@1.0.0\"]}},\n    \
         {ALIAS}: {{\"command\":\"npx\",\"args\":[\"wiper@1.0.0\"]}},\n    \
         \"reader\": {{\"command\":\"npx\",\"args\":[\"reader@1.0.0\"]}},\n    \
         \"unknown\": {{\"command\":\"npx\",\"args\":[\"unknown@1.0.0\"]}},\n    \"odd\": 7,\n  }}\n}}\n"
    );
    std::fs::write(user.home().join("mcp.json"), config).unwrap();
    user
}

fn scan(user: &User, words: &[&str]) -> String {
    let mut all = vec!["scan", "./mcp.json", "--offline"];
    all.extend(words);
    let ran = user.run(&all);
    assert!([0, 3].contains(&ran.code), "{}", ran.err);
    ran.out
}

/// The findings of the report and what it did not read.
fn reported(user: &User) -> (Vec<Value>, usize) {
    let report: Value = serde_json::from_str(&scan(user, &["--json"])).unwrap();
    let findings = report["findings"].as_array().unwrap().clone();
    (findings, report["problems"].as_array().unwrap().len())
}

#[test]
fn github_reads_one_command_a_finding_and_none_that_a_server_wrote() {
    let user = user();
    let (findings, problems) = reported(&user);
    assert!(findings.len() >= 4 && problems == 1, "{findings:?}");
    let out = scan(&user, &["--format", "github"]);
    let (commands, rest): (Vec<&str>, Vec<&str>) = out.lines().partition(|line| line.starts_with("::"));
    assert_eq!(commands.len(), findings.len() + problems, "{out}");
    assert_eq!(rest.len(), 1, "{out}");
    for command in &commands {
        // As the runner takes a command apart: its name, properties at commas, the message after the next two colons.
        let (head, message) = command[2..].split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&name), "{command}");
        let properties: Vec<(&str, &str)> = properties.split(',').map(|one| one.split_once('=').unwrap()).collect();
        let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
        assert!(names.starts_with(&["file", "line"]) && names.ends_with(&["title"]), "{command}");
        assert_eq!(properties[0].1, "mcp.json");
        assert!(properties[1].1.parse::<usize>().unwrap() >= 1);
        assert!(!message.is_empty() && !command.contains(['\r', '\u{1b}']), "{command}");
    }
    assert!(commands[0].starts_with("::error file=mcp.json,line="), "{out}");
    assert!(commands.iter().any(|command| command.starts_with("::warning")), "{out}");
}

#[test]
fn gitlab_gets_every_field_that_it_asks_for() {
    let user = user();
    let (findings, problems) = reported(&user);
    let issues: Vec<Value> = serde_json::from_str(&scan(&user, &["--format", "gitlab"])).unwrap();
    assert_eq!(issues.len(), findings.len() + problems);
    let mut fingerprints = BTreeSet::new();
    for issue in &issues {
        let said = |pointer: &str| issue.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        assert!(said("/description").is_some_and(|text| !text.contains('\u{1b}')), "{issue}");
        assert!(said("/check_name").is_some(), "{issue}");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&said("/severity").unwrap()), "{issue}");
        assert_eq!(said("/location/path"), Some("mcp.json"));
        assert!(issue.pointer("/location/lines/begin").and_then(Value::as_u64).is_some_and(|line| line >= 1));
        assert!(fingerprints.insert(said("/fingerprint").unwrap()), "{issue} has the fingerprint of another");
    }
    assert_eq!(issues[0]["severity"], "blocker");
    let again: Vec<Value> = serde_json::from_str(&scan(&user, &["--format", "gitlab"])).unwrap();
    assert_eq!(issues, again);
}

/// The cases of a report: class, name, and how each ended.
fn cases(xml: &str) -> Vec<(String, String, String)> {
    let document = roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error} in {xml}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let attributes: Vec<&str> = root.attributes().map(|one| one.name()).collect();
    assert_eq!(attributes, ["name", "tests", "failures", "errors"], "as Jenkins' schema has it");
    let mut cases = Vec::new();
    for suite in root.children().filter(roxmltree::Node::is_element) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        let mut inside: Vec<_> = suite.children().filter(roxmltree::Node::is_element).collect();
        let properties = inside.remove(0);
        assert!(properties.has_tag_name("properties"), "what judged comes before the cases");
        let ended = |how: &str| inside.iter().filter(|case| case.children().any(|one| one.has_tag_name(how))).count();
        for (attribute, count) in [
            ("tests", inside.len()),
            ("failures", ended("failure")),
            ("errors", ended("error")),
            ("skipped", ended("skipped")),
        ] {
            assert_eq!(suite.attribute(attribute), Some(count.to_string().as_str()), "{attribute} of {xml}");
        }
        for case in inside {
            assert_eq!(case.tag_name().name(), "testcase");
            let result = case.children().find(roxmltree::Node::is_element);
            let result = result.map_or("passed", |result| result.tag_name().name());
            let said = |name: &str| case.attribute(name).unwrap().to_owned();
            cases.push((said("classname"), said("name"), result.to_owned()));
        }
    }
    cases
}

#[test]
fn junit_is_read_back_by_another_parser_with_a_case_for_each_finding_and_each_quiet_server() {
    let user = user();
    let (findings, problems) = reported(&user);
    let read = cases(&scan(&user, &["--format", "junit"]));
    let noticed: BTreeSet<&str> = findings.iter().map(|finding| finding["server"].as_str().unwrap()).collect();
    assert_eq!(read.len(), findings.len() + problems + usize::from(!noticed.contains("reader")), "{read:?}");
    let ended = |class: &str, how: &str| read.iter().filter(|(of, _, result)| of == class && result == how).count();
    assert!(ended("shelves", "failure") >= 1);
    assert_eq!(ended("unknown", "error"), 1, "what was not read is no success");
    assert_eq!(ended("./mcp.json", "error"), 1, "an entry that is not understood is no success");
    assert!(read.iter().any(|(class, name, _)| class.contains("<![CDATA[") && name.contains("wipe\"/><x")), "{read:?}");
    // Below the gate a finding is told and passes; what was not read stays an error.
    let gated = cases(&scan(&user, &["--format", "junit", "--fail-on", "critical"]));
    assert_eq!(gated.len(), read.len());
    let count = |cases: &[(String, String, String)], how: &str| cases.iter().filter(|(.., one)| one == how).count();
    let critical = findings.iter().filter(|finding| finding["severity"] == "critical").count();
    assert_eq!(count(&gated, "failure"), critical);
    assert_eq!(count(&gated, "error"), count(&read, "error"));
    // What was there before is skipped.
    std::fs::write(user.home().join("before.json"), scan(&user, &["--json"])).unwrap();
    let known = cases(&scan(&user, &["--format", "junit", "--baseline", "before.json"]));
    assert_eq!((count(&known, "failure"), count(&known, "skipped")), (0, findings.len()));
}

#[test]
fn every_format_points_at_the_entry_in_the_configuration() {
    let user = user();
    let place = |name: &str| match name {
        "shelves" => Some((4, 5)),
        "reader" => Some((6, 5)),
        "unknown" => Some((7, 5)),
        "./mcp.json" => None,
        _ => Some((5, 5)),
    };
    let report = assert_valid("scan", &scan(&user, &["--json"]));
    for server in report["servers"].as_array().unwrap() {
        let at = (server["line"].as_u64().unwrap(), server["column"].as_u64().unwrap());
        assert_eq!(Some(at), place(server["name"].as_str().unwrap()), "{server}");
    }
    let log: Value = serde_json::from_str(&scan(&user, &["--format", "sarif"])).unwrap();
    assert_sarif(&log);
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let location = &result["locations"][0];
        let server = location["logicalLocations"].as_array().unwrap().last().unwrap()["name"].as_str().unwrap();
        let region = &location["physicalLocation"]["region"];
        let at = region["startColumn"].as_u64().map(|column| (region["startLine"].as_u64().unwrap(), column));
        assert_eq!(at, place(server), "{result}");
    }
    let github = scan(&user, &["--format", "github"]);
    assert!(github.contains("::error file=mcp.json,line=4,col=5,title="), "{github}");
    let issues: Vec<Value> = serde_json::from_str(&scan(&user, &["--format", "gitlab"])).unwrap();
    let lines: BTreeSet<u64> = issues.iter().map(|one| one["location"]["lines"]["begin"].as_u64().unwrap()).collect();
    assert!(lines.is_superset(&BTreeSet::from([1, 4, 5, 7])), "{lines:?}");
}

#[test]
fn what_is_known_counts_in_no_format() {
    let user = user();
    std::fs::write(user.home().join("before.json"), scan(&user, &["--json"])).unwrap();
    let issues: Vec<Value> =
        serde_json::from_str(&scan(&user, &["--format", "gitlab", "--baseline", "before.json"])).unwrap();
    assert_eq!(issues.len(), 1, "only the entry that is not understood is left: {issues:?}");
    let out = scan(&user, &["--format", "github", "--baseline", "before.json"]);
    assert_eq!(out.lines().filter(|line| line.starts_with("::")).count(), 1, "{out}");
}

#[test]
fn an_acceptance_that_is_over_is_told_in_every_format_and_one_that_holds_lets_pass() {
    let user = user();
    let write = |until: &str| {
        let text = format!("[[suppress]]\nserver = \"npm:shelves\"\nreason = \"a sandbox\"\nexpires = \"{until}\"\n");
        std::fs::write(user.home().join("accepted.toml"), text).unwrap();
    };
    for format in ["github", "gitlab", "junit", "sarif", "markdown"] {
        let with = ["--format", format, "--suppressions", "accepted.toml"];
        write("2001-01-01");
        assert!(scan(&user, &with).contains("accepted until 2001"), "{format}");
        write("2999-12-31");
        let out = scan(&user, &with);
        assert!(!out.contains("which is past"), "{format}");
        assert_eq!(
            out.contains("drop_shelf") || out.contains("drop\\_shelf"),
            ["junit", "sarif"].contains(&format),
            "{format}: {out}"
        );
    }
}

/// The documentation of findings; SARIF's help links lead to its headings.
fn documentation() -> String {
    use mcpdex::policy::PolicyFault;
    use mcpdex::survey::Kind;
    let mut text = String::from(
        "# Findings\n\nWhat `mcpdex scan` can find, by the word that every format gives it. Written by `tests/it/pipeline.rs`.\n\n\
         | severity | SARIF | GitHub | GitLab |\n|---|---|---|---|\n| critical | error, 9.5 | error | blocker |\n\
         | high | error, 8.0 | error | critical |\n| medium | warning, 5.0 | warning | major |\n\
         | low | note, 2.0 | notice | minor |\n\n\
         In JUnit a finding is a failure when it counts and is at least as grave as `--fail-on` (any, without it), skipped\n\
         when it was accepted or in the baseline; what was not read is an error.\n",
    );
    for kind in Kind::ALL {
        text += &format!("\n## {kind}\n\nIn short: {}.\n\n{}\n", kind.harm(), kind.help());
    }
    text += "\n# Findings on policies\n\nWhat `mcpdex policy check` can find (docs/policy-check.md says when).\n";
    for fault in PolicyFault::ALL {
        text += &format!("\n## {fault}\n\nSeverity: {}. {}\n", fault.severity(), fault.harm());
    }
    text
}

#[test]
fn every_kind_of_finding_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/findings.md");
    if std::env::var_os("MCPDEX_REGENERATE").is_some() {
        std::fs::write(path, documentation()).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == documentation(), "run the tests once with MCPDEX_REGENERATE=1");
}
