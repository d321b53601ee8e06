//! Verdict in, decision out, then one folder per enforcement point that writes the decision down.
//!
//! A decision is made once, in `decision` and `arguments`, and never in a target: a target that cannot express one takes
//! the stricter side (`fit`), and every document is read back and replayed before anyone sees it (`replay`).
//!
//! A gateway that holds verdicts needs three calls: decide, plan, write.
//!
//! ```
//! use mcpdex_model::{Tool, Verdict};
//! use mcpdex_policy::{PlannedServer, PlannedTool, Profile, Target, TargetOptions, decide_with_arguments, document};
//!
//! // What a server lists, and what `mcpdex classify` (or the crate `mcpdex-classify`) says of it.
//! let tool = Tool::from_json(r#"{"name": "fire_kiln", "description": "Start a firing.", "inputSchema": {"type": "object"}}"#)?;
//! let verdict: Verdict = serde_json::from_str(r#"{
//!     "server": "io.example/kiln", "name": "fire_kiln", "class": "execute", "traits": [], "risk": "high",
//!     "confidence": "high", "category": "execute", "rationale": "Sets a firing going.", "evidence": [], "overruled": [],
//!     "operations": [], "frameworks": [], "recognised": true, "ruleset": "",
//!     "sep2793": {"riskLevel": "high", "category": "mutate", "blastRadius": "item", "reversibility": "none",
//!                 "sideEffects": [], "approvalRecommendation": "single", "minTrustLevel": 3}
//! }"#)?;
//!
//! // Verdict in, decision out.
//! let profile = Profile::balanced();
//! let decision = decide_with_arguments(profile, &verdict, None, &tool);
//! assert_eq!(decision.effect.to_string(), "10/minute");
//!
//! // Decision in, document out: written, read back and replayed, or refused with the reason.
//! let planned = PlannedTool { name: tool.name.clone(), decision, input_schema: tool.input_schema.clone() };
//! let server = PlannedServer { name: "io.example/kiln".into(), alias: "kiln".into(), launch: None, tools: vec![planned] };
//! let written = document(Target::PolicyLayer, &[server], &TargetOptions::default(), profile.uncounted)?;
//! assert!(written.text().contains(r#""max": 10"#) && written.calls > 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arguments;
mod budget;
mod calls;
mod capability;
mod check;
mod compare;
mod condition;
mod convert;
mod decide;
mod decision;
mod document;
mod drift;
mod fit;
mod fitted;
mod format;
mod guard;
mod guarded;
mod loss;
mod merge;
mod parameter;
mod pattern;
mod plan;
mod profile;
mod recommend;
mod replay;
mod standing;
mod table;
mod targets;
mod text;
mod written;

pub use arguments::decide_with_arguments;
pub use budget::{BudgetTool, KnownServer, PROPOSALS, PolicyBudget, Settlement, SettlementKind, budget};
pub use calls::{
    CallLog, CallRecord, PromptSaving, RecordedDecision, ReplayCount, ReplayReport, ReplayedTool, read_calls,
    replay_calls,
};
pub use capability::{Capability, RefusalMode};
pub use check::{CheckDepth, CheckedServer, CheckedTool, PolicyCheck, check};
pub use compare::{ComparedChange, ComparedTool, PolicyComparison, compare};
pub use condition::{Condition, ListedCommands, Test};
pub use convert::{CarriedPolicy, carried, convert, named_servers};
pub use decide::decide_by;
pub use decision::{Decision, PolicyEffect, Uncounted, UnknownEffect, Window};
pub use document::{Advice, PolicyDocument, advise, answer, changes, document, verify_files};
pub use drift::{DecisionDrift, DriftSide, DriftedServer, DriftedTool, drifted};
pub use format::{PolicyFile, TargetOptions};
pub use guard::{SqlDialect, Unproven, only_reads};
pub use loss::{Deviation, Loss, LostTool, Refused};
pub use merge::{MergeError, MergedPolicy, merge, put_entry};
pub use plan::{Launch, PlannedServer, PlannedTool, alias_of};
pub use profile::{Arguments, Profile, ProfileError};
pub use recommend::{decide_found, recommend};
pub use standing::{StandingTool, StandingTools, standing};
pub use table::table;
pub use targets::{Target, targets};
pub use written::{CallRuling, PolicyFault, PolicyFinding, RuleOnTool, WrittenError, WrittenPolicy};
