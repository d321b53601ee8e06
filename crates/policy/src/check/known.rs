//! The tools that a policy is held against, with what is recommended for each.

use crate::plan::{PlannedServer, PlannedTool};
use mcpdex_model::{Confidence, Risk};

/// A server whose tools are known.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedServer {
    /// Its identity in the database.
    pub name: String,
    /// Its name in the client's configuration.
    pub alias: String,
    pub tools: Vec<CheckedTool>,
}

/// One tool: what is recommended, how risky it is, and how risky it was when the policy was written.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedTool {
    pub planned: PlannedTool,
    pub risk: Risk,
    pub confidence: Confidence,
    /// `None` where nothing is known of then.
    pub before: Option<Risk>,
}

impl CheckedServer {
    /// The server with what is recommended for its tools.
    pub fn planned(&self) -> PlannedServer {
        let tools = self.tools.iter().map(|tool| tool.planned.clone()).collect();
        PlannedServer { name: self.name.clone(), alias: self.alias.clone(), launch: None, tools }
    }
}
