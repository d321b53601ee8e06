//! Codex's config.toml: which tools of a server exist, and which of them ask.
//!
//! `disabled_tools` is applied after `enabled_tools`. A server without `enabled_tools` offers everything, so the list is
//! always written, empty too.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions};
use crate::text::{comment, quoted};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Codex config.toml",
    file: "config.toml",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: true,
    rate: false,
    hide: true,
    arguments: None,
    default: PolicyEffect::Hide,
    names: "exact; a server alias has only letters, digits, `_` and `-`",
    lists: "none known",
    most_conditional: 0,
    comments: true,
    engine: None,
    steps: &[
        "Merge the tables into ~/.codex/config.toml; the server's own command or url stays as it is",
        "Check that the server has the same name in `codex mcp list`",
        "Restart the session",
    ],
};

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        if !alias.is_empty() && alias.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return Ok(alias.to_owned());
        }
        Err("the client accepts only letters, digits, `_` and `-`")
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::new();
        for server in servers {
            write_server(&mut out, server).expect("a string takes all");
        }
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

fn write_server(out: &mut String, server: &FittedServer<'_>) -> std::fmt::Result {
    if !out.is_empty() {
        out.push('\n');
    }
    writeln!(out, "[mcp_servers.{}]", quoted(&server.alias))?;
    if let Some(launch) = server.launch {
        if let Some(command) = &launch.command {
            let args: Vec<_> = launch.args.iter().map(|arg| quoted(arg)).collect();
            writeln!(out, "command = {}\nargs = [{}]", quoted(command), args.join(", "))?;
        } else if let Some(url) = &launch.url {
            writeln!(out, "url = {}", quoted(url))?;
        }
    }
    for (key, refused) in [("enabled_tools", false), ("disabled_tools", true)] {
        let mut tools = server.tools.iter().filter(|tool| tool.effect.is_refused() == refused).peekable();
        if tools.peek().is_none() {
            writeln!(out, "{key} = []")?;
            continue;
        }
        writeln!(out, "{key} = [")?;
        for tool in tools {
            writeln!(out, "    {}, # {}", quoted(&tool.name), comment(&tool.reason))?;
        }
        writeln!(out, "]")?;
    }
    // The list above is closed, so what most of its tools get may stand once: a tool that is not in it does not run.
    let runs = |tool: &FittedTool<'_>| tool.effect == PolicyEffect::Allow;
    let most_run = server.reachable().filter(|tool| runs(tool)).count() * 2 > server.reachable().count();
    let mode = |runs: bool| if runs { "approve" } else { "prompt" };
    writeln!(out, "default_tools_approval_mode = \"{}\"", mode(most_run))?;
    for tool in server.reachable().filter(|tool| runs(tool) != most_run) {
        let table = format!("mcp_servers.{}.tools.{}", quoted(&server.alias), quoted(&tool.name));
        writeln!(out, "\n[{table}]\napproval_mode = \"{}\"", mode(runs(tool)))?;
    }
    Ok(())
}
