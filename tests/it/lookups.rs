//! How a person finds things: by any name of a server, in any command, and a search in the order that was asked for.

use crate::support::binary::User;
use crate::support::schema::assert_valid;

/// One resolver: what `server` finds every command finds, and what none knows is answered with near names.
#[test]
fn every_command_knows_a_server_by_each_of_its_names() {
    let user = User::new();
    let row = |server: &str| {
        serde_json::json!({"server": server, "name": "fill_jar", "description": "Fills a jar."}).to_string()
    };
    std::fs::write(user.home().join("tools.jsonl"), format!("{}\n{}", row("npm:@clay/jars"), row("pypi:clay-jars")))
        .unwrap();
    std::fs::write(user.home().join("settings.json"), r#"{"permissions":{"allow":["mcp__jars__fill_jar"]}}"#).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    let commands = |name: &str| -> Vec<Vec<String>> {
        [
            "server NAME",
            "tool fill_jar --server NAME",
            "explain NAME fill_jar",
            "policy --server NAME --target rego",
            "policy fill_jar --server NAME",
            "search jar --server NAME",
            "policy check settings.json --server NAME",
            "policy explain settings.json fill_jar --server NAME",
        ]
        .iter()
        .map(|line| {
            line.split(' ').map(|word| if word == "NAME" { name.to_owned() } else { word.to_owned() }).collect()
        })
        .collect()
    };
    for name in ["npm:@clay/jars", "@clay/jars", "clay-jars", "pypi:clay-jars", "Clay_Jars", "pypi:clay.jars"] {
        for words in commands(name) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let ran = user.run(&words);
            let found = ran.out.contains("fill_jar") || ran.out.contains("no findings") || words[1] == "check";
            assert!([0, 3].contains(&ran.code) && found, "{words:?} ends with {}: {}{}", ran.code, ran.out, ran.err);
        }
    }
    for words in commands("@clay/jarz") {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = user.run(&words);
        let near = ran.err.contains("the nearest names: npm:@clay/jars");
        assert!(ran.code != 0 && near, "{words:?} ends with {}: {}{}", ran.code, ran.out, ran.err);
    }
}

#[test]
fn a_search_is_ordered_as_asked_and_marks_what_it_cut() {
    let user = User::new();
    let row = |server: &str, name: &str, description: &str| {
        serde_json::json!({"server": server, "name": name, "description": description}).to_string()
    };
    let long = format!("Lists jars. {}", "They stand on a shelf. ".repeat(20));
    let mut rows: Vec<String> =
        (0..300).map(|number| row("npm:many", &format!("list_jar_{number}"), "Lists one jar.")).collect();
    rows.push(row("npm:b", "smash_jar", "Deletes a jar for good. This cannot be undone."));
    rows.push(row("npm:a", "paint_jar", "Updates the colour of a jar."));
    rows.push(row("npm:a", "list_jar_shelf", &long));
    std::fs::write(user.home().join("tools.jsonl"), rows.join("\n")).unwrap();
    user.done(&["crawl", "--listed", "-q", "tools.jsonl"]);
    let hits = |more: &[&str]| {
        let found = user.done(&[&["search", "jar", "--json", "--per-page", "3"], more].concat());
        let report = assert_valid("search", &found);
        let hits = report["hits"].as_array().unwrap().clone();
        hits.iter()
            .map(|hit| (hit["tool"].as_str().unwrap().to_owned(), hit["description"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let names = |more: &[&str]| hits(more).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    // More tools fit than are ranked, and the gravest are there all the same.
    assert_eq!(names(&["--sort", "risk"])[..2], ["smash_jar", "paint_jar"]);
    assert_eq!(names(&["--sort", "risk", "--page", "2"]).len(), 3);
    assert_eq!(names(&["--sort", "server", "--server", "npm:a", "--server", "npm:b"])[2], "smash_jar");
    assert_eq!(
        names(&["--sort", "name", "--server", "npm:a", "--server", "npm:b"]),
        ["list_jar_shelf", "paint_jar", "smash_jar"]
    );
    let (_, cut) = &hits(&["--server", "npm:a", "--sort", "name"])[0];
    assert!(cut.ends_with('…') && cut.chars().count() == 200, "{cut}");
}

#[test]
fn a_file_is_written_as_its_name_says_and_a_day_to_come_is_told() {
    let user = User::new();
    user.done(&["crawl", "sample", "-q"]);
    for (file, begins) in
        [("x.csv", "server,"), ("x.json", "["), ("x.md", "|"), ("x.jsonl", "{\"schema\""), ("x", "{\"schema\"")]
    {
        user.done(&["export", "--out", file]);
        let text = std::fs::read_to_string(user.home().join(file)).unwrap();
        assert!(text.starts_with(begins), "{file}: {}", &text[..60]);
    }
    user.done(&["export", "--out", "y.csv", "--format", "jsonl"]);
    assert!(std::fs::read_to_string(user.home().join("y.csv")).unwrap().starts_with("{\"schema\""));
    assert!(user.run(&["diff", "2999-01-01", "now"]).err.contains("yet to come"));
    assert!(!user.run(&["diff", "2001-01-01", "now"]).err.contains("yet to come"));
}
