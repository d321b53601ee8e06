//! What must be set for a tool to exist, and how one tool of a list was come upon.

use super::{Partial, ToolOrigin, ToolSite};
use serde::{Deserialize, Serialize};

/// What must hold for a tool to be there: a variable, an option, a mode, a scope, a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCondition {
    /// For people, as a user would set it: `ALLOW_WRITE=true`, `--toolsets=…`, `not READ_ONLY`.
    pub text: String,
    /// Whether the condition holds where the server is started with nothing set; `None` where the source does not tell.
    pub plain_start: Option<bool>,
}

impl ToolCondition {
    /// Both conditions at once: either one absent leaves the other.
    pub fn and(first: Option<ToolCondition>, second: Option<ToolCondition>) -> Option<ToolCondition> {
        match (first, second) {
            (Some(a), Some(b)) if a.text == b.text => Some(a),
            (Some(a), Some(b)) => Some(ToolCondition {
                text: format!("{} and {}", a.text, b.text),
                plain_start: match (a.plain_start, b.plain_start) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                },
            }),
            (one, other) => one.or(other),
        }
    }

    /// What a plain start makes of the tool, in words.
    pub fn at_plain_start(&self) -> &'static str {
        match self.plain_start {
            Some(true) => "shown by a plain start",
            Some(false) => "not shown by a plain start",
            None => "whether a plain start shows it is not known",
        }
    }
}

/// Whether a start with nothing set shows a tool of this origin and condition; `None` where the source does not tell.
pub fn at_plain_start(origin: ToolOrigin, condition: Option<&ToolCondition>) -> Option<bool> {
    match (condition, origin) {
        (Some(condition), _) => condition.plain_start,
        (None, ToolOrigin::Defined) => None,
        (None, _) => Some(true),
    }
}

/// How one tool of a list was come upon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sighting {
    pub site: Option<ToolSite>,
    /// Where it differs from how the list was learnt: [`ToolOrigin::Defined`] for a definition whose registration was
    /// not reached.
    pub origin: Option<ToolOrigin>,
    /// What must be set for the tool to be there.
    pub condition: Option<ToolCondition>,
    /// What of its own definition is not certain; empty for an exact one.
    pub inexact: Vec<Partial>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(text: &str, plain_start: Option<bool>) -> Option<ToolCondition> {
        Some(ToolCondition { text: text.to_owned(), plain_start })
    }

    #[test]
    fn two_conditions_hold_only_together() {
        let (on, off, open) =
            (condition("A", Some(true)), condition("B=1", Some(false)), condition("the platform", None));
        assert_eq!(ToolCondition::and(on.clone(), off.clone()), condition("A and B=1", Some(false)));
        assert_eq!(ToolCondition::and(open.clone(), off.clone()), condition("the platform and B=1", Some(false)));
        assert_eq!(ToolCondition::and(on.clone(), open), condition("A and the platform", None));
        assert_eq!(ToolCondition::and(on.clone(), on.clone()), on);
        assert_eq!(ToolCondition::and(None, off.clone()), off);
    }
}
