//! Kong's AI MCP Proxy: who may see and call which tool of an MCP server, as a file for decK. One group of consumers is let
//! in; the default lets in a group that has nobody, so a tool that is not named is refused.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions};
use crate::text::{comment, quoted};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Kong AI MCP Proxy (decK)",
    file: "kong.yaml",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: false,
    rate: false,
    hide: true,
    arguments: None,
    default: PolicyEffect::Hide,
    names: "exact; the server's alias is the name of its route: letters, digits, `.`, `-`, `_` and `~`",
    lists: "none known",
    most_conditional: 0,
    comments: true,
    engine: None,
    steps: &[
        "Name the consumer group of the agents with `--set group=NAME` (`mcpdex-agents` otherwise); leave `mcpdex-nobody` without a consumer",
        "Have a route for each server, named as its alias, with a plugin that authenticates consumers",
        "Apply it: `deck gateway apply kong.yaml` (Kong Gateway 3.13.0.1 or later with an AI licence)",
    ],
};

/// A group that must have no consumer: whoever is compared with it is refused.
const NOBODY: &str = "mcpdex-nobody";

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
        if alias.is_empty() || !alias.chars().all(plain) {
            return Err("a route has only letters, digits, `.`, `-`, `_` and `~`");
        }
        Ok(alias.to_owned())
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        if tool.is_empty() { Err("it is empty") } else { Ok(tool.to_owned()) }
    }

    fn write(&self, servers: &[FittedServer<'_>], options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::from("_format_version: \"3.0\"\n");
        out.push_str(if servers.is_empty() { "plugins: []\n" } else { "plugins:\n" });
        for server in servers {
            write_server(&mut out, server, &options.group).expect("a string takes all");
        }
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

fn write_server(out: &mut String, server: &FittedServer<'_>, group: &str) -> std::fmt::Result {
    writeln!(out, "  - name: ai-mcp-proxy\n    route: {}\n    config:", quoted(&server.alias))?;
    writeln!(out, "      mode: passthrough-listener\n      include_consumer_groups: true")?;
    writeln!(out, "      default_acl:\n        - scope: tools\n          allow: [{}]", quoted(NOBODY))?;
    writeln!(out, "      logging:\n        log_audits: true")?;
    writeln!(out, "      tools:{}", if server.tools.is_empty() { " []" } else { "" })?;
    for tool in &server.tools {
        let list = if tool.effect.is_allowed() { "allow" } else { "deny" };
        writeln!(out, "        # {}", comment(&tool.reason))?;
        writeln!(out, "        - name: {0}\n          description: {0}", quoted(&tool.name))?;
        writeln!(out, "          acl:\n            {list}: [{}]", quoted(group))?;
    }
    Ok(())
}
