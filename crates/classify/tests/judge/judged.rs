//! The tables of judged tools, and the judge as a library over them.

use mcpdex_classify::{Ruleset, ServerContext};
use mcpdex_model::{Category, Class, Risk, Tool, Trait, Verdict};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

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
    /// The row as a line of JSON.
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
    /// The row of one language as a line of JSON. Each tool stands on a server of its own: no neighbour
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
    read(include_str!("../data/expectations.jsonl"))
}

/// The table of translations.
pub(crate) fn translations() -> Vec<Translated> {
    read(include_str!("../data/translations.jsonl"))
}

fn read<T: serde::de::DeserializeOwned>(lines: &str) -> Vec<T> {
    let row = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line}"));
    lines.lines().map(row).collect()
}

/// The verdicts on `rows`, in their order; a row's neighbours are the rows of its server.
pub(crate) fn judge(rows: &[Value]) -> Vec<Verdict> {
    static RULES: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::builtin().expect("the pack compiles"));
    let server = |row: &Value| row["server"].as_str().unwrap_or_default().to_owned();
    let tools: Vec<Tool> = rows.iter().map(|row| Tool::from_json(&row.to_string()).expect("a tool")).collect();
    let mut neighbours: BTreeMap<String, Vec<&Tool>> = BTreeMap::new();
    for (row, tool) in rows.iter().zip(&tools) {
        neighbours.entry(server(row)).or_default().push(tool);
    }
    let contexts: BTreeMap<&String, ServerContext> =
        neighbours.iter().map(|(name, tools)| (name, ServerContext::of(name, tools.iter().copied()))).collect();
    rows.iter().zip(&tools).map(|(row, tool)| RULES.judge(&contexts[&server(row)], tool)).collect()
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
