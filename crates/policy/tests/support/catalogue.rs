//! The servers that written policies of the tests speak of (tests/data/written/catalogue.toml).

use mcpdex_model::{Class, Risk, Trait, Verdict};
use mcpdex_policy::{CheckedServer, CheckedTool, PlannedTool, Profile, decide_by};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    class: Class,
    #[serde(default)]
    traits: Vec<Trait>,
    #[serde(default)]
    before: Option<Risk>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    name: String,
    alias: String,
    tools: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    server: Vec<Server>,
}

/// All servers; `since` says whether it is known how risky tools were before.
pub(crate) fn catalogue(since: bool) -> Vec<CheckedServer> {
    let path = "tests/data/written/catalogue.toml";
    let text = std::fs::read_to_string(path).expect("the catalogue is there");
    let read: Catalogue = toml::from_str(&text).expect("the catalogue is TOML");
    let tool = |row: Row| {
        let verdict = Verdict::bare(&row.name, row.class, &row.traits);
        let decision = decide_by(Profile::balanced(), &verdict, None);
        CheckedTool {
            planned: PlannedTool::new(row.name, decision),
            risk: verdict.risk,
            confidence: verdict.confidence,
            before: row.before.filter(|_| since),
        }
    };
    let server = |one: Server| CheckedServer {
        name: one.name,
        alias: one.alias,
        tools: one.tools.into_iter().map(tool).collect(),
    };
    read.server.into_iter().map(server).collect()
}

/// The line of a byte, counted from one.
pub(crate) fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}
