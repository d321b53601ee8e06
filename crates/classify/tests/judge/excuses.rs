//! What excuses one deed excuses no other: exceptions and rules that lift others speak of the name and of their own sentence.

use crate::judged::judge;
use mcpdex_model::{Class, Risk};
use serde_json::{Value, json};

fn judged(name: &str, description: &str, parameters: Value) -> (Class, Risk, String) {
    let schema = json!({"type": "object", "properties": parameters});
    let rows = [json!({"server": "shelves", "name": name, "description": description, "inputSchema": schema})];
    let verdict = judge(&rows).remove(0);
    (verdict.class, verdict.risk, verdict.rationale)
}

fn text() -> Value {
    json!({"type": "string"})
}

#[test]
fn a_first_sentence_excuses_no_other_deed() {
    let deeds = [
        ("stock", "Runs a SELECT against the stock, then runs a shell script.", json!({"sql": text()})),
        ("stock", "Runs a read-only query. Then it executes the command in `after`.", json!({"query": text()})),
        (
            "stock",
            "Runs a read-only SQL query, and executes an SQL statement on the archive.",
            json!({"query": text()}),
        ),
        (
            "metrics",
            "Runs a PromQL query. Also runs SQL statements on the stock.",
            json!({"query": text(), "sql": text()}),
        ),
        ("metric_line", "Gets a metric by PromQL.", json!({"query": text(), "shell_command": text()})),
        ("metric_line", "Gets a metric by PromQL; arbitrary shell commands are run as well.", json!({"query": text()})),
        (
            "sum_up",
            "Evaluates a mathematical expression. Afterwards it evaluates the JavaScript given.",
            json!({"a": text()}),
        ),
        ("is_room_free", "Checks whether a room is free. Old bookings are deleted.", json!({})),
        ("can_delete_room", "Checks whether a room may be deleted, and purges its bookings.", json!({})),
        ("is_room_free", "Checks whether a room is free and pays the deposit.", json!({})),
        ("drop_rate", "Chance that an item is found. Removes the file of the item.", json!({})),
        ("http_head", "Makes an HTTP GET request. It then places an order for what it found.", json!({})),
        ("delete_leaf", "Moves a leaf to the bin. Deletes all other leaves.", json!({})),
        ("remove_page", "Removes a page from a list. Also removes the page from the database.", json!({})),
        ("losses", "Lists the crates that will be lost. What the others hold is lost for good.", json!({})),
        ("rig_boat", "Provides instructions for rigging a boat. Then it deletes the old sails.", json!({})),
        ("delete_boat", "Deletes a boat and returns instructions.", json!({})),
        ("delete_boat", "Deletes a boat. Returns guidance.", json!({})),
        ("keep_guide", "Gets the guidance and deletes the guidance.", json!({})),
        ("boats", "Lists the boats. Runs a PromQL query. Runs a shell command.", json!({"command": text()})),
        ("mend_text", "Replaces all occurrences of a word. It replaces all rows of the table.", json!({})),
    ];
    for (name, description, parameters) in deeds {
        let (class, risk, why) = judged(name, description, parameters);
        assert_eq!(risk, Risk::Critical, "{name}: {description:?}: {class}: {why}");
    }
    let acts = [
        ("deploy_status", "Gets the status of a deployment. It then deploys the service again."),
        ("http_head", "Makes an HTTP HEAD request, then publishes the answer on a page."),
        ("kiln", "Tells how to start a kiln. Then it starts the job of the kiln."),
        ("hello", "Responds with a greeting. It then replies to the email."),
        ("shelf_status", "Deploys the application. Try in Playground"),
        ("show_shelf", "Shows a shelf. The call also mails the readings to a keeper."),
    ];
    for (name, description) in acts {
        let (class, risk, why) = judged(name, description, json!({}));
        assert_eq!((class, risk), (Class::Execute, Risk::High), "{name}: {description:?}: {why}");
    }
}

#[test]
fn the_same_deed_told_twice_stays_excused() {
    let same = [
        ("stock", "Runs a read-only SQL query. Executes the query and returns its rows.", Risk::Medium),
        ("read_query", "Runs a SELECT. The query is executed in a transaction.", Risk::Medium),
        ("is_room_free", "Checks whether a room is free. Tells what stands in its way.", Risk::Low),
        ("can_delete_room", "Checks whether a room may be deleted.", Risk::Low),
        ("metrics", "Runs a PromQL query. Executes the query at one time.", Risk::Low),
        ("drop_rate", "Chance that an item is dropped.", Risk::Low),
        ("losses", "Lists the crates that will be lost.", Risk::Low),
        ("sum_up", "Evaluates a mathematical expression. Rounds the result.", Risk::Low),
        ("install_mast", "Provides instructions for a mast.", Risk::Low),
    ];
    for (name, description, most) in same {
        let (class, risk, why) = judged(name, description, json!({"query": text()}));
        assert_eq!((class, risk), (Class::Read, most), "{name}: {description:?}: {why}");
    }
}

#[test]
fn what_is_listed_and_then_deleted_is_deleted_in_every_tense_and_language() {
    let deeds = [
        "Lists the files of a folder. Afterwards they are all deleted.",
        "Listet die Dateien eines Ordners auf. Danach werden alle gelöscht.",
        "Zeigt die Dateien. Anschließend werden diese gelöscht.",
        "Liste les fichiers d'un dossier. Ensuite, ils sont tous supprimés.",
        "Affiche les fichiers. Les fichiers sont supprimés.",
        "Affiche les fichiers. Tous seront supprimés ensuite.",
        "Muestra los archivos. Los archivos serán eliminados.",
        "Lista os arquivos. Os arquivos são excluídos em seguida.",
    ];
    for description in deeds {
        assert_eq!(judged("list_files", description, json!({})).1, Risk::Critical, "{description:?}");
    }
    let looks = [
        "Lists files that are all deleted.",
        "Zeigt die Dateien, die gelöscht wurden.",
        "Affiche les fichiers. Les fichiers qui ont été supprimés sont listés.",
    ];
    for description in looks {
        assert_eq!(judged("list_files", description, json!({})).1, Risk::Low, "{description:?}");
    }
}
