//! How many calls ended how, over all and for one tool.

use serde::Serialize;

/// How many calls ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ReplayCount {
    pub calls: u64,
    pub allowed: u64,
    pub asked: u64,
    /// Refused or hidden.
    pub refused: u64,
    /// Refused because a limit was reached.
    pub limited: u64,
}

/// One tool and what would have become of its calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplayedTool {
    pub server: String,
    pub tool: String,
    #[serde(flatten)]
    pub count: ReplayCount,
}

/// How one call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Allowed,
    Asked,
    Refused,
    Limited,
}

impl ReplayCount {
    pub(super) fn add(&mut self, outcome: Outcome) {
        self.calls += 1;
        match outcome {
            Outcome::Allowed => self.allowed += 1,
            Outcome::Asked => self.asked += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Limited => self.limited += 1,
        }
    }
}
