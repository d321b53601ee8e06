//! LiteLLM's proxy configuration: `allowed_tools` of each MCP server.
//!
//! An empty list counts as no list and allows everything, so a server of which nothing is allowed is left out. An entry
//! `ALIAS-TOOL` also means the tool `TOOL`, so a tool whose own name starts with `ALIAS-` cannot be written.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions};
use crate::text::{comment, mangled, quoted};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "LiteLLM proxy config.yaml",
    file: "litellm.yaml",
    one_server: false,
    refusal: RefusalMode::ByOmission,
    ask: false,
    rate: false,
    hide: true,
    arguments: None,
    default: PolicyEffect::Hide,
    names: "exact; a name that starts with the alias and `-` cannot be written and stays refused; in an alias \
            everything but letters and digits becomes `_`",
    lists: "an empty list means all, so a server with no allowed tool is left out",
    most_conditional: 0,
    comments: true,
    engine: None,
    steps: &[
        "Merge `mcp_servers` into the proxy's config.yaml; put in the server's own url or command where it is missing",
        "Restart the proxy: `litellm --config config.yaml`",
    ],
};

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        if alias.is_empty() {
            return Err("it is empty");
        }
        Ok(mangled(alias, '_', |c| c.is_ascii_alphanumeric()))
    }

    fn name(&self, alias: &str, tool: &str) -> Result<String, &'static str> {
        let also_means_another = tool.strip_prefix(alias).is_some_and(|rest| rest.starts_with('-'));
        if also_means_another { Err("with the alias in front it also means another tool") } else { Ok(tool.to_owned()) }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let kept: Vec<_> = servers.iter().filter(|server| server.allowed().next().is_some()).collect();
        let mut out = String::from(if kept.is_empty() { "mcp_servers: {}\n" } else { "mcp_servers:\n" });
        for server in kept {
            write_server(&mut out, server).expect("a string takes all");
        }
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

fn write_server(out: &mut String, server: &FittedServer<'_>) -> std::fmt::Result {
    writeln!(out, "  {}:", quoted(&server.alias))?;
    if let Some(launch) = server.launch {
        if let Some(command) = &launch.command {
            let args: Vec<_> = launch.args.iter().map(|arg| quoted(arg)).collect();
            writeln!(out, "    transport: \"stdio\"\n    command: {}", quoted(command))?;
            writeln!(out, "    args: [{}]", args.join(", "))?;
        } else if let Some(url) = &launch.url {
            writeln!(out, "    transport: \"http\"\n    url: {}", quoted(url))?;
        }
    }
    writeln!(out, "    allowed_tools:")?;
    for tool in server.allowed() {
        writeln!(out, "      # {}\n      - {}", comment(&tool.reason), quoted(&tool.name))?;
    }
    Ok(())
}
