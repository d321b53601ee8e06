//! What several tests need: running the program, and the tables of judged tools.

pub(crate) mod judged;
