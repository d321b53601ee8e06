//! Lists of bare verbs, in brackets or behind a colon, that tell what can be done: "pods (get, describe, delete)", "access to
//! the table: select, insert, drop". Nothing here knows a word.

use crate::language::action::Word;
use crate::language::lexicon::{Form, VerbForm, role};
use crate::language::sentence::Prose;
use crate::language::token::Kind;

/// How many verbs behind a word for deeds ("operations") are deeds whatever the sentence says.
const MANY: usize = 3;
/// How many words before a list may name what its verbs are done to.
const NEAR: usize = 8;

impl Prose<'_, '_> {
    /// Whether the word at `at` is a verb that stands before what it does: "- delete: by its number".
    pub(super) fn is_label(&self, at: usize) -> bool {
        let (Some(word), Some(colon)) = (self.tokens.get(at), self.tokens.get(at + 1)) else { return false };
        if !word.is_verb || colon.kind != Kind::Colon {
            return false;
        }
        let opens = at == 0 || self.tokens[at - 1].kind != Kind::Word && self.tokens[at - 1].end < word.start;
        // "delete:page" is the name of a right, `"delete": true` a value.
        let behind = self.reading.text[colon.end as usize..].chars().next();
        let parted = word.end == colon.start && behind.is_none_or(char::is_whitespace);
        let sure = |verb: VerbForm| verb.form == Form::Base && !self.lexicon.is_nouny(verb.lemma);
        opens && parted && self.verb(at, 0).is_some_and(sure)
    }

    /// Whether the text lists what can be done as verbs with a colon behind each.
    pub(super) fn has_labels(&self) -> bool {
        (0..self.tokens.len()).filter(|at| self.is_label(*at)).nth(1).is_some()
    }

    /// What is done to by the verb at `index`, where it is one of a list of bare verbs.
    pub(super) fn listed_deed(&self, from: usize, index: usize, to: usize, language: u8) -> Option<Vec<Word>> {
        let kind = |at: usize| self.tokens[at].kind;
        let bound = |at: &usize| matches!(kind(*at), Kind::Open | Kind::Close | Kind::Colon | Kind::Stop | Kind::Dash);
        let mark =
            (from..index).rev().find(bound).filter(|at| *at > from && matches!(kind(*at), Kind::Open | Kind::Colon))?;
        let end = (index..to).find(bound).unwrap_or(to);
        let separates = |at: usize| {
            matches!(kind(at), Kind::Comma | Kind::Slash) || self.role(at, language) & role::CONJUNCTION != 0
        };
        let (mut verbs, mut sure, mut items) = (0, 0, 0);
        let mut length = 0;
        for at in mark + 1..end {
            if separates(at) {
                length = 0;
                continue;
            }
            length += 1;
            // One word an item: what has an object is a sentence of its own.
            if kind(at) != Kind::Word || length > 1 {
                return None;
            }
            items += 1;
            if let Some(verb) = self.verb(at, language).filter(|verb| matches!(verb.form, Form::Base | Form::Main)) {
                verbs += 1;
                sure += usize::from(!self.lexicon.is_nouny(verb.lemma));
            }
        }
        // "use another for changes (create, delete) instead"
        let elsewhere = (from..to).any(|at| self.role(at, language) & role::ALTERNATIVE != 0);
        // "lists swaps (buy, sell)" looks at deeds; "page operations (create, archive, move)" tells them.
        let says = |at: usize| {
            // "access to the table: …"
            let noun = self.role(at + 1, language) & (role::PREPOSITION | role::GENITIVE) != 0;
            !noun
                && self.verb(at, language).is_some_and(|verb| {
                    matches!(verb.form, Form::Base | Form::Third | Form::Main)
                        && !self.lexicon.is_light(verb.lemma)
                        && !(at + 1 == mark && at > from && self.lexicon.is_nouny(verb.lemma))
                })
        };
        let named = self.role(mark - 1, language) & role::INSTRUMENT != 0 && items >= MANY;
        // "(open, high, low, close)" lists nouns.
        let deeds = sure > 1 && verbs * 3 >= items * 2 && !elsewhere && (named || !(from..mark).any(says));
        deeds.then(|| self.nouns(from.max(mark.saturating_sub(NEAR)), mark, language))
    }
}
