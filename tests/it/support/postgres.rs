//! The servers that the tests of the store have.

#[path = "../../../crates/store/tests/support/mod.rs"]
mod of_the_store;

pub(crate) use of_the_store::PostgresServer;
