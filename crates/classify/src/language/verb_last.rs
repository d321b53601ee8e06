//! One sentence of a language that puts its verb last (Japanese, Korean) or sets no blanks between words (Chinese).

use crate::language::action::{Action, Place, Word};
use crate::language::lexicon::{Form, role};
use crate::language::sentence::Prose;
use crate::language::token::Kind;
use crate::language::verb_first::MAX_OBJECT;

impl Prose<'_, '_> {
    /// Japanese, Korean: the verb ends its clause; what comes before is its object.
    pub(crate) fn verb_last(&self, from: usize, to: usize, language: u8, first: bool, actions: &mut Vec<Action>) {
        let mut start = from;
        let found = actions.len();
        for index in from..to {
            let Some(verb) = self.verb(index, language) else { continue };
            if verb.form == Form::Past
                || self.is_participle(index, to, language)
                || self.follows_negation(index, to, language)
                || self.is_listed_state(from, index, to, language)
            {
                continue;
            }
            // Only the last verb of a clause acts: another one before the next comma takes its place.
            let clause_end = (index + 1..to)
                .find(|at| {
                    matches!(self.tokens[*at].kind, Kind::Comma) || self.role(*at, language) & role::CONJUNCTION != 0
                })
                .unwrap_or(to);
            let later = (index + 1..clause_end).any(|at| {
                self.verb(at, language).is_some_and(|v| v.form != Form::Past) && !self.is_participle(at, to, language)
            });
            if later {
                continue;
            }
            let token = self.tokens[index];
            let objects = self.words(start, index, language);
            let head = objects.len().checked_sub(1);
            let verb = Some(Word { lemma: verb.lemma, start: token.start, end: token.end });
            actions.push(Action { weaker: u8::from(!first), ..Action::said(Place::Description, verb, objects, head) });
            start = index + 1;
        }
        if actions.len() == found && first {
            self.noun_phrase(from, to, language, actions);
        }
    }

    /// Chinese: the first verb of the sentence acts, and those joined to it.
    pub(crate) fn verb_anywhere(&self, from: usize, to: usize, language: u8, first: bool, actions: &mut Vec<Action>) {
        let mut main = None;
        let found = actions.len();
        for index in from..to {
            let roles = self.role(index, language);
            if roles & role::SUBORDINATOR != 0 && main.is_some() {
                break;
            }
            let Some(verb) = self.verb(index, language) else { continue };
            if verb.form == Form::Past
                || self.is_participle(index, to, language)
                || self.is_negated(index, from, language)
                || self.is_listed_state(from, index, to, language)
            {
                continue;
            }
            if let Some(main) = main
                && !self.is_joined(index, main, language)
            {
                continue;
            }
            let token = self.tokens[index];
            // "将资金转到账户": what a preposition that is also a modal puts before the verb is its object.
            const MOVED: u32 = role::PREPOSITION | role::MODAL;
            let moved = (self.clause_start(from, index)..index).find(|at| self.role(*at, language) & MOVED == MOVED);
            let mut objects = moved.map_or(Vec::new(), |at| {
                let end = (at + 1..index).find(|at| self.role(*at, language) & role::PREPOSITION != 0);
                self.words(at + 1, end.unwrap_or(index), language)
            });
            objects.extend(self.words(index + 1, to.min(index + 12), language));
            objects.truncate(MAX_OBJECT);
            let head = objects.len().checked_sub(1);
            let verb = Some(Word { lemma: verb.lemma, start: token.start, end: token.end });
            actions.push(Action { weaker: u8::from(!first), ..Action::said(Place::Description, verb, objects, head) });
            main = Some(index);
        }
        if actions.len() == found && first {
            self.noun_phrase(from, to, language, actions);
        }
    }

    fn words(&self, from: usize, to: usize, language: u8) -> Vec<Word> {
        (from..to)
            .filter(|index| self.tokens[*index].kind == Kind::Word && self.role(*index, language) == 0)
            .filter_map(|index| {
                let token = self.tokens[index];
                let lemma = self.lexicon.meaning(token.literal?).word;
                Some(Word { lemma, start: token.start, end: token.end })
            })
            .take(MAX_OBJECT)
            .collect()
    }

    pub(crate) fn is_participle(&self, index: usize, to: usize, language: u8) -> bool {
        (index + 1 < to && self.role(index + 1, language) & role::PARTICIPLE_AFTER != 0)
            || (index > 0 && self.role(index - 1, language) & role::PARTICIPLE_BEFORE != 0)
    }

    pub(crate) fn follows_negation(&self, index: usize, to: usize, language: u8) -> bool {
        (index + 1..to.min(index + 3)).any(|at| self.role(at, language) & role::NEGATION != 0)
    }
}
