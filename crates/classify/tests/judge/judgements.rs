//! Every row of the table of expectations gets the verdict that the words' definitions ask for.

use crate::judged::{expectations, grounds, judge, told};
use mcpdex_model::{Category, Class, Risk, Trait};
use serde_json::Value;
use std::fmt::Write as _;

#[test]
fn every_expectation_of_the_table_holds() {
    let table = expectations();
    let rows: Vec<Value> = table.iter().map(|row| row.row()).collect();
    let mut missed = String::new();
    let mut misses = 0;
    for (row, verdict) in table.iter().zip(judge(&rows)) {
        let held = verdict.class == row.class
            && verdict.risk == row.risk
            && verdict.category == row.category
            && verdict.traits.is_superset(&row.traits)
            && verdict.traits.is_disjoint(&row.without);
        if !held {
            let name = row.tool["name"].as_str().unwrap_or("?");
            misses += 1;
            let is = told(verdict.class, verdict.risk, &verdict.traits);
            let should = told(row.class, row.risk, &row.traits);
            let _ = writeln!(missed, "{}: {name} is {is}, should be {should}: {}", row.point, row.why);
            let _ = writeln!(missed, "    because of {}", grounds(&verdict));
        }
    }
    assert!(misses == 0, "{misses} of {} expectations do not hold:\n{missed}", table.len());
}

#[test]
fn the_table_agrees_with_the_definitions_of_risk_and_category() {
    for row in expectations() {
        let name = &row.tool["name"];
        assert_eq!(row.category, Category::of(row.class, &row.traits), "category of {name}");
        // A small loss is high, an act on the caller's own session medium.
        let mut large = row.traits.clone();
        large.remove(&Trait::Destructive);
        let light = row.class == Class::Execute && row.risk == Risk::Medium;
        assert!(light || row.risk >= Risk::of(row.class, &large), "risk of {name}");
        assert!(row.traits.is_disjoint(&row.without), "traits of {name}");
    }
}
