//! What a reading found: tools in order, list handlers still to be asked, and what is missing.

use super::condition::Condition;
use super::source::{FileId, Site, Sources};
use super::value::Value;
use crate::engine::draft::ToolDraft;
use crate::engine::notes::Notes;
use crate::{Extraction, SourceTool};
use mcpdex_model::{Partial, PartialReason, ToolOrigin};
use std::collections::{BTreeMap, BTreeSet};

/// A tool before its site is spelled out.
struct Found {
    draft: ToolDraft,
    /// The conditions around the registration.
    conditions: Vec<Condition>,
    /// Switched off after its registration.
    off: bool,
}

impl Found {
    fn name(&self) -> &str {
        self.draft.name()
    }

    /// Joins a second registration of the same name.
    fn meet(&mut self, mut other: Found) {
        self.conditions.retain(|condition| !condition.is_silent());
        other.conditions.retain(|condition| !condition.is_silent());
        if self.conditions.is_empty() || other.conditions == self.conditions {
            return;
        }
        if other.conditions.is_empty() {
            *self = other;
            return;
        }
        let both = |condition: &&Condition| other.conditions.contains(condition);
        let mut conditions: Vec<Condition> = self.conditions.iter().filter(both).cloned().collect();
        let rest = |of: &[Condition]| Condition::all(of.iter().filter(|condition| !conditions.contains(condition)));
        let (mine, theirs) = match (rest(&self.conditions), rest(&other.conditions)) {
            (Some(mine), Some(theirs)) => (mine, theirs),
            (mine, _) => {
                if mine.is_some() {
                    *self = other;
                }
                self.conditions = conditions;
                return;
            }
        };
        if mine.negation != theirs.text && theirs.negation != mine.text && mine.text != theirs.text {
            conditions.push(mine.either(&theirs));
        }
        if mine.plain == Some(false) && theirs.plain != Some(false) {
            *self = other;
        }
        self.conditions = conditions;
    }

    /// What must hold for the tool to be there, `shared` left out.
    fn condition(&self, shared: &[Condition]) -> Option<Condition> {
        let own = self.conditions.iter().filter(|condition| !shared.contains(condition) && !condition.is_silent());
        let own: Vec<&Condition> = own.collect();
        // `X` beside `X=admin` says nothing more.
        let told = own.iter().copied().filter(|condition| {
            let longer = |other: &&Condition| {
                other.text.len() > condition.text.len() && other.text.starts_with(&format!("{}=", condition.text))
            };
            !own.iter().any(longer)
        });
        Condition::all(told)
    }
}

pub(super) struct Findings<'t> {
    sources: &'t Sources<'t>,
    tools: Vec<Found>,
    /// Where in `tools` a name stands.
    names: BTreeMap<String, usize>,
    notes: Notes,
    refused: Notes,
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
    /// Every package that is called, or imported for its effects.
    used: BTreeSet<String>,
    /// Description documents that the package holds and reads.
    documents: Vec<FileId>,
    events: usize,
    /// Definitions are looked for whose registration was not reached; nothing is said of the list meanwhile.
    pub(super) defining: bool,
    defined: Vec<ToolDraft>,
}

impl<'t> Findings<'t> {
    pub(super) fn new(sources: &'t Sources<'t>) -> Self {
        Findings {
            sources,
            tools: Vec::new(),
            names: BTreeMap::new(),
            notes: Notes::default(),
            refused: Notes::default(),
            handlers: Vec::new(),
            computed_imports: Vec::new(),
            mounts: Vec::new(),
            doubtful: Vec::new(),
            packages: BTreeSet::new(),
            used: BTreeSet::new(),
            documents: Vec::new(),
            events: 0,
            defining: false,
            defined: Vec::new(),
        }
    }

    /// How much was found so far: grows with every tool, handler and remark.
    pub(super) fn count(&self) -> usize {
        self.events
    }

    pub(super) fn tools(&self) -> usize {
        self.tools.len()
    }

    /// Whether nothing was found and nothing was said of it.
    pub(super) fn is_silent(&self) -> bool {
        self.tools.is_empty() && self.notes.is_empty()
    }

    /// Adds a tool. The first of two with one name counts: the SDK refuses the second. Where conditions stand around one
    /// of them, the tool is there when either is registered.
    pub(super) fn tool(&mut self, draft: ToolDraft, conditions: Vec<Condition>) {
        self.events += 1;
        if self.defining {
            let is_known = |known: &ToolDraft| known.name() == draft.name();
            if !self.names.contains_key(draft.name()) && !self.defined.iter().any(is_known) {
                self.defined.push(draft);
            }
            return;
        }
        let found = Found { draft, conditions, off: false };
        match self.names.get(found.name()).and_then(|at| self.tools.get_mut(*at)) {
            Some(known) => known.meet(found),
            None => {
                self.names.insert(found.name().to_owned(), self.tools.len());
                self.tools.push(found);
            }
        }
    }

    pub(super) fn handler(&mut self, handler: Value, site: Site, certain: bool) {
        self.events += 1;
        self.handlers.push((handler, site, certain));
    }

    pub(super) fn missing(&mut self, reason: PartialReason, detail: impl Into<String>, site: Option<Site>) {
        self.events += 1;
        if self.defining {
            return;
        }
        self.notes.missing(reason, detail, site.map(|site| self.sources.tool_site(site)));
    }

    /// A file that was refused.
    pub(super) fn report(&mut self, partial: Partial) {
        self.refused.keep(partial);
    }

    /// A module whose name is computed at run time was imported.
    /// `near` tells whether it stands where tools are spoken of: what it brings may be tools.
    pub(super) fn computed_import(&mut self, site: Site, near: bool) {
        if near {
            let detail = "a module is imported whose name is made at run time; it may register tools";
            self.missing(PartialReason::UnresolvedValue, detail, Some(site));
            return;
        }
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
        if self.used.len() < 500 && !self.used.contains(name) {
            self.used.insert(name.to_owned());
        }
        let relevant = name.contains("mcp") || name.contains("playwright") || name.contains("modelcontextprotocol");
        if relevant && !name.starts_with("@modelcontextprotocol/sdk") && self.packages.len() < 20 {
            self.packages.insert(name.to_owned());
        }
    }

    /// The packages that may make the server.
    pub(super) fn packages(&self) -> Vec<String> {
        let mut names: Vec<String> = self.packages.iter().map(|name| package_of(name).to_owned()).collect();
        names.dedup();
        names
    }

    /// The dependencies among everything that is called or imported for its effects.
    pub(super) fn used_of(&self, dependencies: &[String]) -> Vec<String> {
        let belongs = |name: &&String| {
            self.used
                .iter()
                .any(|used| used == *name || used.strip_prefix(name.as_str()).is_some_and(|r| r.starts_with('/')))
        };
        dependencies.iter().filter(belongs).cloned().collect()
    }

    /// Whether clients of other servers are made.
    pub(super) fn makes_clients(&self) -> bool {
        let clients = ["@modelcontextprotocol/sdk/client", "@modelcontextprotocol/client"];
        self.used.iter().any(|name| clients.iter().any(|client| name.starts_with(client)))
    }

    /// Whether other programs are started.
    pub(super) fn starts_programs(&self) -> bool {
        self.used
            .iter()
            .any(|name| matches!(name.as_str(), "child_process" | "node:child_process" | "execa" | "cross-spawn"))
    }

    /// A description document of the package is read.
    pub(super) fn reads_document(&mut self, file: FileId) {
        if self.documents.len() < 8 && !self.documents.contains(&file) {
            self.documents.push(file);
        }
    }

    pub(super) fn documents(&self) -> Vec<FileId> {
        self.documents.clone()
    }

    /// A tool was switched off, or on again, after its registration; `conditions` stand around that call. One that is off
    /// is not listed.
    pub(super) fn switch(&mut self, name: &str, on: bool, conditions: &[Condition]) {
        let Some(found) = self.names.get(name).and_then(|at| self.tools.get_mut(*at)) else { return };
        let since: Vec<&Condition> = conditions.iter().filter(|c| !found.conditions.contains(c)).collect();
        match (Condition::all(since), on) {
            (None, on) => found.off = !on,
            (Some(condition), true) if found.off => {
                found.off = false;
                found.conditions.push(condition);
            }
            (Some(condition), false) => found.conditions.push(condition.turned()),
            (Some(_), true) => {}
        }
    }

    pub(super) fn doubtful(&mut self, draft: ToolDraft) {
        self.doubtful.push(Found { draft, conditions: Vec::new(), off: false });
    }

    /// Takes the doubtful registrations for real ones.
    pub(super) fn accept_doubtful(&mut self) {
        for found in std::mem::take(&mut self.doubtful) {
            self.tool(found.draft, found.conditions);
        }
    }

    pub(super) fn into_extraction(mut self) -> Extraction {
        if self.tools.is_empty() {
            for site in std::mem::take(&mut self.computed_imports) {
                let detail = "a module is imported whose name is computed at run time";
                self.missing(PartialReason::UnresolvedValue, detail, Some(site));
            }
        }
        if self.tools.is_empty() || !self.notes.is_empty() {
            for site in std::mem::take(&mut self.mounts) {
                let detail = "another server is asked for its tools at run time; they are not in the source";
                self.missing(PartialReason::MountedServer, detail, Some(site));
            }
        }
        self.tools.retain(|found| !found.off);
        // The word that starts the server is no condition of its tools, nor is an option that all of several need.
        let shared: Vec<Condition> = match self.tools.split_first() {
            Some((first, rest)) => {
                let everywhere = |c: &&Condition| {
                    let option = c.text.starts_with("--") && c.plain == Some(false) && !rest.is_empty();
                    (c.command || option) && rest.iter().all(|found| found.conditions.contains(c))
                };
                first.conditions.iter().filter(everywhere).cloned().collect()
            }
            None => Vec::new(),
        };
        let tools = self.tools.into_iter().map(|found| {
            let condition = found.condition(&shared);
            found.draft.finish().under(condition.map(Into::into))
        });
        let defined =
            self.defined.into_iter().map(|draft| SourceTool { origin: ToolOrigin::Defined, ..draft.finish() });
        let tools = tools.chain(defined).collect();
        let mut partial = self.refused.into_vec();
        partial.extend(self.notes.into_vec());
        Extraction { tools, partial }
    }
}

/// The name of the package in a specifier that may lead inside of it.
fn package_of(specifier: &str) -> &str {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    specifier.match_indices('/').nth(parts - 1).map_or(specifier, |(at, _)| &specifier[..at])
}
