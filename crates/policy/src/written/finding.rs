//! What can be wrong with a policy that people wrote, and where.

use mcpdex_model::{Risk, words};
use serde::Serialize;
use std::ops::Range;

words! {
    /// What is wrong with a written policy.
    PolicyFault, "fault of a policy" {
        /// It is not of its notation, or an expression in it does not parse.
        Unreadable = "unreadable",
        /// A key that the target does not know.
        UnknownKey = "unknown-key",
        /// A key without which the target refuses or drops what it stands in.
        MissingKey = "missing-key",
        /// A value that the target does not take.
        WrongValue = "wrong-value",
        /// A key that stands twice, of which the target keeps one.
        DuplicateKey = "duplicate-key",
        /// An entry of a list that stands twice.
        DuplicateEntry = "duplicate-entry",
        /// Two limits that would share one counter.
        DuplicateCounter = "duplicate-counter",
        /// More entries than the target takes.
        TooManyEntries = "too-many-entries",
        /// A rule that the target silently ignores.
        IgnoredRule = "ignored-rule",
        /// An empty list, which means everything at this target.
        EmptyMeansAll = "empty-means-all",
        /// A server that is not among those that were named or are known.
        UnknownServer = "unknown-server",
        /// A tool that its server does not have.
        UnknownTool = "unknown-tool",
        /// Two rules that name the same tool and differ.
        Overlap = "overlap",
        /// A rule that decides no call, because others always decide.
        UnreachableRule = "unreachable-rule",
        /// A condition that always holds, or never.
        ConstantCondition = "constant-condition",
        /// A tool that no rule names, where what then happens is not what is recommended.
        UnruledTool = "unruled-tool",
        /// A dangerous tool that runs unasked.
        DangerousAllowed = "dangerous-allowed",
        /// A harmless tool that is refused.
        HarmlessBlocked = "harmless-blocked",
        /// A tool that became riskier since the policy was written, and still runs.
        RiskierTool = "riskier-tool",
    }
}

impl PolicyFault {
    /// How grave the fault is where the tool does not say it.
    pub const fn severity(self) -> Risk {
        use PolicyFault as F;
        match self {
            F::Unreadable | F::UnknownKey | F::MissingKey | F::WrongValue | F::DuplicateKey => Risk::High,
            F::TooManyEntries | F::IgnoredRule | F::EmptyMeansAll | F::UnknownTool => Risk::High,
            F::DuplicateCounter | F::DangerousAllowed | F::RiskierTool => Risk::High,
            F::UnknownServer | F::Overlap | F::UnreachableRule | F::ConstantCondition => Risk::Medium,
            F::DuplicateEntry | F::UnruledTool | F::HarmlessBlocked => Risk::Low,
        }
    }

    /// What it leads to, in one sentence.
    pub const fn harm(self) -> &'static str {
        use PolicyFault as F;
        match self {
            F::Unreadable => "The target refuses the document, or runs without it.",
            F::UnknownKey => {
                "The target refuses the document or ignores what stands there, so the rule is not in force."
            }
            F::MissingKey => "The target refuses the document or drops the rule that lacks it.",
            F::WrongValue => "The target refuses the document or drops the rule that holds it.",
            F::DuplicateKey => "Parsers keep one of the two and say nothing; which one is in force is an accident.",
            F::DuplicateEntry => "It does nothing; the second may have been meant for something else.",
            F::DuplicateCounter => "Both limits count into one number, or the target refuses the document.",
            F::TooManyEntries => "The target refuses the document.",
            F::IgnoredRule => "The target accepts the document and never applies the rule.",
            F::EmptyMeansAll => "What looks like “nothing” lets everything run.",
            F::UnknownServer => "Rules for a server of that name match nothing.",
            F::UnknownTool => "A rule for a tool of that name matches nothing.",
            F::Overlap => "One of the two rules is not in force.",
            F::UnreachableRule => "The rule is never asked.",
            F::ConstantCondition => "The condition tells no call from another.",
            F::UnruledTool => "What happens to the tool was decided by nobody.",
            F::DangerousAllowed => "An agent can call the tool without a person.",
            F::HarmlessBlocked => "Agents cannot do what does no harm, and people learn to switch the policy off.",
            F::RiskierTool => "The rule was made for a milder tool.",
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyFinding {
    pub fault: PolicyFault,
    pub severity: Risk,
    /// Which file of the document, from 0.
    pub file: usize,
    /// The bytes of the file that it speaks of.
    pub span: Range<usize>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to write instead, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The tools that it speaks of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
}

impl PolicyFinding {
    pub(crate) fn new(fault: PolicyFault, span: Range<usize>, message: impl Into<String>) -> PolicyFinding {
        let severity = fault.severity();
        PolicyFinding { fault, severity, file: 0, span, message: message.into(), help: None, tools: Vec::new() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> PolicyFinding {
        self.help = Some(help.into());
        self
    }

    /// Whether `policy check` ends with 3 for it.
    pub fn gates(&self) -> bool {
        let always = matches!(self.fault, PolicyFault::UnknownTool | PolicyFault::UnknownKey);
        always || self.severity >= Risk::High
    }
}
