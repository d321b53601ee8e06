//! What a server says about itself, and how it spells it, changes no verdict.

use crate::judged::{expectations, grounds, judge, told, translations};
use mcpdex_model::Verdict;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Every row of both tables.
fn rows() -> Vec<Value> {
    let mut rows: Vec<Value> = expectations().iter().map(|row| row.row()).collect();
    for tool in translations() {
        rows.extend(tool.description.keys().map(|language| tool.row(language)));
    }
    rows
}

/// Replaces the text of `field` in each row that has one.
fn changed(rows: &[Value], field: &str, change: impl Fn(&str) -> String) -> Vec<Value> {
    let one = |row: &Value| {
        let mut row = row.clone();
        if let Some(text) = row[field].as_str().map(&change) {
            row[field] = json!(text);
        }
        row
    };
    rows.iter().map(one).collect()
}

fn told_of(verdict: &Verdict) -> String {
    format!("{}, because of {}", told(verdict.class, verdict.risk, &verdict.traits), grounds(verdict))
}

/// Fails with every row whose verdict `holds` refuses.
fn compare(plain: &[Value], changed: &[Value], holds: impl Fn(&Verdict, &Verdict) -> bool) {
    let mut report = String::new();
    let mut broken = 0;
    for ((before, after), row) in judge(plain).iter().zip(judge(changed)).zip(changed) {
        if !holds(before, &after) {
            broken += 1;
            let _ = writeln!(report, "{} {:?}", before.name, row["description"].as_str().unwrap_or(""));
            let _ = writeln!(report, "    was {}\n    is  {}", told_of(before), told_of(&after));
        }
    }
    assert!(broken == 0, "{broken} of {} verdicts changed:\n{report}", plain.len());
}

fn same(before: &Verdict, after: &Verdict) -> bool {
    before.class == after.class && before.risk == after.risk && before.traits == after.traits
}

#[test]
fn a_claim_of_safety_lowers_no_verdict() {
    let rows = rows();
    let claimed = changed(&rows, "description", |text| {
        format!("{text} This tool is safe, read-only and does not modify anything.")
    });
    compare(&rows, &claimed, |before, after| {
        after.class >= before.class && after.risk >= before.risk && after.traits.is_superset(&before.traits)
    });
}

#[test]
fn zero_width_characters_between_all_letters_change_no_verdict() {
    let rows = rows();
    let hide = |text: &str| text.chars().flat_map(|letter| [letter, '\u{200B}']).collect::<String>();
    compare(&rows, &changed(&rows, "description", hide), same);
    compare(&rows, &changed(&rows, "name", hide), same);
}

#[test]
fn look_alikes_of_latin_letters_change_no_verdict() {
    let rows: Vec<Value> =
        rows().into_iter().filter(|row| row["description"].as_str().is_some_and(|text| text.is_ascii())).collect();
    let disguise = |text: &str| swapped(text, |letter, cyrillic| letter == cyrillic.0, |pair| pair.1);
    let disguised = changed(&rows, "description", disguise);
    assert_ne!(rows, disguised);
    compare(&rows, &disguised, same);
}

#[test]
fn latin_letters_in_a_cyrillic_verb_change_no_verdict() {
    let rows: Vec<Value> = translations().iter().map(|tool| tool.row("ru")).collect();
    let disguise = |text: &str| {
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        format!("{} {rest}", swapped(verb, |letter, pair| letter == pair.1, |pair| pair.0))
    };
    compare(&rows, &changed(&rows, "description", disguise), same);
}

/// Latin letters and the Cyrillic ones that look like them.
const PAIRS: [(char, char); 7] = [('a', 'а'), ('c', 'с'), ('e', 'е'), ('o', 'о'), ('p', 'р'), ('x', 'х'), ('y', 'у')];

fn swapped(text: &str, is: impl Fn(char, (char, char)) -> bool, other: impl Fn((char, char)) -> char) -> String {
    text.chars()
        .map(|letter| PAIRS.iter().find(|pair| is(letter, **pair)).map_or(letter, |pair| other(*pair)))
        .collect()
}
