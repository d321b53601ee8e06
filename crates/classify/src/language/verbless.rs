//! A sentence without a verb in front: a noun phrase ("Weather of a city"), or one whose last word is the verb ("Eine Datei
//! löschen"). It reads one sentence and knows nothing of the next.

use crate::language::action::{Action, Place, Word};
use crate::language::lexicon::{Form, role};
use crate::language::sentence::Prose;
use crate::language::token::Kind;
use crate::language::verb_first::MAX_SUBJECT;

/// How many words the noun of a noun phrase and what stands before it are at most.
const MAX_NOUNS: usize = 6;

impl Prose<'_, '_> {
    /// A first sentence without a verb: "Weather of a city".
    pub(crate) fn noun_phrase(&self, from: usize, to: usize, language: u8, actions: &mut Vec<Action>) {
        let from = self.after_label(from, to, language);
        if let Some(question) = self.question(from, to, language) {
            actions.push(question);
            return;
        }
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
            let phrase = self.names_a_thing(from, to, language);
            actions.push(Action { phrase, ..Action::said(Place::Description, None, objects, head) });
        }
    }

    /// A first sentence that asks: "Where a barge is", "Who may come in". What answers it is what comes back.
    fn question(&self, from: usize, to: usize, language: u8) -> Option<Action> {
        let token = self.tokens.get(from).filter(|_| self.role(from, language) & role::SUBORDINATOR != 0)?;
        let lemma = self.lexicon.meaning(token.literal?).question?;
        // "Which wipes the hold" goes on with what was said; "What you pass will be run" tells of the call.
        let goes_on = self.has_determiner(from + 1, to, language)
            && self.verb(from + 1, language).is_some_and(|verb| verb.form == Form::Third);
        let told = |of: u32| (from + 1..to).filter(|at| self.role(*at, language) & of != 0).count();
        if from + 1 >= to || goes_on || told(role::MODAL) > 0 || told(role::PASSIVE | role::COPULA) > 1 {
            return None;
        }
        let (objects, head) = self.object(from + 1, to, language);
        let verb = Some(Word { lemma, start: token.start, end: token.end });
        Some(Action::said(Place::Description, verb, objects, head))
    }

    /// Whether the sentence is surely a noun phrase, so that its first word is no verb that nobody knows: it begins with an
    /// article ("The berths of a port"), with a noun and its genitive ("Odds of a voyage") or with a plural that a relative
    /// clause follows ("Boats that are late"), and neither its noun nor anything behind it tells of a deed.
    fn names_a_thing(&self, from: usize, to: usize, language: u8) -> bool {
        const SMALL: u32 = role::PREPOSITION | role::GENITIVE | role::SUBORDINATOR | role::RELATIVE | role::CONJUNCTION;
        const POINTS: u32 = role::SUBJECT | role::NEGATION | role::GENITIVE;
        let Some(endings) = self.lexicon.languages.get(usize::from(language)).map(|of| &of.deed_endings) else {
            return false;
        };
        if from >= to || endings.is_empty() || self.tokens[from].kind != Kind::Word {
            return false;
        }
        let role = |at: usize| self.role(at, language);
        let end = (from..to).find(|at| self.tokens[*at].kind != Kind::Word || role(*at) & SMALL != 0).unwrap_or(to);
        let Some(head) = end.checked_sub(1).filter(|head| *head >= from && end - from <= MAX_NOUNS) else {
            return false;
        };
        let text = |at: usize| &self.reading.text[self.tokens[at].start as usize..self.tokens[at].end as usize];
        let determined = role(from) & role::DETERMINER != 0 && role(from) & POINTS == 0 && head > from;
        let known = self.tokens[head].literal.is_some() || self.lexicon.is_plural(text(head));
        let shaped =
            determined || known && head == from && end < to && role(end) & (role::GENITIVE | role::RELATIVE) != 0;
        let noun = |at: usize| {
            self.verb(at, language).is_none_or(|verb| match verb.form {
                Form::Past => at < head,
                Form::Third => determined && self.lexicon.is_nouny(verb.lemma),
                Form::Base => at == head && self.lexicon.is_noun_at_the_end(verb.lemma),
                Form::Gerund | Form::Main => false,
            })
        };
        let deed = endings.iter().any(|ending| text(head).ends_with(ending.as_str()));
        const TELLS: u32 = role::PASSIVE | role::COPULA | role::MODAL;
        let tells = |at: usize| {
            role(at) & TELLS != 0 && (end..at).all(|before| role(before) & (role::SUBORDINATOR | role::RELATIVE) == 0)
        };
        shaped && !deed && (from..=head).all(noun) && !(end..to).any(tells)
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
