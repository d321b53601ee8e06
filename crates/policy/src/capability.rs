//! What an enforcement point can express: one row for each, from which the fitting, the documentation and the tests follow.
//!
//! It holds facts alone. What becomes of a decision that a target cannot express is `fit`'s.

use super::condition::Test;
use super::decision::PolicyEffect;

/// How a target can refuse a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalMode {
    /// By a rule that names the tool.
    ByRule,
    /// By leaving the tool out.
    ByOmission,
    /// Not at all.
    Never,
}

/// What a target can express. The table of the documentation is made of this.
#[derive(Debug, Clone, Copy)]
pub struct Capability {
    /// What people call it.
    pub title: &'static str,
    /// The name of its document.
    pub file: &'static str,
    /// Whether a document speaks of one server only.
    pub one_server: bool,
    pub refusal: RefusalMode,
    pub ask: bool,
    pub rate: bool,
    /// Whether a refused tool can be kept out of the agent's sight.
    pub hide: bool,
    /// Which tests on arguments it can make, in words; `None` for none.
    pub arguments: Option<&'static str>,
    /// What happens to a tool that the document does not name.
    pub default: PolicyEffect,
    /// How it spells names, and which it cannot.
    pub names: &'static str,
    /// The limits of its lists, in words.
    pub lists: &'static str,
    /// How many tools with conditions one document holds.
    pub most_conditional: usize,
    pub comments: bool,
    /// The engine that decides the document in `verify`; without it, an evaluator of our own.
    pub engine: Option<&'static str>,
    /// How to apply the document, step by step.
    pub steps: &'static [&'static str],
}

/// What a target makes of a test on an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Adapted {
    Same,
    /// A test that refuses more, and why.
    Stricter(Test, &'static str),
    /// Not at all, and why.
    No(&'static str),
}
