//! What several test modules need.

pub mod judged;
pub mod pack;
