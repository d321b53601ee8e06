//! What CONTRIBUTING.md says is tried: its first rule is examined and fires, and every place that it names is there.

use crate::support::binary::User;
use std::path::Path;

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md")).unwrap()
}

/// The first block of a language on the page.
fn block<'p>(page: &'p str, language: &str) -> &'p str {
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_first_rule_is_examined_and_fires() {
    let user = User::new();
    let folder = tempfile::tempdir().unwrap();
    let page = page();
    let rule = block(&page, "toml");
    std::fs::write(folder.path().join("lamps.toml"), rule).unwrap();
    let rules = folder.path().to_str().unwrap();
    let examined = user.run(&["rules", "check", "--rules", rules]);
    assert!(examined.code == 0, "{}{}", examined.out, examined.err);

    let tool = r#"{"name":"kindle_lantern","description":"Kindles a lantern."}"#;
    let list = folder.path().join("tool.jsonl");
    std::fs::write(&list, tool).unwrap();
    let judged = user.run(&["classify", "--rules", rules, list.to_str().unwrap()]);
    assert!(judged.out.contains("lights-a-lamp") && judged.out.contains("\"execute\""), "{}", judged.out);

    let bones = folder.path().join("bones/more.toml");
    std::fs::create_dir(bones.parent().unwrap()).unwrap();
    user.done(&["rules", "new", "snuffs-a-lamp", "--file", bones.to_str().unwrap()]);
    assert!(std::fs::read_to_string(&bones).unwrap().contains("id = \"snuffs-a-lamp\""));

    // And an example that ends otherwise than it says is refused.
    std::fs::write(
        folder.path().join("lamps.toml"),
        rule.replace("Lists lanterns and who may kindle them", "Kindles lanterns")
            .replace("list_lanterns", "kindle_lanterns"),
    )
    .unwrap();
    let refused = user.run(&["rules", "check", "--rules", rules]);
    assert!(refused.code != 0 && (refused.out + &refused.err).contains("lights-a-lamp"));
}

#[test]
fn every_place_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = page();
    let mut named = 0;
    for word in page.split('`').skip(1).step_by(2) {
        let path = word.replace("NAME", "cursor").replace("LANGUAGE", "go");
        let looks = ["crates/", "tests/", "docs/", "rules/", "fuzz/"].iter().any(|start| path.starts_with(start));
        if looks && !path.contains(['*', ' ']) {
            named += 1;
            assert!(root.join(&path).exists(), "CONTRIBUTING.md names {path}, which is not there");
        }
    }
    assert!(named > 8, "only {named} places were found");
}
