//! LiteLLM's configuration as the proxy reads it: an entry means a tool by itself or with the alias before it.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, Unique, yaml};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(LiteLlm::read(main(files))?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiteLlmServer {
    #[serde(rename = "transport")]
    _transport: Option<String>,
    #[serde(rename = "command")]
    _command: Option<String>,
    #[serde(rename = "args")]
    _args: Option<Vec<String>>,
    #[serde(rename = "url")]
    _url: Option<String>,
    #[serde(default)]
    allowed_tools: Vec<String>,
}

/// An entry names a tool by itself or with the alias and `-` before it; an empty list allows everything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiteLlm {
    mcp_servers: Unique<LiteLlmServer>,
}

impl LiteLlm {
    fn read(text: &str) -> Result<LiteLlm, String> {
        let read: LiteLlm = yaml(text)?;
        if read.mcp_servers.0.keys().any(|alias| alias.contains('-')) {
            return Err("a server's name has a `-`".to_owned());
        }
        Ok(read)
    }
}

impl Evaluator for LiteLlm {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let Some(server) = self.mcp_servers.0.get(call.alias) else { return PolicyEffect::Hide };
        let spelled = [call.tool.to_owned(), format!("{}-{}", call.alias, call.tool)];
        let listed = server.allowed_tools.iter().any(|name| spelled.contains(name));
        if server.allowed_tools.is_empty() || listed { PolicyEffect::Allow } else { PolicyEffect::Hide }
    }
}
