//! Verdicts that a person settled: the days between which they hold, what they take the place of, what is refused.

use crate::judged::judge;
use mcpdex_classify::{Overrides, Ruleset};
use mcpdex_model::{Class, Confidence, Risk, Verdict};
use serde_json::json;

const TODAY: &str = "2030-06-15";

fn entry(more: &str) -> String {
    let tool = if more.contains("tool =") { "" } else { "tool = \"delete_shelf\"\n" };
    let class = if more.contains("class =") { "" } else { "class = \"write\"\n" };
    let days = if more.contains("date =") { "" } else { "date = \"2030-01-01\"\n" };
    format!("[[override]]\n{tool}{class}{days}reason = \"an empty one\"\nauthor = \"Ada\"\n{more}\n")
}

fn read(text: &str) -> Result<Overrides, String> {
    let mut overrides = Overrides::default();
    overrides.add("own.toml", text, TODAY).map_err(|e| e.to_string())?;
    Ok(overrides)
}

fn settled(overrides: &Overrides) -> Verdict {
    let row = json!({"server": "shelves", "name": "delete_shelf", "description": "Deletes a shelf for good."});
    overrides.apply(&Ruleset::builtin().expect("the pack"), judge(&[row]).remove(0))
}

#[test]
fn an_override_holds_from_its_day_to_its_last() {
    for (days, applies) in [
        ("date = \"2030-01-01\"", true),
        ("date = \"2030-01-01\"\nexpires = \"2030-06-16\"", true),
        ("date = \"2030-01-01\"\nexpires = \"2030-06-15\"", true),
        ("date = \"2030-06-15\"\nexpires = \"2030-06-15\"", true),
        ("date = \"2030-01-01\"\nexpires = \"2030-06-14\"", false),
        ("date = \"2030-01-01\"\nexpires = \"2030-01-01\"", false),
    ] {
        let overrides = read(&entry(days)).expect(days);
        let verdict = settled(&overrides);
        let should = if applies { Risk::Medium } else { Risk::Critical };
        assert_eq!((verdict.risk, overrides.len()), (should, usize::from(applies)), "{days}");
        assert_eq!(overrides.expired().count(), usize::from(!applies), "{days}");
        // One that has expired is to be told: there is something.
        assert!(!overrides.is_empty(), "{days}");
        assert_eq!(overrides.digest().is_some(), applies, "{days}");
    }
    assert!(read("# nothing\n").expect("comments").is_empty());
}

#[test]
fn what_the_rules_said_stays_visible_as_overruled() {
    let verdict = settled(&read(&entry("")).expect("an entry"));
    assert_eq!((verdict.class, verdict.confidence, verdict.recognised), (Class::Write, Confidence::High, true));
    assert!(verdict.overruled[0].traits.iter().any(|of| of.to_string() == "destructive"), "{:?}", verdict.overruled);
    assert!(verdict.rationale.contains("Ada") && verdict.rationale.contains("critical"), "{}", verdict.rationale);
}

#[test]
fn the_last_entry_counts_and_one_that_names_its_server_only_there() {
    let elsewhere = read(&entry("server = \"kilns\"\nrisk = \"low\"")).expect("an entry");
    assert_eq!(settled(&elsewhere).risk, Risk::Critical);
    assert_eq!(elsewhere.unused().count(), 1);
    let mut both = read(&entry("risk = \"low\"")).expect("an entry");
    both.add("later.toml", &entry("server = \"shelves\"\nrisk = \"high\""), TODAY).expect("an entry");
    assert_eq!(settled(&both).risk, Risk::High);
    assert_eq!(both.unused().count(), 1, "the first is never asked");
}

#[test]
fn a_faulty_entry_is_refused_with_what_is_wrong() {
    for (text, what) in [
        (entry("expires = \"2029-12-31\""), "expires before the day it was made"),
        (entry("date = \"2030-13-01\""), "write a day as YYYY-MM-DD"),
        (entry("expires = \"tomorrow\""), "write a day as YYYY-MM-DD"),
        (entry("tool = \" \""), "has an empty tool"),
        (entry("class = \"read\"\ntraits = [\"destructive\"]"), "is at least write"),
        (entry("why = \"x\""), "not a file of overrides"),
        ([entry(""), entry("")].concat(), "is overridden twice"),
    ] {
        let error = read(&text).map(|_| ()).expect_err(&text);
        assert!(error.contains(what) && error.starts_with("own.toml: "), "{error}");
    }
}
