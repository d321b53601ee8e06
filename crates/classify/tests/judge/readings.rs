//! Which words of a definition are the deed: a verb of the name that the description confirms, a title, a later sentence.

use crate::judged::judge;
use mcpdex_model::{Class, Confidence, Risk, Trait, Verdict};
use serde_json::{Value, json};

fn judged(row: Value) -> Verdict {
    let mut row = row;
    row["server"] = json!("shelves");
    judge(&[row]).remove(0)
}

#[test]
fn of_several_verbs_in_a_name_the_one_counts_that_the_description_opens_with() {
    for (name, description, class, confidence) in [
        ("query_stop", "Stops a query.", Class::Write, Confidence::High),
        ("report_delete", "Deletes a report.", Class::Write, Confidence::High),
        ("export_list", "Lists the exports.", Class::Read, Confidence::High),
        ("list_stops", "Lists the stops of a bus.", Class::Read, Confidence::High),
        ("update_list", "Updates a list.", Class::Write, Confidence::High),
    ] {
        let verdict = judged(json!({"name": name, "description": description}));
        assert_eq!((verdict.class, verdict.confidence), (class, confidence), "{name}: {description}");
    }
}

#[test]
fn a_title_is_read_and_only_raises() {
    let titled = judged(json!({"name": "shelf", "title": "Delete a shelf", "description": ""}));
    assert_eq!((titled.class, titled.risk), (Class::Write, Risk::Critical), "{titled:?}");
    let soothing = judged(json!({"name": "delete_shelf", "title": "Show a shelf", "description": "Deletes a shelf."}));
    assert_eq!(soothing.risk, Risk::Critical, "{soothing:?}");
}

#[test]
fn what_a_look_gives_away_counts_in_every_sentence_and_what_an_act_hands_back_does_not() {
    let look = "Shows a board. It also reads the private messages of its members.";
    let verdict = judged(json!({"name": "show_board", "description": look}));
    assert!(verdict.traits.contains(&Trait::PrivateData), "{verdict:?}");
    let act = "Adds a contact to the address book. The contact is returned.";
    let verdict = judged(json!({"name": "add_contact", "description": act}));
    assert_eq!((verdict.class, verdict.traits.contains(&Trait::PrivateData)), (Class::Write, false), "{verdict:?}");
}

#[test]
fn an_unknown_word_where_the_verb_stands_is_no_sure_look_whatever_noun_follows() {
    for name in ["frobnicate_status", "zorb_report", "zorb_reports", "zorb_list", "zorb_query"] {
        let bare = judged(json!({"name": name, "description": ""}));
        assert_eq!(bare.confidence, Confidence::Low, "{bare:?}");
    }
    for name in ["frobnicate_status", "qlix_info", "qlix_stats", "zorb_list", "zorb_query"] {
        let bare = judged(json!({"name": name, "description": ""}));
        assert_eq!((bare.class, bare.risk), (Class::Write, Risk::Medium), "{bare:?}");
    }
    for (name, description) in [("zorb_report", "Zorbs a report."), ("zorb_details", "Zorbs the details of a pot.")] {
        let verdict = judged(json!({"name": name, "description": description}));
        assert_eq!((verdict.class, verdict.confidence), (Class::Write, Confidence::Low), "{name}: {verdict:?}");
    }
    let known = judged(json!({"name": "get_report", "description": "Gets a report."}));
    assert_eq!((known.class, known.confidence), (Class::Read, Confidence::High));
}

#[test]
fn a_change_that_a_later_sentence_says_of_the_tool_counts_and_what_it_runs_to_look_does_not() {
    for (text, class) in [
        ("Shows a board. It updates the journal of the board.", Class::Write),
        ("Shows a board. This will change the state of the board.", Class::Write),
        ("Shows a board. This tool initiates an agent that works on.", Class::Execute),
        ("Shows a board. This tool uses the index of the board.", Class::Read),
        ("Shows a board. Updates the journal of the board.", Class::Write),
        ("Shows a board. Updates every ten minutes.", Class::Read),
        ("Shows a board. This tool will be removed in a later version.", Class::Read),
    ] {
        let verdict = judged(json!({"name": "show_board", "description": text}));
        assert_eq!(verdict.class, class, "{text}: {}", verdict.rationale);
    }
}

#[test]
fn what_is_listed_as_states_is_no_deed_and_what_is_listed_as_deeds_is() {
    for text in [
        "根据状态（创建、删除、取消）查询订单列表。",
        "查询订单，状态包括：待支付、已取消、退款、删除。",
        "查询登录方式。",
    ] {
        let verdict = judged(json!({"name": "op_1", "description": text}));
        assert_eq!((verdict.class, verdict.risk), (Class::Read, Risk::Low), "{text}: {}", verdict.rationale);
    }
    for text in ["创建、删除、取消订单。", "查询订单，然后删除订单。", "管理订单：删除全部订单。"]
    {
        let verdict = judged(json!({"name": "op_1", "description": text}));
        assert_eq!(verdict.risk, Risk::Critical, "{text}: {}", verdict.rationale);
    }
}

#[test]
fn a_plural_before_the_verb_says_where_and_not_how_many() {
    for (name, bulk) in
        [("files_rename", false), ("rename_files", true), ("pages_delete", false), ("delete_pages", true)]
    {
        let verdict = judged(json!({"name": name, "description": ""}));
        assert_eq!(verdict.traits.contains(&Trait::Bulk), bulk, "{name}: {verdict:?}");
    }
}

#[test]
fn what_a_sentence_starts_from_hides_no_deed() {
    for (text, class, risk) in [
        ("Given a page id, delete the page and its leaves.", Class::Write, Risk::Critical),
        ("For a given shelf, this tool erases all pages.", Class::Write, Risk::Critical),
        ("Given a list of page ids, moves each page to the shelf.", Class::Write, Risk::Medium),
        ("Given a list of pages, returns them by age.", Class::Read, Risk::Low),
        ("For a given shelf, list all pages.", Class::Read, Risk::Low),
        ("Tells the server to delete the pages of a shelf.", Class::Write, Risk::Critical),
        ("Lets an agent delete the pages of a shelf.", Class::Write, Risk::Critical),
        ("Call this tool to delete the pages of a shelf.", Class::Write, Risk::Critical),
        ("We delete the pages of a shelf.", Class::Write, Risk::Critical),
        ("Keeps shelves: delete the pages of a shelf.", Class::Write, Risk::Critical),
        ("Returns the result of deleting the pages of a shelf.", Class::Write, Risk::Critical),
        ("Shows a shelf. Note that this will delete the pages of it.", Class::Write, Risk::Critical),
        ("Shows a shelf. Then wipes the disk of a machine.", Class::Write, Risk::Critical),
        ("Tells the librarian to find a page.", Class::Read, Risk::Low),
        ("Shows a shelf. Output: field names and types available for filtering.", Class::Read, Risk::Low),
        ("Shows a shelf. You should call this only where it will delete no page.", Class::Read, Risk::Low),
    ] {
        let verdict = judged(json!({"name": "op_1", "description": text}));
        assert_eq!((verdict.class, verdict.risk), (class, risk), "{text}: {}", verdict.rationale);
    }
}
