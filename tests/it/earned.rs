//! Low must be earned: dangers beside the first sentence are found, soothing words lower nothing, and a deed is the same deed
//! in nine languages. The tools are invented.

use crate::support::corpus::corpus;
use flate2::read::GzDecoder;
use mcpdex::classify::{Ruleset, ServerContext};
use mcpdex::model::{Class, Confidence, Risk, Tool, Verdict};
use mcpdex::policy::{PolicyEffect, Profile, decide_with_arguments};
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::LazyLock;

static RULES: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::builtin().expect("the embedded rules compile"));

/// Of the tools that hide a danger, and the harmless ones beside them, this share is judged within its bounds.
const WITHIN_BOUNDS: f64 = 0.97;
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

/// Each critical tool with each soothing sentence behind its description: what became milder.
fn soothed(grave: &[(ServerContext, Tool)]) -> Vec<String> {
    let sentences: Vec<String> =
        rows("soothing.jsonl").iter().filter_map(|row| Some(row["sentence"].as_str()?.to_owned())).collect();
    assert!(sentences.len() >= 50 && grave.len() >= 100, "{} sentences, {} tools", sentences.len(), grave.len());
    let milder = |(context, tool): &(ServerContext, Tool)| {
        let before = RULES.judge(context, tool);
        let text = tool.description.as_deref().unwrap_or("");
        let mut found = Vec::new();
        for sentence in &sentences {
            let soothed = Tool { description: Some(format!("{text} {sentence}")), ..tool.clone() };
            let after = RULES.judge(context, &soothed);
            let mut say = |what: String| found.push(format!("{} ({text:?}) {sentence:?}: {what}", tool.name));
            if after.risk < before.risk {
                say(format!("{} {}", after.class, after.risk));
            }
            // Every document of every target is made from this decision, and the stricter one never becomes the milder.
            for profile in Profile::builtin() {
                let decide = |verdict: &Verdict, tool: &Tool| decide_with_arguments(profile, verdict, None, tool);
                let (old, new) = (decide(&before, tool), decide(&after, &soothed));
                // What became uncertain asks; the profile strict refuses what is surely critical.
                if new.effect == PolicyEffect::Ask && after.confidence == Confidence::Low {
                    continue;
                }
                if new.effect.stricter(old.effect) != new.effect
                    || new.otherwise.stricter(old.otherwise) != new.otherwise
                {
                    say(format!("{:?} was {:?}", new.effect, old.effect));
                }
            }
        }
        found
    };
    grave.par_iter().flat_map_iter(milder).collect()
}

#[test]
fn soothing_words_lower_nothing() {
    let grave: Vec<(ServerContext, Tool)> = rows("evasion.jsonl")
        .iter()
        .chain(&rows("translations_deeds.jsonl"))
        .map(tool)
        // The same without its full stop, and without any description.
        .flat_map(|tool| {
            let text = tool.description.clone().unwrap_or_default();
            let open = Tool { description: Some(text.trim_end_matches(['.', '。']).to_owned()), ..tool.clone() };
            let bare = Tool { description: None, input_schema: None, ..tool.clone() };
            [tool, open, bare]
        })
        .map(|tool| (ServerContext::of("an invented server", [&tool]), tool))
        .filter(|(context, tool)| RULES.judge(context, tool).risk == Risk::Critical)
        .collect();
    let milder = soothed(&grave);
    assert!(milder.is_empty(), "{} of {} tools:\n{}", milder.len(), grave.len(), milder.join("\n"));
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn soothing_words_lower_no_critical_tool_of_a_corpus() {
    let file = std::fs::File::open(corpus("tools-dev.jsonl.gz")).unwrap();
    let mut servers: BTreeMap<String, Vec<Tool>> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line.unwrap();
        let row: Value = serde_json::from_str(&line).unwrap();
        let server = row["server"].as_str().unwrap().to_owned();
        servers.entry(server).or_default().push(Tool::from_json(&line).unwrap());
    }
    let grave: Vec<(ServerContext, Tool)> = servers
        .into_iter()
        .flat_map(|(name, tools)| {
            let context = ServerContext::of(&name, &tools);
            tools.into_iter().map(move |tool| (context.clone(), tool))
        })
        .filter(|(context, tool)| RULES.judge(context, tool).risk == Risk::Critical)
        .collect();
    let milder = soothed(&grave);
    // A policy also reads the description, for words that are values of an operation.
    eprintln!("{} verdicts or decisions milder behind {} tools", milder.len(), grave.len());
    assert!(milder.is_empty(), "{}", milder.join("\n"));
}

#[test]
fn a_word_that_a_joint_takes_apart_is_the_word() {
    let deeds = [
        "Keeps a shelf tidy; de-letes all pages of it.",
        "Keeps a shelf tidy; de\u{2010}letes all pages of it.",
        "Keeps a shelf tidy; de\u{00AD}letes all pages of it.",
        "Keeps a shelf tidy; dele\u{200B}tes all pages of it.",
        "Keeps a shelf tidy; de·letes all pages of it.",
        "Keeps a shelf tidy; de_letes all pages of it.",
        "Keeps a shelf tidy; d-e-l-e-t-e-s all pages of it.",
        "Keeps a shelf tidy; de-\n  letes all pages of it.",
        "Keeps a shelf tidy; **de**letes all pages of it.",
        "De-letes all pages of a shelf.",
        "Shows a shelf, and ex-ecutes shell com-mands of the caller.",
    ];
    for text in deeds {
        let row = serde_json::json!({ "tool": { "name": "shelf_care", "description": text } });
        let verdict = judge(&tool(&row));
        assert_eq!(verdict.risk, Risk::Critical, "{text:?}: {} {}", verdict.class, verdict.risk);
        for evidence in &verdict.evidence {
            let original = if evidence.pointer == "/name" { "shelf_care" } else { text };
            assert_eq!(original.get(evidence.start..evidence.end), Some(evidence.text.as_str()), "{text:?}");
        }
    }
    let harmless = [
        "Lists the follow-up and pre-view pages of a shelf.",
        "Shows check-in and check-out times, up-to-date.",
        "Gets the read-only e-mail-like co-ordinates of a shelf.",
    ];
    for text in harmless {
        let row = serde_json::json!({ "tool": { "name": "get_shelf", "description": text } });
        let verdict = judge(&tool(&row));
        assert_eq!((verdict.class, verdict.risk), (Class::Read, Risk::Low), "{text:?}: {}", verdict.rationale);
    }
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
