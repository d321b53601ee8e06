//! mcpdex indexes the tools of MCP servers and says, by rules and with evidence, how dangerous each one is.
//!
//! This package is the program: its command line, its commands and what they print. The rooms it is made of are crates
//! of their own under `crates/`, re-exported here by their short names; `docs/architecture.md` draws the plan.
//!
//! ```text
//! source ──▶ Listing ──▶ probe / extract ──▶ Tool list ──▶ store (SQLite)
//!                                                      ║  the wall: nothing behind it needs the network
//!                  store ──▶ Tool ──▶ classify ──▶ Verdict ──▶ survey · policy · report
//! ```
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub use mcpdex_classify as classify;
pub use mcpdex_crawl as crawl;
pub use mcpdex_extract as extract;
#[cfg(feature = "postgres")]
pub use mcpdex_fleet as fleet;
pub use mcpdex_lake as lake;
pub use mcpdex_model as model;
pub use mcpdex_net as net;
pub use mcpdex_policy as policy;
pub use mcpdex_probe as probe;
pub use mcpdex_source as source;
pub use mcpdex_store as store;
pub use mcpdex_survey as survey;

pub mod report;

pub mod site;

pub mod configuration;

pub mod cli;

pub mod guard;

pub mod query;

pub mod snapshot;

#[cfg(feature = "serve")]
pub mod mcp;

#[cfg(feature = "serve")]
pub mod serve;

pub mod command;
