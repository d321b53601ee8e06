//! Shapes of tools that are judged right and stay so: a deletion among operations, a whole database dropped, an approval
//! that cannot be undone, schemas that say nothing, a write behind a look.

use crate::judged::judge;
use serde_json::{Value, json};

#[test]
fn each_shape_keeps_its_class_and_risk() {
    let choice =
        |values: &[&str]| json!({"type": "object", "properties": {"action": {"type": "string", "enum": values}}});
    /// Name, description, schema, the classes and the risks that are right.
    type Case<'c> = (&'c str, &'c str, Value, &'c [&'c str], &'c [&'c str]);
    let cases: [Case<'_>; 14] = [
        (
            "gallery_items",
            "Items of a gallery.",
            choice(&["list", "export", "delete", "restore"]),
            &["write", "execute"],
            &["critical"],
        ),
        (
            "draft_versions",
            "Versions of a draft.",
            choice(&["get", "compare", "purge"]),
            &["write", "execute"],
            &["critical"],
        ),
        ("shelf_labels", "Labels of shelves.", choice(&["list", "truncate"]), &["write", "execute"], &["critical"]),
        (
            "drop-schema",
            "Removes the named schema together with its tables.",
            json!({}),
            &["write", "execute"],
            &["critical"],
        ),
        (
            "drop_collection",
            "Removes a collection and all documents in it.",
            json!({}),
            &["write", "execute"],
            &["critical"],
        ),
        (
            "delete-many-rows",
            "Removes every row that matches the filter.",
            json!({}),
            &["write", "execute"],
            &["critical"],
        ),
        (
            "approve_purge",
            "Approve a pending purge. It cannot be undone.",
            json!({}),
            &["write", "execute"],
            &["critical"],
        ),
        (
            "confirm_pending_posting",
            "Confirm a pending posting. It is written to the ledger and cannot be undone.",
            json!({}),
            &["write", "execute"],
            &["critical"],
        ),
        ("licence_empty", "Shows the licence.", json!({}), &["read"], &["low"]),
        ("licence_any", "Shows the licence.", json!(true), &["read"], &["low"]),
        ("licence_properties", "Shows the licence.", json!({"type": "object", "properties": {}}), &["read"], &["low"]),
        (
            "call_function",
            "Call a function and wait for its answer.",
            json!({"type": "object", "properties": {"payload": true, "id": {"type": "string"}}}),
            &["execute"],
            &["high", "critical"],
        ),
        (
            "find_or_add_label",
            "Look for a label of this name and add one if there is none.",
            json!({"type": "object", "properties": {"name": {"type": "string"}}}),
            &["write"],
            &["medium", "high"],
        ),
        (
            "search_and_register",
            "Look for a guest with this name and create one if none is found.",
            json!({"type": "object", "properties": {"name": {"type": "string"}}}),
            &["write"],
            &["medium", "high"],
        ),
    ];
    let rows: Vec<Value> = cases
        .iter()
        .map(|(name, description, schema, ..)| {
            json!({"server": "s", "name": name, "description": description, "inputSchema": schema})
        })
        .collect();
    let verdicts: Vec<Value> = judge(&rows).iter().map(|verdict| serde_json::to_value(verdict).unwrap()).collect();
    assert_eq!(verdicts.len(), cases.len());
    let mut wrong = Vec::new();
    for (verdict, (name, _, _, classes, risks)) in verdicts.iter().zip(&cases) {
        let (class, risk) = (verdict["class"].as_str().unwrap(), verdict["risk"].as_str().unwrap());
        if !classes.contains(&class) || !risks.contains(&risk) {
            wrong.push(format!("{name}: {class}, {risk}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
