//! Logs against SARIF's own schema (`tests/data/schemas`), and what a schema cannot say: where indexes lead, and that no
//! two results are taken for one.

use serde_json::Value;
use std::collections::BTreeSet;

/// Holds a log against the standard.
pub(crate) fn assert_sarif(log: &Value) {
    let faults = faults(log);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with a log.
pub(crate) fn faults(log: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(include_str!("../../data/schemas/sarif-schema-2.1.0.json"))
        .expect("JSON by its publisher");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let mut faults: Vec<String> =
        validator.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    for run in log["runs"].as_array().into_iter().flatten() {
        of_run(run, &mut faults);
    }
    faults
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn at<'v>(all: &'v [Value], index: &Value) -> &'v Value {
    index.as_u64().and_then(|index| all.get(usize::try_from(index).ok()?)).unwrap_or(&Value::Null)
}

fn of_run(run: &Value, faults: &mut Vec<String>) {
    let (rules, artifacts, taxonomies) =
        (list(&run["tool"]["driver"], "rules"), list(run, "artifacts"), list(run, "taxonomies"));
    let ids: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    if ids.len() != rules.len() {
        faults.push("two rules have one id".to_owned());
    }
    let mut hashes = BTreeSet::new();
    for result in list(run, "results") {
        let mut wrong = |what: &str| faults.push(format!("{what} of {result}"));
        if at(rules, &result["ruleIndex"])["id"] != result["ruleId"] {
            wrong("the index of the rule");
        }
        if !hashes.insert(result["partialFingerprints"]["primaryLocationLineHash"].as_str()) {
            wrong("the fingerprint");
        }
        for location in list(result, "locations") {
            let place = &location["physicalLocation"]["artifactLocation"];
            if at(artifacts, &place["index"])["location"]["uri"] != place["uri"] {
                wrong("the index of the file");
            }
        }
        for taxon in list(result, "taxa") {
            let taxonomy = at(taxonomies, &taxon["toolComponent"]["index"]);
            let named = taxonomy["name"] == taxon["toolComponent"]["name"];
            if !named || at(list(taxonomy, "taxa"), &taxon["index"])["id"] != taxon["id"] {
                wrong("the index of the entry of a taxonomy");
            }
        }
    }
}
