//! What the database knows of one server, and of everything, in numbers.

use super::{Category, Class, OutcomeCount, Package, Partial, Remote, Risk, ToolOrigin, Trait};
use serde::Serialize;

/// A server as its listings describe it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServerFacts {
    pub server: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub version: Option<String>,
    pub repository: Option<String>,
    pub first_seen: String,
    pub last_seen: String,
    /// The sources that list it.
    pub sources: Vec<String>,
    /// What its newest listing names: how to get it, where it answers, whether it is deprecated.
    pub packages: Vec<Package>,
    pub remotes: Vec<Remote>,
    pub status: Option<String>,
    /// Variables and headers that its manifest asks for, by name.
    pub variables: Vec<String>,
}

/// One tool list that was learnt of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListFacts {
    /// The number that `mcpdex diff` knows the list by.
    pub observation: i64,
    pub origin: ToolOrigin,
    pub target: String,
    pub version: Option<String>,
    pub first_seen: String,
    pub last_seen: String,
    pub tools: u64,
    /// It is the newest list of its target.
    pub latest: bool,
    pub partial: Vec<Partial>,
    /// How many of the tools are there only where something is set.
    pub conditional: u64,
    /// What is good to know of the list and costs nothing.
    pub remarks: Vec<Partial>,
}

/// Something and how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count<T> {
    pub of: T,
    pub count: u64,
}

/// Servers and tools of one source. A server that several sources list counts for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceFigures {
    pub source: String,
    pub servers: u64,
    pub read: u64,
    pub tools: u64,
}

/// What became known in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Growth {
    /// As YYYY-MM.
    pub month: String,
    pub servers: u64,
    pub lists: u64,
}

/// How much of what is listed was looked at, and how that went. Every server is in exactly one of `read_whole`,
/// `read_in_part`, `unread` and `not_tried`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub servers: u64,
    pub read_whole: u64,
    /// A list is known to be incomplete.
    pub read_in_part: u64,
    /// Tried, and no list was ever learnt.
    pub unread: u64,
    pub not_tried: u64,
    /// Servers with a list whose newest attempt failed: what is shown of them may be old.
    pub read_but_failing: u64,
    /// Servers whose list is empty.
    pub without_tools: u64,
}

/// Everything in numbers. Distributions of tools add up to `tools`, that of traits does not: a tool may have several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    pub coverage: Coverage,
    pub tools: u64,
    pub distinct_names: u64,
    pub distinct_definitions: u64,
    pub lists: u64,
    pub attempts: u64,
    pub classes: Vec<Count<Class>>,
    pub risks: Vec<Count<Risk>>,
    pub categories: Vec<Count<Category>>,
    pub traits: Vec<Count<Trait>>,
    pub origins: Vec<Count<ToolOrigin>>,
    /// Tools that no rule recognised.
    pub unrecognised: u64,
    /// How the newest attempt at each target ended.
    pub outcomes: Vec<OutcomeCount>,
    pub sources: Vec<SourceFigures>,
    pub growth: Vec<Growth>,
}
