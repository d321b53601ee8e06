//! Integration tests in one binary: each module looks at the crate from outside.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod archive;
mod catalogue;
mod client;
mod commands;
mod disguises;
mod expectations;
mod exports;
mod extract_javascript;
mod extract_python;
mod extract_python_bounds;
mod fetch;
mod house;
mod judgements;
mod lockfile;
mod manifests;
mod pages;
mod policy;
mod policy_command;
mod policy_corpus;
mod probe_cli;
mod probe_closed;
mod probe_eras;
mod probe_guard;
mod probe_hostile;
mod probe_sandbox;
mod readme;
mod robustness;
mod rules;
mod scan;
mod setup;
mod store;
mod support;
mod translations;
mod worker;
