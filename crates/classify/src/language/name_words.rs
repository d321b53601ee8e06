//! Names in, words out: snake, kebab, dotted, camel case and digits, each letter with its place in the original.

use crate::language::normalize::{Normalized, normalize};

/// Longest name that is read, in bytes; protocol and clients allow 128.
pub(crate) const MAX_NAME: usize = 512;

/// Appends the words of `name` to `out`, joined by blanks. Returns, for every byte appended, the range of the original
/// that it came from.
pub(crate) fn split_name(name: &str, out: &mut String, mended: &mut Normalized) -> Vec<(u32, u32)> {
    if name.len() <= MAX_NAME && name.is_ascii() {
        return split_ascii(name.as_bytes(), out);
    }
    split_any(name, out, mended)
}

fn split_any(name: &str, out: &mut String, mended: &mut Normalized) -> Vec<(u32, u32)> {
    let mut normal = String::with_capacity(name.len());
    let map = normalize(name, MAX_NAME, &mut normal, mended);
    let origin = |at: usize| map.as_ref().map_or((at as u32, at as u32 + 1), |map| map[at]);
    let start = out.len();
    let mut spans: Vec<(u32, u32)> = Vec::with_capacity(name.len() + 8);
    let mut previous = Kind::Gap;
    for (at, letter) in normal.char_indices() {
        let (from, to) = origin(at);
        let original = name.get(from as usize..to as usize).unwrap_or("");
        let kind = kind(letter, original);
        let starts = match (previous, kind) {
            (_, Kind::Gap) | (Kind::Gap, _) => false,
            (Kind::Lower | Kind::Digit, Kind::Upper) => true,
            (Kind::Upper, Kind::Upper) => {
                // "HTMLPage": the last capital before a small letter starts a word.
                let next = normal[at + letter.len_utf8()..].chars().next();
                let next_at = at + letter.len_utf8();
                next.is_some_and(|n| {
                    let (from, to) = origin(next_at);
                    kind_is_lower(n, name.get(from as usize..to as usize).unwrap_or(""))
                }) && !is_plural_s(&normal, next_at)
            }
            (Kind::Lower | Kind::Upper, Kind::Digit) | (Kind::Digit, Kind::Lower) => false,
            _ => false,
        };
        let gap = kind == Kind::Gap;
        if (starts || gap) && out.len() > start && !out.ends_with(' ') {
            out.push(' ');
            spans.push((from, from));
        }
        if !gap {
            out.push(letter);
            for _ in 0..letter.len_utf8() {
                spans.push((from, to));
            }
        }
        previous = kind;
    }
    if out.len() > start && out.ends_with(' ') {
        out.pop();
        spans.pop();
    }
    spans
}

/// The same of a name in plain ASCII, which is most of them.
fn split_ascii(name: &[u8], out: &mut String) -> Vec<(u32, u32)> {
    let mut spans: Vec<(u32, u32)> = Vec::with_capacity(name.len() + 8);
    let kind_at = |at: usize| match name.get(at) {
        Some(b'0'..=b'9') => Kind::Digit,
        Some(b'A'..=b'Z') => Kind::Upper,
        Some(b'a'..=b'z') => Kind::Lower,
        _ => Kind::Gap,
    };
    let start = out.len();
    let mut previous = Kind::Gap;
    for (at, byte) in name.iter().enumerate() {
        let kind = kind_at(at);
        let from = at as u32;
        let starts = match (previous, kind) {
            (Kind::Lower | Kind::Digit, Kind::Upper) => true,
            (Kind::Upper, Kind::Upper) if kind_at(at + 1) == Kind::Lower => {
                let plural = name[at + 1] == b's' && !name.get(at + 2).is_some_and(u8::is_ascii_alphabetic);
                !plural
            }
            _ => false,
        };
        if (starts || kind == Kind::Gap) && out.len() > start && !out.ends_with(' ') {
            out.push(' ');
            spans.push((from, from));
        }
        if kind != Kind::Gap {
            out.push(char::from(byte.to_ascii_lowercase()));
            spans.push((from, from + 1));
        }
        previous = kind;
    }
    if out.len() > start && out.ends_with(' ') {
        out.pop();
        spans.pop();
    }
    spans
}

/// The words of a text that is a name, joined by blanks.
pub(crate) fn words_of(name: &str) -> String {
    let mut out = String::new();
    split_name(name, &mut out, &mut Normalized::default());
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gap,
    Lower,
    Upper,
    Digit,
}

fn kind(letter: char, original: &str) -> Kind {
    if letter.is_numeric() {
        Kind::Digit
    } else if !letter.is_alphabetic() {
        Kind::Gap
    } else if original.chars().next().is_some_and(char::is_uppercase) {
        Kind::Upper
    } else {
        Kind::Lower
    }
}

fn kind_is_lower(letter: char, original: &str) -> bool {
    kind(letter, original) == Kind::Lower
}

/// "listAPIs": the small letter is the plural of the capitals, not the second letter of a word.
fn is_plural_s(normal: &str, at: usize) -> bool {
    let rest = &normal[at..];
    rest.starts_with('s') && rest[1..].chars().next().is_none_or(|next| !next.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_the_way_people_write_them() {
        for (name, words) in [
            ("asana_deleteTask", "asana delete task"),
            ("get-HTTPHeaders", "get http headers"),
            ("listAPIs", "list apis"),
            ("kv.namespace.delete", "kv namespace delete"),
            ("list_s3_buckets", "list s3 buckets"),
            ("  Odd__name ", "odd name"),
            ("", ""),
        ] {
            assert_eq!(words_of(name), words, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn plain_names_are_split_as_all_others_are(name in "([a-zA-Z]{0,4}|s|S|[0-9]|[ _./-]){0,12}") {
            let (mut plain, mut any) = (String::new(), String::new());
            let spans = split_ascii(name.as_bytes(), &mut plain);
            let other = split_any(&name, &mut any, &mut Normalized::default());
            proptest::prop_assert_eq!((plain, spans), (any, other));
        }
    }

    #[test]
    fn every_letter_knows_its_place_in_the_original() {
        let mut out = String::new();
        let spans = split_name("fooBar_baz", &mut out, &mut Normalized::default());
        assert_eq!(out, "foo bar baz");
        assert_eq!(spans.len(), out.len());
        assert_eq!((spans[4].0, spans[6].1), (3, 6));
    }
}
