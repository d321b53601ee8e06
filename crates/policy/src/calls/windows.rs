//! Limits over the times of calls: windows begin with the minute, hour and day of UTC, and a call counts in all of them or,
//! where one is full, in none.

use crate::decision::{PolicyEffect, Window};
use std::collections::HashMap;

/// One limit that a call would count in.
pub(super) struct LimitUse {
    /// What counts it: a rule, or a rule and a tool.
    pub(super) counter: (usize, u64),
    pub(super) effect: PolicyEffect,
    /// How much the call counts.
    pub(super) cost: f64,
}

/// What was counted in the running window of each counter.
#[derive(Default)]
pub(super) struct Windows(HashMap<((usize, u64), i64), (i64, f64)>);

const fn milliseconds(window: Window) -> i64 {
    match window {
        Window::Minute => 60_000,
        Window::Hour => 3_600_000,
        Window::Day => 86_400_000,
    }
}

impl Windows {
    /// Whether every limit has room for a call at this time, which is then counted.
    pub(super) fn admit(&mut self, at: i64, limits: &[LimitUse]) -> bool {
        let counted = |limit: &LimitUse| match limit.effect {
            PolicyEffect::Limit { max, window } => {
                Some((max, milliseconds(window), at.div_euclid(milliseconds(window))))
            }
            _ => None,
        };
        for limit in limits {
            let Some((max, window, number)) = counted(limit) else { continue };
            let used = match self.0.get(&(limit.counter, window)) {
                Some((running, used)) if *running == number => *used,
                _ => 0.0,
            };
            if used + limit.cost > f64::from(max) {
                return false;
            }
        }
        for limit in limits {
            let Some((_, window, number)) = counted(limit) else { continue };
            let entry = self.0.entry((limit.counter, window)).or_insert((number, 0.0));
            if entry.0 != number {
                *entry = (number, 0.0);
            }
            entry.1 += limit.cost;
        }
        true
    }
}
