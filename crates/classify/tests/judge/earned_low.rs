//! Low must be earned: questions and noun phrases earn it, a weak verb alone does not, and what others get is no look.

use crate::judged::judge;
use mcpdex_model::{Class, Confidence, Risk, Verdict};
use serde_json::{Value, json};

fn judged(name: &str, description: &str, properties: Value) -> Verdict {
    let schema = json!({"type": "object", "properties": properties});
    judge(&[json!({"server": name, "name": name, "description": description, "inputSchema": schema})]).remove(0)
}

#[test]
fn a_question_and_a_noun_phrase_say_what_comes_back() {
    for (name, description) in [
        ("barge_now", "Where a barge is at this moment."),
        ("barge_free", "Whether a barge can still be hired."),
        ("crew_of", "Who went aboard, and when."),
        ("barge_draught", "The draught of a barge over the past days."),
        ("barge_lines", "The last lines of a barge's log."),
        ("barge_odds", "Odds that a barge is late."),
    ] {
        let verdict = judged(name, description, json!({"barge": {"type": "string"}}));
        assert_eq!((verdict.class, verdict.risk), (Class::Read, Risk::Low), "{name}: {}", verdict.rationale);
        assert!(verdict.confidence > Confidence::Low, "{name}: {}", verdict.rationale);
    }
}

#[test]
fn what_only_looks_like_a_noun_phrase_earns_nothing() {
    for (name, description, properties) in [
        // The name's first word may be a verb that nobody knows.
        ("jettison_hold", "The cargo of a hold.", json!({})),
        // A deed, by its noun.
        ("barge_end", "Abandonment of a barge.", json!({})),
        // What is given is set.
        ("lamp_glow", "The glow of a lamp.", json!({"level": {"type": "number"}})),
        // It tells of a deed.
        ("barge_gate", "The gate of a lock is opened.", json!({})),
        // Nobody knows a word of it.
        ("qxzz_kiln", "Qxzz of the vbnm.", json!({})),
        // It goes on with what was said before.
        ("barge_mover", "Which moves the barge.", json!({})),
    ] {
        let verdict = judged(name, description, properties);
        assert!(verdict.risk > Risk::Low, "{name}: {}", verdict.rationale);
    }
}

#[test]
fn a_weak_verb_alone_does_not_earn_low() {
    for (name, description) in [
        ("boiler_night", "Opens the boiler's valve a crack."),
        ("berth_name", "Gives a berth a name."),
        ("hull_stamp", "Takes back a stamp under a hull's papers."),
        ("dump_hull", ""),
    ] {
        let verdict = judged(name, description, json!({}));
        assert!(verdict.risk > Risk::Low, "{name}: {}", verdict.rationale);
    }
    let hull = judged("dump_hull", "", json!({}));
    assert!(hull.rationale.contains("Nothing says for sure that it only reads"), "{}", hull.rationale);
    assert!(!hull.rationale.contains("may speak of changing"), "{}", hull.rationale);
    // Name and text that agree, and a plain look, do.
    for (name, description) in [("export_log", "Exports the log as text."), ("logs", "Lists the logs.")] {
        assert_eq!(judged(name, description, json!({})).risk, Risk::Low, "{name}");
    }
}

#[test]
fn what_a_name_asks_for_is_not_what_comes_back() {
    let brings = |name: &str| !judged(name, "Looks it up.", json!({})).traits.is_empty();
    assert!(!brings("get_transitions_for_issue"));
    assert!(brings("get_issue_for_release"));
}

#[test]
fn the_line_of_what_a_tool_does_ends_before_what_tells_how_to_call_it() {
    for (text, line) in [
        ("Moors a barge Args: barge (str): Which one.", "Moors a barge"),
        ("Moors a barge\n   \n  Args:\n    barge: Which one.", "Moors a barge"),
        ("Moors a barge: the one named. It takes a while.", "Moors a barge: the one named."),
        ("Args: barge", "Args: barge"),
    ] {
        assert_eq!(judged("moor", text, json!({})).does, line);
    }
}
