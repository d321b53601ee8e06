//! Hand-written packages in the languages that are read without a registry's help: each folder of
//! `tests/extraction/LANGUAGE/` is one package, and its `expected.json` says what `tools/list` would hold, where each tool
//! is registered (`at`), what is only defined (`defined`), and what must be said to be missing (`partial`).

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTool, SourceTree, extract};
use mcpdex::model::{Ecosystem, ToolOrigin};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn files(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            files(&entry.path(), &format!("{prefix}{name}/"), found);
        } else if name != "expected.json" {
            found.insert(format!("{prefix}{name}"), std::fs::read(entry.path()).unwrap());
        }
    }
}

fn read(folder: &Path) -> Extraction {
    let mut found = BTreeMap::new();
    files(folder, "", &mut found);
    let tree = SourceTree { package: package(Ecosystem::Npm, "lantern"), files: found };
    extract(&tree, &Budget::start(ReadLimits::default())).unwrap()
}

/// Every difference between what was found and what is expected, one line each.
fn differences(found: &Extraction, expected: &Map<String, Value>) -> Vec<String> {
    let mut wrong = Vec::new();
    let wanted = expected["tools"].as_array().unwrap();
    let names = |tools: &[Value]| tools.iter().map(|tool| tool["name"].to_string()).collect::<Vec<_>>().join(" ");
    // What is only defined is told apart, by name.
    let (registered, defined): (Vec<_>, Vec<_>) =
        found.tools.iter().partition(|tool| tool.origin == ToolOrigin::Static);
    let objects = |tools: &[&SourceTool]| -> Vec<Value> {
        tools.iter().map(|tool| serde_json::from_str(&tool.json).unwrap()).collect()
    };
    let defined: Vec<Value> = objects(&defined).iter().map(|tool| tool["name"].clone()).collect();
    let wanted_defined = expected.get("defined").and_then(Value::as_array).cloned().unwrap_or_default();
    if defined != wanted_defined {
        wrong.push(format!("defined are {defined:?}, not {wanted_defined:?}"));
    }
    let tools = objects(&registered);
    if names(&tools) != names(wanted) {
        wrong.push(format!("tools are {}, not {}", names(&tools), names(wanted)));
        return wrong;
    }
    for ((tool, found), wanted) in tools.iter().zip(&registered).zip(wanted) {
        let mut wanted = wanted.as_object().unwrap().clone();
        let name = tool["name"].as_str().unwrap();
        let at = wanted.remove("at").unwrap();
        let place = format!("{}:{}", found.site.file, found.site.line);
        if at != place.as_str() {
            wrong.push(format!("{name} is at {place}, not {at}"));
        }
        missing(name, &found.partial, wanted.remove("partial"), &mut wrong);
        let fields = tool.as_object().unwrap();
        for key in fields.keys().chain(wanted.keys()).collect::<BTreeSet<_>>() {
            let (is, should) = (fields.get(key), wanted.get(key));
            if is != should {
                let show = |value: Option<&Value>| value.map_or("absent".to_owned(), Value::to_string);
                wrong.push(format!("{name}: {key} is {}, not {}", show(is), show(should)));
            }
        }
    }
    missing("the list", &found.partial, expected.get("partial").cloned(), &mut wrong);
    wrong
}

fn missing(of: &str, found: &[mcpdex::model::Partial], wanted: Option<Value>, wrong: &mut Vec<String>) {
    let wanted = wanted.unwrap_or_default();
    let wanted = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
    let said: Vec<&str> = found.iter().map(|partial| partial.detail.as_str()).collect();
    let fits = said.len() == wanted.len()
        && said.iter().zip(wanted).all(|(said, wanted)| said.starts_with(wanted.as_str().unwrap()));
    if !fits {
        wrong.push(format!("{of}: what is missing is {said:?}, not {wanted:?}"));
    }
}

fn check(language: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/extraction").join(language);
    let mut packages: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    packages.sort();
    assert!(packages.len() >= 4, "{language} has {} packages", packages.len());
    let mut wrong = Vec::new();
    for folder in packages {
        let expected = std::fs::read_to_string(folder.join("expected.json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let found = differences(&read(&folder), expected.as_object().unwrap());
        wrong.extend(found.into_iter().map(|difference| format!("{language}/{name}: {difference}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn go_servers_are_read() {
    check("go");
}

#[test]
fn rust_servers_are_read() {
    check("rust");
}

#[test]
fn csharp_servers_are_read() {
    check("csharp");
}

#[test]
fn java_servers_are_read() {
    check("java");
}

#[test]
fn kotlin_servers_are_read() {
    check("kotlin");
}

#[test]
fn the_comparison_sees_every_kind_of_difference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/extraction/go/mark3labs");
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let found = read(&folder);
    for (from, to) in [
        ("\"Fill oil\"", "\"Fill oil!\""),
        ("\"required\": [\"litres\"]", "\"required\": []"),
        ("\"readOnlyHint\": true", "\"readOnlyHint\": false"),
        ("main.go:49", "main.go:50"),
        ("\"raise\"", "\"rise\""),
        ("\"partial\": [\"the description\"]", "\"partial\": []"),
    ] {
        assert!(text.contains(from), "{from}");
        let expected: Value = serde_json::from_str(&text.replace(from, to)).unwrap();
        assert_eq!(differences(&found, expected.as_object().unwrap()).len(), 1, "{from}");
    }
}
