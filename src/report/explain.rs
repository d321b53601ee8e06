//! What `mcpdex explain` prints for people: the story of a verdict in, text out.

use super::text::{judged_by, paragraph};
use super::visible;
use crate::classify::Explanation;
use serde::Serialize;
use std::fmt::Write;

/// The report of `mcpdex explain --json`.
#[derive(Debug, Clone, Serialize)]
pub struct ExplainReport {
    schema: &'static str,
    server: String,
    tool: String,
    #[serde(flatten)]
    explanation: Explanation,
}

impl ExplainReport {
    /// A report on one tool.
    pub fn new(server: &str, tool: &str, explanation: Explanation) -> ExplainReport {
        ExplainReport { schema: "mcpdex/explain/1", server: server.to_owned(), tool: tool.to_owned(), explanation }
    }
}

/// What stands below a clause begins here.
const BESIDE: &str = "             ";

/// An explanation for people.
pub fn explanation_text(explanation: &Explanation) -> String {
    let mut out = String::new();
    let verdict = &explanation.verdict;
    let _ = writeln!(
        out,
        "{}: {}, risk {}, confidence {}",
        visible(&verdict.name),
        verdict.class,
        verdict.risk,
        verdict.confidence
    );
    out += &paragraph(&verdict.rationale, "");
    let _ = writeln!(out, "\nread as");
    for action in &explanation.actions {
        let verb = action.verb.as_deref().unwrap_or("(no verb)");
        let weaker = if action.weaker > 0 { "  [weaker]" } else { "" };
        let _ =
            writeln!(out, "  {:<12} {} → {}{weaker}", action.place, visible(verb), visible(&action.object.join(" ")));
    }
    let _ = writeln!(out, "\nclauses that fired");
    for fired in &explanation.fired {
        let class = fired.class.map_or("-", |class| class.as_str());
        let _ = writeln!(
            out,
            "  {:<10} {} #{} ({class}, strength {})",
            fired.fate, fired.rule, fired.clause, fired.strength
        );
        if let Some(reason) = &fired.reason {
            out += &paragraph(reason, BESIDE);
        }
        for e in &fired.evidence {
            out += &paragraph(&format!("{} “{}” {}..{}", e.pointer, e.text, e.start, e.end), BESIDE);
        }
    }
    out + "\n" + &judged_by(&verdict.ruleset)
}
