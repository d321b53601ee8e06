//! A list of tools that is crawled again: what is the same is not read again, what differs is kept, and what is asked for
//! under a wrong name is found near it.

use crate::support::binary::User;
use crate::support::database::content;

fn row(server: &str, name: &str, text: &str) -> String {
    format!(r#"{{"server":"{server}","name":"{name}","description":"{text}","inputSchema":{{"type":"object"}}}}"#)
        + "\n"
}

/// Rows of two servers, one among the other's.
fn rows(text: &str) -> String {
    [
        row("io.example/kiln", "list_pots", "Lists pots."),
        row("io.example/shelf", "list_books", "Lists books."),
        row("io.example/kiln", "smash_pots", text),
        row("io.example/shelf", "delete_library_book", "Deletes a book."),
    ]
    .concat()
}

fn attempts(user: &User) -> Vec<String> {
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    let sql =
        "SELECT server.name || ' ' || outcome FROM attempt JOIN server ON server.id = server_id ORDER BY attempt.id";
    let mut all: Vec<String> =
        connection.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    all.sort();
    all
}

#[test]
fn rows_that_are_the_same_are_not_read_again_and_one_that_differs_is_kept() {
    let user = User::new();
    let write = |text: &str| std::fs::write(user.home().join("tools.jsonl"), rows(text)).unwrap();
    let crawl = ["crawl", "--listed", "-q", "tools.jsonl", "--refresh", "0h"];
    write("Smashes every pot.");
    user.done(&crawl);
    assert_eq!(attempts(&user), ["io.example/kiln ok", "io.example/shelf ok"]);
    let before = user.done(&["tool", "smash_pots", "--json"]);
    user.done(&crawl);
    let kiln = ["io.example/kiln not-modified", "io.example/kiln ok"];
    assert_eq!(attempts(&user), [kiln, ["io.example/shelf not-modified", "io.example/shelf ok"]].concat());
    assert_eq!(user.done(&["tool", "smash_pots", "--json"]).replace(' ', "").len(), before.replace(' ', "").len());
    write("Counts the pots that could be smashed.");
    user.done(&crawl);
    assert!(user.done(&["tool", "smash_pots"]).contains("Counts the pots"));
    // Back to what it was: the list of then is the newest again, although its rows were known.
    write("Smashes every pot.");
    user.done(&crawl);
    assert!(user.done(&["tool", "smash_pots"]).contains("Smashes every pot"));
    let fresh = User::new();
    std::fs::write(fresh.home().join("tools.jsonl"), rows("Smashes every pot.")).unwrap();
    fresh.done(&crawl);
    for part in ["servers", "tools", "verdicts", "unjudged"] {
        assert_eq!(content(&user.database())[part], content(&fresh.database())[part], "{part}");
    }
}

#[test]
fn a_list_that_was_read_another_way_meanwhile_is_read_again() {
    let user = User::new();
    let file = user.home().join("tools.jsonl");
    let crawl = ["crawl", "--listed", "-q", "tools.jsonl", "--refresh", "0h"];
    let first = row("file:tools", "list_pots", "Lists pots.") + &row("file:tools", "glaze_pot", "Glazes a pot.");
    std::fs::write(&file, &first).unwrap();
    user.done(&crawl);
    std::fs::write(&file, r#"{"tools":[{"name":"burn_pots","description":"Burns pots."}]}"#).unwrap();
    user.done(&crawl);
    assert_eq!(user.run(&["tool", "glaze_pot"]).code, 4);
    std::fs::write(&file, &first).unwrap();
    user.done(&crawl);
    assert_eq!(user.run(&["tool", "glaze_pot"]).code, 0);
    assert_eq!(user.run(&["tool", "burn_pots"]).code, 4);
}

#[test]
fn compressed_rows_are_the_same_rows() {
    use std::io::Write;
    let user = User::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(rows("Smashes every pot.").as_bytes()).unwrap();
    std::fs::write(user.home().join("tools.jsonl.gz"), packed.finish().unwrap()).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl.gz"]);
    assert!(user.done(&["tool", "smash_pots"]).contains("Smashes every pot"));
    assert_eq!(attempts(&user).len(), 2);
}

#[test]
fn a_name_with_a_slip_anywhere_leads_to_the_name_that_was_meant() {
    let user = User::new();
    std::fs::write(user.home().join("tools.jsonl"), rows("Smashes every pot.")).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    for (wrong, meant) in [
        ("dleete_library_book", "delete_library_book"),
        ("elete_library_book", "delete_library_book"),
        ("xelete_library_book", "delete_library_book"),
        ("delete_libary_book", "delete_library_book"),
        ("delete_library_bok", "delete_library_book"),
        ("deleteLibraryBok", "delete_library_book"),
        ("delete_library", "delete_library_book"),
        ("library_book", "delete_library_book"),
        ("delete_book", "delete_library_book"),
        ("list_pot", "list_pots"),
        ("list_potsy", "list_pots"),
    ] {
        let ran = user.run(&["tool", wrong]);
        assert_eq!(ran.code, 4, "{wrong}");
        assert!(ran.err.contains(meant), "{wrong}: {}", ran.err);
    }
    for (wrong, meant) in
        [("kiln", "io.example/kiln"), ("io.example/kilm", "io.example/kiln"), ("shelf", "io.example/shelf")]
    {
        let ran = user.run(&["server", wrong]);
        assert!(ran.code == 4 && ran.err.contains(meant), "{wrong}: {}", ran.err);
    }
    assert!(!user.run(&["tool", "zzzz"]).err.contains("nearest"));
}

#[test]
fn what_changed_since_a_time_is_compared_and_nothing_else() {
    let user = User::new();
    let crawl = ["crawl", "--listed", "-q", "tools.jsonl", "--refresh", "0h"];
    let write = |text: &str| std::fs::write(user.home().join("tools.jsonl"), rows(text)).unwrap();
    write("Lists smashed pots.");
    user.done(&crawl);
    // Times of the database are of whole seconds, the nearest.
    let moment = || {
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        let now = seconds();
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        now
    };
    let seconds_before = moment();
    user.done(&crawl);
    let told = user.done(&["diff", &seconds_before, "now", "--json"]);
    let unchanged: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(unchanged["changes"].as_array().map(Vec::len), Some(0), "{unchanged}");
    write("Smashes every pot for good.");
    user.done(&crawl);
    let changed = user.done(&["diff", &seconds_before, "now"]);
    assert!(changed.contains("smash_pots") && !changed.contains("list_books"), "{changed}");
    // Back again: between the times in the middle and now lies a list that came back.
    let middle = moment();
    write("Lists smashed pots.");
    user.done(&crawl);
    assert!(user.done(&["diff", &middle, "now"]).contains("smash_pots"));
    assert!(!user.done(&["diff", &seconds_before, "now"]).contains("smash_pots"));
}

/// The time of now as the database writes times.
fn seconds() -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    jiff::Timestamp::from_second(i64::try_from(seconds).unwrap()).unwrap().to_string()
}
