//! Parameters that switch a deed on: a loss that waits for the caller is high, one that the default brings is critical.

use crate::judged::judge;
use mcpdex_model::{Risk, Trait, Verdict};
use serde_json::{Value, json};

fn judged(name: &str, description: &str, properties: Value, required: &[&str]) -> Verdict {
    let schema = json!({"type": "object", "properties": properties, "required": required});
    judge(&[json!({"server": "shelves", "name": name, "description": description, "inputSchema": schema})]).remove(0)
}

/// The risk of a copy that can lose what was there, by the switch that says so.
fn copy(switch: Value, required: &[&str]) -> Verdict {
    judged("copy_shelf", "Copies a shelf into another one.", json!({"purge_old_shelf": switch}), required)
}

#[test]
fn a_loss_that_waits_for_a_switch_is_high_and_one_that_is_the_default_critical() {
    let waits = copy(json!({"type": "boolean"}), &[]);
    assert_eq!((waits.risk, waits.traits.contains(&Trait::Destructive)), (Risk::High, true), "{waits:?}");
    let denied = copy(json!({"type": "boolean", "default": false}), &[]);
    assert_eq!(denied.risk, Risk::High, "{denied:?}");
    let always = copy(json!({"type": "boolean", "default": true}), &[]);
    assert_eq!(always.risk, Risk::Critical, "{always:?}");
}

#[test]
fn a_switch_of_no_deed_changes_nothing() {
    for name in ["verbose", "recursive", "pretty"] {
        let properties = json!({ name: {"type": "boolean", "default": true} });
        let verdict = judged("copy_shelf", "Copies a shelf into another one.", properties, &[]);
        assert_eq!((verdict.risk, verdict.traits.contains(&Trait::Destructive)), (Risk::Medium, false), "{name}");
    }
}

#[test]
fn what_a_description_says_of_an_optional_switch_is_no_loss_of_every_call() {
    let said = json!({"type": "boolean", "description": "Whether to delete the old shelf for good."});
    let optional = judged("copy_shelf", "Copies a shelf into another one.", json!({"tidy": said}), &[]);
    assert_eq!(optional.risk, Risk::High, "{optional:?}");
    let by_default =
        json!({"type": "boolean", "default": true, "description": "Whether to delete the old shelf for good."});
    let always = judged("copy_shelf", "Copies a shelf into another one.", json!({"tidy": by_default}), &[]);
    assert_eq!(always.risk, Risk::Critical, "{always:?}");
}

/// The verdict of a copy with a parameter that says "Deletes the old shelf for good."
fn tidying(switch: Value, required: &[&str]) -> Verdict {
    let mut switch = switch;
    switch["description"] = json!("Deletes the old shelf for good.");
    judged("copy_shelf", "Copies a shelf into another one.", json!({ "tidy": switch }), required)
}

#[test]
fn on_and_off_are_a_switch_and_one_that_must_be_set_waits_for_nothing() {
    let worded = tidying(json!({"type": "string", "enum": ["on", "off"]}), &[]);
    assert_eq!((worded.risk, worded.traits.contains(&Trait::Destructive)), (Risk::High, true), "{worded:?}");
    assert_eq!(tidying(json!({"type": "boolean"}), &[]).risk, Risk::High);
    assert_eq!(tidying(json!({"type": "boolean"}), &["tidy"]).risk, Risk::Critical);
}

#[test]
fn what_a_parameter_only_shows_happens_elsewhere() {
    let told = |name: &str| {
        let properties = json!({ name: {"type": "string", "description": "It deletes all books of a shelf."} });
        judged("list_shelves", "Lists the shelves.", properties, &[]).risk
    };
    assert_eq!((told("include_sold"), told("sold")), (Risk::Low, Risk::Critical));
}
