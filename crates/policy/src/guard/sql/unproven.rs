//! Why a statement is not proven to read, and how deep inside of it one is.

use sqlparser::ast::Query;

/// Why a statement is not proven to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// No parser of the dialect reads it.
    #[error("the statement is none that can be read")]
    Unreadable,
    /// Databases would read different things into it.
    #[error("the statement {0}, which databases read differently")]
    Ambiguous(&'static str),
    /// It is longer, or nests deeper, than what is looked at.
    #[error("the statement {0} than what is looked at")]
    TooLarge(&'static str),
    /// It is known to change something, or not known to read only.
    #[error("the statement {0}")]
    NotReading(&'static str),
}

/// Not on the list of what only reads.
pub(super) fn unknown<T>(why: &'static str) -> Result<T, Unproven> {
    Err(Unproven::NotReading(why))
}

pub(super) const TOO_DEEP: Unproven = Unproven::TooLarge("nests deeper");

/// How deeply a statement may nest; the parser counts likewise.
pub(super) const DEEPEST: usize = 48;

/// A place inside a statement: how deep it is, and who reads a query that stands there.
#[derive(Clone, Copy)]
pub(super) struct Place {
    depth: usize,
    query: fn(&Query, Place) -> Result<(), Unproven>,
}

impl Place {
    pub(super) fn new(query: fn(&Query, Place) -> Result<(), Unproven>) -> Place {
        Place { depth: 0, query }
    }

    /// One step further in.
    pub(super) fn deeper(self, most: usize) -> Result<Place, Unproven> {
        if self.depth > most {
            return Err(TOO_DEEP);
        }
        Ok(Place { depth: self.depth + 1, ..self })
    }

    /// Whether a query that stands here only reads.
    pub(super) fn reads(self, query: &Query) -> Result<(), Unproven> {
        (self.query)(query, self)
    }
}
