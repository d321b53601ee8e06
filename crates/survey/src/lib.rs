//! What stands out among tools and their verdicts, and what changed between two states of them: plain data in, findings
//! and changes out.
//!
//! It judges no tool (that is `classify`), reads no database and no clock, and knows nothing of how findings are shown.
//!
//! ```
//! use mcpdex_model::{Class, Trait, Verdict};
//! use mcpdex_survey::combination;
//!
//! let inbox = Verdict::bare("read_inbox", Class::Read, &[Trait::PrivateData, Trait::UntrustedContent]);
//! let post = Verdict::bare("post_page", Class::Execute, &[Trait::ExternalCommunication]);
//! let tools = [("read_inbox", &inbox), ("post_page", &post)];
//! let found = combination(tools.into_iter()).expect("private data, strangers' text and a way out");
//! assert_eq!(found.way_out.tools, ["post_page"]);
//! assert!(combination(tools.into_iter().take(1)).is_none());
//! ```

mod audit;
mod change;
mod combination;
mod compare;
mod cut;
mod finding;
mod gate;
mod impostor;
mod kind;
mod lock;
mod look_alike;
mod pin;
mod tokens;

pub use audit::{Audit, audit};
pub use change::{Change, ChangeKind, FieldChange, JudgedTool, changes, sort as sort_changes};
pub use combination::{Brings, Combination, Leg, combination};
pub use compare::{Difference, Variant, differences};
pub use cut::{Cut, LegKind, cut};
pub use finding::{Finding, Subject, harm, of_name, of_server, of_tools};
pub use gate::{Gate, GateError, Gated, HeldSuppression, KnownTools, Suppression, SuppressionState};
pub use impostor::impostors;
pub use kind::Kind;
pub use lock::{Drift, DriftKind, check};
pub use look_alike::{Neighbour, is_near, look_alikes};
pub use pin::{Lock, LockError, LockedServer, LockedTool, canonical, sha256};
pub use tokens::{TOKENISER, tokens};
