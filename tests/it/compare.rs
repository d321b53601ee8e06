//! Pages on which somebody else publishes what tools do, held against what is judged here: every difference with evidence,
//! nothing believed. The written comparison of the guide is what the program prints.

use crate::support::binary::{User, undigested};
use crate::support::mirror::{Mirror, Reply};
use crate::support::schema::assert_valid;
use crate::support::shelf::{monday, package};
use serde_json::{Value, json};

const SMASH: &str = r#"{"name":"smash_all_pots","description":"Deletes every pot for good. This cannot be undone.","inputSchema":{"type":"object"}}"#;
const LIST: &str = r#"{"name":"list_pots","description":"Lists pots.","inputSchema":{"type":"object"}}"#;

fn user() -> User {
    let user = User::new();
    package(&user, monday, "kiln", "1.0.0", &[SMASH, LIST]);
    user
}

fn page(tool: &str, server: &str, category: &str, risk: &str, policy: &Value) -> String {
    format!(
        "<!doctype html><html><body><h1>{tool}</h1><table><tr><td>Server</td><td>{server}</td></tr>\
         <tr><td>Category</td><td>{category}</td></tr><tr><td>Risk class</td><td>{risk}</td></tr></table>\
         <pre><code>{policy}</code></pre></body></html>"
    )
}

fn allow(tool: &str) -> Value {
    json!({"version": "1", "default": "deny", "tools": {tool: {}}})
}

fn compared(user: &User, words: &[&str]) -> Value {
    let ran = user.run(&[&["compare", "--json"], words].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_valid("comparison", &ran.out)
}

#[test]
fn where_a_page_is_milder_is_told_with_the_words_of_the_definition() {
    let user = user();
    let folder = user.home().join("pages");
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in [
        ("smash.html", page("smash_all_pots", "npm:kiln", "Read", "low", &allow("smash_all_pots"))),
        ("list.html", page("list_pots", "npm:kiln", "Read", "low", &allow("list_pots"))),
        ("elsewhere.html", page("list_pots", "another-server", "Read", "low", &allow("list_pots"))),
        ("unknown.html", page("paint_pots", "npm:kiln", "Write", "medium", &allow("paint_pots"))),
        ("about.html", "<html><h1>About us</h1></html>".to_owned()),
    ] {
        std::fs::write(folder.join(file), text).unwrap();
    }
    let report = compared(&user, &["pages"]);
    assert_eq!(
        (&report["compared"], &report["agree"], &report["milder"]),
        (&json!(3), &json!(1), &json!(1)),
        "{report}"
    );
    let tools = report["tools"].as_array().unwrap();
    let of = |file: &str| tools.iter().find(|tool| tool["page"].as_str().unwrap().ends_with(file)).unwrap();
    let smash = of("smash.html");
    assert_eq!((&smash["differs"], &smash["milder"]), (&json!(["category", "risk", "policy"]), &json!(true)));
    assert_eq!(
        (&smash["ours"]["category"], &smash["ours"]["risk"], &smash["ours"]["policy"]),
        (&json!("destructive"), &json!("critical"), &json!("hide"))
    );
    let evidence = smash["ours"]["evidence"].as_array().unwrap();
    assert!(evidence.iter().any(|one| SMASH.contains(one["text"].as_str().unwrap())), "{evidence:?}");
    assert_eq!(of("elsewhere.html")["differs"], json!(["server"]));
    assert_eq!(of("unknown.html")["differs"], json!(["unknown"]));
    assert!(report["problems"][0].as_str().unwrap().contains("about.html"), "{report}");
    for format in ["table", "jsonl", "csv", "markdown"] {
        let text = user.done(&["compare", "pages", "-q", "--format", format]);
        // Markdown keeps an underscore from being markup.
        let plain = text.replace('\\', "");
        assert!(plain.contains("smash_all_pots") && plain.contains("critical"), "{format}: {text}");
    }
}

#[test]
fn without_a_database_the_words_of_the_page_are_judged_and_none_is_made() {
    let user = User::new();
    let rows = json!({"slug": "kilns", "tools": [
        {"name": "smash_all_pots", "description": "Deletes every pot for good.", "category": "Read", "severity": "Low"},
        {"name": "list_pots", "category": "Read", "severity": "Low"}, {"nome": "x"}]});
    std::fs::write(user.home().join("record.json"), rows.to_string()).unwrap();
    let report = compared(&user, &["record.json"]);
    let bases: Vec<&Value> = report["tools"].as_array().unwrap().iter().map(|tool| &tool["basis"]).collect();
    assert_eq!(bases, ["page", "nothing"], "{report}");
    assert!(!user.database().exists());
    std::fs::write(user.home().join("empty.md"), "# Kilns\n\nNothing of the kind.\n").unwrap();
    for missing in ["empty.md", "nowhere.html"] {
        let ran = user.run(&["compare", missing]);
        assert_eq!(ran.code, 4, "{missing}: {}", ran.err);
    }
}

#[test]
fn an_address_is_read_where_its_site_lets_it_be_and_hostile_pages_print_nothing_that_acts() {
    let (user, mirror) = (user(), Mirror::start());
    let hostile = page("smash_all_pots", "\u{1b}[31m\u{202e}kiln", "Read", "low", &allow("smash_all_pots"));
    mirror
        .on("/robots.txt", Reply::of("text/plain", "User-agent: *\nDisallow: /closed\n"))
        .on("/open", Reply::of("text/html", hostile.clone()))
        .on("/closed", Reply::of("text/html", hostile));
    let ran = user.run(&["compare", mirror.url("/open").as_str()]);
    assert!(
        ran.code == 0 && ran.out.contains("risk") && ran.out.contains("low there, critical here"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.out);
    let ran = user.run(&["compare", mirror.url("/closed").as_str()]);
    assert!(ran.code == 4 && ran.err.contains("robots.txt does not allow it"), "{}", ran.err);
    assert!(!mirror.targets().contains(&"/closed".to_owned()));
}

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/comparison.md");

/// The guide's page, and what is printed of it.
#[test]
fn the_written_comparison_of_the_guide_is_what_is_printed() {
    let guide = std::fs::read_to_string(GUIDE).unwrap();
    let place = |language: &str| {
        let start =
            guide.find(&format!("```{language}\n")).unwrap_or_else(|| panic!("{language}")) + language.len() + 4;
        start..start + guide[start..].find("```").unwrap()
    };
    let user = User::new();
    std::fs::write(user.home().join("fire-all-kilns.html"), &guide[place("html")]).unwrap();
    std::fs::write(user.home().join("kilns.jsonl"), &guide[place("json")]).unwrap();
    user.done(&["crawl", "--listed", "-q", "kilns.jsonl"]);
    let printed = user.done(&["compare", "fire-all-kilns.html"]);
    let printed = format!("{}\n", undigested(&printed).trim_end());
    if std::env::var_os("MCPDEX_UPDATE_GUIDES").is_some() {
        let mut written = guide.clone();
        written.replace_range(place("text"), &printed);
        std::fs::write(GUIDE, written).unwrap();
        return;
    }
    assert_eq!(&guide[place("text")], printed);
}
