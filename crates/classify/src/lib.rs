//! Judging: a tool and its server's other tools in, a verdict out, by rules that are data.
//!
//! It never touches the network, the store or the clock, holds no knowledge of words (that is `rules/`), never panics
//! on any text, and never lets a server's praise of itself lower a verdict.

mod action;
mod annotation;
mod automaton;
mod builtin;
mod circumstance;
mod claim;
mod clause;
mod digest;
mod examine;
mod explain;
mod gather;
mod ground;
mod judge;
mod lexicon;
mod main_clause;
mod operation;
mod overrides;
mod quote;
mod rationale;
mod reading;
mod rows;
mod ruleset;
mod scene;
mod score;
mod sentence;
mod stakes;
mod stream;
pub mod syntax;
mod taxonomy;
mod text;
mod token;
mod verb_order;
mod weigh;
mod words;

pub use action::{MAX_NEIGHBOURS, ServerContext};
pub use annotation::Trust;
pub use builtin::paths as builtin_paths;
pub use examine::Complaint;
pub use explain::{Explanation, FiredClause, ReadAction};
pub use overrides::{Overrides, OverridesError};
pub use rows::{RawRow, Row, RowError, Rows, row};
pub use ruleset::{RulesError, Ruleset, SourceFile};
pub use score::{Disagreement, Label, Score, Scorer};
pub use stream::{Judge, Judged};
