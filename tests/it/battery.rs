//! The battery: small invented servers, language by language and idiom by idiom, each with the list that a run of it
//! gives and with what a reader must say about it. `tests/data/battery/LANGUAGE/` holds one file or folder a server and
//! `expectations.toml`, which says what is right and how many of the servers are read right by now.
//!
//! A server that hides tools counts as right only where each of them was found or the list says that it may not be whole.

use crate::support::pack::package;
use mcpdex::extract::{Budget, Extraction, ReadLimits, SourceTree, extract};
use mcpdex::model::{Ecosystem, PartialKind, ToolOrigin};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Battery {
    /// How many servers are read right. The test demands this very number: who reads more writes it down.
    right: usize,
    /// Where a server that is one file is put, the ending of its own file in the place of `*`.
    place: String,
    /// Files that stand beside every server of one file.
    #[serde(default)]
    beside: BTreeMap<String, String>,
    server: Vec<Expectation>,
}

/// What is right for one server. What is not stated is not looked at, save where said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    /// The file or folder.
    file: String,
    /// Every name that must be listed as registered, in any order, and no other.
    #[serde(default)]
    tools: Vec<String>,
    /// Names that may or may not be listed: what a run makes of them cannot be told.
    #[serde(default)]
    open: Vec<String>,
    /// Names that a run shows and that source may hide: each is listed, or the list says that it may not be whole.
    #[serde(default)]
    hides: Vec<String>,
    /// Names whose definition stands in the source and whose registration is not reached.
    #[serde(default)]
    defined: Vec<String>,
    /// What the condition of a tool must contain; every other tool must have none.
    #[serde(default)]
    condition: BTreeMap<String, String>,
    /// Of the tools with a condition, those that a plain start shows; the others it does not.
    #[serde(default)]
    default: Vec<String>,
    /// Of the tools with a condition, those of which the source does not tell whether a plain start shows them.
    #[serde(default)]
    unsettled: Vec<String>,
    /// Whether no tool may be said to be missing.
    complete: Option<bool>,
    /// Names of tools whose own fields are not certain; every other listed tool must be exact.
    inexact: Option<Vec<String>>,
    /// The parameters of a tool, required ones with a `!` behind.
    #[serde(default)]
    parameters: BTreeMap<String, Vec<String>>,
    /// How the description of a tool begins.
    #[serde(default)]
    description: BTreeMap<String, String>,
    /// Words of which each must stand in some note about the list.
    #[serde(default)]
    note: Vec<String>,
    /// Words that no note may hold.
    #[serde(default)]
    silent: Vec<String>,
}

fn folder(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/battery").join(language)
}

fn gather(path: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(path).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            gather(&entry.path(), &format!("{prefix}{name}/"), found);
        } else {
            found.insert(format!("{prefix}{name}"), std::fs::read(entry.path()).unwrap());
        }
    }
}

fn read(battery: &Battery, language: &str, expected: &Expectation) -> Extraction {
    let path = folder(language).join(&expected.file);
    let mut files = BTreeMap::new();
    if path.is_dir() {
        gather(&path, "", &mut files);
    } else {
        let ending = path.extension().unwrap().to_str().unwrap();
        files.insert(battery.place.replace('*', ending), std::fs::read(&path).unwrap());
        files.extend(battery.beside.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())));
    }
    let ecosystem = if language == "python" { Ecosystem::Pypi } else { Ecosystem::Npm };
    let tree = SourceTree { package: package(ecosystem, "battery"), files };
    extract(&tree, &Budget::start(ReadLimits::default())).unwrap()
}

/// Every difference between what was read and what is right, one line each.
fn differences(found: &Extraction, expected: &Expectation) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut differ = |what: &str, is: &dyn std::fmt::Debug, should: &dyn std::fmt::Debug| {
        wrong.push(format!("{what} {is:?}, not {should:?}"));
    };
    let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    let tools: Vec<(String, serde_json::Value, _)> = found
        .tools
        .iter()
        .map(|tool| {
            let object: serde_json::Value = serde_json::from_str(&tool.json).unwrap();
            (object["name"].as_str().unwrap().to_owned(), object, tool)
        })
        .collect();
    let of = |origin| -> BTreeSet<String> {
        tools.iter().filter(|(_, _, tool)| tool.origin == origin).map(|(name, _, _)| name.clone()).collect()
    };
    let listed = of(ToolOrigin::Static);
    let allowed: BTreeSet<String> = set(&expected.open).union(&set(&expected.hides)).cloned().collect();
    let counted: BTreeSet<String> = listed.difference(&allowed).cloned().collect();
    let wanted: BTreeSet<String> = set(&expected.tools).difference(&allowed).cloned().collect();
    if counted != wanted {
        differ("tools are", &counted, &wanted);
    }
    let is_complete = found.is_complete();
    let hidden: Vec<_> = expected.hides.iter().filter(|name| !listed.contains(*name)).collect();
    if is_complete && !hidden.is_empty() {
        differ("silent about", &hidden, &"a list that says so");
    }
    let defined: BTreeSet<_> = of(ToolOrigin::Defined).difference(&allowed).cloned().collect();
    if defined != set(&expected.defined) {
        differ("defined are", &defined, &expected.defined);
    }
    if expected.complete.is_some_and(|complete| complete != is_complete) {
        differ("complete is", &is_complete, &expected.complete);
    }
    for (name, object, tool) in tools.iter().filter(|(name, _, _)| !allowed.contains(name)) {
        let text = tool.condition.as_ref().map(|condition| condition.text.as_str());
        match (text, expected.condition.get(name)) {
            (None, None) => {}
            (Some(text), Some(part)) if text.contains(part.as_str()) => {
                let plain = tool.condition.as_ref().and_then(|condition| condition.plain_start);
                let should = (!expected.unsettled.contains(name)).then(|| expected.default.contains(name));
                if plain != should {
                    differ(&format!("{name} at a plain start is"), &plain, &should);
                }
            }
            (text, part) => differ(&format!("the condition of {name} is"), &text, &part),
        }
        let inexact = expected.inexact.as_ref().map(|names| names.contains(name));
        if inexact.is_some_and(|inexact| inexact == tool.is_exact()) {
            differ(&format!("{name} lacks"), &tool.partial, &inexact);
        }
        if let Some(wanted) = expected.parameters.get(name) {
            let schema = &object["inputSchema"];
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let spell = |key: &String| {
                let is_required = required.iter().any(|name| name == key.as_str());
                format!("{key}{}", if is_required { "!" } else { "" })
            };
            let is: BTreeSet<String> =
                schema["properties"].as_object().map(|all| all.keys().map(spell).collect()).unwrap_or_default();
            if is != set(wanted) {
                differ(&format!("{name} takes"), &is, wanted);
            }
        }
        if let Some(begin) = expected.description.get(name)
            && !object["description"].as_str().unwrap_or_default().starts_with(begin.as_str())
        {
            differ(&format!("{name} is described as"), &object["description"], begin);
        }
    }
    let notes: String = found.partial.iter().map(|partial| format!("{}\n", partial.detail)).collect();
    let lower = notes.to_lowercase();
    for word in expected.note.iter().filter(|word| !lower.contains(&word.to_lowercase())) {
        differ("the notes are", &notes, word);
    }
    for word in expected.silent.iter().filter(|word| lower.contains(&word.to_lowercase())) {
        differ("the notes are", &notes, &format!("without `{word}`"));
    }
    wrong
}

fn run(language: &str) {
    let text = std::fs::read_to_string(folder(language).join("expectations.toml")).unwrap();
    let battery: Battery = toml::from_str(&text).unwrap();
    let named: BTreeSet<&str> = battery.server.iter().map(|server| server.file.as_str()).collect();
    for entry in std::fs::read_dir(folder(language)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "expectations.toml" || named.contains(name.as_str()), "{language}: {name} expects nothing");
    }
    let (mut right, mut silent, mut told) = (0, 0, String::new());
    for expected in &battery.server {
        let found = read(&battery, language, expected);
        let unsaid = found.partial.iter().all(|partial| partial.kind != PartialKind::MissingTool);
        let is_listed = |name: &String| found.tools.iter().any(|tool| tool.json.contains(&format!("\"{name}\"")));
        silent += usize::from(unsaid && expected.tools.iter().chain(&expected.hides).any(|name| !is_listed(name)));
        let wrong = differences(&found, expected);
        right += usize::from(wrong.is_empty());
        told += &wrong.iter().map(|line| format!("  {}: {line}\n", expected.file)).collect::<String>();
    }
    let all = battery.server.len();
    eprintln!("{language}: {right} of {all} servers read right, {silent} of them short and silent\n{told}");
    assert_eq!(right, battery.right, "{language}: read right, and what expectations.toml says of it\n{told}");
}

macro_rules! batteries {
    ($($language:ident),+) => { $(#[test] fn $language() { run(stringify!($language)); })+ };
}

// One name for each folder of the battery.
batteries!(python, javascript, go, rust, csharp, java, kotlin);
