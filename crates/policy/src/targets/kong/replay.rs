//! The plugin's configuration as Kong's documentation says it is evaluated
//! (<https://developer.konghq.com/plugins/ai-mcp-proxy/#acl-tool-control>), asked on behalf of a consumer of the one group:
//! a tool's own rules replace the default; who is in a `deny` list is refused, and who is not in an `allow` list that there is.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, yaml};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    let document: Document = yaml(main(files))?;
    for plugin in &document.plugins {
        if plugin.name != "ai-mcp-proxy" || plugin.config.mode != "passthrough-listener" {
            return Err(format!("`{}` of the route `{}` proxies no MCP server", plugin.name, plugin.route));
        }
        let mut names: Vec<&str> = plugin.config.tools.iter().map(|tool| tool.name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("a tool comes twice".to_owned());
        }
    }
    Ok(Box::new(Kong { plugins: document.plugins, group: options.group.clone() }))
}

struct Kong {
    plugins: Vec<Plugin>,
    group: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "_format_version")]
    _format_version: String,
    plugins: Vec<Plugin>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plugin {
    name: String,
    route: String,
    config: PluginConfig,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PluginConfig {
    mode: String,
    #[serde(default)]
    include_consumer_groups: bool,
    #[serde(default)]
    default_acl: Vec<DefaultAcl>,
    #[serde(rename = "logging")]
    _logging: Option<Logging>,
    #[serde(default)]
    tools: Vec<ProxiedTool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Logging {
    #[serde(rename = "log_audits")]
    _log_audits: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DefaultAcl {
    #[serde(default = "tools")]
    scope: String,
    allow: Option<Vec<String>>,
    deny: Option<Vec<String>>,
}

fn tools() -> String {
    "tools".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProxiedTool {
    name: String,
    #[serde(rename = "description")]
    _description: Option<String>,
    acl: Option<Acl>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acl {
    allow: Option<Vec<String>>,
    deny: Option<Vec<String>>,
}

/// Whether who belongs to `groups` is let in by the two lists.
fn lets_in(allow: Option<&[String]>, deny: Option<&[String]>, groups: &[&str]) -> bool {
    let has = |list: &[String]| list.iter().any(|name| groups.contains(&name.as_str()));
    !deny.is_some_and(has) && allow.is_none_or(has)
}

impl Evaluator for Kong {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        // Without a route there is nothing to call.
        let Some(plugin) = self.plugins.iter().find(|plugin| plugin.route == call.alias) else {
            return PolicyEffect::Hide;
        };
        let config = &plugin.config;
        let groups: &[&str] = if config.include_consumer_groups { &[self.group.as_str()] } else { &[] };
        let own = config.tools.iter().find(|tool| tool.name == call.tool).and_then(|tool| tool.acl.as_ref());
        let let_in = match own {
            Some(acl) => lets_in(acl.allow.as_deref(), acl.deny.as_deref(), groups),
            None => {
                let mut defaults = config.default_acl.iter().filter(|acl| acl.scope == "tools");
                defaults.all(|acl| lets_in(acl.allow.as_deref(), acl.deny.as_deref(), groups))
            }
        };
        if let_in { PolicyEffect::Allow } else { PolicyEffect::Hide }
    }
}
