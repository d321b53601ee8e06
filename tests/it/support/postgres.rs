//! The servers that the tests of the store have, and what stands before them.

#[path = "../../../crates/store/tests/support/mod.rs"]
mod of_the_store;
#[path = "../../../crates/store/tests/support/proxy.rs"]
mod proxy;

pub(crate) use of_the_store::PostgresServer;
pub(crate) use proxy::Proxy;
