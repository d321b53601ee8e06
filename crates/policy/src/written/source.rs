//! One file of a policy: its text and, where it is of a notation, its tree.

use super::finding::{PolicyFault, PolicyFinding};
use super::node::{Node, Unparsed};
use super::notation;
use crate::format::TargetOptions;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    Json,
    Yaml,
    Toml,
    Cedar,
    Rego,
    /// Options of a command line, one a line.
    Options,
}

/// What a format's reader is given.
pub(crate) struct Source<'s> {
    pub(crate) text: &'s str,
    pub(crate) notation: Notation,
    /// One tree for each document of the file; none of Cedar, Rego and options.
    pub(crate) roots: Vec<Node>,
    pub(crate) options: &'s TargetOptions,
    /// The files beside, as they are.
    pub(crate) beside: &'s [crate::format::PolicyFile],
}

impl Source<'_> {
    /// The first document.
    pub(crate) fn root(&self) -> Option<&Node> {
        self.roots.first()
    }
}

/// Text into trees.
///
/// # Errors
/// It is not of the notation.
pub(crate) fn parse(text: &str, notation: Notation, comments: bool) -> Result<Vec<Node>, Unparsed> {
    match notation {
        Notation::Json => notation::json(text, comments).map(|node| vec![node]),
        Notation::Yaml => notation::yaml(text),
        Notation::Toml => notation::toml(text).map(|node| vec![node]),
        Notation::Cedar | Notation::Rego | Notation::Options => Ok(Vec::new()),
    }
}

/// The finding of a text that does not parse.
pub(crate) fn unreadable(error: Unparsed) -> PolicyFinding {
    PolicyFinding::new(PolicyFault::Unreadable, error.at, error.why)
}
