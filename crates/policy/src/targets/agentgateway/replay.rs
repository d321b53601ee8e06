//! agentgateway's rules, decided by the CEL engine.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::cel::{is_true, program};
use crate::replay::evaluator::{Call, Evaluator, yaml};
use cel::Program;
use serde::Deserialize;
use serde_json::{Value, json};

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(AgentGateway::read(main(files))?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSet {
    rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct McpPolicies {
    mcp_authorization: RuleSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct McpBlock {
    policies: McpPolicies,
    #[serde(rename = "targets")]
    _targets: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentGatewayFile {
    mcp: McpBlock,
}

/// A tool that matches a rule is allowed; without rules everything is.
struct AgentGateway(Vec<Program>);

impl AgentGateway {
    fn read(text: &str) -> Result<AgentGateway, String> {
        let file: AgentGatewayFile = yaml(text)?;
        let rules = file.mcp.policies.mcp_authorization.rules;
        rules.iter().map(|rule| program(rule)).collect::<Result<_, _>>().map(AgentGateway)
    }
}

impl Evaluator for AgentGateway {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let mcp = json!({ "tool": { "target": call.alias, "name": call.tool } });
        let allowed = self.0.is_empty() || self.0.iter().any(|rule| is_true(rule, "mcp", &mcp));
        if allowed { PolicyEffect::Allow } else { PolicyEffect::Hide }
    }
}
