//! Copilot CLI as its documentation says (docs.github.com, “Allowing and denying tool use”): a tool must be in the server's
//! list; a denial is stronger than a permission; an option without parentheses speaks of all of a server's tools; what no
//! option names is asked about.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions};
use crate::replay::evaluator::{Call, Evaluator, Unique, json};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    let [config, options, ..] = files else { return Err("configuration or options are missing".to_owned()) };
    let Config { mcp_servers } = json(&config.text)?;
    let options: Result<Vec<_>, String> = options.text.lines().map(Permission::read).collect();
    Ok(Box::new(Copilot { servers: mcp_servers, options: options? }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Server {
    #[serde(rename = "type")]
    _kind: Option<String>,
    #[serde(rename = "command")]
    _command: Option<String>,
    #[serde(rename = "args")]
    _args: Option<Vec<String>>,
    #[serde(rename = "url")]
    _url: Option<String>,
    tools: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Config {
    mcp_servers: Unique<Server>,
}

/// One option: whether it denies, of which server, and of which tool where it names one.
struct Permission {
    denies: bool,
    server: String,
    tool: Option<String>,
}

impl Permission {
    fn read(line: &str) -> Result<Permission, String> {
        let unknown = || format!("`{line}` is no option");
        if line == "--allow-all-tools" || line == "--yolo" {
            return Err("everything is allowed".to_owned());
        }
        let (option, value) = line.split_once('=').ok_or_else(unknown)?;
        let denies = match option {
            "--allow-tool" => false,
            "--deny-tool" => true,
            _ => return Err(unknown()),
        };
        let value = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).ok_or_else(unknown)?;
        if value.contains(['\'', ',']) {
            return Err(unknown());
        }
        Ok(match value.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
            Some((server, tool)) => Permission { denies, server: server.to_owned(), tool: Some(tool.to_owned()) },
            None => Permission { denies, server: value.to_owned(), tool: None },
        })
    }
}

struct Copilot {
    servers: Unique<Server>,
    options: Vec<Permission>,
}

impl Evaluator for Copilot {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let listed = |server: &Server| server.tools.iter().any(|name| name == "*" || name == call.tool);
        if self.servers.0.get(call.alias).is_some_and(|server| !listed(server)) {
            return PolicyEffect::Hide;
        }
        let speaks = |option: &&Permission| {
            option.server == call.alias && option.tool.as_ref().is_none_or(|tool| tool == call.tool)
        };
        let mut speaking = self.options.iter().filter(speaks);
        match (speaking.clone().any(|option| option.denies), speaking.next()) {
            (true, _) => PolicyEffect::Deny,
            (false, Some(_)) => PolicyEffect::Allow,
            (false, None) => PolicyEffect::Ask,
        }
    }
}
