//! The rationale reads as a reviewer would write it: over a small pack of rules of its own, so that every word of it can
//! be foreseen.

use mcpdex_classify::{AnnotationTrust, Ruleset, ServerContext, SourceFile};
use mcpdex_model::{Tool, Verdict};
use serde_json::{Value, json};
use std::sync::LazyLock;

static RULES: LazyLock<Ruleset> = LazyLock::new(|| {
    let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
    let files = vec![
        file("language/en.toml", include_str!("../../rules/language/en.toml")),
        file("circumstances.toml", include_str!("../../rules/circumstances.toml")),
        file("small.toml", include_str!("rationale.toml")),
    ];
    Ruleset::of_files(files, "the test").unwrap()
});

fn judge(tool: &Value, trust: AnnotationTrust) -> Verdict {
    let tool = Tool::from_json(&tool.to_string()).unwrap();
    RULES.judge_trusting(&ServerContext::of("acme", [&tool]), &tool, trust)
}

fn rationale(tool: Value) -> String {
    judge(&tool, AnnotationTrust::RaiseOnly).rationale
}

fn text(of: &[&str]) -> Value {
    let fields = of.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    json!({ "type": "object", "properties": Value::Object(fields) })
}

#[test]
fn the_small_pack_is_sound() {
    let complaints: Vec<String> = RULES.examine().iter().map(ToString::to_string).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
fn a_read_says_where_no_change_was_found_and_what_was_looked_at() {
    assert_eq!(
        rationale(
            json!({ "name": "list_barges", "description": "Lists the barges of a port.", "inputSchema": text(&["port", "day"]) })
        ),
        "It retrieves what is there, as its name says “list_barges” and its description “Lists the barges of a port”. \
         No rule finds in its name, description or 2 parameters that it changes anything (write) or sets anything going \
         (execute), so it is read, with risk low."
    );
    assert_eq!(
        rationale(json!({ "name": "list_barges" })),
        "It retrieves what is there, as its name says “list_barges”; it has no description. No rule finds in its name \
         that it changes anything (write) or sets anything going (execute), so it is read, with risk low."
    );
}

#[test]
fn a_trait_says_which_words_raise_the_risk_and_whether_the_schema_bounds_them() {
    assert_eq!(
        rationale(
            json!({ "name": "list_pages", "description": "Lists the pages below a folder.", "inputSchema": text(&["path"]) })
        ),
        "It retrieves what is there, as its name says “list_pages” and its description “Lists the pages below a folder”. \
         No rule finds in its name or description that it changes anything (write) or sets anything going (execute), \
         so it is read. Risk is medium rather than low because it reaches files of the caller's choice (its parameter “path”, \
         which its schema does not bound)."
    );
    let bounded = json!({ "properties": { "path": { "type": "string", "enum": ["/a", "/b"] } } });
    let bounded = rationale(json!({ "name": "list_pages", "description": "Lists pages.", "inputSchema": bounded }));
    assert!(
        bounded.ends_with("(its parameter “path”); in its favour: its schema holds “path” to 2 values."),
        "{bounded}"
    );
}

#[test]
fn a_write_is_set_apart_from_both_neighbours() {
    assert_eq!(
        rationale(json!({ "name": "update_berth", "description": "Updates a berth." })),
        "It changes what is there, as its name says “update_berth” and its description “Updates a berth”. That is more \
         than read, and no rule finds that it sets anything going, so it is write, with risk medium."
    );
}

#[test]
fn a_rule_that_is_unsure_asserts_nothing() {
    assert_eq!(
        rationale(json!({ "name": "steer_berth", "description": "Steers a berth." })),
        "It may act on what is there, as its name says “steer_berth” and its description “Steers a berth”. That would be \
         more than read, and no rule finds that it sets anything going, so it is held to be write, with risk medium."
    );
}

#[test]
fn loss_is_named_with_what_makes_it_worse_and_what_softens_it() {
    let schema = json!({ "properties": { "force": { "type": "boolean" }, "dryRun": { "type": "boolean" } } });
    assert_eq!(
        rationale(json!({ "name": "delete_berth", "description": "Deletes a berth.", "inputSchema": schema })),
        "Data can be lost: it deletes data, as its name says “delete_berth” and its description “Deletes a berth”. That is \
         more than read, and no rule finds that it sets anything going, so it is write. Risk is critical rather \
         than medium because data can be lost; its parameter “force” can lift a safeguard; in its favour: its parameter “dryRun” lets it be \
         tried without effect."
    );
}

#[test]
fn lighter_deeds_are_named_beside_the_gravest() {
    assert_eq!(
        rationale(json!({ "name": "get_berth", "description": "Deletes a berth." })),
        "Data can be lost: it deletes data, as its description says “Deletes a berth”. It also retrieves what is there, \
         as its name says “get_berth”, which alone would be read; the gravest counts, so it is write. Risk is critical \
         rather than medium because data can be lost."
    );
}

#[test]
fn what_lost_is_quoted_with_what_beat_it() {
    assert_eq!(
        rationale(json!({ "name": "run_report", "description": "Lists the reports of a port." })),
        "It retrieves what is there, as its description says “Lists the reports of a port”. “run_report” in its name could \
         also be read as execute, but the words above say more plainly what it does, so it is read, with risk \
         low."
    );
    assert_eq!(
        rationale(
            json!({ "name": "berth_sql", "description": "Runs SQL, only SELECT.", "inputSchema": text(&["sql"]) })
        ),
        "Its definition accepts only queries that read, as its description says “only SELECT” and it takes “sql”. “Runs” \
         in its description would make it execute if it stood alone, but that is ruled out, so it is read. Risk is \
         medium rather than low because the query is still the caller's; its schema does not bound “sql”."
    );
}

#[test]
fn operations_are_weighed_against_each_other() {
    let schema = json!({ "properties": { "action": { "enum": ["list", "get", "delete"] } } });
    assert_eq!(
        rationale(json!({ "name": "berth", "description": "Berths of a port.", "inputSchema": schema })),
        "Data can be lost: its parameter “action” chooses among 3 operations, the gravest of which is “delete”: it \
         deletes data. Held to “list” and “get” it would be read with risk low, but a caller may choose “delete”, so it \
         is write. Risk is critical rather than medium because data can be lost."
    );
}

#[test]
fn claims_of_the_server_are_told_with_what_became_of_them() {
    let raised = json!({ "name": "list_barges", "description": "Lists barges.", "annotations": { "readOnlyHint": false, "destructiveHint": true } });
    assert!(
        rationale(raised)
            .contains(". Its server's own hint (readOnlyHint) raises it from read to write, with risk medium."),
        "the claim raises"
    );
    let lied =
        json!({ "name": "delete_berth", "description": "Deletes a berth.", "annotations": { "readOnlyHint": true } });
    let told = rationale(lied.clone());
    assert!(told.ends_with("; its server claims readOnlyHint: true, but its definition speaks of write."), "{told}");
    assert_eq!(
        judge(&lied, AnnotationTrust::Full).rationale,
        "Its server says readOnlyHint: true and is trusted, so it is held to be read, with risk low. By its own \
         definition it would be write: it deletes data, as its name says “delete_berth” and its description “Deletes a \
         berth”."
    );
}

#[test]
fn what_no_rule_recognised_is_quoted_as_such() {
    assert_eq!(
        rationale(json!({ "name": "qxzz", "description": "Qxzz of the vbnm." })),
        "No rule recognised this tool: neither its name “qxzz” nor its description “Qxzz of the vbnm.” tells a \
         rule what it does, so it is held to be write with risk medium until someone settles it."
    );
    assert_eq!(
        rationale(json!({ "name": "qxzz" })),
        "No rule recognised this tool: its name “qxzz” tells no rule what it does, and it has no \
         description, so it is held to be write with risk medium until someone settles it."
    );
}

#[test]
fn hostile_text_is_quoted_on_one_line_bounded_and_with_nothing_hidden() {
    let told = rationale(json!({ "name": "dele\u{200B}te_berth", "description": "Deletes ber\u{202E}ths of a port." }));
    assert!(told.contains("“dele\\u{200b}te_berth”") && told.contains("“Deletes ber\\u{202e}ths of a port”"), "{told}");
    let hostile = "Qx\u{1B}[2J”. Risk is low.\n\nIt is read".to_owned() + &" and more".repeat(80);
    let unknown = rationale(json!({ "name": "vbnm", "description": hostile }));
    assert!(unknown.contains("“Qx\\u{1b}[2J'. Risk is low. It is read and more"), "{unknown}");
    for told in [told, unknown] {
        assert!(!told.contains(['\n', '\u{1B}', '\u{202E}', '\u{200B}']), "{told}");
        assert_eq!(told.matches('“').count(), told.matches('”').count(), "{told}");
        assert!(told.chars().count() < 500, "{told}");
    }
}
