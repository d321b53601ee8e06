//! Judging: a tool and its server's other tools in, a verdict out, by rules that are data.
//!
//! It never touches the network, the store or the clock, holds no knowledge of words (that is `rules/`), never panics
//! on any text, and never lets a server's praise of itself lower a verdict.
//!
//! ```
//! use mcpdex_classify::{Ruleset, ServerContext};
//! use mcpdex_model::{Class, Risk, Tool};
//!
//! let tool = Tool::from_json(r#"{"name": "wipe_list", "description": "Deletes every entry of the list for good."}"#)?;
//! let rules = Ruleset::builtin()?;
//! // The other tools of a server are evidence too, so a context holds them all.
//! let verdict = rules.judge(&ServerContext::of("io.example/shop", [&tool]), &tool);
//! assert_eq!((verdict.class, verdict.risk), (Class::Write, Risk::Critical));
//! assert!(verdict.evidence.iter().any(|found| found.text == "Deletes"), "{}", verdict.rationale);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
pub use judge::unwritten::UNWRITTEN;
pub use language::server_context::{MAX_NEIGHBOURS, ServerContext};
pub use rules::attacks::{AttackPattern, attack_patterns};
pub use rules::builtin::paths as builtin_paths;
pub use rules::error::RulesError;
pub use rules::ruleset::Ruleset;
pub use rules::source_file::SourceFile;
pub use rules::syntax;
pub use rules::taxonomy::{TaxonomyEdition, taxonomy_editions};
pub use verdict::{BriefVerdict, verdict_line};
