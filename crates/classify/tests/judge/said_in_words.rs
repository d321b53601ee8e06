//! Dangers that a text tells in words of its own: code that is run, a command left behind, deeds joined to a look, what is
//! lost, what moves; and words like them that tell of none.

use crate::judged::judge;
use mcpdex_model::{Class, Risk, Trait, Verdict};
use serde_json::json;

fn judged(name: &str, description: &str, parameter: &str) -> Verdict {
    let schema = json!({"type": "object", "properties": {parameter: {"type": "string"}}});
    judge(&[json!({"server": "quay", "name": name, "description": description, "inputSchema": schema})]).remove(0)
}

#[test]
fn code_that_is_run_counts_however_the_tool_is_called() {
    for (name, description, parameter) in [
        ("sum_tides", "Works out a sum of tides. The term may be any Python.", "term"),
        ("mend_chart", "Corrects a chart. What it is given is passed to eval.", "shift"),
        ("letter_preview", "Previews a letter; its placeholders can run system commands.", "letter"),
        ("keep_boats", "Keeps the boats for which a JavaScript predicate holds.", "predicate"),
        ("count_boats", "Counts boats by user-supplied code.", "how"),
        ("calcular", "Calcula la marea. Acepta cualquier código.", "marea"),
        ("nightly", "Schedules a shell command for the night.", "what"),
        ("plan_chore", "Adds a job to the plan.", "command"),
    ] {
        let verdict = judged(name, description, parameter);
        assert!(verdict.traits.contains(&Trait::CodeExecution), "{name}: {verdict:?}");
        assert_eq!((verdict.class, verdict.risk), (Class::Execute, Risk::Critical), "{name}");
    }
}

#[test]
fn code_that_is_only_spoken_of_is_not_run() {
    for (name, description, parameter) in [
        ("lint_rules", "Lints rules, which may be any Python.", "rules"),
        ("sum_tides", "Works out a sum of tides. The term cannot run code.", "term"),
        ("page_errors", "Lists the pages of a site with any JavaScript errors.", "site"),
        ("plan_chore", "Adds a chore to the plan.", "note"),
    ] {
        let verdict = judged(name, description, parameter);
        assert!(!verdict.traits.contains(&Trait::CodeExecution), "{name}: {verdict:?}");
    }
}

#[test]
fn a_deed_that_is_joined_to_a_look_is_a_deed_whatever_the_name_ends_in() {
    for (name, description) in [
        ("berth_status", "Gets or updates the status of a berth."),
        ("berth_state", "Reads or changes the state of a berth."),
        ("berth_history", "Shows or edits the history of a berth."),
        ("berth_there", "Makes sure a berth exists."),
    ] {
        let verdict = judged(name, description, "berth");
        assert_eq!(verdict.class, Class::Write, "{name}: {verdict:?}");
        assert!(verdict.risk >= Risk::Medium, "{name}: {verdict:?}");
    }
    let look = judged("berth_status", "Gets the status of a berth and its history of changes.", "berth");
    assert_eq!((look.class, look.risk), (Class::Read, Risk::Low), "{look:?}");
}

#[test]
fn what_is_lost_given_away_or_moved_is_told_in_many_words() {
    for (name, description, least) in [
        ("tidy_hold", "Puts the hold back in order; unsaved work is lost.", Risk::Critical),
        ("end_plan", "Ends a plan. What is left of the month is forfeited.", Risk::Critical),
        ("empty_bin", "Empties the bin.", Risk::Critical),
        ("step_back", "Takes the plan a step back; columns added since are dropped.", Risk::Critical),
        ("even_out", "Evens out two sheds; files missing in the first are removed.", Risk::High),
        ("load_zone", "Loads a zone; records not in it are removed.", Risk::Critical),
        ("tidy_preview", "Shows what would go, and with apply=true tidies up, deleting files.", Risk::High),
        ("cancel_berth", "Cancels a berth. What was paid is not refunded.", Risk::Critical),
        ("call_off", "Cancels a voyage and tells its guests.", Risk::High),
        ("dig_tunnel", "Exposes a port of the quay to the internet.", Risk::High),
        ("hand_round", "Shares a chart with anyone who has the link.", Risk::High),
        ("hang_up", "Uploads a chart to a public page.", Risk::High),
        ("thank_crew", "Gives the crew a tip.", Risk::Critical),
        ("donate", "Supports a cause.", Risk::Critical),
        ("set_sluice", "Sets the opening of a valve.", Risk::High),
        ("lift_crate", "Swings the crane over a crate.", Risk::High),
        ("pump_house", "Changes the instance's state to stopped.", Risk::High),
    ] {
        let verdict = judged(name, description, "which");
        assert!(verdict.risk >= least, "{name}: {verdict:?}");
    }
    for (name, description) in [
        ("valve_position", "Reads the position of a valve."),
        ("lost_parcels", "Lists the parcels of which nothing is known."),
        ("list_tips", "Lists the tips of a day."),
        ("missing_files", "Lists files missing on the left, which are removed by others."),
        ("berth_free", "Checks that a berth exists."),
        ("refused_calls", "Counts calls that are refused before a record is removed."),
    ] {
        let verdict = judged(name, description, "which");
        assert_eq!((verdict.class, verdict.risk), (Class::Read, Risk::Low), "{name}: {verdict:?}");
    }
}

#[test]
fn what_decides_is_shown_however_much_else_speaks() {
    let looks =
        "Gets, lists, reads, finds, fetches, shows and views pages. Searches them. Counts them. Describes them.";
    let schema =
        json!({"type": "object", "properties": {"sum": {"type": "string", "description": "It is passed to eval."}}});
    let row = json!({"server": "quay", "name": "get_list_view", "description": looks, "inputSchema": schema});
    let verdict = judge(&[row]).remove(0);
    assert!(verdict.evidence.len() >= 8, "{verdict:?}");
    assert!(verdict.evidence.iter().any(|of| of.text == "passed to eval"), "{verdict:?}");
}
