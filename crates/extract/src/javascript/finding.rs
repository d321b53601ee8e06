//! What a reading found: tools in order, list handlers still to be asked, and what is missing.

use super::source::{Site, Sources};
use super::value::Value;
use crate::{Extraction, SourceTool};
use mcpdex_model::{Partial, PartialReason};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// A tool before its site is spelled out.
struct Found {
    tool: Map<String, Json>,
    site: Site,
    missing: Vec<Missing>,
    /// Undecided conditions around the registration.
    uncertain: u32,
}

impl Found {
    fn name(&self) -> &str {
        self.tool.get("name").and_then(Json::as_str).unwrap_or_default()
    }
}

/// Something that could not be read, before its site is spelled out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Missing {
    pub(super) reason: PartialReason,
    pub(super) detail: String,
    pub(super) site: Option<Site>,
}

#[derive(Default)]
pub(super) struct Findings {
    tools: Vec<Found>,
    names: BTreeSet<String>,
    missing: Vec<Missing>,
    refused: Vec<Partial>,
    /// Functions that answer `tools/list`, asked once everything else was followed.
    pub(super) handlers: Vec<(Value, Site, bool)>,
    computed_imports: Vec<Site>,
    /// Where another server is asked for its tools.
    mounts: Vec<Site>,
    /// Calls that look like registrations and were followed into the package without finding any: used only when
    /// nothing else was found.
    doubtful: Vec<Found>,
    /// Packages that are called and look as if they made servers.
    packages: BTreeSet<String>,
    events: usize,
}

impl Findings {
    /// How much was found so far: grows with every tool, handler and remark.
    pub(super) fn count(&self) -> usize {
        self.events
    }

    pub(super) fn tools(&self) -> usize {
        self.tools.len()
    }

    /// Whether nothing was found and nothing was said of it.
    pub(super) fn is_silent(&self) -> bool {
        self.tools.is_empty() && self.missing.is_empty()
    }

    /// Adds a tool. The first of two with one name counts: the SDK refuses the second.
    pub(super) fn tool(&mut self, tool: Map<String, Json>, site: Site, missing: Vec<Missing>, uncertain: u32) {
        self.events += 1;
        let found = Found { tool, site, missing, uncertain };
        if self.names.insert(found.name().to_owned()) {
            self.tools.push(found);
        }
    }

    pub(super) fn handler(&mut self, handler: Value, site: Site, certain: bool) {
        self.events += 1;
        self.handlers.push((handler, site, certain));
    }

    pub(super) fn missing(&mut self, reason: PartialReason, detail: impl Into<String>, site: Option<Site>) {
        self.events += 1;
        let missing = Missing { reason, detail: detail.into(), site };
        if self.missing.len() < 200 && !self.missing.contains(&missing) {
            self.missing.push(missing);
        }
    }

    /// A file that was refused.
    pub(super) fn report(&mut self, partial: Partial) {
        if self.refused.len() < 200 && !self.refused.contains(&partial) {
            self.refused.push(partial);
        }
    }

    /// A module whose name is computed at run time was imported.
    pub(super) fn computed_import(&mut self, site: Site) {
        if self.computed_imports.len() < 20 && !self.computed_imports.contains(&site) {
            self.computed_imports.push(site);
        }
    }

    /// Another server is asked for its tools here.
    pub(super) fn mounted(&mut self, site: Site) {
        if self.mounts.len() < 20 && !self.mounts.contains(&site) {
            self.mounts.push(site);
        }
    }

    /// Something of another package is called.
    pub(super) fn package_used(&mut self, name: &str) {
        let relevant = name.contains("mcp") || name.contains("playwright") || name.contains("modelcontextprotocol");
        if relevant && !name.starts_with("@modelcontextprotocol/sdk") && self.packages.len() < 20 {
            self.packages.insert(name.to_owned());
        }
    }

    /// The packages that may make the server.
    pub(super) fn packages(&self) -> String {
        self.packages.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }

    /// A tool was switched off after its registration: it is not listed.
    /// `uncertain` tells how many undecided conditions stand around the call: a tool that may be switched off stays.
    pub(super) fn disable(&mut self, name: &str, uncertain: u32) {
        self.tools.retain(|found| found.name() != name || found.uncertain < uncertain);
    }

    pub(super) fn doubtful(&mut self, tool: Map<String, Json>, site: Site, missing: Vec<Missing>) {
        self.doubtful.push(Found { tool, site, missing, uncertain: 0 });
    }

    /// Takes the doubtful registrations for real ones.
    pub(super) fn accept_doubtful(&mut self) {
        for found in std::mem::take(&mut self.doubtful) {
            self.tool(found.tool, found.site, found.missing, found.uncertain);
        }
    }

    pub(super) fn into_extraction(mut self, sources: &Sources<'_>) -> Extraction {
        if self.tools.is_empty() {
            for site in std::mem::take(&mut self.computed_imports) {
                let detail = "a module is imported whose name is computed at run time";
                self.missing(PartialReason::UnresolvedValue, detail, Some(site));
            }
        }
        if self.tools.is_empty() || !self.missing.is_empty() {
            for site in std::mem::take(&mut self.mounts) {
                let detail = "another server is asked for its tools at run time; they are not in the source";
                self.missing(PartialReason::MountedServer, detail, Some(site));
            }
        }
        let spell = |missing: Missing| {
            Partial::missing(missing.reason, missing.detail, missing.site.map(|site| sources.tool_site(site)))
        };
        let tools = self.tools.into_iter().map(|found| {
            let missing = found.missing.into_iter().map(spell).collect();
            SourceTool::new(&found.tool, sources.tool_site(found.site), missing)
        });
        let tools = tools.collect();
        let mut partial = self.refused;
        partial.extend(self.missing.into_iter().map(spell));
        Extraction { tools, partial }
    }
}
