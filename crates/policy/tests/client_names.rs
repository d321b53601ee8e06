//! Names as clients form them, worked out by hand from each client's own rule.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_policy::{Decision, PlannedServer, PolicyEffect, Refused, Target, TargetOptions, Uncounted, document};
use support::{server, tool};

type Spelled = (&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>);

/// How a client spells a tool's name: the three that keep letters, digits, `_` and `-` (VS Code, Claude Code, opencode), the
/// one that keeps `.` and `:` too (Gemini), the ones that take the name as it is (Codex, Kiro, Cursor), and the one that
/// takes only plain names (Copilot). `None`: it cannot be written.
const SPELLED: [Spelled; 20] = [
    ("read_pot", "read_pot", "read_pot", Some("read_pot"), Some("read_pot")),
    ("Read-Pot", "Read-Pot", "Read-Pot", Some("Read-Pot"), Some("Read-Pot")),
    ("pots.read", "pots_read", "pots.read", Some("pots.read"), Some("pots.read")),
    ("pots/read", "pots_read", "pots_read", Some("pots/read"), Some("pots/read")),
    ("pots:read", "pots_read", "pots:read", None, None),
    ("pots read", "pots_read", "pots_read", Some("pots read"), None),
    ("pots..read", "pots__read", "pots..read", Some("pots..read"), Some("pots..read")),
    ("read\u{e9}", "read_", "read_", Some("read\u{e9}"), None),
    ("\u{f6}fen", "_fen", "_fen", Some("\u{f6}fen"), None),
    ("\u{6f22}\u{5b57}", "__", "__", Some("\u{6f22}\u{5b57}"), None),
    ("pot\u{1f3fa}", "pot__", "pot__", Some("pot\u{1f3fa}"), None),
    ("re\u{430}d", "re_d", "re_d", Some("re\u{430}d"), None),
    ("a\tb", "a_b", "a_b", Some("a\tb"), None),
    ("a\u{0}b", "a_b", "a_b", Some("a\u{0}b"), None),
    ("$x", "_x", "_x", Some("$x"), None),
    ("x@1", "x_1", "x_1", Some("x@1"), None),
    ("(x)", "_x_", "_x_", Some("(x)"), None),
    ("x+y", "x_y", "x_y", Some("x+y"), None),
    ("-x-", "-x-", "-x-", Some("-x-"), Some("-x-")),
    ("7", "7", "7", Some("7"), Some("7")),
];

/// A document about one tool of the server `kiln`.
fn written(target: Target, name: &str, effect: PolicyEffect) -> Vec<String> {
    let plan = server(vec![tool(name, Decision::plain(effect, "so it is"))]);
    let written = document(target, &[plan], &TargetOptions::default(), Uncounted::Stricter).unwrap();
    written.files.into_iter().map(|file| file.text).collect()
}

#[test]
fn twenty_names_are_spelled_by_hand_as_the_clients_do() {
    for (name, plain, gemini, exact, copilot) in SPELLED {
        let json = |text: &str| serde_json::Value::from(text).to_string();
        let toml = |text: &str| toml::Value::from(text).to_string();
        for (target, file, effect, entry) in [
            (Target::VsCode, 0, PolicyEffect::Ask, Some(format!("\"kiln/{plain}\": false"))),
            (Target::ClaudeCode, 0, PolicyEffect::Ask, Some(format!("\"mcp__kiln__{plain}\""))),
            (Target::OpenCode, 0, PolicyEffect::Ask, Some(format!("\"kiln_{plain}\": \"ask\""))),
            (Target::Gemini, 0, PolicyEffect::Ask, Some(format!("toolName = [\"{gemini}\"]"))),
            (Target::Cursor, 0, PolicyEffect::Allow, exact.map(|exact| json(&format!("kiln:{exact}")))),
            (Target::Kiro, 0, PolicyEffect::Allow, Some(json(name))),
            (
                Target::Copilot,
                1,
                PolicyEffect::Allow,
                copilot.map(|copilot| format!("--allow-tool='kiln({copilot})'\n")),
            ),
        ] {
            let texts = written(target, name, effect);
            match entry {
                Some(entry) => {
                    assert!(texts[file].contains(&entry), "{target}: {name:?} is not {entry}\n{}", texts[file])
                }
                None => assert!(!texts[file].contains(name), "{target}: {name:?} stands in\n{}", texts[file]),
            }
        }
        // Codex compares what it reads with what the server says.
        let config: toml::Table = toml::from_str(&written(Target::Codex, name, PolicyEffect::Allow)[0]).unwrap();
        assert_eq!(config["mcp_servers"]["kiln"]["enabled_tools"][0], toml::Value::from(name), "{}", toml(name));
    }
}

/// As ContextForge spells the same names: small letters and digits with `-` between, accents and
/// letters of other scripts dropped. `None`: nothing is left.
const SLUGS: [Option<&str>; 20] = [
    Some("read-pot"),
    Some("read-pot"),
    Some("pots-read"),
    Some("pots-read"),
    Some("pots-read"),
    Some("pots-read"),
    Some("pots-read"),
    Some("reade"),
    Some("ofen"),
    None,
    Some("pot"),
    Some("red"),
    Some("a-b"),
    Some("a-b"),
    Some("x"),
    Some("x-1"),
    Some("x"),
    Some("x-y"),
    Some("x"),
    Some("7"),
];

#[test]
fn twenty_names_are_spelled_by_hand_as_three_gateways_do() {
    for ((name, ..), slug) in SPELLED.iter().zip(SLUGS) {
        let kong = written(Target::Kong, name, PolicyEffect::Allow);
        let kong: serde_json::Value = serde_saphyr::from_str(&kong[0]).unwrap();
        assert_eq!(kong["plugins"][0]["config"]["tools"][0]["name"], **name);
        let desktop = written(Target::ClaudeDesktop, name, PolicyEffect::Allow);
        let desktop: serde_json::Value = serde_json::from_str(&desktop[0]).unwrap();
        assert_eq!(desktop["managedMcpServers"][0]["toolPolicy"][*name], "allow");
        let rules = written(Target::ContextForge, name, PolicyEffect::Allow);
        let rules: serde_json::Value = serde_json::from_str(&rules[0]).unwrap();
        match slug {
            Some(slug) => assert_eq!(rules[0]["resource_ids"][0], format!("kiln-{slug}"), "{name:?}"),
            None => assert_eq!(rules, serde_json::json!([]), "{name:?}"),
        }
    }
}

#[test]
fn names_that_a_client_spells_alike_get_the_stricter_decision_or_no_document() {
    let two = |a: &str, b: &str| {
        server(vec![
            tool(a, Decision::plain(PolicyEffect::Allow, "so it is")),
            tool(b, Decision::plain(PolicyEffect::Deny, "so it is")),
        ])
    };
    for target in [Target::VsCode, Target::ClaudeCode, Target::OpenCode, Target::Gemini, Target::ContextForge] {
        let plan = two("pots/read", "pots_read");
        let written = document(target, &[plan], &TargetOptions::default(), Uncounted::Stricter).unwrap();
        assert!(!written.text().contains("allow\": [\n      \"mcp__kiln__pots_read"), "{}", written.text());
        assert!(
            !written.text().contains("kiln_pots_read\": \"allow")
                && !written.text().contains("allow:mcpdex.kiln-pots-read")
                && !written.losses.is_empty(),
            "{}",
            written.text()
        );
    }
    // Two servers whose names run into each other: `a` with `b_c`, and `a_b` with `c`.
    let named = |alias: &str, name: &str, effect: PolicyEffect| PlannedServer {
        name: format!("io.example/{alias}"),
        alias: alias.to_owned(),
        ..server(vec![tool(name, Decision::plain(effect, "so it is"))])
    };
    let clash = [named("a", "b_c", PolicyEffect::Allow), named("a_b", "c", PolicyEffect::Deny)];
    let refused = document(Target::OpenCode, &clash, &TargetOptions::default(), Uncounted::Stricter);
    assert!(matches!(refused, Err(Refused::Unverified { .. })), "{refused:?}");
    // Permissions of the client's own are never governed by a tool's name.
    let own = [named("external", "directory", PolicyEffect::Allow)];
    let written = document(Target::OpenCode, &own, &TargetOptions::default(), Uncounted::Stricter).unwrap();
    assert!(!written.text().contains("external_directory"), "{}", written.text());
    assert!(matches!(
        document(
            Target::Copilot,
            &[named("shell", "ls", PolicyEffect::Allow)],
            &TargetOptions::default(),
            Uncounted::Stricter
        ),
        Err(Refused::Alias { .. })
    ));
}
