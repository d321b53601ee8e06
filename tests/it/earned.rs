//! Low must be earned: dangers beside the first sentence are found, soothing words lower next to nothing, and a deed is the same
//! deed in nine languages. The tools are invented.

use mcpdex::classify::{Ruleset, ServerContext};
use mcpdex::model::{Class, Confidence, Risk, Tool, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

static RULES: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::builtin().expect("the embedded rules compile"));

/// Of the tools that hide a danger, and the harmless ones beside them, this share is judged within its bounds.
const WITHIN_BOUNDS: f64 = 0.97;
/// Of the pairs of a grave tool and a soothing sentence, no more than this share is judged milder: the words are appended
/// to texts without an end, or to none, where they are taken for the deed.
const LOWERED: f64 = 0.003;
/// Of the deeds told in other languages, this share has the verdict of the English one.
const LIKE_ENGLISH: f64 = 0.96;

fn rows(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let text = std::fs::read_to_string(path).expect("the rows are there");
    text.lines().map(|line| serde_json::from_str(line).expect("a row is JSON")).collect()
}

fn tool(row: &Value) -> Tool {
    Tool::from_json(&row["tool"].to_string()).expect("the tool of a row is one")
}

fn judge(tool: &Tool) -> Verdict {
    RULES.judge(&ServerContext::of("an invented server", [tool]), tool)
}

fn word<T: std::str::FromStr>(row: &Value, key: &str) -> Option<T> {
    row[key].as_str().and_then(|text| text.parse().ok())
}

#[test]
fn a_danger_is_found_wherever_it_stands() {
    let rows = rows("evasion.jsonl");
    let outside: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let verdict = judge(&tool(row));
            let class = word::<Class>(row, "min_class").is_none_or(|least| verdict.class >= least);
            let least = word::<Risk>(row, "min_risk").is_none_or(|least| verdict.risk >= least);
            let most = word::<Risk>(row, "max_risk").is_none_or(|most| verdict.risk <= most);
            // What cannot be read may be told by confidence alone.
            let unsure = row["max_confidence"] == "low";
            let within =
                if unsure { verdict.confidence == Confidence::Low || verdict.risk >= Risk::High } else { true };
            let right = class && least && most && within;
            (!right).then(|| format!("{}: {} {} {}", row["label"], verdict.class, verdict.risk, verdict.confidence))
        })
        .collect();
    let share = 1.0 - outside.len() as f64 / rows.len() as f64;
    assert!(rows.len() >= 200 && share >= WITHIN_BOUNDS, "{share:.3} within bounds:\n{}", outside.join("\n"));
}

#[test]
fn soothing_words_lower_next_to_nothing() {
    let sentences: Vec<String> =
        rows("soothing.jsonl").iter().filter_map(|row| Some(row["sentence"].as_str()?.to_owned())).collect();
    let grave: Vec<Tool> = rows("evasion.jsonl")
        .iter()
        .chain(&rows("translations_deeds.jsonl"))
        .map(tool)
        .filter(|tool| judge(tool).risk == Risk::Critical)
        .collect();
    assert!(sentences.len() >= 30 && grave.len() >= 100, "{} sentences, {} tools", sentences.len(), grave.len());
    let mut lowered = Vec::new();
    for tool in &grave {
        for sentence in &sentences {
            let text = tool.description.as_deref().unwrap_or("");
            let soothed = Tool { description: Some(format!("{text} {sentence}")), ..tool.clone() };
            let verdict = judge(&soothed);
            if verdict.risk < Risk::Critical {
                lowered.push(format!("{}: {sentence}: {} {}", tool.name, verdict.class, verdict.risk));
            }
        }
    }
    let share = lowered.len() as f64 / (grave.len() * sentences.len()) as f64;
    assert!(share <= LOWERED, "{} lowered ({share:.4}):\n{}", lowered.len(), lowered.join("\n"));
}

#[test]
fn a_deed_is_the_same_in_nine_languages() {
    let rows = rows("translations_deeds.jsonl");
    let verdicts: Vec<Verdict> = rows.iter().map(|row| judge(&tool(row))).collect();
    let english: BTreeMap<&str, &Verdict> = rows
        .iter()
        .zip(&verdicts)
        .filter(|(row, _)| row["language"] == "en")
        .filter_map(|(row, verdict)| Some((row["deed"].as_str()?, verdict)))
        .collect();
    let other: Vec<String> = rows
        .iter()
        .zip(&verdicts)
        .filter_map(|(row, verdict)| {
            let same = english.get(row["deed"].as_str()?)?;
            let differs = (verdict.class, verdict.risk) != (same.class, same.risk);
            differs.then(|| format!("{} {}: {} {}", row["language"], row["deed"], verdict.class, verdict.risk))
        })
        .collect();
    let share = 1.0 - other.len() as f64 / rows.len() as f64;
    assert!(rows.len() >= 270 && share >= LIKE_ENGLISH, "{share:.3} like English:\n{}", other.join("\n"));
}
