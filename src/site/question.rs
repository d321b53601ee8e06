//! The questions that people ask of a tool, answered from what is known of it.

use super::frame::{confidence_means, risk_means};
use super::policy_view::{FIRST, PolicyBlock};
use super::tool_page::{Definition, how};

/// A question and its answer.
pub(super) struct Question {
    pub(super) asked: String,
    pub(super) answer: String,
}

/// The questions about one tool.
pub(super) fn questions(tool: &str, server: &str, first: &Definition<'_>, policy: &PolicyBlock) -> Vec<Question> {
    let verdict = first.verdict;
    let found = first.found();
    let question = |asked: String, answer: String| Question { asked, answer };
    let does = match verdict.does.is_empty() {
        true => "Its definition says nothing of it. ".to_owned(),
        false => format!("It says: “{}” ", verdict.does.trim()),
    };
    let effects: Vec<&str> = policy.variants.iter().map(|variant| variant.effect.as_str()).collect();
    let [recommended, block, limit] = [0, 1, 2].map(|at| effects.get(at).copied().unwrap_or_default());
    let version = found.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let (all, required) = first.parameter_count();
    let taken = match all {
        0 => "Its definition names no parameter.".to_owned(),
        1 => format!("One, {}.", if required == 1 { "which is required" } else { "which is optional" }),
        many => format!("{many}, of which {required} are required; they are listed above."),
    };
    vec![
        question(format!("What does {tool} do?"), does + &verdict.rationale),
        question(
            format!("What risk level is {tool}?"),
            format!(
                "{}: {} Confidence is {}: {}.",
                verdict.risk,
                risk_means(verdict.risk),
                verdict.confidence,
                confidence_means(verdict.confidence)
            ),
        ),
        question(
            format!("How do I enforce a policy on {tool}?"),
            format!("The recommendation is to {recommended}. `{} {FIRST}` prints the document.", policy.command),
        ),
        question(
            format!("Can I rate-limit {tool}?"),
            format!("Yes, where the enforcement point counts: {limit}. `{} {FIRST} --limit 10/minute`", policy.command),
        ),
        question(format!("How do I block {tool}?"), format!("{block}: `{} {FIRST} --block`", policy.command)),
        question(
            format!("Which server provides {tool}?"),
            format!("{server}, learnt from {}{version}: {}.", found.target, how(found.origin)),
        ),
        question(format!("Which parameters does {tool} take?"), taken),
    ]
}
