//! Evidence as a page numbers it: what several rules saw in the same words has one number.

use super::address::PagePath;
use super::pages::Pages;
use crate::model::{Evidence, Field};

/// A rule that saw the words.
pub(super) struct RuleLink {
    pub(super) id: String,
    pub(super) because: String,
    /// Where its page lies; `None` where the rules at hand do not have it.
    pub(super) address: Option<String>,
}

/// Words of the definition that decided, and the rules that saw them.
pub(super) struct Ground {
    pub(super) number: usize,
    pub(super) evidence: Evidence,
    pub(super) rules: Vec<RuleLink>,
}

impl Ground {
    /// Where the words stand, for people.
    pub(super) fn place(&self) -> String {
        match self.evidence.field {
            Field::Name => "in its name".to_owned(),
            Field::Title => "in its title".to_owned(),
            Field::Description => "in its description".to_owned(),
            Field::Parameter => "a parameter's name".to_owned(),
            Field::ParameterDescription => "what a parameter says".to_owned(),
            Field::ParameterValue => "a value that it accepts".to_owned(),
            Field::Annotation => "an annotation".to_owned(),
            Field::Server => "the server's name".to_owned(),
            Field::Code => format!("in its code, {}", self.evidence.pointer),
        }
    }
}

/// Numbers evidence from 1, in the order in which it was found.
pub(super) fn numbered(pages: &Pages, evidence: &[Evidence]) -> Vec<Ground> {
    let mut grounds: Vec<Ground> = Vec::new();
    for one in evidence {
        let same = |ground: &&mut Ground| {
            let e = &ground.evidence;
            (e.field, &e.pointer, e.start, e.end, &e.text) == (one.field, &one.pointer, one.start, one.end, &one.text)
        };
        let rule = pages.rule(&one.rule);
        let link = RuleLink {
            id: one.rule.clone(),
            because: rule.map(|rule| rule.because.clone()).unwrap_or_default(),
            address: rule.map(|rule| PagePath::Rule(rule.id.clone()).address()),
        };
        match grounds.iter_mut().find(same) {
            Some(ground) if ground.rules.iter().all(|known| known.id != link.id) => ground.rules.push(link),
            Some(_) => {}
            None => grounds.push(Ground { number: grounds.len() + 1, evidence: one.clone(), rules: vec![link] }),
        }
    }
    grounds
}
