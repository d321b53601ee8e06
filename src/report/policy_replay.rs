//! What a policy does with one call or would have done with many, and how two policies differ.

use super::policy_check::Lines;
use super::style::strong;
use super::text::{fill, paragraph, table};
use super::visible;
use crate::model::text::{counted, one_or_many};
use crate::policy::{
    CallRuling, ComparedChange, PolicyComparison, ReplayCount, ReplayReport, RuleOnTool, Target, WrittenPolicy,
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::path::Path;

/// The report of `mcpdex policy test --call` and `mcpdex policy explain`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyRulingReport {
    schema: &'static str,
    pub file: String,
    pub target: Target,
    pub tool: String,
    pub arguments: Map<String, Value>,
    pub servers: Vec<RuledServer>,
}

/// What a policy does with a tool of one server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuledServer {
    /// As the policy or the client calls it.
    pub server: String,
    /// `allow`, a limit such as `10/minute`, `ask`, `deny` or `hide`.
    pub decision: String,
    /// The rule that decides; none where the target's own default does.
    pub rule: Option<RuledBy>,
    /// Limits that hold beside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<RuledBy>,
    /// Every other rule that speaks of the tool, strongest first (`explain`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<RuledBy>,
}

/// A rule and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuledBy {
    pub rule: String,
    pub decision: String,
    /// Whether it is the rule for what no other names.
    pub by_default: bool,
    /// Whether it holds only for calls that pass its test.
    pub for_some_calls: bool,
    pub line: usize,
    pub column: usize,
    /// The line of the document.
    pub text: String,
}

/// The longest line of a document that is shown, in characters.
const LONGEST_LINE: usize = 160;

impl PolicyRulingReport {
    /// A report on rows of server, ruling and other rules.
    pub fn new(
        file: &Path,
        policy: &WrittenPolicy,
        tool: &str,
        arguments: &Map<String, Value>,
        rows: Vec<(&str, CallRuling, Vec<RuleOnTool>)>,
    ) -> PolicyRulingReport {
        let lines = Lines::of(policy.text());
        let place = |rule: &str, decision: String, by_default: bool, some: bool, span: &std::ops::Range<usize>| {
            let (line, column) = lines.place(span.start);
            let text: String =
                policy.text().lines().nth(line - 1).unwrap_or_default().trim().chars().take(LONGEST_LINE).collect();
            RuledBy { rule: rule.to_owned(), decision, by_default, for_some_calls: some, line, column, text }
        };
        let server = |(server, ruling, others): (&str, CallRuling, Vec<RuleOnTool>)| {
            let decisive = ruling.rule.as_deref().zip(ruling.span.as_ref());
            let rule = decisive.map(|(rule, span)| {
                let effect = others.iter().find(|other| other.span == *span && other.rule == rule);
                let decision = effect.map_or(ruling.effect, |other| other.effect).to_string();
                place(rule, decision, ruling.by_default, effect.is_some_and(|other| other.for_some_calls), span)
            });
            let limit = |(effect, span): &(crate::policy::PolicyEffect, std::ops::Range<usize>)| {
                place("limit", effect.to_string(), false, false, span)
            };
            let same =
                |other: &&RuleOnTool| !decisive.is_some_and(|(rule, span)| other.span == *span && other.rule == rule);
            RuledServer {
                server: server.to_owned(),
                decision: ruling.effect.to_string(),
                rule,
                limits: ruling.limits.iter().map(limit).collect(),
                others: others
                    .iter()
                    .filter(same)
                    .map(|other| place(&other.rule, other.effect.to_string(), false, other.for_some_calls, &other.span))
                    .collect(),
            }
        };
        PolicyRulingReport {
            schema: "mcpdex/policy-ruling/1",
            file: file.display().to_string(),
            target: policy.target(),
            tool: tool.to_owned(),
            arguments: arguments.clone(),
            servers: rows.into_iter().map(server).collect(),
        }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for one in &self.servers {
            let of = if self.servers.len() > 1 { format!("{}/", one.server) } else { String::new() };
            let name = visible(&format!("{of}{}", self.tool)).into_owned();
            let _ = writeln!(out, "{}: {}", strong(name), one.decision);
            match &one.rule {
                Some(rule) => out += &self.line("decided by", rule),
                None => {
                    out +=
                        &paragraph(&format!("the document says nothing of it; {} decides by itself", self.target), "  ")
                }
            }
            for limit in &one.limits {
                out += &self.line("counted by", limit);
            }
            for other in &one.others {
                out += &self.line("also speaks of it", other);
            }
        }
        out
    }

    fn line(&self, what: &str, rule: &RuledBy) -> String {
        let rest = if rule.by_default { " (for what no other rule names)" } else { "" };
        let some = if rule.for_some_calls { ", for some calls" } else { "" };
        let RuledBy { rule: name, decision, line, column, text, .. } = rule;
        let first = format!("{what} `{name}`{rest}: {decision}{some}, {}:{line}:{column}", self.file);
        format!("{}{}", paragraph(&first, "  "), paragraph(text, "    "))
    }
}

/// The report of `mcpdex policy test --calls`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyReplayReport {
    schema: &'static str,
    pub file: String,
    pub target: Target,
    /// Lines of the calls that could not be read.
    pub unread: usize,
    #[serde(flatten)]
    pub replay: ReplayReport,
}

/// Tools that the text names.
const SHOWN_TOOLS: usize = 20;

/// A table of counts; what no call met with has no column, since names want the room.
fn counts<'a>(what: &str, total: &ReplayCount, rows: impl Iterator<Item = (String, &'a ReplayCount)>) -> String {
    type Number = fn(&ReplayCount) -> u64;
    const COLUMNS: [(&str, Number); 5] = [
        ("calls", |count| count.calls),
        ("allowed", |count| count.allowed),
        ("asked", |count| count.asked),
        ("refused", |count| count.refused),
        ("over a limit", |count| count.limited),
    ];
    let columns: Vec<_> = COLUMNS.into_iter().filter(|(_, number)| number(total) > 0).collect();
    let header: Vec<&str> = std::iter::once(what).chain(columns.iter().map(|(name, _)| *name)).collect();
    let row = |(name, count): (String, &ReplayCount)| {
        std::iter::once(name).chain(columns.iter().map(|(_, number)| number(count).to_string())).collect()
    };
    table(&header, rows.map(row))
}

impl PolicyReplayReport {
    /// A report on calls that were replayed.
    pub fn new(file: &str, target: Target, replay: ReplayReport, unread: usize) -> PolicyReplayReport {
        PolicyReplayReport { schema: "mcpdex/policy-replay/1", file: file.to_owned(), target, unread, replay }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let ReplayReport { total, days, tools, untimed, changed, savings, never } = &self.replay;
        let mut out = format!(
            "{} calls: {} allowed, {} asked, {} refused, {} over a limit\n\n",
            total.calls, total.allowed, total.asked, total.refused, total.limited
        );
        if days.len() > 1 {
            out += &counts("day", total, days.iter().map(|(day, count)| (day.clone(), count)));
            out.push('\n');
        }
        let shown = tools.iter().take(SHOWN_TOOLS);
        out += &counts("tool", total, shown.map(|tool| (format!("{}/{}", tool.server, tool.tool), &tool.count)));
        if tools.len() > SHOWN_TOOLS {
            let _ = writeln!(out, "and {} more tools", tools.len() - SHOWN_TOOLS);
        }
        if !savings.is_empty() {
            out += "\nAllowing these would spare most questions:\n";
            let rows = savings.iter().map(|one| {
                let name = visible(&format!("{}/{}", one.server, one.tool)).into_owned();
                let risk = one.risk.map_or_else(|| "not known".to_owned(), |risk| risk.to_string());
                vec![one.saves.to_string(), format!("{}%", one.together), risk, name]
            });
            out += &table(&["spared", "together", "risk", "tool"], rows);
        }
        if *never > 0 {
            let _ = writeln!(out, "{never} questions are about critical tools, which should go on asking");
        }
        for (what, count) in changed {
            let _ =
                writeln!(out, "{} from {what}", counted(*count, "call") + one_or_many(*count, " changes", " change"));
        }
        if *untimed > 0 {
            let _ = writeln!(
                out,
                "{} no time, so no limit was counted there",
                counted(*untimed, "call") + one_or_many(*untimed, " has", " have")
            );
        }
        if self.unread > 0 {
            let _ = writeln!(out, "{} could not be read", counted(self.unread, "line"));
        }
        out
    }
}

/// The report of `mcpdex policy diff`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PolicyComparisonReport {
    schema: &'static str,
    pub before: ComparedPolicy,
    pub after: ComparedPolicy,
    #[serde(flatten)]
    pub comparison: PolicyComparison,
}

/// One of two policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedPolicy {
    pub file: String,
    pub target: Target,
}

impl PolicyComparisonReport {
    /// A report on two policies.
    pub fn new(
        before: (&str, &WrittenPolicy),
        after: (&str, &WrittenPolicy),
        comparison: PolicyComparison,
    ) -> PolicyComparisonReport {
        let one =
            |(file, policy): (&str, &WrittenPolicy)| ComparedPolicy { file: file.to_owned(), target: policy.target() };
        PolicyComparisonReport {
            schema: "mcpdex/policy-comparison/1",
            before: one(before),
            after: one(after),
            comparison,
        }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let PolicyComparison { compared, differing } = &self.comparison;
        let count = |change: ComparedChange| differing.iter().filter(|row| row.change == change).count();
        let told = format!(
            "{} compared: {} milder, {} stricter, {} both, by their calls",
            counted(*compared, "tool"),
            count(ComparedChange::Milder),
            count(ComparedChange::Stricter),
            count(ComparedChange::Mixed)
        );
        let mut out = fill(&told, "", "  ") + "\n";
        if !differing.is_empty() {
            out.push('\n');
            let rows = differing.iter().map(|row| {
                let name = visible(&format!("{}/{}", row.server, row.tool)).into_owned();
                let example = row.example.as_ref().map(|e| Value::Object(e.clone()).to_string()).unwrap_or_default();
                vec![
                    row.change.to_string(),
                    name,
                    row.before.clone(),
                    row.after.clone(),
                    visible(&example).into_owned(),
                ]
            });
            out += &table(&["change", "tool", "before", "after", "for instance with"], rows);
        }
        out
    }
}
