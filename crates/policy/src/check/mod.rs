//! A written policy is looked at: by itself, rule against rule, and against the tools that its servers have.

mod contradictions;
mod known;
mod tools;

pub use known::{CheckedServer, CheckedTool};

use crate::decision::Uncounted;
use crate::written::{PolicyFault, PolicyFinding, WrittenPolicy};
use mcpdex_model::words;

words! {
    /// How far a policy could be looked at.
    CheckDepth, "depth of a check" {
        /// By itself: no server that it speaks of is known.
        Alone = "alone",
        /// Against the tools of some of its servers.
        Partly = "partly",
        /// Against the tools of every server that it speaks of.
        Whole = "whole",
    }
}

/// What was found, in the order of the file, and how far was looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyCheck {
    pub findings: Vec<PolicyFinding>,
    pub depth: CheckDepth,
    /// Servers that the document names and of which no tool is known, as it spells them.
    pub unread: Vec<String>,
}

impl PolicyCheck {
    /// Whether `policy check` ends with 3.
    pub fn gates(&self) -> bool {
        self.findings.iter().any(PolicyFinding::gates)
    }
}

/// Looks at a policy. `servers` are those whose tools are known and that it is meant for; `uncounted` is what becomes of a
/// limit, in what is recommended, where the target cannot count.
pub fn check(policy: &WrittenPolicy, servers: &[CheckedServer], uncounted: Uncounted) -> PolicyCheck {
    let mut findings = policy.faults().to_vec();
    let mut unread = Vec::new();
    let mut depth = CheckDepth::Alone;
    if policy.is_readable() {
        contradictions::find(&policy.book, &mut findings);
        if !servers.is_empty() {
            unread = tools::find(policy, servers, uncounted, &mut findings);
            depth = if unread.is_empty() { CheckDepth::Whole } else { CheckDepth::Partly };
        } else {
            unread = policy.servers();
        }
    }
    // What names no tool is not asked either; once is enough.
    let unknown: std::collections::HashSet<usize> =
        findings.iter().filter(|f| f.fault == PolicyFault::UnknownTool).map(|f| f.span.start).collect();
    findings.retain(|f| f.fault != PolicyFault::UnreachableRule || !unknown.contains(&f.span.start));
    findings
        .sort_by(|a, b| (a.file, a.span.start, a.fault, &a.message).cmp(&(b.file, b.span.start, b.fault, &b.message)));
    findings.dedup();
    PolicyCheck { findings, depth, unread }
}
