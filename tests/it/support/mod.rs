//! What several test modules need.

pub(crate) mod mirror;
pub mod pack;
