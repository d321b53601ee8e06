//! The words of mcpdex as plain data: servers, tools, observations, verdicts.
//!
//! Nothing here reads or writes anything, and nothing here imports another room. Every word that people
//! see in the database, in JSON or on a terminal has its one spelling here.

mod catalogue;
mod figures;
mod heard;
pub mod lenient;
mod listing;
mod mend;
mod merge;
mod observation;
mod outcome;
pub mod scan;
mod schema;
mod secret;
pub mod spelling;
mod tool;
mod unpacking;
mod verdict;
mod visible;
mod word;

pub use catalogue::{FoundTool, Hit, HitPage, NamedTool, OutcomeCount, PartialList, Summary, ToolRow, Unread};
pub use figures::{Count, Coverage, Figures, Growth, ListFacts, ServerFacts, SourceFigures};
pub use heard::{AuthNeeds, CardHeard, Heard, ServerInfo};
pub use listing::{DELETED, Ecosystem, Listing, Package, Remote, ServerId, Transport, status};
pub use merge::{Merge, OtherStatement, merge};
pub use observation::{Observation, Partial, PartialReason, ToolOrigin, ToolSite};
pub use outcome::Outcome;
pub use schema::{Parameter, parameters};
pub use secret::Secret;
pub use tool::{Annotations, Hint, Oddity, Tool, ToolError};
pub use unpacking::{Excess, Unpacking};
pub use verdict::{
    AuditFinding, Category, Class, Confidence, Evidence, Field, Framework, OperationVerdict, Overruled, Risk, Sep2793,
    Trait, Verdict,
};
pub use visible::{is_hidden, visible};
pub use word::UnknownWord;
