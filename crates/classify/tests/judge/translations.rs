//! A description gets the verdict of its English original in every language of the rule pack.

use crate::judged::{grounds, judge, told, translations};
use mcpdex_model::Verdict;
use serde_json::Value;
use std::fmt::Write as _;

const LANGUAGES: [&str; 9] = ["en", "zh", "ja", "ko", "es", "pt", "de", "fr", "ru"];

/// Share of descriptions in a language that get the verdict they should, in percent.
const AT_LEAST: usize = 90;

#[test]
fn translated_descriptions_get_the_verdict_of_their_english_original() {
    let table = translations();
    let mut report = String::new();
    let mut weak = Vec::new();
    for language in LANGUAGES {
        let rows: Vec<Value> = table.iter().map(|tool| tool.row(language)).collect();
        let mut hits = 0;
        for (tool, verdict) in table.iter().zip(judge(&rows)) {
            if verdict.class == tool.class && verdict.risk == tool.risk && verdict.traits.is_disjoint(&tool.without) {
                hits += 1;
            } else {
                let is = told(verdict.class, verdict.risk, &verdict.traits);
                let should = told(tool.class, tool.risk, &tool.traits);
                let text = &tool.description[language];
                let _ =
                    writeln!(report, "{language} {} ({}): {is}, should be {should}: {text}", tool.name, tool.domain);
                let _ = writeln!(report, "    because of {}", grounds(&verdict));
            }
        }
        let _ = writeln!(report, "{language}: {hits} of {}", table.len());
        if hits * 100 < AT_LEAST * table.len() {
            weak.push(language);
        }
    }
    eprintln!("{report}");
    assert!(weak.is_empty(), "below {AT_LEAST} %: {weak:?}\n{report}");
}

#[test]
fn translated_descriptions_show_the_traits_of_their_english_original() {
    let table = translations();
    let rows: Vec<Value> = table.iter().flat_map(|tool| LANGUAGES.map(|language| tool.row(language))).collect();
    let verdicts = judge(&rows);
    let (mut hits, mut all) = (0, 0);
    let mut report = String::new();
    for (index, verdict) in verdicts.iter().enumerate() {
        let (tool, language) = (&table[index / LANGUAGES.len()], LANGUAGES[index % LANGUAGES.len()]);
        if !tool.traits.is_empty() {
            all += 1;
            if verdict.traits.is_superset(&tool.traits) {
                hits += 1;
            } else {
                let is = told(verdict.class, verdict.risk, &verdict.traits);
                let _ = writeln!(report, "{language} {}: {is}: {}", tool.name, tool.description[language]);
            }
        }
    }
    assert!(hits * 100 >= AT_LEAST * all, "{hits} of {all} show their traits:\n{report}");
}

#[test]
fn no_translation_is_passed_over_in_silence() {
    let table = translations();
    let rows: Vec<Value> = table.iter().flat_map(|tool| LANGUAGES.map(|language| tool.row(language))).collect();
    let unseen: Vec<Verdict> = judge(&rows).into_iter().filter(|verdict| !verdict.recognised).collect();
    let names: Vec<&str> = unseen.iter().map(|verdict| verdict.server.as_str()).collect();
    assert!(names.len() * 100 <= 2 * rows.len(), "no rule recognised {names:?}");
}
