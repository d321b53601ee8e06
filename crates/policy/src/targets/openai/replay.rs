//! MCP tools of a request as OpenAI's Responses API reads them.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, json};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(McpTools::<ToolNames>::read(main(files))?))
}

/// One of the two lists of names, as a vendor spells it.
pub(in crate::targets) trait NameList {
    fn names(&self) -> &[String];

    fn has(&self, tool: &str) -> bool {
        self.names().iter().any(|name| name == tool)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolNames {
    tool_names: Vec<String>,
}

impl NameList for ToolNames {
    fn names(&self) -> &[String] {
        &self.tool_names
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval<L> {
    always: L,
    never: L,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct McpTool<L> {
    #[serde(rename = "type")]
    kind: String,
    server_label: String,
    #[serde(rename = "server_url")]
    _server_url: Option<String>,
    allowed_tools: Vec<String>,
    require_approval: Approval<L>,
}

/// A tool exists when it is in `allowed_tools`, and needs approval unless it is in `never`.
pub(in crate::targets) struct McpTools<L>(Vec<McpTool<L>>);

impl<L: NameList + for<'de> Deserialize<'de>> McpTools<L> {
    pub(in crate::targets) fn read(text: &str) -> Result<McpTools<L>, String> {
        let tools: Vec<McpTool<L>> = json(text)?;
        if let Some(odd) = tools.iter().find(|tool| tool.kind != "mcp" || tool.allowed_tools.is_empty()) {
            return Err(format!("`{}` is no MCP tool with a list of its own", odd.server_label));
        }
        Ok(McpTools(tools))
    }
}

impl<L: NameList> Evaluator for McpTools<L> {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let Some(server) = self.0.iter().find(|tool| tool.server_label == call.alias) else {
            return PolicyEffect::Hide;
        };
        let approval = &server.require_approval;
        match () {
            () if !server.allowed_tools.iter().any(|name| name == call.tool) => PolicyEffect::Hide,
            () if approval.always.has(call.tool) => PolicyEffect::Ask,
            () if approval.never.has(call.tool) => PolicyEffect::Allow,
            () => PolicyEffect::Ask,
        }
    }
}
