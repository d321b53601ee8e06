//! One look at a server: the tools it had, how they were learnt and what could not be read.

use super::{Outcome, Package, ServerId, Sighting, Tool};
use crate::words;
use serde::{Deserialize, Serialize};

words! {
    /// How a tool list was learnt. The order is the order of trust: later is better.
    ToolOrigin, "origin" {
        /// A definition stands in the package's source, and its registration was not reached.
        Defined = "defined",
        /// Read out of the package's source without running it: registered, and reached from the entry points.
        Static = "static",
        /// Stated by the manifest or bundle.
        Declared = "declared",
        /// Stored by a registry or server card.
        Card = "card",
        /// The server answered `tools/list`.
        Live = "live",
    }
}

words! {
    /// Why a tool list, or one tool of it, is known to be incomplete.
    PartialReason, "reason" {
        /// Another server is mounted or proxied at run time; its tools are not in the source.
        MountedServer = "mounted-server",
        /// Tools are generated at run time, for instance from an API description.
        GeneratedTools = "generated-tools",
        /// A value could not be followed to a literal.
        UnresolvedValue = "unresolved-value",
        /// A limit (time, size, depth) stopped the reading.
        LimitReached = "limit-reached",
        /// A source file could not be parsed.
        UnparsedFile = "unparsed-file",
        /// The list names a next page, which is not at hand.
        MorePages = "more-pages",
        /// The source names the tools and keeps their definitions elsewhere.
        NamesOnly = "names-only",
        /// A tool in the list was malformed and is missing.
        MalformedTool = "malformed-tool",
        /// The worker that parses source died or was ended; the rest of the package was not read.
        WorkerDied = "worker-died",
    }
}

words! {
    /// What a statement that something could not be read costs.
    PartialKind, "kind" {
        /// The list may lack a tool: it is not complete.
        MissingTool = "missing-tool",
        /// The tool is there, and something of its definition is not certain: it is not exact.
        InexactField = "inexact-field",
        /// Good to know, and costs nothing: which package provides a tool, what the package requires.
        Remark = "remark",
    }
}

/// What an older document does not say is taken for the graver.
impl Default for PartialKind {
    fn default() -> Self {
        PartialKind::MissingTool
    }
}

/// A statement that something is missing or not certain, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partial {
    #[serde(default)]
    pub kind: PartialKind,
    pub reason: PartialReason,
    /// One sentence for people: what is missing.
    pub detail: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<ToolSite>,
}

impl Partial {
    /// That a tool may be missing from the list.
    pub fn missing(reason: PartialReason, detail: impl Into<String>, site: Option<ToolSite>) -> Self {
        Partial { kind: PartialKind::MissingTool, reason, detail: detail.into(), site }
    }

    /// That something of a tool's definition is not certain.
    pub fn inexact(reason: PartialReason, detail: impl Into<String>, site: Option<ToolSite>) -> Self {
        Partial { kind: PartialKind::InexactField, reason, detail: detail.into(), site }
    }

    /// Something that is good to know and costs nothing.
    pub fn remark(reason: PartialReason, detail: impl Into<String>, site: Option<ToolSite>) -> Self {
        Partial { kind: PartialKind::Remark, reason, detail: detail.into(), site }
    }
}

/// A place in a package's source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSite {
    /// Path inside the package, with `/` between its parts.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
}

/// One attempt to learn a server's tools, successful or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    pub server: ServerId,
    pub origin: ToolOrigin,
    pub outcome: Outcome,
    /// What was asked, for instance `pypi:NAME@VERSION` or a URL.
    pub target: String,
    /// The package and version that were read.
    pub package: Option<Package>,
    /// SHA-256 in hexadecimal of the bytes that were read.
    pub artifact_sha256: Option<String>,
    /// Why the attempt failed, for people; `None` when it did not.
    pub detail: Option<String>,
    pub tools: Vec<(Tool, Sighting)>,
    /// What may be missing from the list; what is not certain of one tool stands with that tool.
    pub partial: Vec<Partial>,
    /// What is good to know of the list and costs nothing.
    pub remarks: Vec<Partial>,
}

impl Observation {
    /// An attempt that learnt nothing.
    pub fn failed(
        server: ServerId,
        origin: ToolOrigin,
        target: impl Into<String>,
        outcome: Outcome,
        detail: impl Into<String>,
    ) -> Self {
        Observation {
            server,
            origin,
            outcome,
            target: target.into(),
            package: None,
            artifact_sha256: None,
            detail: Some(detail.into()),
            tools: Vec::new(),
            partial: Vec::new(),
            remarks: Vec::new(),
        }
    }
}
