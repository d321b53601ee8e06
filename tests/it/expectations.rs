//! A table of tools and the verdicts that the definitions of class, trait and risk demand. The tools are invented; the
//! shapes are those on which catalogues by keyword go wrong.

use mcpdex::classify::{Ruleset, ServerContext};
use mcpdex::model::{Tool, Trait};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    tool: Vec<Expectation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    server: String,
    #[serde(default)]
    parameters: Option<toml::Table>,
    class: String,
    risk: String,
    #[serde(default)]
    with: Vec<Trait>,
    #[serde(default)]
    without: Vec<Trait>,
    why: String,
}

fn tool(expectation: &Expectation) -> Tool {
    let properties = serde_json::to_value(&expectation.parameters).unwrap();
    let properties = if properties.is_null() { json!({}) } else { properties };
    let mut object = json!({ "name": expectation.name, "inputSchema": { "type": "object", "properties": properties } });
    if !expectation.description.is_empty() {
        object["description"] = Value::from(expectation.description.clone());
    }
    Tool::from_json(&object.to_string()).unwrap()
}

#[test]
fn every_tool_of_the_table_gets_the_verdict_that_the_definitions_demand() {
    let rules = Ruleset::builtin().unwrap();
    let table: Table = toml::from_str(include_str!("expectations.toml")).unwrap();
    assert!(table.tool.len() >= 60);
    let mut wrong = Vec::new();
    for expectation in &table.tool {
        let tool = tool(expectation);
        let verdict = rules.judge(&ServerContext::of(&expectation.server, [&tool]), &tool);
        let lacks: Vec<_> = expectation.with.iter().filter(|of| !verdict.traits.contains(of)).collect();
        let extra: Vec<_> = expectation.without.iter().filter(|of| verdict.traits.contains(of)).collect();
        let right = verdict.class.as_str() == expectation.class
            && verdict.risk.as_str() == expectation.risk
            && lacks.is_empty()
            && extra.is_empty();
        if !right {
            wrong.push(format!(
                "{} is {} {} {:?}, not {} {} (lacks {lacks:?}, has {extra:?}): {}\n    {}",
                expectation.name,
                verdict.class,
                verdict.risk,
                verdict.traits,
                expectation.class,
                expectation.risk,
                expectation.why,
                verdict.rationale
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), table.tool.len(), wrong.join("\n"));
}
