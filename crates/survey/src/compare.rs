//! Tools of one name side by side: in which respects they differ, and which servers agree with each other.

use mcpdex_model::FoundTool;
use serde::Serialize;
use std::collections::BTreeMap;

/// A respect in which tools of one name differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `class`, `risk`, `traits`, `title`, `description`, `inputSchema`, `outputSchema` or `annotations`.
    pub field: &'static str,
    pub variants: Vec<Variant>,
}

/// One of the values, and the servers that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// The value in a few words.
    pub value: String,
    pub servers: Vec<String>,
}

/// A field and how its value is put into words.
type Respect = (&'static str, fn(&FoundTool) -> String);

/// Characters of a value that are shown.
const SHOWN: usize = 120;

/// The respects in which these tools differ; none for less than two.
pub fn differences(tools: &[FoundTool]) -> Vec<Difference> {
    let respects: [Respect; 8] = [
        ("class", |found| found.verdict.class.to_string()),
        ("risk", |found| found.verdict.risk.to_string()),
        ("traits", |found| {
            let traits: Vec<_> = found.verdict.traits.iter().map(|word| word.as_str()).collect();
            if traits.is_empty() { "none".to_owned() } else { traits.join(", ") }
        }),
        ("title", |found| found.tool.display_title().unwrap_or("none").to_owned()),
        ("description", |found| found.tool.description.clone().unwrap_or_else(|| "none".to_owned())),
        ("inputSchema", |found| schema(found.tool.input_schema.as_ref())),
        ("outputSchema", |found| schema(found.tool.output_schema.as_ref())),
        ("annotations", |found| serde_json::to_string(&found.tool.annotations).unwrap_or_default()),
    ];
    let mut found = Vec::new();
    for (field, value) in respects {
        let mut by_value: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for tool in tools {
            by_value.entry(value(tool)).or_default().push(tool.server.clone());
        }
        if by_value.len() > 1 {
            let variants = by_value
                .into_iter()
                .map(|(value, servers)| Variant { value: value.chars().take(SHOWN).collect(), servers })
                .collect();
            found.push(Difference { field, variants });
        }
    }
    found
}

/// A schema as its parameters by name, then a digest of the whole, so that any change shows.
fn schema(schema: Option<&serde_json::Map<String, serde_json::Value>>) -> String {
    let Some(schema) = schema else { return "none".to_owned() };
    let names: Vec<&str> = schema
        .get("properties")
        .and_then(serde_json::Value::as_object)
        .map(|properties| properties.keys().map(String::as_str).collect())
        .unwrap_or_default();
    let digest = super::pin::canonical(&serde_json::Value::Object(schema.clone()));
    format!("{} ({})", &super::pin::sha256(digest.as_bytes())[..8], names.join(", "))
}
