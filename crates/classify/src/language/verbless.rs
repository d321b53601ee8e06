//! A sentence without a verb in front: a noun phrase ("Weather of a city"), or one whose last word is the verb ("Eine Datei
//! löschen"). It reads one sentence and knows nothing of the next.

use crate::language::action::{Action, Place, Word};
use crate::language::lexicon::{Form, role};
use crate::language::sentence::Prose;
use crate::language::token::Kind;
use crate::language::verb_first::MAX_SUBJECT;

impl Prose<'_, '_> {
    /// A first sentence without a verb: "Weather of a city".
    pub(crate) fn noun_phrase(&self, from: usize, to: usize, language: u8, actions: &mut Vec<Action>) {
        let from = self.after_label(from, to, language);
        // "We delete the records": there is a verb, only not where one was looked for.
        if (from..to).any(|index| self.is_stray_verb(from, index, to, language)) {
            return;
        }
        // "An agent for statement analysis": what it is for.
        let purpose = (from + 1..to.min(from + MAX_SUBJECT)).find(|at| {
            self.role(*at, language) & role::PREPOSITION != 0 && self.role(*at - 1, language) & role::INSTRUMENT != 0
        });
        let (objects, head) = self.object(purpose.map_or(from, |at| at + 1), to, language);
        if !objects.is_empty() {
            actions.push(Action::said(Place::Description, None, objects, head));
        }
    }

    /// Whether a verb that is hardly ever a noun stands at `index` with its object, and nothing makes it subordinate.
    fn is_stray_verb(&self, from: usize, index: usize, to: usize, language: u8) -> bool {
        const BOUND: u32 = role::SUBORDINATOR | role::PREPOSITION | role::RELATIVE | role::NEGATION;
        self.verb(index, language)
            .is_some_and(|verb| matches!(verb.form, Form::Base | Form::Third) && !self.lexicon.is_nouny(verb.lemma))
            && self.has_determiner(index, to, language)
            && (from..index).all(|at| self.role(at, language) & BOUND == 0)
    }

    /// "Eine Datei löschen": the last word is the verb. Returns whether it was.
    pub(crate) fn final_verb(&self, from: usize, to: usize, language: u8, actions: &mut Vec<Action>) -> bool {
        let Some(last) = (from..to).rev().find(|index| self.tokens[*index].kind == Kind::Word) else { return false };
        if !self.verb(last, language).is_some_and(|v| v.form == Form::Main) {
            return false;
        }
        let token = self.tokens[last];
        let Some(verb) = self.verb(last, language) else { return false };
        let (objects, head) = self.object(from, last, language);
        let verb = Some(Word { lemma: verb.lemma, start: token.start, end: token.end });
        actions.push(Action::said(Place::Description, verb, objects, head));
        true
    }
}
