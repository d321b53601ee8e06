//! What must ask or be hidden so that private data, untrusted content and a way out no longer meet, and what that costs.

use super::text::paragraph;
use crate::model::text::counted;
use crate::policy::{PolicyEffect, Refused, Target};
use crate::survey::LegKind;
use serde::Serialize;

/// The report of `mcpdex policy … --cut-leak`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeakReport {
    schema: &'static str,
    /// `ask` or `hide`: what becomes of the tools that are cut.
    pub by: String,
    /// Servers of which no tool is known: they may bring any of the three.
    pub unread: Vec<String>,
    pub cuts: Vec<LeakCut>,
    /// Targets that cannot say it, and why.
    pub refused: Vec<NoCut>,
}

/// The smallest cut at one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeakCut {
    pub target: Target,
    /// How many tools run unasked before the cut.
    pub running: usize,
    /// Which of the three is taken away; none where the tools that run unasked make no leak.
    pub leg: Option<LegKind>,
    /// The tools that run unasked no more.
    pub tools: Vec<CutTool>,
    pub costs: Option<CutCosts>,
}

/// A tool that a cut takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CutTool {
    /// The server, by the name that the configuration gives it.
    pub server: String,
    pub tool: String,
    /// What became of it before.
    pub was: String,
    pub brings: Vec<LegKind>,
}

/// How many tools each choice would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CutCosts {
    pub way_out: usize,
    pub untrusted_content: usize,
    pub private_data: usize,
}

impl From<[usize; 3]> for CutCosts {
    fn from([way_out, untrusted_content, private_data]: [usize; 3]) -> CutCosts {
        CutCosts { way_out, untrusted_content, private_data }
    }
}

/// A target at which nothing could be cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoCut {
    pub target: Target,
    pub why: String,
}

impl LeakReport {
    /// A report without cuts.
    pub fn new(by: PolicyEffect, unread: Vec<String>) -> LeakReport {
        let (cuts, refused) = (Vec::new(), Vec::new());
        LeakReport { schema: "mcpdex/leak/1", by: by.to_string(), unread, cuts, refused }
    }

    /// Notes a target that cannot say it.
    pub fn refuse(&mut self, target: Target, why: &Refused) {
        self.refused.push(NoCut { target, why: why.to_string() });
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for cut in &self.cuts {
            let LeakCut { target, running, .. } = cut;
            let (Some(leg), Some(costs)) = (cut.leg, cut.costs) else {
                out += &paragraph(
                    &format!(
                        "{target}: private data, text of strangers and a way out do not meet in what runs unasked."
                    ),
                    "",
                );
                continue;
            };
            let does = if self.by == "hide" { "are refused" } else { "wait for a person" };
            let names: Vec<String> = cut.tools.iter().map(|tool| format!("{}/{}", tool.server, tool.tool)).collect();
            let count = cut.tools.len();
            let line = format!(
                "{target}: without {} nothing leaks; {count} of {} that ran {does} now: {}",
                words(leg),
                counted(*running, "tool"),
                names.join(", ")
            );
            out += &paragraph(&line, "");
            let others = format!(
                "The other choices: {} for the ways out, {} for text of strangers, {} for private data.",
                costs.way_out, costs.untrusted_content, costs.private_data
            );
            out += &paragraph(&others, "  ");
        }
        for none in &self.refused {
            out += &paragraph(&format!("{}: {}", none.target, none.why), "");
        }
        if !self.unread.is_empty() {
            let why = "No tool is known of these, which may bring any of the three";
            out += &paragraph(&format!("{why}: {}", self.unread.join(", ")), "");
        }
        out
    }
}

const fn words(leg: LegKind) -> &'static str {
    match leg {
        LegKind::WayOut => "a way out",
        LegKind::UntrustedContent => "text of strangers",
        LegKind::PrivateData => "private data",
    }
}
