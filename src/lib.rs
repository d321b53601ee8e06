//! mcpdex indexes the tools of MCP servers and says, by rules and with evidence, how dangerous each one is.
//!
//! ```text
//! source ──▶ Listing ──▶ probe / extract ──▶ Tool list ──▶ store (SQLite)
//!                                                      ║  the wall: nothing behind it needs the network
//!                  store ──▶ Tool ──▶ classify ──▶ Verdict ──▶ survey · policy · report
//! ```
//!
//! Imports run one way. `model` imports nothing of ours; the rooms below it import `model` and not each
//! other (but [`probe`] sits on [`net`], [`report`] on [`survey`]); [`crawl`] joins the rooms above the wall; `command` sits on top.
//! `tests/it/house.rs` holds this.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod model;

pub mod net;

pub mod source;

pub mod probe;

pub mod extract;

pub mod store;

pub mod classify;

pub mod policy;

pub mod survey;

pub mod report;

pub mod crawl;

pub mod progress;

pub mod cli;

pub mod command;
