//! The commands as a user runs them, on the bundled sample: what is printed, where, and how they end.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use serde_json::Value;

fn crawled() -> User {
    let user = User::new();
    user.done(&["crawl", "sample"]);
    user
}

#[test]
fn the_sample_is_crawled_without_any_network_into_the_platforms_data_folder() {
    let user = User::new();
    let ran = user.run(&["crawl", "sample"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("servers   8 (8 read, 0 not)"), "{}", ran.out);
    assert!(user.database().is_file());
}

#[test]
fn the_json_of_a_crawl_follows_its_published_schema_and_adds_up() {
    let user = User::new();
    let report = assert_valid("crawl", &user.done(&["crawl", "sample", "--json"]));
    let sum = |key: &str| report[key].as_object().unwrap().values().filter_map(Value::as_u64).sum::<u64>();
    let tools = report["tools"].as_u64().unwrap();
    assert!(tools > 20);
    assert_eq!((sum("by_class"), sum("by_risk"), sum("by_category")), (tools, tools, tools));
}

#[test]
fn crawling_twice_changes_nothing_that_is_shown() {
    let user = User::new();
    let first = user.done(&["crawl", "sample"]);
    let second = user.done(&["crawl", "sample"]);
    let below = |text: &str| text.lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(below(&first), below(&second));
}

#[test]
fn a_tool_is_shown_with_its_evidence_and_its_policy() {
    let user = crawled();
    let text = user.done(&["tool", "refund_payment"]);
    for part in ["server      example.sample/till", "write · risk critical", "financial", "“refund”", "deny_if"] {
        assert!(text.contains(part), "`{part}` is missing from:\n{text}");
    }
    let report = assert_valid("tool", &user.done(&["tool", "refund_payment", "--json"]));
    let tool = &report["servers"][0];
    assert_eq!(tool["verdict"]["category"], "financial");
    for evidence in tool["verdict"]["evidence"].as_array().unwrap() {
        if evidence["field"] == "description" {
            let span = |key: &str| usize::try_from(evidence[key].as_u64().unwrap()).unwrap();
            let quoted = &tool["description"].as_str().unwrap()[span("start")..span("end")];
            assert_eq!(quoted, evidence["text"].as_str().unwrap());
        }
    }
}

#[test]
fn every_tool_of_the_sample_has_a_report_that_follows_the_schema_and_a_terminal_can_bear() {
    let user = crawled();
    let connection = rusqlite::Connection::open(user.database()).unwrap();
    let mut statement = connection.prepare("SELECT DISTINCT tool FROM tools_current").unwrap();
    let names: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(names.len() > 20);
    for name in names {
        assert_valid("tool", &user.done(&["tool", &name, "--json"]));
        let text = user.done(&["tool", &name]);
        let wild: Vec<char> = text.chars().filter(|c| c.is_control() && *c != '\n').collect();
        assert!(wild.is_empty(), "{name}: {wild:?}");
    }
}

#[test]
fn each_category_of_the_sample_gets_the_policy_of_the_reference() {
    let user = crawled();
    let limited = |tool: &str, max: u32| {
        format!(
            r#"{{
  "version": "1",
  "default": "deny",
  "tools": {{
    "{tool}": {{
      "limits": [
        {{
          "counter": "{tool}_rate",
          "window": "minute",
          "max": {max},
          "scope": "grant"
        }}
      ]
    }}
  }}
}}
"#
        )
    };
    assert_eq!(user.done(&["policy", "trigger_pipeline"]), limited("trigger_pipeline", 10));
    assert_eq!(user.done(&["policy", "update_customer"]), limited("update_customer", 30));
    assert_eq!(
        user.done(&["policy", "list_channels"]),
        "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {\n    \"list_channels\": {}\n  }\n}\n"
    );
    assert_eq!(
        user.done(&["policy", "drop_table"]),
        "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"hide\": [\n    \"drop_table\"\n  ]\n}\n"
    );
    let pay: Value = serde_json::from_str(&user.done(&["policy", "charge_card"])).unwrap();
    assert_eq!(pay["tools"]["charge_card"]["deny_if"][0]["on_deny"], "Requires human approval.");
}

#[test]
fn an_unknown_tool_is_said_to_be_unknown_and_the_nearest_names_are_offered() {
    let user = crawled();
    for command in ["tool", "policy"] {
        let ran = user.run(&[command, "refundPayments"]);
        assert_eq!((ran.code, ran.out.as_str()), (4, ""));
        assert!(ran.err.contains("no tool is named `refundPayments`"), "{}", ran.err);
        assert!(ran.err.contains("refund_payment"), "{}", ran.err);
    }
    let ran = user.run(&["tool", "refund_payment", "--server", "example.sample/loom"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("example.sample/till"), "{}", ran.err);
}

#[test]
fn a_hostile_name_on_the_command_line_is_made_visible() {
    let user = crawled();
    let ran = user.run(&["tool", "x\u{1b}[2Jy"]);
    assert_eq!(ran.code, 4);
    assert!(!ran.err.contains('\u{1b}') && ran.err.contains("\\u{1b}"), "{}", ran.err);
}

#[test]
fn the_database_can_be_named_by_flag_and_by_environment() {
    let user = User::new();
    user.done(&["--db", "by/flag.db", "crawl", "sample"]);
    assert!(user.home().join("by/flag.db").is_file() && !user.database().exists());
    let named = user.command(&["tool", "drop_table"]).env("MCPDEX_DB", "by/flag.db").output().unwrap();
    assert!(named.status.success());
}

#[test]
fn mistakes_have_their_exit_codes_and_say_the_cure() {
    let user = User::new();
    let ran = user.run(&["tool", "anything"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("mcpdex crawl"), "{}", ran.err);
    let ran = user.run(&["crawl", "gopher:hole"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("gopher:hole"), "{}", ran.err);
    assert_eq!(user.run(&["no-such-command"]).code, 2);
    std::fs::write(user.home().join("letter.db"), "Dear reader, this is no database at all, and never was.").unwrap();
    let ran = user.run(&["--db", "letter.db", "crawl", "sample"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("not a mcpdex database"), "{}", ran.err);
    let kept = std::fs::read_to_string(user.home().join("letter.db")).unwrap();
    assert!(kept.starts_with("Dear reader"));
}

#[test]
fn a_users_overrides_count_in_the_database_and_an_expired_one_is_reported_once() {
    let user = crawled();
    let folder = user.home().join(".config/mcpdex");
    std::fs::create_dir_all(&folder).unwrap();
    let entry = |tool: &str, expires: &str| {
        format!(
            "[[override]]\ntool = \"{tool}\"\nclass = \"execute\"\nrisk = \"high\"\nreason = \"it rings a bell\"\n\
             author = \"Ada\"\ndate = \"2020-01-01\"\nexpires = \"{expires}\"\n"
        )
    };
    let text = entry("refund_payment", "9999-12-31") + &entry("another_tool", "2020-02-01");
    std::fs::write(folder.join("overrides.toml"), text).unwrap();
    // The first judges everything anew, the second finds it judged.
    for _ in 0..2 {
        let ran = user.run(&["tool", "refund_payment"]);
        assert!(ran.out.contains("execute · risk high") && ran.out.contains("Ada"), "{}", ran.out);
        assert_eq!(ran.err.matches("another_tool").count(), 1, "{}", ran.err);
    }
}
