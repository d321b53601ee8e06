//! Attempts that several servers share: the same endpoint or package is tried once in a crawl, and whoever else names it
//! gets what came of it.

use mcpdex_model::{Outcome, ServerId, ToolOrigin};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// What came of trying a target, without the tools: those are with whoever keeps them.
#[derive(Debug, Clone)]
pub(super) struct SharedAttempt {
    /// For whom it was tried.
    pub(super) server: ServerId,
    pub(super) results: Vec<(ToolOrigin, Outcome, Option<String>)>,
}

impl SharedAttempt {
    pub(super) fn is_read(&self) -> bool {
        self.results.iter().any(|(_, outcome, _)| outcome.is_read())
    }
}

/// All targets that were tried, by what they are known by.
#[derive(Debug, Default)]
pub(super) struct Shared {
    targets: Mutex<BTreeMap<String, Arc<OnceCell<SharedAttempt>>>>,
}

impl Shared {
    /// The place of a target: whoever fills it tries it, the others wait.
    pub(super) fn target(&self, target: String) -> Arc<OnceCell<SharedAttempt>> {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        targets.entry(target).or_default().clone()
    }
}
