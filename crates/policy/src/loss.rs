//! What a document does not say as it was decided, and why there is none.

use super::targets::Target;
use serde::Serialize;

/// How far what is written is from what was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Deviation {
    /// The call is refused or asked about more often.
    Stricter,
    /// The call is answered alike, but the agent sees the tool.
    Visible,
    /// The call is let through more often; only where the user or the profile asked for it.
    Looser,
}

/// One thing that a document does not say as it was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    pub server: String,
    pub tool: String,
    /// What was decided, in few words.
    pub decided: String,
    /// What the document does.
    pub written: String,
    pub change: Deviation,
    pub why: String,
}

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(
        "{target} cannot refuse a tool, and {tools} of `{server}` must be refused, for instance `{example}`; \
             --lossy makes it ask instead"
    )]
    CannotRefuse { target: Target, server: String, tools: usize, example: String },
    #[error("{target} cannot name the server `{alias}`: {why}")]
    Alias { target: Target, alias: String, why: &'static str },
    #[error("two servers are both named `{0}` in the document")]
    TwoServers(String),
    #[error("{0} is decided by an engine that this build leaves out (feature `verify`), so nothing vouches for it")]
    NoEngine(Target),
    #[error("the {target} document would not do what was decided: {detail}")]
    Unverified { target: Target, detail: String },
}
