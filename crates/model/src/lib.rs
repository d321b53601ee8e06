//! The words of mcpdex as plain data: servers, tools, observations, verdicts.
//!
//! Nothing here reads or writes anything, and nothing here imports another room. Every word that people
//! see in the database, in JSON or on a terminal has its one spelling here.
//!
//! ```
//! use mcpdex_model::{Class, Risk, Tool, Trait};
//! use std::collections::BTreeSet;
//!
//! let tool = Tool::from_json(r#"{"name": "wipe_list", "inputSchema": {"type": "object"}, "colour": "red"}"#)?;
//! assert_eq!(tool.name, "wipe_list");
//! assert_eq!(Risk::of(Class::Write, &BTreeSet::from([Trait::Destructive])).as_str(), "critical");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod address;
mod catalogue;
mod condition;
mod deed;
mod event;
mod figures;
mod grade;
mod history;
pub mod identity;
pub mod lenient;
mod listing;
mod mend;
mod merge;
mod observation;
mod outcome;
mod probe_result;
mod reading;
pub mod scan;
mod schema;
mod sep2793;
pub mod spelling;
pub mod text;
mod tool;
mod tool_row;
mod unpacking;
mod verdict;
mod word;

pub use catalogue::{
    FoundTool, Hit, HitPage, NamedTool, OutcomeCount, PartialList, RelatedTool, ServerLine, ServerPage, Summary, Unread,
};
pub use condition::{Sighting, ToolCondition, at_plain_start};
pub use deed::{CodeSeen, Deed, DeedKind, DeedReach};
pub use event::{AliasedAttempt, CrawlEvent, QueuedJob, Sweep, Validator};
pub use figures::{Count, Coverage, Figures, Growth, ListFacts, ServerFacts, SourceFigures};
pub use grade::Grade;
pub use history::{History, HistoryError, KeptListings, ListingPage, NoHistory, SourceState};
pub use listing::{DELETED, Ecosystem, Listing, Package, REDACTED, Remote, ServerId, Transport, pypi_name, status};
pub use merge::{Merge, OtherStatement, merge};
pub use observation::{Observation, Partial, PartialKind, PartialReason, ToolOrigin, ToolSite};
pub use outcome::Outcome;
pub use probe_result::{AuthNeeds, CardFacts, ProbeResult, ServerInfo};
pub use reading::ReadingExtent;
pub use schema::{Parameter, parameters};
/// A credential in memory: sent, never shown, never written down; overwritten when it goes.
pub use secrecy::{ExposeSecret, SecretString};
pub use sep2793::{ApprovalRecommendation, BlastRadius, DeedCategory, Reversibility, Sep2793};
pub use text::{is_hidden, visible};
pub use tool::{Annotations, Hint, Oddity, Tool, ToolError};
pub use tool_row::{Column, ColumnKind, ToolRow};
pub use unpacking::{Excess, Unpacking};
pub use verdict::{
    AuditFinding, Category, ClaimEffect, Class, Confidence, Evidence, Field, Framework, OperationVerdict, Overruled,
    Risk, Trait, Verdict,
};
pub use word::{UnknownWord, Vocabulary};
