//! Calls that were made, held against a policy: what it would have done with each, how often it would have asked, and which
//! decisions would spare most questions.

mod count;
mod parse;
mod record;
mod replayed;
mod saving;
mod transcript;
mod windows;

pub use count::{ReplayCount, ReplayedTool};
pub use parse::{CallLog, read_calls};
pub use record::{CallRecord, RecordedDecision};
pub use replayed::{ReplayReport, replay_calls};
pub use saving::PromptSaving;
