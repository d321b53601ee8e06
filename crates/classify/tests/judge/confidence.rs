//! How sure a verdict is: what the name says and what the description says, alone, together and against each other.

use crate::judged::judge;
use mcpdex_model::Confidence;
use serde_json::{Value, json};

fn sure(name: &str, description: &str, properties: Value) -> Confidence {
    let schema = json!({"type": "object", "properties": properties});
    judge(&[json!({"server": "shelves", "name": name, "description": description, "inputSchema": schema})])[0]
        .confidence
}

#[test]
fn name_and_description_that_agree_are_sure_and_one_alone_less() {
    for (name, description, should) in [
        ("delete_shelf", "Deletes a shelf.", Confidence::High),
        ("list_shelves", "Lists the shelves.", Confidence::High),
        ("run_pipeline", "Runs a pipeline.", Confidence::High),
        // Only one of the two speaks.
        ("delete_shelf", "", Confidence::Medium),
        ("shelf", "Deletes a shelf.", Confidence::Medium),
        ("list_shelves", "", Confidence::Medium),
        // They contradict each other.
        ("get_shelf", "Deletes a shelf for good.", Confidence::Medium),
        ("list_shelves", "Starts a pipeline.", Confidence::Medium),
        // Nothing is recognised.
        ("qxzz", "Qxzz of the vbnm.", Confidence::Low),
        ("qxzz", "", Confidence::Low),
    ] {
        assert_eq!(sure(name, description, json!({})), should, "{name}: {description}");
    }
}

#[test]
fn an_operation_that_nothing_recognises_makes_the_whole_unsure() {
    let choice = |values: &[&str]| json!({"action": {"type": "string", "enum": values}});
    let known = sure("shelf", "Work with shelves.", choice(&["list", "get", "delete"]));
    let unknown = sure("shelf", "Work with shelves.", choice(&["list", "get", "frobnicate"]));
    assert_eq!((known, unknown), (Confidence::High, Confidence::Low));
}

#[test]
fn what_was_not_read_makes_the_whole_unsure() {
    let long = format!("Lists the shelves. {}", "Shelves are made of wood. ".repeat(20_000));
    assert_eq!(sure("list_shelves", &long, json!({})), Confidence::Low);
}
