//! `mcpdex.toml`: what it settles holds for every command alike, what lies where mcpdex looks settles nothing, and what is
//! not understood stops everything.

use crate::support::binary::User;
use crate::support::schema::assert_valid;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

const SERVER: &str = "https://lamps.example/mcp";

/// Tools: one that a rule of the settings knows, one that an override settles, two that the embedded rules know.
fn tools() -> Vec<(&'static str, &'static str)> {
    vec![
        ("kindle_lantern", "Kindles a lantern."),
        ("sweep_shelf", "Deletes the dust of a shelf for good. This cannot be undone."),
        ("delete_lamp", "Deletes a lamp for good. This cannot be undone."),
        ("list_lamps", "Lists lamps."),
    ]
}

const RULE: &str = r#"[[rule]]
id = "lights-a-lamp"
class = "execute"
confidence = "high"
because = "it lights a lamp"
when = [{ verb = ["kindle"], object = ["lamp", "lantern"] }]
fires = [{ name = "kindle_lantern", description = "Kindles a lantern." }]
quiet = [{ name = "list_lanterns", description = "Lists lanterns and who may kindle them." }]
"#;

const SETTLED: &str = r#"tool = "sweep_shelf"
class = "read"
reason = "dust is not missed"
author = "Ada"
date = "2026-01-01"
"#;

/// A user whose database and files know the lamps.
fn user() -> User {
    let user = User::new();
    let rows: String = tools()
        .iter()
        .map(|(name, says)| format!("{}\n", json!({"server": SERVER, "name": name, "description": says})))
        .collect();
    write(&user, "tools.jsonl", &rows);
    write(&user, "mcp.json", &json!({"mcpServers": {"lamps": {"url": SERVER}}}).to_string());
    write(&user, "house/rules/lamps.toml", RULE);
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    user
}

fn write(user: &User, name: &str, text: &str) -> PathBuf {
    let path = user.home().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

/// Where the user's own settings are.
const OWN: &str = ".config/mcpdex/mcpdex.toml";

type Judged = BTreeMap<String, (String, String)>;

/// Class and risk of each tool by the command that says them; `scan` says the risks above low.
fn verdicts(user: &User, more: &[&str]) -> BTreeMap<&'static str, Judged> {
    let run = |words: &[&str]| -> Value { serde_json::from_str(&user.done(&[words, more].concat())).unwrap() };
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let pair = |one: &Value| (word(&one["class"]), word(&one["risk"]));
    let mut all: BTreeMap<&'static str, Judged> = BTreeMap::new();
    let lines = user.done(&[&["classify", "tools.jsonl"], more].concat());
    for line in lines.lines() {
        let one: Value = serde_json::from_str(line).unwrap();
        all.entry("classify").or_default().insert(word(&one["name"]), pair(&one));
    }
    for (name, _) in tools() {
        let report = run(&["tool", name, "--json"]);
        all.entry("tool").or_default().insert(name.to_owned(), pair(&report["servers"][0]["verdict"]));
    }
    for tool in run(&["server", SERVER, "--json"])["servers"][0]["tools"].as_array().unwrap() {
        all.entry("server").or_default().insert(word(&tool["name"]), pair(tool));
    }
    for hit in run(&["search", "--server", SERVER, "--json"])["hits"].as_array().unwrap() {
        all.entry("search").or_default().insert(word(&hit["tool"]), pair(hit));
    }
    let scanned = run(&["scan", "mcp.json", "--offline", "--json"]);
    let classes = all["classify"].clone();
    for (name, (class, _)) in &classes {
        let finding = scanned["findings"].as_array().unwrap().iter().find(|one| one["tool"] == name.as_str());
        let risk = finding.map_or("low".to_owned(), |finding| word(&finding["severity"]));
        all.entry("scan").or_default().insert(name.clone(), (class.clone(), risk));
    }
    all
}

/// The same verdicts from every command, and the policies that follow from them.
fn assert_alike(user: &User, more: &[&str], expected: &[(&str, &str, &str)]) {
    let verdicts = verdicts(user, more);
    let expected: Judged = expected
        .iter()
        .map(|(name, class, risk)| ((*name).to_owned(), ((*class).to_owned(), (*risk).to_owned())))
        .collect();
    for (command, judged) in &verdicts {
        for (name, pair) in &expected {
            assert_eq!(&judged[name], pair, "{command} of {name}");
        }
    }
    let decided: Value =
        serde_json::from_str(&user.done(&[&["policy", "--server", SERVER, "--json"], more].concat())).unwrap();
    for (name, _) in tools() {
        let shown: Value = serde_json::from_str(&user.done(&[&["tool", name, "--json"], more].concat())).unwrap();
        let written: Value = serde_json::from_str(&user.done(&[&["policy", name], more].concat())).unwrap();
        assert_eq!(shown["servers"][0]["policy"]["document"], written, "{name}");
        let is_hidden = written["hide"].as_array().is_some_and(|hidden| hidden.iter().any(|one| one == name));
        let tool = &decided["servers"][0]["decisions"][name];
        assert_eq!(tool["effect"] == "hide", is_hidden, "{name}: {decided}");
    }
}

#[test]
fn rules_and_overrides_of_the_settings_give_one_verdict_in_every_command() {
    let user = user();
    let plain =
        [("sweep_shelf", "write", "critical"), ("delete_lamp", "write", "critical"), ("list_lamps", "read", "low")];
    assert_alike(&user, &[], &plain);
    assert_ne!(verdicts(&user, &[])["tool"]["kindle_lantern"].0, "execute", "only the rule of the house says so");
    write(&user, OWN, &format!("rules = [\"../../house/rules\"]\n[[override]]\n{SETTLED}"));
    let settled = [
        ("kindle_lantern", "execute", "high"),
        ("sweep_shelf", "read", "low"),
        ("delete_lamp", "write", "critical"),
        ("list_lamps", "read", "low"),
    ];
    assert_alike(&user, &[], &settled);
    // Without the user's own it is as it was; from a file of any name it is the same again.
    assert_alike(&user, &["--no-config"], &plain);
    let text = "rules = [\"house/rules\"]\noverrides = [\"settled.toml\"]\nprofile = \"strict\"\n";
    write(&user, "team.toml", text);
    write(&user, "settled.toml", &format!("[[override]]\n{SETTLED}"));
    assert_alike(&user, &["--no-config", "--config", "team.toml"], &settled);
    // What a crawl stores is what the settings say, too, and the digest tells the two apart.
    let crawled = |more: &[&str]| -> Value {
        serde_json::from_str(&user.done(&[&["crawl", "--listed", "tools.jsonl", "--json"], more].concat())).unwrap()
    };
    let (with, without) = (crawled(&[]), crawled(&["--no-config"]));
    assert_ne!(with["ruleset"], without["ruleset"]);
    assert_eq!((&with["by_risk"]["high"], &without["by_risk"]["high"]), (&json!(1), &json!(0)), "{with}");
}

#[test]
fn the_digest_of_what_judged_stands_on_every_output() {
    let user = user();
    write(&user, OWN, &format!("rules = [\"../../house/rules\"]\n[[override]]\n{SETTLED}"));
    user.done(&["pin", "mcp.json", "--offline", "-q"]);
    let report = assert_valid("config", &user.done(&["config", "show", "--json"]));
    let digest = report["ruleset"].as_str().unwrap();
    for (schema, words) in [
        ("tool", &["tool", "delete_lamp"][..]),
        ("server", &["server", SERVER]),
        ("search", &["search", "lamp"]),
        ("list", &["list"]),
        ("stats", &["stats"]),
        ("diff", &["diff", "2020-01-01"]),
        ("check", &["check", "mcp.json", "--offline"]),
        ("scan", &["scan", "mcp.json", "--offline"]),
        ("crawl", &["crawl", "--listed", "tools.jsonl"]),
    ] {
        assert!(user.done(words).contains(digest), "{words:?}");
        let json = user.done(&[words, &["--json"]].concat());
        assert_eq!(assert_valid(schema, &json)["ruleset"], digest, "{words:?}");
    }
    for format in ["csv", "sarif", "markdown", "github", "junit"] {
        let said = user.done(&["scan", "mcp.json", "--offline", "--format", format]).replace("&#58;", ":");
        assert!(said.contains(digest), "{format}: {said}");
    }
}

#[test]
fn settings_that_lie_where_mcpdex_looks_are_told_and_not_read() {
    let user = user();
    let planted = format!("[[override]]\n{}", SETTLED.replace("sweep_shelf", "delete_lamp"));
    write(&user, "mcpdex.toml", &planted);
    write(&user, "project/mcpdex.toml", &planted);
    write(&user, "project/.mcp.json", &json!({"mcpServers": {"lamps": {"url": SERVER}}}).to_string());
    for words in [
        &["tool", "delete_lamp"][..],
        &["server", SERVER],
        &["scan", "project", "--offline"],
        &["policy", "delete_lamp"],
        &["classify", "tools.jsonl"],
    ] {
        let ran = user.run(words);
        assert!(ran.err.contains("mcpdex.toml lies in a folder that is looked at, and is not read"), "{}", ran.err);
        assert!(ran.out.contains("critical") || ran.out.contains("hide"), "{words:?}: {}", ran.out);
        assert!(!user.run(&[words, &["-q"]].concat()).err.contains("mcpdex.toml"), "{words:?}");
    }
    assert!(user.run(&["scan", "project", "--offline"]).err.contains("project/mcpdex.toml"));
    let shown = assert_valid("config", &user.done(&["config", "show", "--json"]));
    assert_eq!((&shown["files"], &shown["left_alone"]), (&json!([]), &json!(["mcpdex.toml"])));
    // Named, it is the operator's word.
    let ran = user.run(&["tool", "delete_lamp", "--config", "mcpdex.toml"]);
    assert!(ran.out.contains("risk low") && !ran.err.contains("not read"), "{}{}", ran.out, ran.err);
}

#[test]
fn what_is_not_understood_stops_every_command() {
    let user = user();
    let missing = "rules = [\"nowhere\"]\n";
    for (text, says) in [
        ("rule = [\"x\"]\n", "unknown field"),
        ("rules = [\n", "mcpdex.toml"),
        (missing, "nowhere"),
        ("overrides = [\"nowhere.toml\"]\n", "nowhere.toml"),
        ("suppressions = [\"nowhere.toml\"]\n", "nowhere.toml"),
        ("profile = \"lax\"\n", "lax"),
        ("targets = [\"nothing\"]\n", "nothing"),
        ("[thresholds]\nfail_on = \"huge\"\n", "huge"),
    ] {
        write(&user, OWN, text);
        for words in
            [&["tool", "delete_lamp"][..], &["scan", "mcp.json", "--offline"], &["classify", "tools.jsonl"], &["stats"]]
        {
            let ran = user.run(words);
            assert!(ran.code != 0 && ran.out.is_empty(), "{text}: {words:?} gave {}", ran.out);
            assert!(ran.err.contains(says), "{text}: {words:?} said {}", ran.err);
        }
    }
    write(&user, OWN, "[[suppress]]\ntool = \"x\"\nreason = \"\"\nexpires = \"2999-01-01\"\n");
    assert_eq!(user.run(&["scan", "mcp.json", "--offline"]).code, 1);
    assert_eq!(user.run(&["config", "show"]).code, 1);
    assert_eq!(user.run(&["tool", "delete_lamp", "--no-config", "--config", "nowhere.toml"]).code, 2);
}

#[test]
fn thresholds_suppressions_sources_and_targets_count_where_nothing_is_named() {
    let user = user();
    let scan = |more: &[&str]| user.run(&[&["scan", "mcp.json", "--offline"], more].concat());
    write(&user, OWN, "[thresholds]\nfail_on = \"critical\"\nfail_on_unread = true\n");
    assert_eq!(scan(&[]).code, 3);
    assert_eq!(scan(&["--no-config"]).code, 0);
    write(
        &user,
        OWN,
        &format!(
            "sources = [\"sample\"]\ntargets = [\"claude-code\"]\nsuppressions = [\"more.toml\"]\n[thresholds]\nfail_on = \"critical\"\n\
             [[suppress]]\nserver = \"{SERVER}\"\ntool = \"delete_lamp\"\nreason = \"spare\"\nexpires = \"2999-01-01\"\n"
        ),
    );
    write(
        &user,
        ".config/mcpdex/more.toml",
        &format!(
            "[[suppress]]\nserver = \"{SERVER}\"\ntool = \"sweep_shelf\"\nreason = \"dust\"\nexpires = \"2999-01-01\"\n\
             [[suppress]]\nserver = \"{SERVER}\"\ntool = \"list_lamps\"\nreason = \"idle\"\nexpires = \"2999-01-01\"\n\
             [[suppress]]\nserver = \"npm:nobody\"\nreason = \"stranger\"\nexpires = \"2999-01-01\"\n\
             [[suppress]]\nserver = \"{SERVER}\"\ntool = \"no_such\"\nreason = \"gone\"\nexpires = \"2999-01-01\"\n\
             [[suppress]]\nserver = \"lamps\"\nreason = \"alias\"\nexpires = \"2999-01-01\"\n\
             [[suppress]]\ntool = \"kindle_lantern\"\nreason = \"old\"\nexpires = \"2001-01-01\"\n"
        ),
    );
    let ran = scan(&["--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report = assert_valid("scan", &ran.out);
    let states: Vec<&str> =
        report["suppressions"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["used", "unused", "unknown", "unknown", "unknown", "expired", "used"]);
    let text = scan(&[]).out;
    for says in ["no finding is like it", "npm:nobody", "no tool `no_such`", "write server = ", "2001-01-01"] {
        assert!(text.contains(says), "{says}: {text}");
    }
    assert!(scan(&["--format", "sarif"]).err.contains("accepts nothing"));
    let ran = user.run(&["policy", "delete_lamp"]);
    assert!(ran.out.contains("permissions"), "Claude Code's form: {}{}", ran.out, ran.err);
    let shown = user.done(&["config", "show"]);
    for says in ["claude-code", "sample", "critical", "more.toml: 5 in force, 1 expired", OWN] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    assert!(user.done(&["crawl"]).contains("example.sample"), "the sources of the settings");
}

#[test]
fn rules_of_a_folder_are_compiled_once_and_a_broken_cache_judges_nothing() {
    let user = user();
    let words = ["classify", "--rules", "house/rules", "tools.jsonl"];
    let kept = || -> Vec<PathBuf> {
        let entries = std::fs::read_dir(user.home().join(".cache/mcpdex/rules")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    user.done(&["classify", "tools.jsonl"]);
    assert!(kept().is_empty(), "the embedded rules need none");
    let first = user.done(&words);
    let files = kept();
    assert_eq!(files.len(), 1);
    let file = &files[0];
    assert_eq!(user.done(&words), first);
    assert!(first.contains("lights-a-lamp"), "{first}");
    // What is not as it was written is compiled anew, and kept again.
    let whole = std::fs::read(file).unwrap();
    let mut other = whole.clone();
    other[whole.len() / 2] ^= 1;
    std::fs::write(file, other).unwrap();
    assert_eq!(user.done(&words), first);
    assert_eq!(std::fs::read(file).unwrap(), whole);
    // Another text is another set of rules.
    write(&user, "house/rules/lamps.toml", &RULE.replace("lights-a-lamp", "kindles-a-lamp"));
    let edited = user.done(&words);
    assert!(edited.contains("kindles-a-lamp") && !edited.contains("lights-a-lamp"), "{edited}");
    // A cache that cannot be made is no error.
    std::fs::remove_dir_all(user.home().join(".cache")).unwrap();
    write(&user, ".cache", "");
    assert_eq!(user.done(&words), edited);
}
