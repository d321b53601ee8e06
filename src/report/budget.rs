//! How often a policy asks, target by target, and which decisions of a person would save most.

use super::rows::{RowReport, row};
use super::text::{paragraph, table, width};
use super::visible;
use crate::policy::{PolicyBudget, Refused, Settlement, SettlementKind, Target};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// From this width on, numbers stand beside their shares.
const ROOMY: usize = 80;

/// The report of `mcpdex policy … --budget`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BudgetReport {
    schema: &'static str,
    pub profile: String,
    /// How many servers the configuration has.
    pub servers: usize,
    /// Servers of which no tool is known: the numbers say nothing of them.
    pub unread: Vec<String>,
    pub budgets: Vec<PolicyBudget>,
    /// Targets that cannot say it, and why.
    pub refused: Vec<NoBudget>,
}

/// A target for which nothing could be counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoBudget {
    pub target: Target,
    pub why: String,
}

/// Up to so many targets, the proposals are shown for each.
const FEW: usize = 3;
/// Tools that a proposal names.
const NAMED: usize = 4;

impl BudgetReport {
    /// A report on what was counted at each target.
    pub fn new(
        profile: &str,
        servers: usize,
        unread: Vec<String>,
        counted: Vec<(Target, Result<PolicyBudget, Refused>)>,
    ) -> BudgetReport {
        let (mut budgets, mut refused) = (Vec::new(), Vec::new());
        for (target, result) in counted {
            match result {
                Ok(budget) => budgets.push(budget),
                Err(why) => refused.push(NoBudget { target, why: why.to_string() }),
            }
        }
        BudgetReport { schema: "mcpdex/budget/1", profile: profile.to_owned(), servers, unread, budgets, refused }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        // Shares follow from the number of tools where there is no room for them.
        let is_narrow = width().is_some_and(|width| width < ROOMY);
        let share = |part: usize, whole: usize| match whole {
            0 => "0".to_owned(),
            _ if is_narrow => part.to_string(),
            _ => format!("{part} ({:.0} %)", part as f64 * 100.0 / whole as f64),
        };
        let rows = self.budgets.iter().map(|b| {
            let [asked, refused, counted, allowed] =
                [b.asked, b.refused, b.counted, b.allowed].map(|n| share(n, b.tools));
            let mut row = vec![b.target.to_string(), b.tools.to_string(), asked, refused, counted, allowed];
            row.extend((!is_narrow).then(|| b.guarded.to_string()));
            row
        });
        let guarded = (!is_narrow).then_some("guarded");
        let header: Vec<&str> =
            ["target", "tools", "ask", "refused", "counted", "allowed"].into_iter().chain(guarded).collect();
        out += &table(&header, rows);
        for none in &self.refused {
            out += &paragraph(&format!("{}: {}", none.target, none.why), "");
        }
        if !self.unread.is_empty() {
            let why = "No tool is known of, so the numbers say nothing of";
            let _ = write!(out, "\n{}", paragraph(&format!("{why}: {}", self.unread.join(", ")), ""));
        }
        if self.budgets.len() > FEW {
            out += "\nWith --target T: the decisions that would save most at T.\n";
            return out;
        }
        for budget in &self.budgets {
            let waits = budget.asked + budget.refused;
            if budget.settlements.is_empty() {
                continue;
            }
            let head = format!("{}: what would save most of {waits} that ask or are refused", budget.target);
            let _ = write!(out, "\n{}", paragraph(&head, ""));
            for settlement in &budget.settlements {
                out += &proposal(settlement);
            }
            if budget.never > 0 {
                let why = "are critical, hand out secrets or speak to the model, and are never proposed";
                out += &paragraph(&format!("{} of the {waits} {why}.", budget.never), "");
            }
        }
        out
    }
}

impl RowReport for BudgetReport {
    const COLUMNS: &'static [&'static str] =
        &["target", "tools", "asked", "refused", "counted", "allowed", "guarded", "never", "why"];

    /// A target a row; one that can say nothing has the reason alone.
    fn rows(&self) -> Vec<Value> {
        let counted = self.budgets.iter().map(|budget| {
            let mut row = row(budget);
            if let Value::Object(members) = &mut row {
                // The tools themselves are in the whole report.
                members.remove("each");
            }
            row
        });
        counted.chain(self.refused.iter().map(row)).collect()
    }
}

fn proposal(settlement: &Settlement) -> String {
    let Settlement { server, tools, saves, effect, because, risk, .. } = settlement;
    let what = match settlement.kind {
        SettlementKind::Allow => "allow".to_owned(),
        SettlementKind::Count if settlement.uncounted => "allow uncounted".to_owned(),
        SettlementKind::Count => format!("count, {effect},"),
        SettlementKind::Judge => "look at, and settle in overrides.toml,".to_owned(),
    };
    let most = if settlement.kind == SettlementKind::Judge { "at most " } else { "" };
    let named: Vec<&str> = tools.iter().take(NAMED).map(String::as_str).collect();
    let more = tools.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let traits: Vec<&str> = settlement.traits.iter().map(|one| one.as_str()).collect();
    let traits = if traits.is_empty() { String::new() } else { format!(", {}", traits.join(", ")) };
    let mut out = paragraph(
        &format!(
            "saves {most}{saves}: {what} {}{more} of {server} · risk {risk}{traits} · today: {because}",
            named.join(", ")
        ),
        "  ",
    );
    for line in settlement.rule.iter().flat_map(|rule| rule.lines()) {
        let _ = writeln!(out, "      {}", visible(line));
    }
    out
}
