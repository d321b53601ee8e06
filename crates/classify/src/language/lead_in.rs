//! What stands before the deed of a sentence: a label, what the call starts from ("given a page, …"), who is told to do it.
//! It reads one sentence and knows nothing of the next.

use crate::language::lexicon::{Form, role};
use crate::language::sentence::Prose;
use crate::language::token::Kind;
use crate::language::verb_first::MAX_SUBJECT;

/// How far reaches what a sentence says its call starts from, in tokens.
const MAX_LEAD: usize = 20;

impl Prose<'_, '_> {
    /// What the causative verb at `at` has somebody do: a base form behind "to", or with a determined object.
    pub(crate) fn caused(&self, at: usize, to: usize, language: u8) -> Option<usize> {
        let base = |index: usize| self.verb(index, language).is_some_and(|verb| verb.form == Form::Base);
        let plain = |index: usize| self.verb(index, language).is_some_and(|verb| !self.lexicon.is_nouny(verb.lemma));
        let stops = |index: usize| {
            const ENDS: u32 = role::NEGATION | role::RELATIVE | role::CONJUNCTION | role::GENITIVE;
            let roles = self.role(index, language);
            let aside = roles & role::PREPOSITION != 0 && roles & role::SUBORDINATOR == 0;
            self.tokens[index].kind != Kind::Word || roles & ENDS != 0 || aside
        };
        let index = (at + 2..to.min(at + MAX_SUBJECT)).find(|index| base(*index) && plain(*index) || stops(*index))?;
        let bound = (at + 1..index).rev().find(|between| self.role(*between, language) & role::FILLER == 0)?;
        let led = self.role(bound, language) & role::SUBORDINATOR != 0 || self.has_determiner(index, to, language);
        (base(index) && !stops(index) && led).then_some(index)
    }

    /// Skips what the call starts from: "Given a page, deletes its leaves".
    pub(crate) fn after_lead(&self, from: usize, to: usize, language: u8) -> usize {
        if from >= to || self.role(from, language) & role::LEAD == 0 {
            return from;
        }
        let comma = (from..to.min(from + MAX_LEAD)).find(|at| self.tokens[*at].kind == Kind::Comma);
        let Some(start) = comma.map(|at| at + 1) else { return from };
        let slight = role::FILLER | role::SUBJECT | role::MODAL | role::DETERMINER | role::INSTRUMENT;
        let verb = (start..to).find(|at| self.role(*at, language) & slight == 0 && !self.is_adverb(*at, language));
        let finite = |at: usize| self.verb(at, language).is_some_and(|v| !matches!(v.form, Form::Past | Form::Gerund));
        if verb.is_some_and(finite) { start } else { from }
    }

    /// Skips a label such as `Mail:` or `[beta]` in front of a sentence.
    pub(crate) fn after_label(&self, from: usize, to: usize, language: u8) -> usize {
        let mut at = from;
        for index in from..to.min(from + 6) {
            match self.tokens[index].kind {
                Kind::Colon => {
                    at = index + 1;
                    break;
                }
                Kind::Word
                    if self.verb(index, language).is_some_and(|v| v.form != Form::Past)
                        && index + 1 < to
                        && self.tokens[index + 1].kind != Kind::Colon =>
                {
                    break;
                }
                Kind::Word => {}
                _ => break,
            }
        }
        if at < to && self.tokens[at].kind == Kind::Open { self.after_close(at, to) } else { at }
    }

    pub(crate) fn after_close(&self, at: usize, to: usize) -> usize {
        (at..to).find(|index| self.tokens[*index].kind == Kind::Close).map_or(at + 1, |index| index + 1)
    }
}
