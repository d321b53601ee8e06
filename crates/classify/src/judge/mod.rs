//! Judging: rules fired on what a tool states, their hits weighed, the class and traits settled. It writes no sentence.

pub(crate) mod annotation;
pub(crate) mod examine;
pub(crate) mod excuse;
pub(crate) mod explain;
pub(crate) mod find;
pub(crate) mod finding;
pub(crate) mod handler;
pub(crate) mod operation;
pub(crate) mod operation_value;
pub(crate) mod overrides;
pub(crate) mod read_tool;
pub(crate) mod readings;
pub(crate) mod selector;
pub(crate) mod settle;
pub(crate) mod suggest;
pub(crate) mod unknown_word;
pub(crate) mod unwritten;
pub(crate) mod worded_operations;
