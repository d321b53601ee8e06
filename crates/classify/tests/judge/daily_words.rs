//! Dangers that are told in words of daily speech, lists of bare verbs, deeds that a parameter asks for, words that nobody
//! knows: each with words like them that tell of no danger.

use crate::judged::judge;
use mcpdex_model::{Class, Confidence, Risk, Verdict};
use serde_json::json;

fn judged(name: &str, description: &str) -> Verdict {
    let schema = json!({"type": "object", "properties": {"depth": {"type": "string"}}});
    judge(&[json!({"server": "quay", "name": name, "description": description, "inputSchema": schema})]).remove(0)
}

fn at_least(rows: &[(&str, &str, Risk)]) {
    for (name, description, least) in rows {
        let verdict = judged(name, description);
        assert!(verdict.risk >= *least, "{name}: {verdict:?}");
    }
}

fn only_looks(rows: &[(&str, &str)]) {
    for (name, description) in rows {
        let verdict = judged(name, description);
        assert_eq!((verdict.class, verdict.risk), (Class::Read, Risk::Low), "{name}: {verdict:?}");
    }
}

#[test]
fn a_list_of_bare_verbs_tells_what_can_be_done() {
    at_least(&[
        ("berths", "The harbour's tool for berths (get, describe, delete, exec).", Risk::Critical),
        ("hold", "Access to the table of the hold: select, insert, drop.", Risk::Critical),
        ("crates", "Works on crates by the following actions: save, load, delete.", Risk::Critical),
    ]);
    only_looks(&[
        ("swaps", "Lists swaps (buy, sell) of a day."),
        ("prices", "Prices of a day (open, high, low, close)."),
        ("boats", "Gets boats by state (open, delete)."),
        ("find_boats", "Finds boats. For changes (create, modify, delete), use the other tool instead."),
    ]);
}

#[test]
fn what_begins_goes_on_or_comes_of_a_deed_is_done() {
    at_least(&[
        ("tidy", "Starts deleting old charts.", Risk::Critical),
        ("go_on", "Keeps deleting charts until none is left.", Risk::Critical),
        ("resultado", "Muestra el resultado de eliminar una carta.", Risk::Critical),
        ("resultat", "Affiche le résultat de supprimer une carte.", Risk::Critical),
        ("ergebnis", "Zeigt das Ergebnis des Löschens einer Karte.", Risk::Critical),
        ("resultado_de", "Retorna o resultado de excluir uma carta.", Risk::Critical),
    ]);
    only_looks(&[
        ("resultados", "Muestra el resultado de una búsqueda."),
        ("zahlungen", "Zeigt das Ergebnis der Zahlung."),
        ("words", "Explains what wiping, purging and shredding mean."),
        ("pruning", "Returns documents on how does pruning work."),
    ]);
}

#[test]
fn what_a_parameter_asks_for_is_done_by_the_call() {
    let verdict = judged("basin_depth", "Looks up a basin's depth; with `depth` it is changed.");
    assert_eq!(verdict.class, Class::Write, "{verdict:?}");
    only_looks(&[("basin_depth", "Looks up a basin's depth, which is changed by the tide.")]);
}

#[test]
fn a_word_that_nobody_knows_is_no_look_whatever_noun_follows() {
    for (name, description) in [
        ("frobnicate_list", "Frobnicates the list."),
        ("zorb_report", "Zorbs."),
        ("zorb_status", "Zorbs the thing."),
        ("raise_limit", "Raises the limit of a berth."),
        ("a_record", "Points a name at another berth."),
        ("grade", "Enters a grade for a sailor."),
        ("rsvp", "Answers an invitation and tells the host."),
    ] {
        let verdict = judged(name, description);
        assert!(verdict.class > Class::Read && verdict.risk >= Risk::Medium, "{name}: {verdict:?}");
    }
    assert_eq!(judged("zorb_status", "Zorbs the thing.").confidence, Confidence::Low);
    only_looks(&[("zorb_list", "List of zorbs."), ("zorb_status", "Shows the status of a zorb.")]);
}

#[test]
fn loss_in_daily_words_is_loss() {
    at_least(&[
        ("strike", "Tears the stack down.", Risk::Critical),
        ("lighten", "Throws out logs older than a month.", Risk::Critical),
        ("join_logs", "Joins two logs; the second is thrown away.", Risk::Critical),
        ("thin_out", "Makes one chart of many, keeping only the newest.", Risk::Critical),
        ("lay_back", "Restores a copy over the running one.", Risk::Critical),
        ("ebb", "Has objects removed after a number of days.", Risk::Critical),
        ("mark_key", "Schedules a key for deletion.", Risk::Critical),
        ("phone_back", "Resets a phone to its factory state.", Risk::Critical),
        ("buoy_card", "Formats the memory card of a buoy.", Risk::Critical),
        ("renew_yard", "Renews a yard: berths are drained, destroyed and built anew.", Risk::Critical),
        ("take_back", "Takes back the letters of a day, so that they are gone for everyone.", Risk::Critical),
        ("sum_up", "Builds a report. The source records are purged afterwards.", Risk::Critical),
        ("sign_off", "Revokes every token of a crew.", Risk::Critical),
        ("stow", "Sorts a hold and bins what is old for good.", Risk::Critical),
    ]);
    only_looks(&[
        ("old_sails", "Lists sails that would be thrown out."),
        ("newest", "Lists charts, keeping only the newest of each."),
        ("factory_settings", "Shows the factory settings of a buoy."),
    ]);
}

#[test]
fn money_in_daily_words_is_money() {
    at_least(&[
        ("move_up", "Moves a crew to the dearer plan; the card is charged at once.", Risk::Critical),
        ("run_payroll", "Runs payroll for a month.", Risk::Critical),
        ("lean", "Draws down the credit line.", Risk::Critical),
        ("pledge", "Pledges an amount to a lighthouse.", Risk::Critical),
        ("tear_up", "Voids a cheque.", Risk::Critical),
        ("let_off", "Writes a debt off.", Risk::Critical),
        ("idle", "Sweeps idle cash into a fund.", Risk::Critical),
        ("by_itself", "Switches autopay on.", Risk::Critical),
        ("leave_inn", "Settles the tab.", Risk::Critical),
        ("bind", "Commits to three years of a berth.", Risk::Critical),
    ]);
    only_looks(&[
        ("dues", "Says how much will be charged for a berth."),
        ("cheques", "Lists cheques that were voided."),
    ]);
    let verdict = judged("close_tab", "Closes a tab.");
    assert!(verdict.risk < Risk::Critical, "{verdict:?}");
}

#[test]
fn rights_messages_and_runs_in_daily_words_are_what_they_are() {
    at_least(&[
        ("open_quay", "Lets any address reach the quay.", Risk::High),
        ("raise_mate", "Makes a sailor an owner of the workspace.", Risk::High),
        ("dismiss_employee", "Dismisses an employee.", Risk::High),
        ("quiet_watch", "Turns the firewall off.", Risk::High),
        ("toot", "Toots.", Risk::High),
        ("turn_down", "Turns a sailor down and lets them know.", Risk::High),
        ("letter_goes", "Lets the newsletter go out.", Risk::High),
        ("off", "Kicks off a pipeline.", Risk::High),
        ("more", "Spins up a machine.", Risk::High),
        ("promote_build", "Promotes a build to production.", Risk::High),
        ("grow", "Changes the size of a mast, which restarts it.", Risk::High),
        ("burn", "Fires the laser.", Risk::High),
        ("spin", "Spins the centrifuge at the given speed.", Risk::High),
        ("calm", "Delivers a bolus from the insulin pump.", Risk::High),
        ("swap_sail", "Replaces a function's code with the source given.", Risk::Critical),
        ("ails", "Allergies of a patient.", Risk::Medium),
    ]);
    only_looks(&[
        ("costs", "Cost of a berth by month."),
        ("vacancies_count", "Counts open positions at the firm."),
        ("sum_of_tides", "Works out a sum of tides."),
        ("on_call", "Shows who is on call."),
        ("laser_state", "Reads the state of the laser."),
        ("builds", "Lists builds that were promoted."),
    ]);
}

#[test]
fn what_stands_in_a_list_of_operations_is_one_whatever_it_is_called() {
    let schema = |list: &str, values: &[&str]| {
        let kind = json!({"type": "string", "enum": values});
        let items = json!({"type": "array", "items": {"type": "object", "properties": {"kind": kind}}});
        json!({"type": "object", "properties": {list: items}})
    };
    let row = |schema| {
        judge(&[
            json!({"server": "quay", "name": "several", "description": "Does several things.", "inputSchema": schema}),
        ])
        .remove(0)
    };
    assert_eq!(row(schema("ops", &["read", "write", "delete"])).risk, Risk::Critical);
    // What only says which things are meant is no operation.
    assert!(row(schema("filters", &["created", "edited", "deleted"])).risk < Risk::Critical);
}

#[test]
fn a_key_that_is_pressed_deletes_nothing_and_of_no_operations_none_weighs_most() {
    let key = json!({"type": "string", "enum": ["Enter", "Tab", "Delete"]});
    let schema = json!({"type": "object", "properties": {"key": key}});
    let row = json!({"server": "quay", "name": "press_key", "description": "Presses a key.", "inputSchema": schema});
    let verdict = judge(&[row]).remove(0);
    assert!(verdict.traits.is_empty() && !verdict.rationale.contains("0 operations"), "{verdict:?}");
}

#[test]
fn what_is_kept_at_a_path_is_written() {
    for (parameter, class) in [("output_dir", Class::Write), ("colour", Class::Read)] {
        let schema = json!({"type": "object", "properties": {parameter: {"type": "string"}}});
        let row = json!({"server": "quay", "name": "convert_chart", "description": "Converts a chart.", "inputSchema": schema});
        assert_eq!(judge(&[row]).remove(0).class, class, "{parameter}");
    }
}
