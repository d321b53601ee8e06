//! Integration tests in one binary: each module looks at the crate from outside.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod archive;
mod client;
mod commands;
mod crawl_import;
mod crawl_world;
mod extract_python;
mod fetch;
mod house;
mod manifests;
mod pages;
mod probe_closed;
mod probe_eras;
mod probe_guard;
mod probe_hostile;
mod rules;
mod store;
mod support;
mod worker;
