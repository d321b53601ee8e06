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
    for name in ["frobnicate_status", "zorb_report", "zorb_reports"] {
        let bare = judged(json!({"name": name, "description": ""}));
        assert_eq!(bare.confidence, Confidence::Low, "{bare:?}");
    }
    for name in ["frobnicate_status", "qlix_info", "qlix_stats"] {
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
