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
