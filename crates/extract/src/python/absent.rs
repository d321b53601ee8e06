//! Why no tool was found, where none was: the true reason, from what the walks came upon.

use super::machine::is_mcp;
use super::package::{Entry, Package};
use mcpdex_model::{Partial, PartialReason, ToolSite};
use std::collections::BTreeSet;

/// What a walk came upon that may stand in the place of a server.
#[derive(Debug, Clone, Default)]
pub(super) struct Clues {
    /// Something that gives tools was made, even if none of them is known.
    pub has_source: bool,
    /// Where tools were registered, those among them that were taken away again.
    pub registered: BTreeSet<(String, u32)>,
    /// Where a server is made.
    pub server: Option<ToolSite>,
    /// Something of a framework for MCP servers that is imported.
    pub framework: Option<String>,
    /// Programs that are started.
    pub programs: Vec<(String, ToolSite)>,
    /// Functions of other packages that are called where a program begins.
    pub starts: Vec<(String, ToolSite)>,
}

/// The reason, out of what all walks came upon.
pub(super) fn reason(package: &Package<'_>, entries: &[Entry], clues: &[Clues]) -> Partial {
    let missing = |reason, detail: String, site| Partial::missing(reason, detail, site);
    let foreign = entries.iter().find(|entry| package.find(&entry.module).is_none());
    if let Some(entry) = foreign {
        let detail = format!("no MCP server is made here: it starts `{}` of another package", entry.module.join("."));
        return missing(PartialReason::MountedServer, detail, None);
    }
    let framework = clues.iter().find_map(|clue| clue.framework.clone());
    let started = |wanted: &dyn Fn(&str) -> bool| {
        clues.iter().flat_map(|clue| &clue.starts).find(|(path, _)| wanted(path)).cloned()
    };
    let program = clues.iter().find_map(|clue| clue.programs.first().cloned());
    let other = started(&is_mcp).or_else(|| started(&|_| framework.is_none() && program.is_none()));
    if let Some((path, site)) = other {
        let detail = format!("no MCP server is made here: it starts `{path}` of another package");
        return missing(PartialReason::MountedServer, detail, Some(site));
    }
    if let Some(server) = clues.iter().find_map(|clue| clue.server.clone()) {
        let detail = "a server is made here, and no registration of a tool on it was reached".to_owned();
        return missing(PartialReason::UnresolvedValue, detail, Some(server));
    }
    if let (Some((path, site)), None) = (&program, &framework) {
        let detail = format!("no MCP server is made in Python: it starts a program (`{path}`), which was not read");
        return missing(PartialReason::GeneratedTools, detail, Some(site.clone()));
    }
    if let Some(path) = framework {
        let detail = format!("`{path}` is imported, and no server was reached from where the package starts");
        return missing(PartialReason::UnresolvedValue, detail, None);
    }
    missing(PartialReason::UnresolvedValue, "no MCP server is made here: nothing of MCP is imported".to_owned(), None)
}
