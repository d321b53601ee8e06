//! Why nothing was found, as far as the package itself tells: its manifest, its words and what its entry points reach.

use super::machine::Machine;
use super::package::Package;
use mcpdex_model::PartialReason;

/// What the names of packages for one platform end in.
const PLATFORMS: [&str; 6] = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64", "windows-x64"];
/// Bytes of a file that are looked through for the protocol's name.
const MAX_LOOKED: usize = 4 << 20;
/// Packages that a reason names.
const MAX_NAMED: usize = 4;

/// Why the package registers nothing that could be reached.
pub(super) fn of_nothing(machine: &Machine<'_>, package: &Package) -> (PartialReason, String) {
    let packages = machine.findings.packages();
    let document = machine.findings.documents().first().map(|file| machine.sources.path(*file));
    let compiled = package.optional().any(|name| PLATFORMS.iter().any(|platform| name.contains(platform)));
    let mentions = mentions_protocol(machine, package);
    let unresolved = PartialReason::UnresolvedValue;
    if let Some(document) = document {
        let detail = format!("the tools are made of the description document `{document}` at run time");
        (PartialReason::GeneratedTools, detail)
    } else if compiled || (machine.findings.starts_programs() && packages.is_empty() && !mentions.in_source) {
        let detail =
            "the server is a compiled program that the package brings or fetches: its tools are not in this source";
        (unresolved, detail.to_owned())
    } else if machine.findings.makes_clients() {
        let detail = "calls are passed on to another server, whose tools are not in this source";
        (PartialReason::MountedServer, detail.to_owned())
    } else if !packages.is_empty() {
        let named = list(&packages);
        (unresolved, format!("the tools are registered by other packages, which are not part of this one: {named}"))
    } else if !mentions.in_source && !mentions.in_manifest {
        (unresolved, "nothing of MCP is in this package".to_owned())
    } else if package.entries.is_empty() {
        (unresolved, "the package names no entry point that is in it".to_owned())
    } else {
        let used = machine.findings.used_of(package.dependencies());
        let detail = match used.len() {
            1..=MAX_NAMED if !mentions.in_source => {
                format!("the tools are registered by other packages, which are not part of this one: {}", list(&used))
            }
            _ => "no registration of a tool was reached from the entry points".to_owned(),
        };
        (unresolved, detail)
    }
}

struct Mentions {
    in_source: bool,
    in_manifest: bool,
}

/// Whether the package's source, and whether its manifest, speaks of the protocol.
fn mentions_protocol(machine: &Machine<'_>, package: &Package) -> Mentions {
    let said =
        |text: &str| ["mcp", "Mcp", "MCP", "modelcontextprotocol", "tools/list"].iter().any(|word| text.contains(word));
    let mut in_source = false;
    for file in machine.sources.under("") {
        let path = machine.sources.path(file);
        if path.ends_with(".json") || path.ends_with(".md") || path.contains("node_modules/") {
            continue;
        }
        let text = machine.sources.text(file);
        if text.len() <= MAX_LOOKED && said(text) {
            in_source = true;
            break;
        }
    }
    let in_manifest =
        said(&package.name) || package.dependencies().iter().any(|name| said(name)) || package.optional().any(said);
    Mentions { in_source, in_manifest }
}

fn list(names: &[String]) -> String {
    names.iter().take(20).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
