//! One look at a server: the tools it had, how they were learnt and what could not be read.

use super::{Outcome, Package, ServerId, Tool};
use crate::words;
use serde::{Deserialize, Serialize};

words! {
    /// How a tool list was learnt. The order is the order of trust: later is better.
    ToolOrigin, "origin" {
        /// Read out of the package's source without running it.
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

/// A statement that something is missing, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partial {
    pub reason: PartialReason,
    /// One sentence for people: what is missing.
    pub detail: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<ToolSite>,
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
    pub tools: Vec<(Tool, Option<ToolSite>)>,
    pub partial: Vec<Partial>,
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
        }
    }
}
