use super::Lantern;
use rmcp::{tool, tool_router};

#[tool_router(router = wick_router, vis = "pub")]
impl Lantern {
    #[tool(name = "trim_wick", description = "Trim the wick", annotations(destructive_hint = true, idempotent_hint = true))]
    async fn trim(&self, params: Parameters<Trim>) -> Result<String, String> {
        Ok(String::new())
    }
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Trim {
    /// In millimetres
    length: u8,
    kind: Kind,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
enum Kind {
    /// Woven flat
    Flat,
    /// Woven round
    Round,
}
