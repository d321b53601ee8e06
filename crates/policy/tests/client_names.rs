//! Names as clients form them, worked out by hand from each client's own rule.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_policy::{Decision, PolicyEffect, Target, TargetOptions, Uncounted, document};
use support::{server, tool};

/// A tool's name, and how VS Code and Claude Code spell it: both keep letters, digits, `_` and `-`.
const SPELLED: [(&str, &str, &str); 20] = [
    ("read_pot", "read_pot", "read_pot"),
    ("Read-Pot", "Read-Pot", "Read-Pot"),
    ("pots.read", "pots_read", "pots_read"),
    ("pots/read", "pots_read", "pots_read"),
    ("pots:read", "pots_read", "pots_read"),
    ("pots read", "pots_read", "pots_read"),
    ("pots..read", "pots__read", "pots__read"),
    ("read\u{e9}", "read_", "read_"),
    ("\u{f6}fen", "_fen", "_fen"),
    ("\u{6f22}\u{5b57}", "__", "__"),
    ("pot\u{1f3fa}", "pot__", "pot__"),
    ("re\u{430}d", "re_d", "re_d"),
    ("a\tb", "a_b", "a_b"),
    ("a\u{0}b", "a_b", "a_b"),
    ("$x", "_x", "_x"),
    ("x@1", "x_1", "x_1"),
    ("(x)", "_x_", "_x_"),
    ("x+y", "x_y", "x_y"),
    ("-x-", "-x-", "-x-"),
    ("7", "7", "7"),
];

#[test]
fn twenty_names_are_spelled_by_hand_as_the_clients_do() {
    for (name, vscode, claude) in SPELLED {
        let plan = server(vec![tool(name, Decision::plain(PolicyEffect::Ask, "so it is"))]);
        for (target, entry) in [
            (Target::VsCode, format!("\"kiln/{vscode}\": false")),
            (Target::ClaudeCode, format!("\"mcp__kiln__{claude}\"")),
        ] {
            let options = TargetOptions::default();
            let written = document(target, std::slice::from_ref(&plan), &options, Uncounted::Stricter).unwrap();
            assert!(written.text().contains(&entry), "{target}: {name:?} is not {entry}\n{}", written.text());
        }
    }
}
