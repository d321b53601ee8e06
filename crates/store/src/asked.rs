//! What is known of what a batch is about, since it was asked for before the batch is written.

use mcpdex_model::ToolOrigin;
use std::collections::{HashMap, HashSet};

/// A list by its origin, its target and the digest of its content.
pub(super) type ListKey = (ToolOrigin, String, String);

/// What is known of what a batch is about. Whatever changes it in another way than the batch's own forgets it, so that the
/// database is asked.
#[derive(Default)]
pub(super) struct Ahead {
    /// The servers that go by names, as the database keeps them; `None` where none does.
    pub(super) called: HashMap<String, Option<Called>>,
    pub(super) standing: HashMap<i64, Standing>,
    /// Digests of definitions that are not there.
    pub(super) undefined: HashSet<String>,
    /// Numbers for rows of tables.
    pub(super) numbers: HashMap<&'static str, std::vec::IntoIter<i64>>,
}

/// The server that goes by a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Called {
    pub(super) id: i64,
    /// The name is its own, and not one that it took over.
    pub(super) is_own: bool,
}

/// How a server stands.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub(super) gone: bool,
    pub(super) has_lists: bool,
    /// Lists that it is known to offer.
    pub(super) latest: HashMap<ListKey, i64>,
}

impl Ahead {
    /// The server that goes by a name, as the database keeps it.
    pub(super) fn of(&self, name: &str) -> Option<Called> {
        self.called.get(name).copied().flatten()
    }
}
