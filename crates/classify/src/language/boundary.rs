//! Where a sentence begins and ends, and whether it can be read at all. It reads no verb of it.

use crate::language::lexicon::{Form, role};
use crate::language::normalize::is_unread_script;
use crate::language::sentence::Prose;
use crate::language::token::{Kind, Token};
use crate::language::verb_first::MAX_SUBJECT;
use mcpdex_model::text::{is_cyrillic, is_han, is_hangul, is_kana};

/// How many words of one writing stand before another begins a new sentence.
const PLAIN_WORDS: usize = 2;
/// How many words a sentence has at least that is held to be of a language that nobody here reads.
const MIN_FOREIGN: usize = 3;

/// Whether the word is two capitals or more, and nothing else.
fn is_shouted(word: &str) -> bool {
    let letters = word.chars().filter(|letter| letter.is_alphabetic());
    letters.clone().count() > 1 && letters.clone().all(char::is_uppercase)
}

/// How a word is written that may begin a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letters {
    Capital { behind_small: bool },
    OtherScript { behind_capitals: bool },
    Plain,
}

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
                    let wraps = matches!(next, Some(Kind::Word | Kind::Open | Kind::Other))
                        && !self.line_is_heading(to + 1)
                        && !self.line_opens_with_deed(to + 1);
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

    /// Whether the line at `at` begins with a verb of the third person and a capital: it goes on with no sentence, whatever
    /// the line before ends with ("Tide table for a port\nCalculates …").
    pub(crate) fn line_opens_with_deed(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let third = |literal| {
            let verbs = &self.lexicon.meaning(literal).verbs;
            !verbs.is_empty() && verbs.iter().all(|verb| verb.form == Form::Third && !self.lexicon.is_nouny(verb.lemma))
        };
        let (start, _) = self.segment.original_span(token.start, token.end);
        let capital = self.segment.original.get(start..).and_then(|text| text.chars().next());
        token.kind == Kind::Word && capital.is_some_and(char::is_uppercase) && token.literal.is_some_and(third)
    }

    /// Whether a new sentence begins at `at` though no full stop stands before it: with a small word or a participle in
    /// capitals behind a word in small letters ("Removes a shelf This can be undone"), or where the writing changes.
    pub(crate) fn begins_anew(&self, from: usize, at: usize) -> bool {
        let (before, token) = (self.tokens[at - 1], self.tokens[at]);
        if before.kind != Kind::Word || token.kind != Kind::Word {
            return false;
        }
        if self.segment.has_no_capital(token.start) {
            return false;
        }
        let letter = |token: Token| {
            let (start, _) = self.segment.original_span(token.start, token.end);
            self.segment.original.get(start..).and_then(|text| text.chars().next()).unwrap_or(' ')
        };
        // What is written in look-alikes is read as what it looks like.
        let read = |token: Token| self.reading.text[token.start as usize..].chars().next().unwrap_or(' ');
        let first = letter(token);
        let plain = |token: Token| self.reading.text.as_bytes()[token.start as usize].is_ascii();
        if !first.is_uppercase() && plain(token) {
            return false;
        }
        let last = letter(before);
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

    /// Notes the blanks of a sentence behind which another may begin: before a word with a capital from which on there is
    /// a finite verb or plain small words, or before another script. What is appended to a text without a full stop stands
    /// so.
    pub(crate) fn note_doubtful_ends(&mut self, from: usize, to: usize) {
        const GOES_ON: u32 = role::PREPOSITION
            | role::DETERMINER
            | role::GENITIVE
            | role::CONJUNCTION
            | role::SUBORDINATOR
            | role::NEGATION;
        let mut ends = Vec::new();
        // "if it exists": a clause of its own; "to", "for", "by" begin none.
        let conditional = |at: usize| {
            (self.clause_start(from, at)..at)
                .any(|index| self.role(index, 0) & (role::SUBORDINATOR | role::PREPOSITION) == role::SUBORDINATOR)
        };
        for at in from + 1..to {
            let (before, token) = (self.tokens[at - 1], self.tokens[at]);
            let joins = matches!(before.kind, Kind::Comma | Kind::Slash | Kind::Colon | Kind::Open);
            if token.kind != Kind::Word || joins || before.end >= token.start {
                continue;
            }
            let blank = token.start as usize - 1;
            if !matches!(self.reading.text.as_bytes()[blank], b' ' | b'\n') {
                continue;
            }
            let letters = self.first_letters(before, token);
            if letters == Letters::Plain {
                continue;
            }
            let own = self.language(from, at);
            let roles = |index: usize| self.role(index, own) | self.role(index, 0);
            // "drops them", "drops them all": a pronoun ends what a determiner would begin.
            let pronoun = (at.saturating_sub(2).max(from)..at).any(|index| roles(index) & role::SUBJECT != 0);
            let goes_on = before.kind == Kind::Word && !pronoun && roles(at - 1) & GOES_ON != 0;
            if goes_on && !matches!(letters, Letters::OtherScript { .. }) {
                continue;
            }
            let language = self.language(at, to);
            let apart = match letters {
                // "执行 SQL 查询": an abbreviation goes with what stands behind it, unless that speaks of the tool.
                Letters::OtherScript { behind_capitals } => {
                    let speaks = self.role(at, language) & (role::DETERMINER | role::SUBJECT) != 0;
                    (!behind_capitals || speaks) && (from..at).any(|index| self.verb(index, own).is_some())
                }
                Letters::Capital { behind_small } => {
                    let until = to.min(at + MAX_SUBJECT);
                    (at + 1..until).any(|index| self.is_finite(index, to, language))
                        || behind_small && self.goes_on_small(at, to)
                }
                Letters::Plain => false,
            };
            if apart && !conditional(at) {
                ends.push(blank as u32);
            }
        }
        self.doubtful_ends.extend(ends);
    }

    fn is_finite(&self, index: usize, to: usize, language: u8) -> bool {
        const FINITE: u32 = role::COPULA | role::PASSIVE | role::MODAL | role::NEGATION;
        self.role(index, language) & FINITE != 0
            || self.verb(index, language).is_some_and(|verb| match verb.form {
                // "Run kiln checks": what ends the sentence is a plural.
                Form::Third => {
                    index + 1 < to && !self.lexicon.is_nouny(verb.lemma) && !self.lexicon.is_nouny_in_prose(verb.lemma)
                }
                Form::Main => true,
                Form::Base | Form::Gerund | Form::Past => false,
            })
    }

    /// Whether nothing but small words follow, some of them: "Can be taken back at any time".
    fn goes_on_small(&self, at: usize, to: usize) -> bool {
        let words: Vec<&str> = (at + 1..to)
            .filter(|index| self.tokens[*index].kind == Kind::Word)
            .map(|index| self.original(self.tokens[index]))
            .collect();
        let language = self.language(at, to);
        let slight = (at + 1..to).any(|index| self.role(index, language) != 0);
        slight && words.len() >= 3 && words.iter().all(|word| !word.starts_with(char::is_uppercase))
    }

    /// How the word is written that may be the first of a sentence: with one capital, in another script than what stands
    /// before it, or with a blank in a script that sets none.
    fn first_letters(&self, before: Token, token: Token) -> Letters {
        if self.segment.has_no_capital(token.start) {
            return Letters::Plain;
        }
        let bytes = self.reading.text.as_bytes();
        let (word, plain) = (self.original(token), |token: Token| bytes[token.start as usize].is_ascii());
        if word.starts_with(|first: char| first.is_ascii_lowercase()) && plain(token) && plain(before) {
            return Letters::Plain;
        }
        let first = |token: Token| self.reading.text[token.start as usize..].chars().next().unwrap_or(' ');
        let unspaced = |letter: char| is_han(letter) || is_kana(letter);
        let script = |letter: char| (unspaced(letter), is_hangul(letter), is_cyrillic(letter));
        let (last, letter) = (first(before), first(token));
        let written = unspaced(letter) || is_hangul(letter);
        if is_shouted(word) {
            Letters::Plain
        } else if written && script(last) != script(letter) || unspaced(last) && unspaced(letter) {
            Letters::OtherScript { behind_capitals: is_shouted(self.original(before)) }
        } else if word.starts_with(char::is_uppercase)
            && word.chars().filter(|letter| letter.is_uppercase()).count() == 1
        {
            let small = self.original(before).starts_with(char::is_lowercase) || !last.is_ascii();
            Letters::Capital { behind_small: small || before.kind == Kind::Close }
        } else {
            Letters::Plain
        }
    }

    pub(crate) fn original(&self, token: Token) -> &str {
        let (start, end) = self.segment.original_span(token.start, token.end);
        self.segment.original.get(start..end).unwrap_or_default()
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
        if self.foreign.is_some() {
            return;
        }
        let sentence = &self.reading.text[self.tokens[from].start as usize..self.tokens[to - 1].end as usize];
        // In plain letters it is only foreign where no word of it is known.
        if sentence.is_ascii() && self.tokens[from..to].iter().any(|token| token.literal.is_some()) {
            return;
        }
        let words: Vec<&Token> = self.tokens[from..to].iter().filter(|token| token.kind == Kind::Word).collect();
        let text = |token: &Token| &self.reading.text[token.start as usize..token.end as usize];
        let strange = words.iter().filter(|token| text(token).chars().any(is_unread_script)).count();
        let plain = |token: &&&Token| text(token).len() > 1 && text(token).chars().all(char::is_alphabetic);
        // "Key: { a: b }" is notation, not a sentence.
        let unknown = words.len() >= MIN_FOREIGN
            && words.len() * 2 > to - from
            && words.iter().all(|token| token.literal.is_none())
            && words.iter().filter(plain).count() == words.len();
        if strange >= 2 || unknown {
            self.foreign = Some((self.tokens[from].start, self.tokens[to - 1].end));
        }
    }
}
