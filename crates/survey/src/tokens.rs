//! What a tool costs a model before anyone calls it: tokens of its name, description and input schema.

use mcpdex_model::lenient;
use serde_json::{Map, Value};

/// What counts: the name of a tokeniser, or that it is an estimate.
pub const TOKENISER: &str = if cfg!(feature = "tokens") { "o200k_base" } else { "estimate: bytes / 4" };

/// Tokens of what clients hand to a model of a tool: name, description and input schema as compact JSON. Clients add
/// some of their own around it.
pub fn tokens(raw: &str) -> u64 {
    let Ok((Value::Object(tool), _)) = lenient::parse(raw) else { return 0 };
    let given: Map<String, Value> = ["name", "description", "inputSchema"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), tool.get(key)?.clone())))
        .collect();
    count(&Value::Object(given).to_string())
}

#[cfg(feature = "tokens")]
fn count(text: &str) -> u64 {
    bpe_openai::o200k_base().count(text) as u64
}

#[cfg(not(feature = "tokens"))]
fn count(text: &str) -> u64 {
    text.len().div_ceil(4) as u64
}
