//! What helps to write rules: bones of a new one, words that no rule knows, and how another pack would judge.

use crate::support::binary::User;
use crate::support::schema::assert_valid;

fn file(user: &User, name: &str, text: &str) -> String {
    let path = user.home().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_new_rule_is_added_and_takes_nothing_away() {
    let user = User::new();
    let path = file(&user, "pack/kiln.toml", "# Kilns.\n");
    user.done(&["rules", "new", "heats-a-kiln", "--file", &path]);
    user.done(&["rules", "new", "cools-a-kiln", "--file", &path]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# Kilns.\n") && text.contains("heats-a-kiln") && text.contains("cools-a-kiln"), "{text}");
    // An id that is taken, in the file or in the pack, and one that is none.
    for id in ["heats-a-kiln", "deletes", "Heats A Kiln"] {
        let ran = user.run(&["rules", "new", id, "--file", &path]);
        assert_ne!(ran.code, 0, "{id}: {}", ran.out);
    }
    // What cannot be read is not written over.
    std::fs::write(&path, [0xFF, 0xFE, 0x00]).unwrap();
    let ran = user.run(&["rules", "new", "glazes-a-pot", "--file", &path]);
    assert!(ran.code != 0 && std::fs::read(&path).unwrap() == [0xFF, 0xFE, 0x00], "{}", ran.err);
}

#[test]
fn unknown_words_are_told_by_how_many_servers_use_them() {
    let user = User::new();
    let rows = [
        r#"{"server":"hall","name":"snarfle_pot","description":"Snarfle a pot."}"#,
        r#"{"server":"kiln","name":"snarfle_jug","description":"Snarfle a jug."}"#,
        r#"{"server":"kiln","name":"wuzzle_jug","description":"Wuzzle a jug."}"#,
        r#"{"server":"kiln","name":"wuzzle_pot","description":"Wuzzle a pot."}"#,
        r#"{"server":"kiln","name":"list_jugs","description":"Lists the jugs."}"#,
    ];
    let path = file(&user, "tools.jsonl", &rows.join("\n"));
    let told = user.done(&["rules", "suggest", &path]);
    let lines: Vec<Vec<&str>> = told.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines, [["2", "servers", "2", "tools", "snarfle"], ["1", "servers", "2", "tools", "wuzzle"]], "{told}");
}

#[test]
fn two_packs_are_held_against_the_same_labels() {
    let user = User::new();
    let rows = [
        r#"{"server":"hall","name":"snarfle_pot","description":"Snarfle a pot.","class":"execute","risk":"high"}"#,
        r#"{"server":"hall","name":"list_pots","description":"Lists the pots.","class":"read","risk":"low"}"#,
    ];
    let labelled = file(&user, "labelled.jsonl", &rows.join("\n"));
    file(
        &user,
        "pack/pots.toml",
        r#"[[rule]]
id = "snarfles"
class = "execute"
confidence = "high"
because = "it snarfles"
when = [{ verb = ["snarfle"] }]
fires = [{ name = "snarfle_pot" }]
quiet = [{ name = "list_pots" }]
"#,
    );
    let pack = user.home().join("pack");
    let words = ["eval", "--json", &labelled, "--against", pack.to_str().unwrap()];
    let figures = assert_valid("eval", &user.done(&words));
    assert_eq!((&figures["changed"], &figures["all"]["tools"]), (&1.into(), &2.into()), "{figures}");
    let right = |which: &str| figures[which]["risk_agreement"].as_f64().unwrap();
    assert_eq!((right("all"), right("against")), (50.0, 100.0), "{figures}");
    let told = user.done(&["eval", &labelled, "--against", pack.to_str().unwrap()]);
    assert!(told.contains("1 verdicts differ in class or risk"), "{told}");
}

#[test]
fn one_rule_and_the_examiner_speak_json() {
    let user = User::new();
    let rule = assert_valid("rule", &user.done(&["rules", "show", "deletes", "--json"]));
    assert_eq!((rule["id"].as_str(), rule["file"].as_str()), (Some("deletes"), Some("destroy.toml")));
    assert!(rule["fires"].as_array().unwrap().len() > 1 && !rule["when"][0].as_object().unwrap().is_empty(), "{rule}");
    let sound = assert_valid("rules-check", &user.done(&["rules", "check", "--json"]));
    assert!(sound["rules"].as_u64().unwrap() > 100 && sound["complaints"].as_array().unwrap().is_empty(), "{sound}");
    std::fs::create_dir_all(user.home().join("mine")).unwrap();
    std::fs::write(
        user.home().join("mine/lamps.toml"),
        "[[rule]]\nid = \"lamps\"\nclass = \"execute\"\nconfidence = \"high\"\nbecause = \"it lights\"\n\
         when = [{ verb = [\"delete\"], object = [\"lamp\"] }]\nfires = [{ name = \"list_lamps\" }]\nquiet = [{ name = \"x\" }]\n",
    )
    .unwrap();
    let ran = user.run(&["rules", "check", "--json", "--rules", "mine"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let faulty = assert_valid("rules-check", &ran.out);
    assert!(faulty["complaints"].as_array().unwrap().iter().any(|one| one["rule"] == "lamps"), "{faulty}");
    let told = assert_valid("explain", &{
        user.done(&["crawl", "sample", "-q"]);
        user.done(&["explain", "example.sample/cabinet", "purge_folder", "--json"])
    });
    assert_eq!(
        (told["server"].as_str(), told["tool"].as_str()),
        (Some("example.sample/cabinet"), Some("purge_folder"))
    );
}
