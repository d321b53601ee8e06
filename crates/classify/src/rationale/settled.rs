//! Everything that was settled about one tool, as the sentences of its rationale are made from it. Data alone.

use crate::judge::annotation::HintsWeighed;
use crate::judge::finding::{Fate, Finding, Fired};
use crate::rules::pack::Rule;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Risk, Trait};
use std::collections::BTreeSet;

/// Everything that the judge settled about one tool.
pub(crate) struct Settled<'f, 't> {
    pub set: &'f Ruleset,
    pub finding: &'f Finding<'t>,
    pub claims: &'f HintsWeighed,
    pub class: Class,
    pub traits: &'f BTreeSet<Trait>,
    pub risk: Risk,
    pub recognised: bool,
}

impl<'f> Settled<'f, '_> {
    pub(crate) fn rule(&self, hit: &Fired) -> &'f Rule {
        &self.set.rules[hit.rule as usize]
    }

    pub(crate) fn won(&self) -> impl DoubleEndedIterator<Item = &'f Fired> {
        self.finding.fired.iter().filter(|hit| hit.fate == Fate::Won)
    }
}

/// Whether the words of this rule make a call what it is.
pub(crate) fn decides(rule: &Rule) -> bool {
    rule.class == Some(Class::Execute) || !rule.traits.is_empty() || rule.floor.is_some()
}
