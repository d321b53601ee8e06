//! Words that no rule knows where a verb stands: whatever noun follows, they are no look, and where the text shows one to
//! be a noun it is none.

use crate::judged::judge;
use mcpdex_model::{Class, Confidence, Risk};
use serde_json::json;

const VERBS: [&str; 3] = ["snarfle", "embiggen", "drizzify"];
const THINGS: [(&str, &str); 5] = [
    ("record", "records"),
    ("invoice", "invoices"),
    ("status page", "status pages"),
    ("order history", "order histories"),
    ("device", "devices"),
];

/// Judges the tools, each as the only one of its server, and returns those that are low, of how many.
fn low(tools: &[(String, String)]) -> (Vec<String>, usize) {
    let row = |(nth, (name, description)): (usize, &(String, String))| {
        let name = name.replace(' ', "_");
        json!({"server": format!("shelf-{nth}"), "name": name, "description": description})
    };
    let rows: Vec<_> = tools.iter().enumerate().map(row).collect();
    let low = judge(&rows).into_iter().zip(tools).filter(|(verdict, _)| verdict.risk == Risk::Low);
    (low.map(|(_, (name, description))| format!("{name}: {description}")).collect(), tools.len())
}

/// Every verb with every thing, named and described in turn.
fn each(names: &[&str], texts: &[&str]) -> Vec<(String, String)> {
    let mut tools = Vec::new();
    for (verb, (thing, things)) in VERBS.iter().flat_map(|verb| THINGS.map(|thing| (verb, thing))) {
        let capital = verb[..1].to_uppercase() + &verb[1..];
        let third = verb.strip_suffix('y').map_or(format!("{verb}s"), |stem| format!("{stem}ies"));
        let said = |shape: &&str| {
            let filled = shape.replace("{Verb}", &capital).replace("{verb}", verb).replace("{verbs}", &third);
            filled.replace("{things}", things).replace("{thing}", thing)
        };
        for name in names.iter().map(said) {
            tools.extend(texts.iter().map(|text| (name.clone(), said(text))));
        }
    }
    tools
}

#[test]
fn a_text_that_begins_with_it_is_no_look() {
    let tools = each(
        &["{verb} {things}", "{verb} {thing}", "{thing} {verb}", "{verb}", "acme {verb} {thing}"],
        &[
            "{Verb} {things}",
            "{Verb} {things} of a customer by id.",
            "{Verb} {things}. Returns the number of {things}.",
            "{verbs} {things} in the workspace.",
            "{Verb} {things} and {thing} details",
        ],
    );
    assert_eq!(low(&tools), (vec![], 375));
}

#[test]
fn what_only_a_verb_can_follow_is_followed_by_one() {
    let tools = each(
        &["{verb} {things}", "keeper"],
        &[
            "A tool to {verb} {things}",
            "Allows you to {verb} {things}.",
            "Use this to {verb} {things}",
            "This tool {verbs} {things} for a customer",
            "Endpoint that {verbs} {things}",
            "Quickly {verb} {things}",
            "Will {verb} {things}",
        ],
    );
    assert_eq!(low(&tools), (vec![], 210));
}

#[test]
fn a_name_that_begins_with_it_is_no_look_where_nouns_alone_say_so() {
    let tools = each(
        &["{verb} {things}", "{verb} {thing}"],
        &[
            "",
            "{Verb}ing of {things}",
            "Helper for {verb}ing {things}",
            "A {verb} of {things}",
            "{things} are {verb}ed.",
        ],
    );
    assert_eq!(low(&tools), (vec![], 150));
}

#[test]
fn what_is_joined_to_a_look_is_a_deed() {
    let tools = each(
        &["{verb} {thing}", "get and {verb} {thing}"],
        &["Get and {verb} {things}", "List, fetch or {verb} {things}"],
    );
    assert_eq!(low(&tools), (vec![], 60));
    let tools = each(&["keeper"], &["Get and {verb} the {things}"]);
    assert_eq!(low(&tools), (vec![], 15));
}

#[test]
fn the_verdict_is_a_write_of_low_confidence() {
    // Neither the server's name nor a text all in capitals makes it another.
    for (server, description) in [
        ("shelves", "Snarfle records"),
        ("snarfle", "In the workspace, snarfle records"),
        ("shelves", "SNARFLE RECORDS"),
    ] {
        let verdict =
            judge(&[json!({"server": server, "name": "snarfle_records", "description": description})]).remove(0);
        let told = (verdict.class, verdict.risk, verdict.confidence);
        assert_eq!(told, (Class::Write, Risk::Medium, Confidence::Low), "{server}: {description}");
    }
}

#[test]
fn a_word_that_is_shown_to_be_a_noun_begins_no_deed() {
    for (server, name, description) in [
        ("shelves", "snarfle_records", "Lists snarfle records."),
        ("shelves", "snarfle_status", "Shows the status of a snarfle."),
        ("shelves", "snarfle_phase", "Details of tonight's snarfle."),
        ("shelves", "snarfle_names", "The snarfles of a port."),
        ("shelves", "snarfle_info", "Information about a snarfle"),
        ("shelves", "snarfle_status", "Status of an account"),
        ("shelves", "simple_search", "Simple search for jars"),
        ("shelves", "snrf_records", "SNRF records"),
    ] {
        let verdict = judge(&[json!({"server": server, "name": name, "description": description})]).remove(0);
        assert_eq!((verdict.class, verdict.risk), (Class::Read, Risk::Low), "{name}: {description}: {verdict:?}");
    }
}

#[test]
fn a_word_that_rules_know_only_before_a_noun_may_be_a_verb_too() {
    // "choke valve" is a machine, "mobile money" are funds: neither says what "choke" does.
    for (name, description) in
        [("choke_records", ""), ("choke_records", "Choke records"), ("stoke_records", "Stoke records")]
    {
        let verdict = judge(&[json!({"server": "shelves", "name": name, "description": description})]).remove(0);
        let told = (verdict.class, verdict.risk, verdict.confidence);
        assert_eq!(told, (Class::Write, Risk::Medium, Confidence::Low), "{name}: {description}: {verdict:?}");
    }
    // Part of another word of the text, it is not said there.
    let row = json!({"server": "shelves", "name": "lab_code_details", "description": "Details of a laboratory code."});
    assert_eq!(judge(&[row]).remove(0).risk, Risk::Low);
}

#[test]
fn a_line_above_a_look_hides_no_unknown_verb() {
    let above = |line: &str| {
        let description = format!("{line}\nRetrieves the count.");
        judge(&[json!({"server": "shelves", "name": "snarfle_records", "description": description})]).remove(0)
    };
    assert_eq!(above("Snarfle the records of a customer").confidence, Confidence::Low);
    // A title says nothing of a deed.
    let row = json!({"server": "shelves", "name": "tide_at", "description": "Tide for ports and harbours\nCalculates the tide."});
    assert_eq!((judge(&[row]).remove(0).class), Class::Read);
}
