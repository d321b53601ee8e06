//! A profile of the Docker MCP Gateway: servers, each with the list of the tools that exist.
//!
//! A server without a list offers everything, and an empty list is dropped when the profile is stored, so a server of
//! which nothing is allowed is left out.

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
    title: "Docker MCP Gateway profile",
    file: "profile.yaml",
    one_server: false,
    refusal: RefusalMode::ByOmission,
    ask: false,
    rate: false,
    hide: true,
    arguments: None,
    default: PolicyEffect::Hide,
    names: "exact; `*` cannot be written and stays refused",
    lists: "an empty list means all, so a server with no allowed tool is left out",
    most_conditional: 0,
    comments: true,
    engine: None,
    steps: &[
        "Put the server's own image or registry address in `image` or `source` where it is only a name",
        "Import the profile: `docker mcp profile import profile.yaml`",
        "Run the gateway with it: `docker mcp gateway run --profile mcpdex`",
    ],
};

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        if tool == "*" { Err("`*` means all tools") } else { Ok(tool.to_owned()) }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::from("version: 1\nid: \"mcpdex\"\nname: \"mcpdex\"\n");
        let kept: Vec<_> = servers.iter().filter(|server| server.allowed().next().is_some()).collect();
        out.push_str(if kept.is_empty() { "servers: []\n" } else { "servers:\n" });
        for server in kept {
            write_server(&mut out, server).expect("a string takes all");
        }
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

fn write_server(out: &mut String, server: &FittedServer<'_>) -> std::fmt::Result {
    match server.name.strip_prefix("oci:") {
        Some(image) => writeln!(out, "  - type: \"image\"\n    image: {}", quoted(image))?,
        None => writeln!(out, "  - type: \"registry\"\n    source: {}", quoted(server.name))?,
    }
    writeln!(out, "    tools:")?;
    for tool in server.allowed() {
        writeln!(out, "      # {}\n      - {}", comment(&tool.reason), quoted(&tool.name))?;
    }
    Ok(())
}
