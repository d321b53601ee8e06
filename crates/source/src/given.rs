//! What a person gave to a server (a command line, a name; for addresses see [`address`](super::address)): the text in, the same without what may be secret
//! out, and how much was taken out. Any reader of such text uses this; nothing here knows a file or its format.
//!
//! Unlike [`redact`](super::redact), which leaves what a publisher wrote, nothing stays here for looking harmless: of an
//! address only what leads to the server, of a command line only what is known to be no value.

use super::address::address;
use super::look::REDACTED;
use super::redact::redact_given;

/// The program of a command as a name that can be shown: no folders, nothing behind it.
pub fn program(word: &str) -> String {
    let word = word.split_whitespace().find(|word| assignment(word).is_none()).unwrap_or_default();
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    let end = name.find(|c: char| !(c.is_alphanumeric() || "._+-".contains(c))).unwrap_or(name.len());
    let mut name: String = name[..end].chars().take(80).collect();
    redact_given(&mut name);
    if name.is_empty() { REDACTED.to_owned() } else { name }
}

/// The name of the variable that a word sets, where it is `NAME=value`.
pub fn assignment(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(plain)).then_some(name)
}

/// Words of command lines that are no values: what the usual runners are told.
const PLAIN: [&str; 24] = [
    "run",
    "exec",
    "x",
    "dlx",
    "tool",
    "-y",
    "--yes",
    "-i",
    "-t",
    "-it",
    "--rm",
    "--init",
    "-m",
    "-p",
    "-c",
    "-e",
    "--",
    "--from",
    "--package",
    "--spec",
    "--with",
    "-q",
    "--quiet",
    "/c",
];

/// The arguments of a command with everything taken out that may be a value: what stays is the word that names
/// `package`, the words of the usual runners, and the names of flags.
pub fn arguments(words: &[String], package: Option<&str>) -> (Vec<String>, usize) {
    let mut redacted = 0;
    let mut clean = |word: &String| {
        let version = package.and_then(|package| word.strip_prefix(package));
        if PLAIN.contains(&word.as_str()) || version.is_some_and(|rest| is_version(rest) || is_tag(rest)) {
            return word.clone();
        }
        let (flag, value) = word.split_once('=').map_or((word.as_str(), None), |(flag, value)| (flag, Some(value)));
        let mut shown = flag.to_owned();
        if is_flag(flag) && redact_given(&mut shown) == 0 {
            redacted += usize::from(value.is_some());
            return value.map_or_else(|| flag.to_owned(), |_| format!("{flag}={REDACTED}"));
        }
        redacted += 1;
        REDACTED.to_owned()
    };
    let clean = words.iter().map(&mut clean).collect();
    (clean, redacted)
}

/// `--name-of-a-flag`, or one letter behind a hyphen: more of them may be a letter and its value.
fn is_flag(word: &str) -> bool {
    let letters = |name: &str| name.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    match word.strip_prefix("--") {
        Some(name) => name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 40 && letters(name),
        None => word.len() == 2 && word.starts_with('-') && word[1..].starts_with(|c: char| c.is_ascii_alphabetic()),
    }
}

/// What may follow a package's name: nothing, extras, a version.
pub(super) fn is_version(rest: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".+!_-*^~<>=[],@".contains(c);
    rest.is_empty()
        || (rest.starts_with(['@', '=', '<', '>', '~', '!', '[']) && rest.len() <= 80 && rest.chars().all(plain))
}

/// The tag of an image.
fn is_tag(rest: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    rest.strip_prefix(':').is_some_and(|tag| tag.len() <= 128 && tag.chars().all(plain))
}

/// A name that somebody chose, as [`text`], and without the values of assignments.
pub fn name(name: &str) -> String {
    let words = name.split_inclusive(char::is_whitespace).map(|word| match assignment(word) {
        Some(variable) if !word.contains("://") => format!("{variable}={REDACTED}{}", &word[word.trim_end().len()..]),
        _ => word.to_owned(),
    });
    text(&words.collect::<String>())
}

/// A message without what looks like a secret, and without what its addresses carry.
pub fn text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let (body, space) = word.split_at(word.trim_end().len());
        if body.contains("://") {
            // Quotes and brackets around an address are the sentence's, and so is what ends it.
            let start = body.find(|c: char| !"`'\"(<[".contains(c)).unwrap_or(0);
            let end = body.trim_end_matches(|c: char| "`'\")>],.:;…".contains(c)).len().max(start);
            clean += &format!("{}{}{}", &body[..start], address(&body[start..end]).text, &body[end..]);
        } else {
            clean += body;
        }
        clean += space;
    }
    redact_given(&mut clean);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_loses_what_its_addresses_carry_and_a_name_its_assignments_too() {
        assert_eq!(name("KEY=planted npx kiln"), "KEY=[redacted] npx kiln");
        for (given, expected) in [
            ("`https://me:planted@h.example/x?k=planted`: no", "`https://[redacted]@h.example/x?k=[redacted]`: no"),
            ("fetching (https://h.example/a#planted), then", "fetching (https://h.example/a), then"),
            ("status 404 (not found); a/b", "status 404 (not found); a/b"),
        ] {
            assert_eq!(text(given), expected);
        }
    }
}
