//! The tables of judged tools, and `mcpdex classify` run over tools.

use assert_cmd::Command;
use mcpdex::model::{Category, Class, Risk, Trait, Verdict};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A tool and the verdict that the definitions of the words ask for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    /// Which lesson the row belongs to.
    pub(crate) point: String,
    pub(crate) server: String,
    pub(crate) tool: Map<String, Value>,
    pub(crate) class: Class,
    pub(crate) risk: Risk,
    pub(crate) category: Category,
    /// Traits that the verdict must have.
    pub(crate) traits: BTreeSet<Trait>,
    /// Traits that it must not have.
    #[serde(default)]
    pub(crate) without: BTreeSet<Trait>,
    pub(crate) why: String,
}

impl Expectation {
    /// The row as `mcpdex classify` reads it.
    pub(crate) fn row(&self) -> Value {
        let mut row = self.tool.clone();
        row.insert("server".to_owned(), json!(self.server));
        Value::Object(row)
    }
}

/// One tool described in nine languages, and its verdict.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Translated {
    pub(crate) name: String,
    /// What the tool is about.
    pub(crate) domain: String,
    pub(crate) class: Class,
    pub(crate) risk: Risk,
    pub(crate) traits: BTreeSet<Trait>,
    #[serde(default)]
    pub(crate) without: BTreeSet<Trait>,
    input_schema: Value,
    /// Language code → description.
    pub(crate) description: BTreeMap<String, String>,
}

impl Translated {
    /// The row of one language as `mcpdex classify` reads it. Each tool stands on a server of its own: no neighbour
    /// may help it.
    pub(crate) fn row(&self, language: &str) -> Value {
        json!({
            "server": format!("{}-{language}", self.name),
            "name": self.name,
            "description": self.description[language],
            "inputSchema": self.input_schema,
        })
    }
}

/// The table of expectations.
pub(crate) fn expectations() -> Vec<Expectation> {
    read(include_str!("../../data/expectations.jsonl"))
}

/// The table of translations.
pub(crate) fn translations() -> Vec<Translated> {
    read(include_str!("../../data/translations.jsonl"))
}

fn read<T: serde::de::DeserializeOwned>(lines: &str) -> Vec<T> {
    let row = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line}"));
    lines.lines().map(row).collect()
}

/// The verdicts on `rows`, in their order.
pub(crate) fn judge(rows: &[Value]) -> Vec<Verdict> {
    let input: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let run = Command::cargo_bin("mcpdex").expect("the program is built").arg("classify").write_stdin(input).assert();
    let run = run.success();
    let verdicts: Vec<Verdict> = read(std::str::from_utf8(&run.get_output().stdout).expect("output is UTF-8"));
    assert_eq!(verdicts.len(), rows.len(), "one verdict for each tool");
    verdicts
}

/// The words of a verdict in one line, for messages.
pub(crate) fn told(class: Class, risk: Risk, traits: &BTreeSet<Trait>) -> String {
    let traits: Vec<String> = traits.iter().map(ToString::to_string).collect();
    format!("{class}/{risk} [{}]", traits.join(" "))
}

/// The rules that a verdict rests on, with the words they saw, for messages.
pub(crate) fn grounds(verdict: &Verdict) -> String {
    let seen: Vec<String> = verdict.evidence.iter().map(|e| format!("{} on {:?}", e.rule, e.text)).collect();
    seen.join(", ")
}
