//! What every target's writer is given and gives: fitted servers in, files out.
//!
//! A writer decides nothing, and knows nothing of how its document is checked.

use super::capability::{Adapted, Capability};
use super::condition::Condition;
use super::fitted::FittedServer;

/// What documents need beside decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetOptions {
    /// Between target and tool in AgentCore's action names; the vendor's documents disagree between `___` and `__`.
    pub separator: String,
    /// The ARN of the AgentCore gateway.
    pub gateway: String,
    /// The group of consumers that Kong lets in.
    pub group: String,
    /// Write a document even where a target that can refuse cannot name a tool that must be refused; what it does with
    /// tools that it does not know governs it then.
    pub lossy: bool,
}

impl Default for TargetOptions {
    fn default() -> TargetOptions {
        TargetOptions {
            separator: "___".to_owned(),
            gateway: "arn:aws:bedrock-agentcore:us-east-1:000000000000:gateway/replace-me".to_owned(),
            group: "mcpdex-agents".to_owned(),
            lossy: false,
        }
    }
}

/// One file of a document; the first is the document, the others go beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    pub file: String,
    pub text: String,
}

impl PolicyFile {
    pub(crate) fn main(capability: &Capability, text: String) -> PolicyFile {
        PolicyFile { file: capability.file.to_owned(), text }
    }
}

/// One enforcement point.
pub(crate) trait Format: Sync {
    fn capability(&self) -> &'static Capability;

    /// The server's alias as the document spells it, or why it cannot.
    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        Ok(alias.to_owned())
    }

    /// The tool's name as the document spells it, or why it cannot.
    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        Ok(tool.to_owned())
    }

    /// What becomes of a test on an argument.
    fn adapt(&self, _condition: &Condition) -> Adapted {
        Adapted::No("it does not look at arguments")
    }

    /// The document.
    fn write(&self, servers: &[FittedServer<'_>], options: &TargetOptions) -> Vec<PolicyFile>;
}

/// JSON as people read it, with a line feed at the end.
pub(crate) fn pretty(document: &serde_json::Value) -> String {
    format!("{document:#}\n")
}

/// The text of the document itself.
pub(crate) fn main(files: &[PolicyFile]) -> &str {
    files.first().map_or("", |file| file.text.as_str())
}
