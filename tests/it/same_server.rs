//! A server is what it is, not what it is called: baseline, suppressions and lockfile against the same server, a swapped
//! package, another name and another order of files.

use crate::support::binary::User;
use crate::support::shelf::{monday, package};

const DROP: &str = r#"{"name":"drop_table","description":"Delete a table for good. This cannot be undone."}"#;

const BREAK: &str = r#"{"name":"erase_disk","description":"Erase a disk for good. This cannot be undone."}"#;

/// A configuration that calls packages by these names.
fn config(entries: &[(&str, &str)]) -> String {
    let entry = |(alias, name): &(&str, &str)| format!(r#""{alias}":{{"command":"npx","args":["-y","{name}"]}}"#);
    format!("{{\"mcpServers\":{{{}}}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
}

fn user() -> User {
    let user = User::new();
    for name in ["pots", "swapped-pots"] {
        package(&user, monday, name, "1.0.0", &[DROP]);
    }
    package(&user, monday, "wheel", "1.0.0", &[BREAK]);
    let write = |file: &str, text: String| std::fs::write(user.home().join(file), text).unwrap();
    write("a.json", config(&[("kiln", "pots")]));
    write("b.json", config(&[("kiln", "wheel")]));
    write("swapped.json", config(&[("kiln", "swapped-pots")]));
    write("renamed.json", config(&[("oven", "pots")]));
    let accept = |server: &str| {
        format!(
            "[[suppress]]\nkind = \"risk\"\nserver = \"{server}\"\nreason = \"a sandbox\"\nexpires = \"2999-12-31\"\n"
        )
    };
    write("accepted.toml", accept("npm:pots") + &accept("npm:wheel"));
    write("by-alias.toml", accept("kiln"));
    let base = user.run(&["scan", "--offline", "--json", "a.json", "b.json"]);
    write("base.json", base.out);
    assert_eq!(user.run(&["pin", "--offline", "-q", "a.json", "b.json"]).code, 0);
    user
}

#[test]
fn twelve_cases_end_by_what_the_server_is() {
    let user = user();
    let baseline = ["scan", "--offline", "--fail-on", "critical", "--baseline", "base.json"];
    let suppressed = ["scan", "--offline", "--fail-on", "critical", "--suppressions", "accepted.toml"];
    let locked = ["check", "--offline"];
    for (what, files, codes) in [
        ("the same", ["a.json", "b.json"], [0, 0, 0]),
        ("a swapped package", ["swapped.json", "b.json"], [3, 3, 3]),
        ("another name", ["renamed.json", "b.json"], [0, 0, 0]),
        ("another order of the files", ["b.json", "a.json"], [0, 0, 0]),
    ] {
        for (command, code) in [&baseline[..], &suppressed[..], &locked[..]].into_iter().zip(codes) {
            let ran = user.run(&[command, &files[..]].concat());
            assert_eq!(ran.code, code, "{what}, {}: {}{}", command.join(" "), ran.out, ran.err);
        }
    }
}

#[test]
fn a_suppression_by_what_a_configuration_calls_a_server_accepts_nothing_and_says_so() {
    let user = user();
    let ran = user.run(&["scan", "--offline", "--fail-on", "critical", "--suppressions", "by-alias.toml", "a.json"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("server = \"npm:pots\""), "{}", ran.out);
}

#[test]
fn a_python_package_is_one_server_in_every_spelling() {
    let user = User::new();
    std::fs::write(
        user.home().join("list.jsonl"),
        r#"{"server":"pypi:clay-kiln","name":"drop_table","description":"Delete a table for good."}"#,
    )
    .unwrap();
    user.done(&["crawl", "--listed", "-q", "list.jsonl"]);
    for (at, spelling) in ["clay-kiln", "Clay_Kiln", "clay.kiln", "CLAY--KILN"].into_iter().enumerate() {
        let text = format!(r#"{{"mcpServers":{{"k{at}":{{"command":"uvx","args":["{spelling}"]}}}}}}"#);
        std::fs::write(user.home().join("mcp.json"), text).unwrap();
        let ran = user.run(&["scan", "--offline", "--json", "mcp.json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["servers"][0]["server"], "pypi:clay-kiln", "{spelling}");
        if at == 0 {
            std::fs::write(user.home().join("base.json"), ran.out).unwrap();
        }
        let known = user.run(&["scan", "--offline", "--fail-on", "low", "--baseline", "base.json", "mcp.json"]);
        assert_eq!(known.code, 0, "{spelling}: {}", known.out);
    }
}
