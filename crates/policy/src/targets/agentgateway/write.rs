//! agentgateway's configuration: CEL rules that a tool must match to be listed and called.
//!
//! Rules see the identity and the tool, not the arguments. An empty list of rules allows everything, so a document that
//! allows nothing carries the rule `false`.

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
    title: "agentgateway (CEL)",
    file: "agentgateway.yaml",
    one_server: false,
    refusal: RefusalMode::ByOmission,
    ask: false,
    rate: false,
    hide: true,
    arguments: None,
    default: PolicyEffect::Hide,
    names: "exact",
    lists: "none known",
    most_conditional: 0,
    comments: true,
    engine: Some("cel"),
    steps: &[
        "Copy `mcpAuthorization` into the `policies` of the MCP route that serves these targets",
        "Check that the target has the same name under `targets`",
        "The gateway reloads its file by itself",
    ],
};

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::new();
        write_document(&mut out, servers).expect("a string takes all");
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

fn write_document(out: &mut String, servers: &[FittedServer<'_>]) -> std::fmt::Result {
    out.push_str("mcp:\n  policies:\n    mcpAuthorization:\n      rules:\n");
    let mut any = false;
    for server in servers {
        let names: Vec<_> = server.allowed().map(|tool| quoted(&tool.name)).collect();
        for tool in server.allowed() {
            writeln!(out, "      # {}: {}", comment(&tool.name), comment(&tool.reason))?;
        }
        if !names.is_empty() {
            any = true;
            let rule =
                format!("mcp.tool.target == {} && mcp.tool.name in [{}]", quoted(&server.alias), names.join(", "));
            writeln!(out, "      - {}", quoted(&rule))?;
        }
    }
    if !any {
        out.push_str("      # Nothing is allowed; an empty list would allow everything.\n      - \"false\"\n");
    }
    let launched: Vec<_> = servers.iter().filter_map(|s| Some((s, s.launch?))).collect();
    out.push_str(if launched.is_empty() { "  targets: []\n" } else { "  targets:\n" });
    for (server, launch) in launched {
        writeln!(out, "  - name: {}", quoted(&server.alias))?;
        if let Some(command) = &launch.command {
            let args: Vec<_> = launch.args.iter().map(|arg| quoted(arg)).collect();
            writeln!(out, "    stdio:\n      cmd: {}\n      args: [{}]", quoted(command), args.join(", "))?;
        } else {
            writeln!(out, "    mcp:\n      host: {}", quoted(launch.url.as_deref().unwrap_or_default()))?;
        }
    }
    Ok(())
}
