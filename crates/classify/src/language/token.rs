//! Prose in, tokens out: words (with what the lexicon knows of them) and the punctuation that shapes sentences.

use crate::language::lexicon::{Facts, Lemma, Lexicon, Literal, UNKNOWN, VerbForm};
use crate::language::tool_text::ToolText;
use mcpdex_model::text::is_unspaced;

/// How many tokens of a text are looked at.
const MAX_TOKENS: usize = 40_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    Stop,
    Comma,
    Colon,
    Dash,
    Slash,
    Open,
    Close,
    LineEnd,
    Bullet,
    Other,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
    pub literal: Option<Literal>,
    /// Whether it is part of a noun of several words, and so no verb.
    pub compound: bool,
    /// What the lexicon knows of its literal.
    pub is_verb: bool,
    pub is_deed: bool,
    pub role: u32,
    pub common: u32,
    pub verb: Option<VerbForm>,
    pub word: Lemma,
}

impl Token {
    fn word(lexicon: &Lexicon, (start, end): (u32, u32), literal: Option<Literal>) -> Token {
        let token = Token { literal, ..Token::sign(Kind::Word, start, end) };
        let Some(Facts { is_verb, is_deed, role, common, verb, word, .. }) =
            literal.map(|literal| lexicon.facts(literal))
        else {
            return token;
        };
        Token { is_verb, is_deed, role, common, verb, word, ..token }
    }

    fn sign(kind: Kind, start: u32, end: u32) -> Token {
        let (compound, is_verb, is_deed) = (false, false, false);
        let (literal, verb, word) = (None, None, UNKNOWN);
        Token { kind, start, end, literal, compound, is_verb, is_deed, role: 0, common: 0, verb, word }
    }
}

pub(crate) fn tokens(reading: &ToolText<'_>, lexicon: &Lexicon, start: u32, end: u32) -> Vec<Token> {
    let text = &reading.text;
    let bytes = text.as_bytes();
    let mut tokens: Vec<Token> = Vec::with_capacity((end - start) as usize / 4);
    let mut at = start;
    // Hits are sorted: one cursor walks along.
    let mut cursor = reading.hits.partition_point(|hit| hit.start < start);
    while at < end && tokens.len() < MAX_TOKENS {
        let byte = bytes[at as usize];
        // No literal begins with a blank.
        if byte == b' ' {
            at += 1;
            continue;
        }
        while cursor < reading.hits.len() && reading.hits[cursor].start < at {
            cursor += 1;
        }
        let hit = reading.hits[cursor..]
            .iter()
            .take_while(|hit| hit.start == at)
            .find(|hit| hit.end <= end && lexicon.facts(hit.literal).lexical);
        if let Some(hit) = hit {
            tokens.push(Token::word(lexicon, (at, hit.end), Some(hit.literal)));
            at = hit.end;
            continue;
        }
        let letter = if byte.is_ascii() { byte as char } else { text[at as usize..].chars().next().unwrap_or(' ') };
        let width = letter.len_utf8() as u32;
        if letter.is_alphanumeric() {
            let stop = if is_unspaced(letter) { at + width } else { word_end(text, at, end) };
            let literal = lexicon.short(&bytes[at as usize..stop as usize]);
            tokens.push(Token::word(lexicon, (at, stop), literal));
            at = stop;
            continue;
        }
        // "$100": a sum of money is a thing like any other.
        let digit = bytes.get((at + width) as usize).is_some_and(u8::is_ascii_digit);
        if matches!(letter, '$' | '€' | '£' | '¥') && digit {
            let stop = word_end(text, at + width, end);
            tokens.push(Token::word(lexicon, (at, stop), lexicon.money));
            at = stop;
            continue;
        }
        if let Some(kind) = punctuation(bytes, at, end, letter) {
            tokens.push(Token::sign(kind, at, at + width));
        }
        at += width;
    }
    for (from, to) in lexicon.compounds(&reading.hits, start, end) {
        let first = tokens.partition_point(|token| token.start < from);
        tokens[first..].iter_mut().take_while(|token| token.end <= to).for_each(|token| token.compound = true);
    }
    tokens
}

/// The end of a word of a script with blanks; identifiers, addresses and hyphenated words are one word.
fn word_end(text: &str, start: u32, end: u32) -> u32 {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        let byte = bytes[at as usize];
        let width = if byte.is_ascii() {
            let joins = matches!(byte, b'_' | b'-' | b'\'' | b'.')
                && at + 1 < end
                && bytes[at as usize + 1].is_ascii_alphanumeric();
            if !(byte.is_ascii_alphanumeric() || byte == b'_' || joins) {
                break;
            }
            1
        } else {
            let letter = text[at as usize..].chars().next().unwrap_or(' ');
            let joins = letter == '\u{2019}';
            if !(letter.is_alphanumeric() || joins) || is_unspaced(letter) {
                break;
            }
            letter.len_utf8() as u32
        };
        at += width;
    }
    at.max(start + 1)
}

fn punctuation(bytes: &[u8], at: u32, end: u32, letter: char) -> Option<Kind> {
    let next = if at + 1 < end { bytes[at as usize + 1] } else { b' ' };
    let before = if at > 0 { bytes[at as usize - 1] } else { b' ' };
    Some(match letter {
        '.' | '!' | '?' => {
            // "e.g. this": one letter and a full stop end no sentence.
            let abbreviation = at >= 2
                && before.is_ascii_alphabetic()
                // The "és." of "supprimés." is no abbreviation.
                && bytes[at as usize - 2].is_ascii()
                && !bytes[at as usize - 2].is_ascii_alphanumeric()
                && bytes[at as usize - 2] != b' ';
            if letter == '.' && (!next.is_ascii_whitespace() || abbreviation) && next.is_ascii() {
                return Some(Kind::Other);
            }
            Kind::Stop
        }
        '。' | '！' | '？' | ';' | '；' | '｡' => Kind::Stop,
        ',' | '，' | '、' => Kind::Comma,
        ':' | '：' => Kind::Colon,
        '/' | '&' | '+' => Kind::Slash,
        '(' | '[' | '（' | '【' | '<' => Kind::Open,
        ')' | ']' | '）' | '】' | '>' => Kind::Close,
        '\n' => Kind::LineEnd,
        '—' | '–' | '→' | '|' => Kind::Dash,
        '-' if before == b' ' || before == b'\n' => {
            if next == b' ' && line_start(bytes, at) {
                Kind::Bullet
            } else {
                Kind::Dash
            }
        }
        '*' | '•' | '#' => {
            if line_start(bytes, at) {
                Kind::Bullet
            } else {
                return None;
            }
        }
        letter if letter.is_whitespace() => return None,
        '"' | '\'' | '`' | '“' | '”' | '‘' | '’' | '「' | '」' => return None,
        _ => Kind::Other,
    })
}

fn line_start(bytes: &[u8], at: u32) -> bool {
    bytes[..at as usize].iter().rev().find(|b| **b != b' ' && **b != b'\t').is_none_or(|b| *b == b'\n')
}
