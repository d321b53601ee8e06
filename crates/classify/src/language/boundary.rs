//! Where a sentence begins and ends, and whether it can be read at all. It reads no verb of it.

use crate::language::lexicon::{Form, role};
use crate::language::normalize::is_unread_script;
use crate::language::sentence::Prose;
use crate::language::token::{Kind, Token};
use mcpdex_model::text::{is_cyrillic, is_han, is_hangul, is_kana};

/// How many words of one writing stand before another begins a new sentence.
const PLAIN_WORDS: usize = 2;
/// How many words a sentence has at least that is held to be of a language that nobody here reads.
const MIN_FOREIGN: usize = 3;

impl Prose<'_, '_> {
    /// The next sentence from `at`: first token, one past its last, and where to go on.
    pub(crate) fn sentence(&self, at: usize) -> (usize, usize, usize) {
        let mut from = at;
        while from < self.tokens.len()
            && matches!(
                self.tokens[from].kind,
                Kind::LineEnd | Kind::Bullet | Kind::Other | Kind::Comma | Kind::Stop | Kind::Dash
            )
        {
            from += 1;
        }
        let mut to = from;
        let mut depth = 0u32;
        while to < self.tokens.len() {
            if to > from && depth == 0 && self.begins_anew(from, to) {
                return (from, to, to);
            }
            match self.tokens[to].kind {
                Kind::Stop => break,
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Dash if depth == 0 => break,
                Kind::LineEnd => {
                    let next = self.tokens.get(to + 1).map(|t| t.kind);
                    let wraps =
                        matches!(next, Some(Kind::Word | Kind::Open | Kind::Other)) && !self.line_is_heading(to + 1);
                    if !wraps {
                        break;
                    }
                }
                _ => {}
            }
            to += 1;
        }
        (from, to, to + 1)
    }

    /// Whether a new sentence begins at `at` though no full stop stands before it: with a small word or a participle in
    /// capitals behind a word in small letters ("Removes a shelf This can be undone"), or where the writing changes.
    pub(crate) fn begins_anew(&self, from: usize, at: usize) -> bool {
        let (before, token) = (self.tokens[at - 1], self.tokens[at]);
        if before.kind != Kind::Word || token.kind != Kind::Word {
            return false;
        }
        let letter = |token: Token| {
            let segment = &self.reading.segments[self.reading.segment_at(token.start)];
            let (start, _) = segment.original_span(token.start, token.end);
            segment.original.get(start..).and_then(|text| text.chars().next()).unwrap_or(' ')
        };
        // What is written in look-alikes is read as what it looks like.
        let read = |token: Token| self.reading.text[token.start as usize..].chars().next().unwrap_or(' ');
        let (last, first) = (letter(before), letter(token));
        let written = |letter: char| is_han(letter) || is_kana(letter) || is_hangul(letter) || is_cyrillic(letter);
        if written(read(token)) {
            let plain = |index: usize| !written(read(self.tokens[index]));
            return at - from >= PLAIN_WORDS && (at - PLAIN_WORDS..at).all(plain);
        }
        // "by ID It …": an abbreviation says nothing, the word before it does.
        let before_that = at >= from + 2 && letter(self.tokens[at - 2]).is_lowercase();
        let small = last.is_lowercase() || last.is_ascii_digit() || written(read(before)) || before_that;
        if !first.is_uppercase() || !small {
            return false;
        }
        const OPENS: u32 = role::DETERMINER
            | role::SUBJECT
            | role::NEGATION
            | role::COPULA
            | role::PASSIVE
            | role::ASIDE
            | role::FILLER
            | role::PREPOSITION;
        let Some(meaning) = token.literal.map(|literal| self.lexicon.meaning(literal)) else {
            return written(read(before));
        };
        meaning.roles.iter().any(|(_, roles)| roles & OPENS != 0)
            || meaning.verbs.iter().all(|verb| verb.form == Form::Past) && !meaning.verbs.is_empty()
    }

    /// Whether the line that starts at `at` is `Word:` or `Two words:`.
    pub(crate) fn line_is_heading(&self, at: usize) -> bool {
        self.tokens[at..]
            .iter()
            .take(4)
            .position(|t| t.kind != Kind::Word)
            .is_some_and(|n| n > 0 && self.tokens[at + n].kind == Kind::Colon)
    }

    pub(crate) fn after_blank_line(&self, at: usize) -> bool {
        at >= 2 && self.tokens[at - 1].kind == Kind::LineEnd && self.tokens[at - 2].kind == Kind::LineEnd
    }

    /// Notes a sentence of which no word is known, or that is written in letters that no language file has.
    pub(crate) fn note_foreign(&mut self, from: usize, to: usize) {
        let words: Vec<&Token> = self.tokens[from..to].iter().filter(|token| token.kind == Kind::Word).collect();
        let text = |token: &Token| &self.reading.text[token.start as usize..token.end as usize];
        let strange = words.iter().filter(|token| text(token).chars().any(is_unread_script)).count();
        let plain = |token: &&&Token| text(token).len() > 1 && text(token).chars().all(char::is_alphabetic);
        let unknown = words.len() >= MIN_FOREIGN
            && words.iter().all(|token| token.literal.is_none())
            && words.iter().filter(plain).count() == words.len();
        if (strange >= 2 || unknown) && self.foreign.is_none() {
            self.foreign = Some((self.tokens[from].start, self.tokens[to - 1].end));
        }
    }

    /// Whether the sentence begins with an unknown word and a determiner: there stands a verb that nobody knows.
    pub(crate) fn opens_with_unknown_verb(&self, from: usize, to: usize, language: u8) -> bool {
        let from = self.after_label(from, to, language);
        from + 1 < to
            && self.tokens[from].kind == Kind::Word
            && self.tokens[from].literal.is_none()
            && !self.is_adverb(from, language)
            && self.role(from + 1, language) & role::DETERMINER != 0
            && self.reading.text[self.tokens[from].start as usize..self.tokens[from].end as usize]
                .chars()
                .all(char::is_alphabetic)
    }
}
