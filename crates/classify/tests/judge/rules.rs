//! The rule pack as a whole: sound by its own examples, complete in the binary.

use mcpdex_classify::{Ruleset, builtin_paths};
use std::collections::BTreeSet;

#[test]
fn every_rule_holds_its_own_examples_and_no_clause_is_dead() {
    let complaints: Vec<String> =
        Ruleset::builtin().expect("the pack compiles").examine().iter().map(ToString::to_string).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
fn every_rule_file_of_the_folder_is_embedded() {
    let root = std::path::Path::new("rules");
    let mut found = BTreeSet::new();
    for below in ["", "language/"] {
        for entry in std::fs::read_dir(root.join(below)).expect("the folder is there") {
            let name = entry.expect("readable").file_name().to_string_lossy().into_owned();
            if name.ends_with(".toml") {
                found.insert(format!("{below}{name}"));
            }
        }
    }
    let embedded: BTreeSet<String> = builtin_paths().map(str::to_owned).collect();
    assert_eq!(embedded, found);
}
