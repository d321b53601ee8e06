//! What the database answers: tools with all that is known about them, and the whole catalogue in numbers.

use super::{
    Category, Class, Grade, Merge, Outcome, Partial, Risk, Tool, ToolCondition, ToolOrigin, ToolSite, Trait, Verdict,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// A tool of one server, with all that is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundTool {
    pub server: String,
    pub server_title: Option<String>,
    pub origin: ToolOrigin,
    /// What the list was learnt from, for instance `pypi:NAME`.
    pub target: String,
    /// Version of the package that was read.
    pub version: Option<String>,
    pub artifact_sha256: Option<String>,
    pub site: Option<ToolSite>,
    /// What is known to be missing from the list that the tool is part of.
    pub partial: Vec<Partial>,
    /// What must be set for the tool to be there.
    pub condition: Option<ToolCondition>,
    /// What of its own definition is not certain; empty for an exact one.
    pub inexact: Vec<Partial>,
    pub last_seen: String,
    /// The tool as the best origin states it, completed from the next best.
    pub tool: Tool,
    /// What the other origins added or state differently.
    pub merge: Merge,
    pub verdict: Verdict,
}

/// A number of attempts that ended the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeCount {
    pub outcome: Outcome,
    pub targets: u64,
}

/// A target of a server whose newest attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    pub server: String,
    pub target: String,
    pub outcome: Outcome,
    pub detail: Option<String>,
}

/// The whole database in a few numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub servers: u64,
    /// Servers with at least one tool list, empty lists included.
    pub servers_read: u64,
    pub tools: u64,
    pub classes: Vec<(Class, u64)>,
    pub risks: Vec<(Risk, u64)>,
    pub categories: Vec<(Category, u64)>,
    /// How the newest attempt at each target ended.
    pub outcomes: Vec<OutcomeCount>,
}

/// A list in use that is known to be incomplete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartialList {
    pub server: String,
    pub target: String,
    pub missing: Vec<Partial>,
}

/// One tool that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    pub server: String,
    pub tool: String,
    pub title: Option<String>,
    /// The beginning of the description.
    pub description: Option<String>,
    pub class: Class,
    pub risk: Risk,
    pub traits: Vec<Trait>,
    pub origin: ToolOrigin,
    /// When the list that holds the tool was first seen in this form.
    pub since: String,
}

/// One page of what a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HitPage {
    /// The words that were looked for.
    pub words: Vec<String>,
    pub hits: Vec<Hit>,
    /// How many were found; a lower bound where `bounded`.
    pub found: usize,
    /// There are more than are ranked: what is shown are the best of the first ones found.
    pub bounded: bool,
    /// No tool has all of the words; these have at least one.
    pub loosened: bool,
}

/// A server in one line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerLine {
    pub server: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub grade: Grade,
    /// Whether any list of its tools was ever learnt.
    pub is_read: bool,
    /// Whether its list is known to be incomplete.
    pub is_partial: bool,
    /// Current tools, and of these those of each risk.
    pub tools: u64,
    pub low: u64,
    pub medium: u64,
    pub high: u64,
    pub critical: u64,
    pub last_seen: String,
    /// How the newest attempt ended, where no list was ever learnt and one was tried.
    pub unread: Option<Unread>,
}

/// Some of the servers that a question asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerPage {
    /// How many there are in all, or were looked at.
    pub found: u64,
    /// Whether there are more than were looked at.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bounded: bool,
    pub servers: Vec<ServerLine>,
}

/// Another tool of a server that does the like of one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RelatedTool {
    pub server: String,
    pub tool: String,
    pub class: Class,
    pub risk: Risk,
    pub traits: BTreeSet<Trait>,
}

/// Another tool that matters to somebody who looks at a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NamedTool {
    pub server: String,
    pub tool: String,
}
