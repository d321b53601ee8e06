//! What several test modules need.

pub(crate) mod hostile;
pub(crate) mod mirror;
pub(crate) mod pack;
