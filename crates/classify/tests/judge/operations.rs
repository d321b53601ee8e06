//! Values that select a deed: when a list is one of deeds, what the tool is then, and what its own text holds fast.

use crate::judged::judge;
use mcpdex_model::{Class, Confidence, Risk, Trait, Verdict};
use serde_json::{Value, json};

fn judged(name: &str, description: &str, properties: Value) -> Verdict {
    let schema = json!({"type": "object", "properties": properties});
    judge(&[json!({"server": "shelves", "name": name, "description": description, "inputSchema": schema})]).remove(0)
}

/// The verdict where one parameter takes these values.
fn choosing(name: &str, description: &str, parameter: &str, values: &[&str]) -> Verdict {
    judged(name, description, json!({ parameter: {"type": "string", "enum": values} }))
}

/// Value, class and risk of each operation.
fn operations(verdict: &Verdict) -> Vec<(&str, Class, Risk)> {
    verdict.operations.iter().map(|of| (of.value.as_str(), of.class, of.risk)).collect()
}

#[test]
fn unknown_words_around_a_deed_do_not_drown_it() {
    let padding = ["blue", "green", "red", "mauve", "teal", "ochre", "umber"];
    for (name, description) in [("shelf", "Work with shelves."), ("list_shelves", "Lists the shelves.")] {
        for count in 0..=padding.len() {
            let values: Vec<&str> = std::iter::once("delete").chain(padding[..count].iter().copied()).collect();
            let verdict = choosing(name, description, "action", &values);
            assert_eq!(verdict.risk, Risk::Critical, "{name}: {values:?}");
            assert!(verdict.traits.contains(&Trait::Destructive), "{name}: {values:?}");
            assert_eq!(operations(&verdict)[0], ("delete", Class::Write, Risk::Critical), "{name}: {values:?}");
            if count > 0 {
                assert_eq!(verdict.confidence, Confidence::Low, "{name}: {values:?}");
            }
        }
    }
    let worded = json!({"action": {"type": "string", "description": "One of 'blue', 'green', 'red', 'delete'."}});
    assert_eq!(judged("shelf", "Work with shelves.", worded).risk, Risk::Critical);
}

#[test]
fn a_list_of_kinds_is_no_list_of_deeds() {
    for values in [&["blue", "green"][..], &["asc", "desc"]] {
        let verdict = choosing("list_shelves", "Lists the shelves.", "mode", values);
        assert_eq!((verdict.class, verdict.operations.len()), (Class::Read, 0), "{values:?}");
    }
    // A doubtful name needs two deeds, and two of three values.
    let most = choosing("shelf", "Work with shelves.", "mode", &["delete", "remove", "red"]);
    assert_eq!((most.risk, most.operations.len()), (Risk::Critical, 3));
    for values in [&["delete", "blue", "red"][..], &["delete", "remove", "green", "red"]] {
        let verdict = choosing("shelf", "Work with shelves.", "mode", values);
        assert_eq!((verdict.risk, verdict.operations.len()), (Risk::High, 0), "{values:?}");
    }
}

#[test]
fn nouns_that_nobody_knows_are_what_a_look_looks_at() {
    let looked = choosing("query_shelf", "Queries a shelf.", "action", &["list", "zorp", "quux"]);
    assert_eq!((looked.class, looked.operations.len()), (Class::Read, 0), "{looked:?}");
    // "build_zonked" says what happened, whether or not the word is known.
    let happened = choosing("query_shelf", "Queries a shelf.", "action", &["lent", "build_zonked", "marked"]);
    assert_eq!((happened.class, happened.operations.len()), (Class::Read, 0), "{happened:?}");
    let deed = choosing("query_shelf", "Queries a shelf.", "action", &["lent", "purge_zonked", "marked"]);
    assert_eq!(deed.risk, Risk::Critical, "{deed:?}");
    let acts = choosing("query_shelf", "Queries a shelf.", "action", &["list", "zorp", "rename"]);
    assert_eq!((acts.class, acts.operations.len()), (Class::Write, 3), "{acts:?}");
    let unsaid = choosing("shelf", "Work with shelves.", "action", &["list", "zorp", "quux"]);
    assert_eq!((unsaid.class, unsaid.confidence), (Class::Write, Confidence::Low), "{unsaid:?}");
}

#[test]
fn each_operation_has_its_own_verdict_and_the_tool_that_of_the_gravest() {
    let verdict = choosing("shelf", "Work with shelves.", "action", &["list", "create", "delete"]);
    let each = [
        ("list", Class::Read, Risk::Low),
        ("create", Class::Write, Risk::Medium),
        ("delete", Class::Write, Risk::Critical),
    ];
    assert_eq!(operations(&verdict), each);
    assert_eq!((verdict.class, verdict.risk), (Class::Write, Risk::Critical));
    // Operations that all read speak louder than a name that says nothing.
    let reads = choosing("manage_shelf", "Shelves.", "action", &["list", "get"]);
    assert_eq!((reads.class, reads.risk), (Class::Read, Risk::Low), "{reads:?}");
}

#[test]
fn text_that_says_worse_holds_whatever_is_chosen() {
    let held = choosing("manage_shelf", "Deletes a shelf for good.", "action", &["list", "get"]);
    let worst = [("list", Class::Write, Risk::Critical), ("get", Class::Write, Risk::Critical)];
    assert_eq!(operations(&held), worst);
    // Where the text speaks of a lighter deed too, a choice may be that one.
    let both = "Manages shelves. Lists a shelf or deletes a shelf for good.";
    let mixed = choosing("manage_shelf", both, "action", &["list", "delete"]);
    let each = [("list", Class::Read, Risk::Low), ("delete", Class::Write, Risk::Critical)];
    assert_eq!(operations(&mixed), each);
    // A medium deed of the text holds nothing.
    let light = choosing("manage_shelf", "Renames a shelf.", "action", &["list", "rename"]);
    assert_eq!(operations(&light)[0], ("list", Class::Read, Risk::Low), "{light:?}");
}

#[test]
fn where_one_parameter_has_two_switches_each_counts() {
    let properties = json!({"options": {"type": "array", "items": {"enum": ["pretty", "purge_shelf"]}}});
    let verdict = judged("copy_shelf", "Copies a shelf.", properties);
    assert!(verdict.risk >= Risk::High, "{verdict:?}");
}

#[test]
fn no_count_of_operations_hides_the_last_and_what_is_past_the_limit_is_unread() {
    let many = |count: usize| {
        let looks: Vec<String> =
            (0..count).map(|number| format!("list_{number}")).chain(["delete".to_owned()]).collect();
        judged("shelf", "Work with shelves.", json!({"action": {"enum": looks}}))
    };
    for count in [150, 250, 1000] {
        assert_eq!(many(count).risk, Risk::Critical, "{count}");
    }
    let cut = many(5000);
    assert_eq!(cut.confidence, Confidence::Low);
    assert!(cut.unread.iter().any(|what| what.starts_with("operations beyond the first")), "{:?}", cut.unread);
}

#[test]
fn references_that_lead_to_a_million_schemas_are_cut_and_told() {
    let mut defs = serde_json::Map::new();
    for level in 0..8 {
        let below: Vec<Value> = (0..30).map(|_| json!({"$ref": format!("#/$defs/level{}", level + 1)})).collect();
        defs.insert(format!("level{level}"), json!({"anyOf": below}));
    }
    defs.insert("level8".to_owned(), json!({"enum": ["list", "get"]}));
    let schema = json!({
        "type": "object", "$defs": defs,
        "properties": {"action": {"$ref": "#/$defs/level0"}, "size": {"$ref": "#/$defs/level0"}},
    });
    let row = json!({"server": "shelves", "name": "shelf", "description": "Work with shelves.", "inputSchema": schema});
    let verdict = judge(&[row]).remove(0);
    assert_eq!(verdict.confidence, Confidence::Low, "{verdict:?}");
}

#[test]
fn what_happened_to_a_thing_is_no_operation() {
    let states = ["assigned", "review_removed", "page_deleted"];
    let looked = choosing("list_notices", "Lists the notices.", "action", &states);
    assert_eq!((looked.class, looked.operations.len()), (Class::Read, 0), "{looked:?}");
    for deed in ["delete_page", "purge_deleted"] {
        let acts = choosing("list_notices", "Lists the notices.", "action", &["assigned", deed]);
        assert_eq!(acts.risk, Risk::Critical, "{acts:?}");
    }
}

#[test]
fn what_a_later_sentence_promises_frees_no_operation_of_a_text_that_says_worse() {
    let values = ["create", "patch", "delete"];
    let text = "Creates, patches or deletes the rules of a mesh.";
    let plain = choosing("manage_mesh", text, "action", &values);
    let soothed = choosing("manage_mesh", &format!("{text} Reads only, by policy."), "action", &values);
    assert_eq!(operations(&plain), operations(&soothed));
}

#[test]
fn operations_that_are_asked_about_are_not_done() {
    let values = ["read", "delete", "administer"];
    let text = "Checks whether a keeper can perform an operation on a shelf.";
    let asked = choosing("check_permission", text, "operation", &values);
    assert_eq!((asked.class, asked.risk), (Class::Read, Risk::Low), "{asked:?}");
    let done = choosing("shelf", "Performs an operation on a shelf.", "operation", &values);
    assert_eq!(done.risk, Risk::Critical, "{done:?}");
    let besides = choosing("check_permission", text, "operation", &["read", "buy_shelf"]);
    assert_eq!(besides.risk, Risk::Critical, "{besides:?}");
}

#[test]
fn a_tool_that_hands_out_a_secret_and_changes_something_is_a_write() {
    let values = ["status", "get_access_token", "set_region"];
    let verdict = choosing("quay_login", "Looks at how one is logged in at a quay.", "action", &values);
    assert_eq!((verdict.class, verdict.risk), (Class::Write, Risk::High), "{}", verdict.rationale);
    let verdict = choosing("quay_login", "Looks at how one is logged in at a quay.", "action", &values[..2]);
    assert_eq!((verdict.class, verdict.risk), (Class::Read, Risk::High), "{}", verdict.rationale);
}

#[test]
fn verbs_with_a_colon_behind_each_are_what_can_be_done() {
    for text in [
        "Works on moorings:\n- insert: new ones\n- delete: by number",
        "Works on moorings. insert: new ones, delete: by number",
    ] {
        let verdict = judged("mooring_records", text, json!({}));
        assert!(verdict.risk == Risk::Critical, "{text:?}: {}", verdict.rationale);
        assert!(verdict.rationale.contains("which is taken to mean"), "{}", verdict.rationale);
    }
    for text in [
        // One verb alone may be a heading, and rights have such names.
        "Moorings of a quay. delete: see elsewhere",
        "Moorings of a quay, for who holds insert:mooring and delete:mooring",
        "Moorings of a quay. insert: use add_mooring instead, delete: use drop_mooring instead",
    ] {
        let verdict = judged("mooring_records", text, json!({}));
        assert!(verdict.risk < Risk::Critical, "{text:?}: {}", verdict.rationale);
    }
}

#[test]
fn of_several_lists_in_words_none_hides_another() {
    let manager = |second: &str| {
        let description = format!(
            "Keeper of boats and moorings.\n\nBOATS (kind=\"boat\"):\n    operations: list_boats, get_boat, find_boat\n\n\
             MOORINGS (kind=\"mooring\"):\n    operations: {second}\n\nExample: operation=\"get_boat\""
        );
        let schema =
            json!({"type": "object", "properties": {"operation": {"type": "string"}, "kind": {"type": "string"}}});
        judge(&[json!({"server": "quay", "name": "manage_quay", "description": description, "inputSchema": schema})])
            .remove(0)
    };
    let grave = manager("get_mooring, delete_mooring");
    assert_eq!((grave.class, grave.risk), (Class::Write, Risk::Critical), "{grave:?}");
    let plain = manager("get_mooring, list_moorings");
    assert_eq!((plain.class, plain.risk), (Class::Read, Risk::Low), "{plain:?}");
}

#[test]
fn a_value_that_may_be_a_look_stays_an_operation_beside_a_grave_one() {
    let kinds: Vec<Value> = ["wait", "expand", "scroll", "hold", "runJavascript"]
        .map(|kind| json!({"type": "object", "properties": {"type": {"type": "string", "const": kind}}}))
        .to_vec();
    let steps = json!({"steps": {"type": "array", "items": {"anyOf": kinds}}});
    let verdict = judged("search_pier", "Searches a pier and its surroundings.", steps);
    assert_eq!((verdict.class, verdict.risk), (Class::Execute, Risk::Critical), "{verdict:?}");
}
