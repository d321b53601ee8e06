//! Configurations of every shape by examples: their servers, what is told, and that no secret stays.

use super::{Flag, read_text};
use crate::launch::Starts;

fn servers(text: &str, name: &str) -> Vec<(String, String)> {
    let found = read_text(text, name).unwrap_or_else(|broken| panic!("{name} {broken}"));
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    found.servers.iter().map(|one| (one.name.clone(), one.listing("test").server.0)).collect()
}

#[test]
fn every_wrapper_leads_to_its_servers() {
    let kiln = r#"{"command":"npx","args":["-y","kiln@1.0.0"]}"#;
    for (text, name) in [
        (format!(r#"{{"mcpServers":{{"k":{kiln}}}}}"#), "a.json"),
        (format!(r#"{{"mcp":{{"servers":{{"k":{kiln}}}}}}}"#), "a.json"),
        (format!(r#"{{"mcp":{{"k":{kiln}}}}}"#), "a.json"),
        (format!(r#"{{"k":{kiln}}}"#), "a.json"),
        (r#"[{"name":"k","command":"npx","args":["kiln@1.0.0"]}]"#.to_owned(), "a.json"),
        (r#"{"servers":[{"name":"k","command":"npx","args":["kiln@1.0.0"]}]}"#.to_owned(), "a.json"),
        (format!(r#"{{"settings":{{"mcp":{{"servers":{{"k":{kiln}}}}}}}}}"#), "x.code-workspace"),
        (format!(r#"{{"a":{{"b":{{"mcpServers":{{"k":{kiln}}}}}}}}}"#), "a.json"),
        (format!("\u{feff}// mine\n{{\"servers\":{{/* one */\"k\":{kiln},}},}}"), "a.json"),
        ("[mcp_servers.k]\ncommand = 'npx'\nargs = ['kiln@1.0.0']\n".to_owned(), "a.toml"),
        (
            "extensions:\n  k:\n    cmd: npx\n    args: [kiln@1.0.0]\n    type: stdio\n    enabled: yes\n".to_owned(),
            "a.yaml",
        ),
        ("mcpServers:\n- name: k\n  command: npx\n  args: [kiln@1.0.0]\n".to_owned(), "a.yml"),
    ] {
        assert_eq!(servers(&text, name), [("k".to_owned(), "npm:kiln".to_owned())], "{text}");
    }
}

#[test]
fn keys_that_come_twice_are_both_read_and_told_in_every_language() {
    for (text, name) in [
        (r#"{"mcpServers":{"k":{"command":"npx","args":["kiln"]},"k":{"url":"https://k.example/mcp"}}}"#, "a.json"),
        ("mcpServers:\n  k: {command: npx, args: [kiln]}\n  k: {url: 'https://k.example/mcp'}\n", "a.yaml"),
        (
            r#"{"servers":[{"name":"k","command":"npx","args":["kiln"]},{"name":"k","url":"https://k.example/mcp"}]}"#,
            "a.json",
        ),
        (
            r#"{"mcpServers":{"k":{"command":"npx","args":["kiln"]}},"mcpServers":{"k":{"url":"https://k.example/mcp"}}}"#,
            "a.json",
        ),
    ] {
        let found = read_text(text, name).expect("a configuration");
        assert_eq!((found.servers.len(), found.problems.len()), (2, 1), "{text}: {:?}", found.problems);
    }
}

#[test]
fn nothing_of_what_is_not_understood_is_silent() {
    for entry in [
        "7",
        "null",
        "{}",
        "[]",
        r#"{"command":7}"#,
        r#"{"command":"a","url":"https://a.example"}"#,
        r#"{"command":"a","args":[{}]}"#,
    ] {
        let found = read_text(&format!(r#"{{"mcpServers":{{"k":{entry}}}}}"#), "a.json").expect("a configuration");
        assert_eq!((found.servers.len(), found.problems.len()), (0, 1), "{entry}");
    }
    for (text, name) in
        [("", "a.json"), ("{", "a.json"), ("key = planted", "a.toml"), ("just text", "a"), ("a: [", "a.yaml")]
    {
        let broken = read_text(text, name).expect_err(text).to_string();
        assert!(!broken.contains("planted"), "{broken}");
    }
    assert!(!read_text(r#"{"theme":"dark","editor":{"tabSize":2}}"#, "a.json").expect("settings").recognised);
}

#[test]
fn what_the_file_says_of_a_server_is_kept() {
    let of = |text: &str| -> Vec<Flag> {
        let found = read_text(text, "a.json").expect("a configuration");
        found.servers[0].flags.iter().copied().filter(|flag| !matches!(flag, Flag::Unpinned)).collect()
    };
    let entry = |more: &str| format!(r#"{{"mcpServers":{{"k":{{"command":"npx","args":["kiln"]{more}}}}}}}"#);
    for (more, expected) in [
        (r#","disabled":true"#, vec![Flag::Disabled]),
        (r#","trust":true"#, vec![Flag::AutoApproved]),
        (r#","alwaysAllow":[]"#, vec![]),
        (r#","env":{"KILN_TOKEN":"planted"}"#, vec![Flag::PlainSecret]),
        (r#","env":{"KILN_TOKEN":"${KILN_TOKEN}","LEVEL":"3"}"#, vec![]),
        (r#","env":{"KILN_TOKEN_FILE":"/run/kiln"}"#, vec![]),
        (r#","excludeTools":["fire"],"includeTools":[]"#, vec![Flag::ToolAllowList, Flag::ToolDenyList]),
    ] {
        assert_eq!(of(&entry(more)), expected, "{more}");
    }
    let all = r#"{"permissions":{"allow":["mcp__k__fire"]},"mcpServers":{"k":{"url":"https://k.example/mcp"}}}"#;
    assert_eq!(of(all), [Flag::AutoApproved]);
    let one = r#"{"disabledMcpServers":["k"],"mcpServers":{"k":{"url":"https://k.example/mcp"}}}"#;
    assert_eq!(of(one), [Flag::Disabled]);
}

#[test]
fn no_value_of_a_configuration_is_kept() {
    let text = r#"{"mcpServers":{"a":{"command":"npx -y kiln --token planted-1"},"b":{"url":"https://me:planted@b.example/mcp?sid=planted-2#planted-3"},
        "c":{"command":"/opt/kiln/run planted-4"},"d":{"command":"curl?token=planted-5"}}}"#;
    let found = read_text(text, "a.json").expect("a configuration");
    let listings: Vec<_> = found.servers.iter().map(|one| one.listing("test")).collect();
    assert!(!format!("{listings:?}").contains("planted"), "{listings:?}");
    assert_eq!(listings[0].server.0, "npm:kiln");
    assert!(matches!(found.servers[1].reading.starts, Starts::Address { stripped: true, .. }));
}
