//! The servers that have a tool of one name, a row each.

use super::rows::RowReport;
use super::tool::ToolReport;
use serde_json::{Value, json};

impl RowReport for ToolReport {
    const COLUMNS: &'static [&'static str] =
        &["tool", "server", "class", "risk", "confidence", "traits", "origin", "target", "version", "does", "policy"];

    fn rows(&self) -> Vec<Value> {
        let views = self.servers.iter().map(|view| {
            let verdict = &view.verdict;
            json!({
                "tool": self.tool, "server": view.server, "class": verdict.class, "risk": verdict.risk,
                "confidence": verdict.confidence, "traits": verdict.traits, "origin": view.origin,
                "target": view.target, "version": view.version, "does": verdict.does,
                "rationale": verdict.rationale, "frameworks": verdict.frameworks, "policy": view.policy.reason,
            })
        });
        views.collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
