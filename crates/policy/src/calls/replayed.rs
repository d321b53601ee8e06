//! What a policy would have done with calls, counted by day and by tool.

use super::count::{Outcome, ReplayCount, ReplayedTool};
use super::record::{CallRecord, RecordedDecision};
use super::saving::{PromptSaving, savings};
use super::windows::{LimitUse, Windows};
use crate::check::CheckedServer;
use crate::decision::PolicyEffect;
use crate::replay::evaluator::Call;
use crate::written::WrittenPolicy;
use crate::written::rule::Ruling;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What a policy would have done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplayReport {
    pub total: ReplayCount,
    /// By day of UTC; calls without a time are in none.
    pub days: BTreeMap<String, ReplayCount>,
    /// The most called first.
    pub tools: Vec<ReplayedTool>,
    /// Calls without a time: no limit was counted for them.
    pub untimed: u64,
    /// Of calls whose decision was recorded: how many would have ended otherwise, as `RECORDED to NOW`.
    pub changed: BTreeMap<String, u64>,
    /// What would spare most questions, at most five.
    pub savings: Vec<PromptSaving>,
    /// Questions that no decision should spare: critical tools.
    pub never: u64,
}

/// Asks the policy about each call, in the order of their times. `servers` say what an alias is and how risky a tool; a call
/// whose server is none of them is asked under the name that it gives.
pub fn replay_calls(policy: &WrittenPolicy, calls: &[CallRecord], servers: &[CheckedServer]) -> ReplayReport {
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|at| calls[*at].at.unwrap_or(i64::MIN));
    let mut windows = Windows::default();
    let mut report = ReplayReport {
        total: ReplayCount::default(),
        days: BTreeMap::new(),
        tools: Vec::new(),
        untimed: 0,
        changed: BTreeMap::new(),
        savings: Vec::new(),
        never: 0,
    };
    let known: HashMap<&str, &CheckedServer> =
        servers.iter().flat_map(|server| [(server.name.as_str(), server), (server.alias.as_str(), server)]).collect();
    let mut tools: HashMap<(&str, &str), ReplayCount> = HashMap::new();
    let mut days: HashMap<i64, ReplayCount> = HashMap::new();
    for call in order.into_iter().map(|at| &calls[at]) {
        let given =
            call.server.as_deref().unwrap_or_else(|| servers.first().map_or("", |server| server.alias.as_str()));
        let (server, alias) = known.get(given).map_or((given, given), |one| (one.name.as_str(), one.alias.as_str()));
        let asked = Call { server, alias, tool: &call.tool, arguments: &call.arguments, near: None };
        let outcome = outcome(policy, &asked, call.at, &mut windows);
        report.total.add(outcome);
        tools.entry((alias, call.tool.as_str())).or_default().add(outcome);
        match call.at {
            Some(at) => days.entry(at.div_euclid(86_400_000)).or_default().add(outcome),
            None => report.untimed += 1,
        }
        if let Some(changed) = call.decision.and_then(|before| changed(before, outcome)) {
            *report.changed.entry(changed).or_default() += 1;
        }
    }
    let mut numbered: Vec<(i64, ReplayCount)> = days.into_iter().collect();
    numbered.sort_unstable_by_key(|(day, _)| *day);
    report.days = numbered.into_iter().map(|(day, count)| (date(day), count)).collect();
    let mut rows: Vec<((&str, &str), ReplayCount)> = tools.into_iter().collect();
    rows.sort_unstable_by_key(|(name, count)| (std::cmp::Reverse(count.calls), *name));
    let row = |((server, tool), count): ((&str, &str), ReplayCount)| ReplayedTool {
        server: server.to_owned(),
        tool: tool.to_owned(),
        count,
    };
    report.tools = rows.into_iter().map(row).collect();
    (report.savings, report.never) = savings(&report.tools, servers);
    report
}

fn date(day: i64) -> String {
    let time = Timestamp::from_second(day.saturating_mul(86_400));
    time.map_or_else(|_| format!("day {day}"), |time| time.to_zoned(TimeZone::UTC).date().to_string())
}

fn outcome(policy: &WrittenPolicy, call: &Call<'_>, at: Option<i64>, windows: &mut Windows) -> Outcome {
    let ruling = policy.ruling(call);
    match ruling.effect {
        PolicyEffect::Ask => Outcome::Asked,
        effect if effect.is_refused() => Outcome::Refused,
        _ => {
            let limits = limits(policy, call, &ruling);
            match at {
                Some(at) if !windows.admit(at, &limits) => Outcome::Limited,
                _ => Outcome::Allowed,
            }
        }
    }
}

/// The limits that a call counts in.
fn limits(policy: &WrittenPolicy, call: &Call<'_>, ruling: &Ruling) -> Vec<LimitUse> {
    let of = |at: &usize| {
        let rule = &policy.book.rules[*at];
        let counts = rule.counts.as_deref().map(|path| cost(path, call));
        // An engine tells the bound, and counts tool by tool.
        let engine = policy.book.engine.is_some();
        let mut hasher = DefaultHasher::new();
        if engine {
            (call.alias, call.tool).hash(&mut hasher);
        }
        LimitUse {
            counter: if engine { (usize::MAX, hasher.finish()) } else { (*at, 0) },
            effect: if engine { ruling.effect } else { rule.effect },
            cost: counts.unwrap_or(1.0),
        }
    };
    ruling.limits.iter().map(of).collect()
}

/// The value of the argument that a call counts by; nothing where it gives no number, and never less.
fn cost(path: &str, call: &Call<'_>) -> f64 {
    let mut steps = path.strip_prefix("args.").unwrap_or(path).split('.');
    let first = steps.next().and_then(|step| call.arguments.get(step));
    let found = steps.fold(first, |found, step| found?.get(step));
    found.and_then(serde_json::Value::as_f64).unwrap_or(0.0).max(0.0)
}

/// How the end of a call changed, in words; `None` where it did not.
fn changed(before: RecordedDecision, now: Outcome) -> Option<String> {
    let now = match now {
        Outcome::Allowed => RecordedDecision::Allowed,
        Outcome::Asked => RecordedDecision::Asked,
        Outcome::Refused | Outcome::Limited => RecordedDecision::Refused,
    };
    (before != now).then(|| format!("{before} to {now}"))
}
