//! What a person gave to a server (an address, a command line, a name): the text in, the same without what may be secret
//! out, and how much was taken out. Any reader of such text uses this; nothing here knows a file or its format.
//!
//! Unlike [`redact`](super::redact), which leaves what a publisher wrote, nothing stays here for looking harmless: of an
//! address only what leads to the server, of a command line only what is known to be no value.

use super::redact::{REDACTED, redact_given};
use std::ops::AddAssign;

/// A text without its secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clean {
    pub text: String,
    /// Values that were taken out.
    pub redacted: usize,
}

/// An address without user information, values of its query, matrix parameters and fragment. Templates (`{NAME}`,
/// `${NAME}`, `<NAME>`) stay, without the defaults that some clients let stand in them.
pub fn address(text: &str) -> Clean {
    strict(text, Query::Any)
}

/// An address that a publisher wrote: a word of the query that is no pair stays, since it is no value.
pub(super) fn published_address(text: &str) -> Clean {
    strict(text, Query::Pairs)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Query {
    Any,
    Pairs,
}

fn strict(text: &str, query: Query) -> Clean {
    let mut redacted = 0;
    let text = templates(&as_browsers_read(text), &mut redacted);
    let (rest, fragment) = text.split_once('#').unwrap_or((&text, ""));
    redacted += usize::from(!fragment.is_empty());
    let (rest, asked) = rest.split_once('?').unwrap_or((rest, ""));
    let mut base = place(rest, &mut redacted);
    redacted += redact_given(&mut base);
    let mut sign = '?';
    for pair in asked.split('&').filter(|pair| !pair.is_empty()) {
        base.push(std::mem::replace(&mut sign, '&'));
        let (key, value) = pair.split_once('=').map_or((pair, None), |(key, value)| (key, Some(value)));
        let mut key = key.to_owned();
        match value {
            None if query == Query::Any && !is_template(&key) => take(&mut key, &mut redacted),
            _ => redacted.add_assign(redact_given(&mut key)),
        }
        base += &key;
        if let Some(value) = value {
            let mut value = value.to_owned();
            if !value.is_empty() && !is_template(&value) {
                take(&mut value, &mut redacted);
            }
            base.push('=');
            base += &value;
        }
    }
    Clean { text: base, redacted }
}

/// Browsers and URL libraries leave out tabs and line breaks, take backslashes for slashes and do without some slashes.
fn as_browsers_read(text: &str) -> String {
    let text: String = text.trim().chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let web = text.split_once(':').filter(|(scheme, rest)| {
        let known = ["http", "https", "ws", "wss"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        // `http:8080` names a host and a port.
        known && !rest.starts_with(|c: char| c.is_ascii_digit())
    });
    match web {
        Some((scheme, rest)) => {
            let end = rest.find(['?', '#']).unwrap_or(rest.len());
            let place = rest[..end].replace('\\', "/");
            format!("{scheme}://{}{}", place.trim_start_matches('/'), &rest[end..])
        }
        None => text,
    }
}

/// Scheme, host and path, without user information and without the values of `;key=value` in the path.
fn place(text: &str, redacted: &mut usize) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = text.split_at(start);
    let end = rest.find(['/', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let mut clean = scheme.to_owned();
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let mut user = user.to_owned();
            if !user.split(':').all(|part| part.is_empty() || is_template(part)) {
                take(&mut user, redacted);
            }
            clean += &format!("{user}@{host}");
        }
        None => clean += authority,
    }
    let parts = path.split_inclusive(['/', ';', '\\']).map(|part| match part.split_once('=') {
        Some((key, value)) => {
            let end = value.find(['/', ';', '\\']).unwrap_or(value.len());
            let mut given = value[..end].to_owned();
            if !given.is_empty() && !is_template(&given) {
                take(&mut given, redacted);
            }
            format!("{key}={given}{}", &value[end..])
        }
        None => part.to_owned(),
    });
    clean.extend(parts);
    clean
}

fn take(value: &mut String, redacted: &mut usize) {
    if value != REDACTED {
        *value = REDACTED.to_owned();
        *redacted += 1;
    }
}

/// `${NAME:-default}` becomes `${NAME}`.
fn templates(text: &str, redacted: &mut usize) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let Some(end) = rest[at..].find('}').map(|end| at + end) else { break };
        let inner = &rest[at + 1..end];
        let named = ["env:", "input:", "secret:"].iter().find(|kind| inner.starts_with(**kind));
        let from = named.map_or(0, |kind| kind.len());
        // A bare `$NAME` of a shell ends where its operators begin; other names have hyphens.
        let hyphen = !rest[..at].ends_with('$') || from > 0;
        let ends = |c: char| !(c.is_ascii_alphanumeric() || "_.".contains(c) || (hyphen && c == '-'));
        let name = &inner[..from + inner[from..].find(ends).unwrap_or(inner.len() - from)];
        *redacted += usize::from(name.len() < inner.len());
        clean += &rest[..=at];
        clean += name;
        clean.push('}');
        rest = &rest[end + 1..];
    }
    clean + rest
}

/// Whether a value says only where something belongs.
fn is_template(value: &str) -> bool {
    let mut rest = value;
    while !rest.is_empty() {
        let inner = rest.trim_start_matches('$');
        let close = match inner.chars().next() {
            Some('{') => '}',
            Some('<') => '>',
            _ => return false,
        };
        let Some(end) = inner.find(close) else { return false };
        rest = &inner[end + 1..];
    }
    !value.is_empty()
}

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

/// A command line as it can be shown.
pub fn command_line(words: &[String]) -> String {
    let Some((first, rest)) = words.split_first() else { return String::new() };
    let package = super::config::package(words).map(|package| package.identifier);
    let (rest, _) = arguments(rest, package.as_deref());
    let mut line = vec![program(first)];
    line.extend(rest);
    line.dedup_by(|a, b| a == REDACTED && b == REDACTED);
    line.join(" ")
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
    fn an_address_keeps_only_what_leads_to_its_server() {
        for (given, expected) in [
            ("https://h.example/mcp", "https://h.example/mcp"),
            ("https://h.example/mcp#access_token=planted", "https://h.example/mcp"),
            ("https://h.example/mcp?sid=planted&page=planted2", "https://h.example/mcp?sid=[redacted]&page=[redacted]"),
            ("https://h.example/mcp?planted", "https://h.example/mcp?[redacted]"),
            ("https://me:planted@h.example/mcp", "https://[redacted]@h.example/mcp"),
            ("me:planted@h.example/mcp", "[redacted]@h.example/mcp"),
            ("h.example/mcp?key=planted", "h.example/mcp?key=[redacted]"),
            ("https://h.example/a;session=planted/mcp", "https://h.example/a;session=[redacted]/mcp"),
            ("https://h.example/key=planted/mcp", "https://h.example/key=[redacted]/mcp"),
            ("https://{tenant-id}.h.example/mcp?k=${KEY}&t=<T>", "https://{tenant-id}.h.example/mcp?k=${KEY}&t=<T>"),
            ("https://h.example/mcp?k=${KEY:-planted}", "https://h.example/mcp?k=${KEY}"),
            ("https://h.example/mcp?k=${KEY-planted}", "https://h.example/mcp?k=${KEY}"),
            ("https://h.example/mcp?k=${input:my-key}", "https://h.example/mcp?k=${input:my-key}"),
            ("https://h.example/mcp?k={a}planted", "https://h.example/mcp?k=[redacted]"),
            ("https://${U}:${P}@h.example/mcp", "https://${U}:${P}@h.example/mcp"),
            ("https:\\\\me:planted@h.example\\mcp", "https://[redacted]@h.example/mcp"),
            ("https:me:plan\tted@h.example/planted=planted", "https://[redacted]@h.example/planted=[redacted]"),
            ("https://h.example/@clay/kiln", "https://h.example/@clay/kiln"),
        ] {
            let clean = address(given);
            assert_eq!(clean.text, expected);
            assert_eq!(clean.redacted > 0, given.contains("planted"), "{given}");
            assert_eq!(address(&clean.text), Clean { text: clean.text.clone(), redacted: 0 }, "twice");
        }
        assert_eq!(
            published_address("https://h.example/mcp?login&k=v").text,
            "https://h.example/mcp?login&k=[redacted]"
        );
    }

    #[test]
    fn a_command_line_keeps_its_program_its_package_and_the_names_of_flags() {
        for (line, expected) in [
            ("npx -y kiln@1.2 --token planted", "npx -y kiln@1.2 --token [redacted]"),
            ("/opt/kiln/run planted --pw=planted -pplanted", "run [redacted] --pw=[redacted] [redacted]"),
            ("docker run -e KEY=planted clay/kiln:1", "docker run -e [redacted] clay/kiln:1"),
            ("curl?token=planted", "curl"),
            ("KEY=planted", "[redacted]"),
            ("node x.js planted planted", "node [redacted]"),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(command_line(&words), expected);
        }
    }

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
