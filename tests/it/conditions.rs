//! Tools that are there only where something is set: what is kept of the condition, and who tells it.

use crate::support::binary::User;
use crate::support::shelf::{monday, package_seen};
use mcpdex::model::{Partial, PartialReason, Sighting, Tool, ToolCondition, ToolOrigin, ToolSite};
use serde_json::{Value, json};

fn orchard() -> User {
    let user = User::new();
    let tool =
        |name: &str, text: &str| Tool::from_json(&json!({ "name": name, "description": text }).to_string()).unwrap();
    let site = |line| Some(ToolSite { file: "orchard/main.py".to_owned(), line });
    let condition = |text: &str, plain_start| Some(ToolCondition { text: text.to_owned(), plain_start });
    let unsure = Partial::inexact(PartialReason::UnresolvedValue, "its description is made at run time", site(3));
    package_seen(
        &user,
        monday,
        "orchard",
        "1.0.0",
        vec![
            (
                tool("count_trees", "Counts the trees."),
                Sighting { site: site(3), inexact: vec![unsure], ..Sighting::default() },
            ),
            (
                tool("fell_all_trees", "Deletes every tree for good."),
                Sighting { site: site(9), condition: condition("--allow-felling", Some(false)), ..Sighting::default() },
            ),
            (
                tool("water_trees", "Waters the trees."),
                Sighting { condition: condition("not ORCHARD_DRY", Some(true)), ..Sighting::default() },
            ),
            (
                tool("graft_tree", "Grafts a tree."),
                Sighting { site: site(40), origin: Some(ToolOrigin::Defined), ..Sighting::default() },
            ),
        ],
    );
    user
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_condition_is_kept_and_told_of_the_tool_and_of_the_server() {
    let user = orchard();
    let text = user.done(&["tool", "fell_all_trees"]);
    assert!(text.contains("only with   --allow-felling (not shown by a plain start)"), "{text}");
    let told = document(&user.done(&["tool", "fell_all_trees", "--json"]));
    let told = &told["servers"][0];
    assert_eq!(
        (&told["condition"], &told["plain_start"], &told["exact"], &told["origin"]),
        (&json!("--allow-felling"), &json!(false), &json!(true), &json!("static"))
    );
    let text = user.done(&["server", "npm:orchard"]);
    assert!(text.contains("2 of them only with a setting, 1 of these by default"), "{text}");
    assert!(text.contains("1 of them defined in the source, registration not reached"), "{text}");
    let told = document(&user.done(&["server", "npm:orchard", "--json"]));
    let server = &told["servers"][0];
    assert_eq!((&server["lists"][0]["tools"], &server["lists"][0]["conditional"]), (&json!(4), &json!(2)));
    let of = |name: &str, key: &str| {
        let tools = server["tools"].as_array().unwrap();
        tools.iter().find(|tool| tool["name"] == name).unwrap()[key].clone()
    };
    assert_eq!(
        (of("water_trees", "condition"), of("water_trees", "plain_start")),
        (json!("not ORCHARD_DRY"), json!(true))
    );
    assert_eq!((of("graft_tree", "origin"), of("graft_tree", "plain_start")), (json!("defined"), Value::Null));
    assert_eq!((of("count_trees", "exact"), of("fell_all_trees", "exact")), (json!(false), json!(true)));
}

#[test]
fn a_definition_that_is_not_exact_makes_no_list_partial() {
    let user = orchard();
    let text = user.done(&["tool", "count_trees"]);
    assert!(text.contains("this definition is not exact: its description is made at run time"), "{text}");
    assert!(!text.contains("the list of this server is partial"), "{text}");
}

#[test]
fn a_policy_says_that_never_switching_a_tool_on_hides_it_too() {
    let user = orchard();
    for words in [&["policy", "fell_all_trees"][..], &["policy", "--server", "npm:orchard"]] {
        let told = user.run(&[words, &["--target", "policylayer"]].concat());
        let note = "`fell_all_trees` is there only with --allow-felling (not shown by a plain start); never switching";
        assert!(told.code == 0 && told.err.contains(note), "{} {}", told.code, told.err);
    }
}

#[test]
fn a_changed_condition_is_another_list_and_the_view_for_queries_holds_it() {
    let user = orchard();
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    let mut rows = connection
        .prepare(
            "SELECT tool || ' ' || origin || ' ' || coalesce(condition, '-') || ' ' || coalesce(plain_start, '-')
                  || ' ' || exact FROM tools_current ORDER BY tool",
        )
        .unwrap();
    let rows: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(
        rows,
        [
            "count_trees static - - 0",
            "fell_all_trees static --allow-felling 0 1",
            "graft_tree defined - - 1",
            "water_trees static not ORCHARD_DRY 1 1"
        ]
    );
    let bare = vec![(
        Tool::from_json(r#"{"name":"count_trees","description":"Counts the trees."}"#).unwrap(),
        Sighting::default(),
    )];
    package_seen(&user, monday, "orchard", "1.0.1", bare);
    let lists: i64 = connection.query_row("SELECT count(*) FROM observation", [], |row| row.get(0)).unwrap();
    assert_eq!(lists, 2);
}
