//! Judging: a tool and its server's other tools in, a verdict out, by rules that are data.
//!
//! It never touches the network, the store or the clock, holds no knowledge of words (that is `rules/`), never panics
//! on any text, and never lets a server's praise of itself lower a verdict.

mod batch;
mod judge;
mod language;
mod rationale;
mod rules;
mod verdict;

pub use batch::half::Half;
pub use batch::rows::{RawRow, Row, RowError, Rows, row};
pub use batch::score::{CriticalScore, Disagreement, Label, Lenient, Score, Scorer};
pub use batch::stream::{Judge, JudgedRow};
pub use judge::annotation::AnnotationTrust;
pub use judge::examine::Complaint;
pub use judge::explain::{Explanation, FiredClause, ReadAction};
pub use judge::overrides::{Overrides, OverridesError};
pub use language::server_context::{MAX_NEIGHBOURS, ServerContext};
pub use rules::attacks::{AttackPattern, attack_patterns};
pub use rules::builtin::paths as builtin_paths;
pub use rules::error::RulesError;
pub use rules::ruleset::Ruleset;
pub use rules::source_file::SourceFile;
pub use rules::syntax;
