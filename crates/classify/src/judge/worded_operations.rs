//! The operations that a definition lists in words alone: behind "one of", one a line, under a heading such as
//! "operations:", or given in examples such as `operation="get_berth"`. Nothing is judged here.

use crate::judge::finding::Finding;
use crate::judge::operation_value::{MAX_OPERATIONS, MAX_WORD, Value};
use crate::rules::ruleset::Ruleset;
use mcpdex_model::Field;
use std::collections::HashSet;

/// How many bytes a list in words takes at most.
const MAX_LIST: usize = 8 * 1024;
/// How many places of a text are looked at for a list or an example.
const MAX_PLACES: usize = 256;

/// The operations that the description of a parameter, or that of the tool, lists in words.
pub(crate) fn in_words(set: &Ruleset, finding: &Finding<'_>, param: usize) -> Vec<Value> {
    let of = |field: Field| {
        finding.reading.segments.iter().filter(move |segment| {
            segment.field == field && (field == Field::Description || segment.parameter as usize == param)
        })
    };
    let name = finding.reading.params[param].name;
    for segment in of(Field::ParameterDescription).chain(of(Field::Description)) {
        let words = operations_in(segment.original, &set.operation_markers, name);
        if words.len() > 1 {
            return words
                .into_iter()
                .map(|(start, word)| Value {
                    text: word.to_owned(),
                    pointer: segment.pointer.to_string(),
                    field: segment.field,
                    start: segment.base + start,
                    end: segment.base + start + word.len(),
                })
                .collect();
        }
    }
    Vec::new()
}

/// What a text says may be given to the parameter `name`: all that it lists under the parameter's name or gives in
/// examples, with the longest list beside them where both share a word; without such, the longest list.
fn operations_in<'t>(text: &'t str, markers: &[String], name: &str) -> Vec<(usize, &'t str)> {
    let mut found = under_its_name(text, name);
    let longest = listed_in(text, markers);
    let share = longest.iter().any(|(_, word)| found.iter().any(|(_, own)| own == word));
    if found.len() < 2 && longest.len() >= found.len() {
        found = longest;
    } else if share {
        found.extend(longest);
    }
    let mut known = HashSet::new();
    found.retain(|(_, word)| known.insert(*word));
    found.truncate(MAX_OPERATIONS);
    found
}

/// The words of every list under a heading `NAMEs:`, and of every example `NAME="word"` or `"NAME": "word"`.
fn under_its_name<'t>(text: &'t str, name: &str) -> Vec<(usize, &'t str)> {
    let (lower, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut found = Vec::new();
    for (at, _) in lower.match_indices(name.as_str()).filter(|_| !name.is_empty()).take(MAX_PLACES) {
        let end = at + name.len();
        if lower[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        if let Some(heading) = lower[end..].strip_prefix("s:") {
            let start = lower.len() - heading.len();
            let (inline, below) = (list_at(text, start), lines_at(text, start));
            found.extend(if below.len() > inline.len() { below } else { inline });
        } else {
            found.extend(example_at(text, end));
        }
    }
    found
}

/// The quoted word that is given where a parameter's name ends: `="word"`, `": 'word'`.
fn example_at(text: &str, end: usize) -> Option<(usize, &str)> {
    let behind = text[end..].trim_start_matches(['"', '\'', '`']).trim_start();
    let value = behind.strip_prefix(['=', ':'])?.trim_start();
    let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\'' | '`'))?;
    let (word, _) = value[1..].split_once(quote)?;
    is_operation_word(word).then(|| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// The words of a list that stands behind one of `markers`, or behind a colon.
fn listed_in<'t>(text: &'t str, markers: &[String]) -> Vec<(usize, &'t str)> {
    let lower = text.to_ascii_lowercase();
    let mut starts: Vec<usize> = markers
        .iter()
        .flat_map(|marker| lower.match_indices(marker.as_str()).map(|(at, found)| at + found.len()))
        .collect();
    starts.extend(text.match_indices(": ").map(|(at, _)| at + 2));
    starts.sort_unstable();
    starts.truncate(MAX_PLACES);
    let mut best: Vec<(usize, &str)> = Vec::new();
    for start in starts {
        for found in [list_at(text, start), lines_at(text, start)] {
            if found.len() > best.len() {
                best = found;
            }
        }
    }
    best
}

/// The first [`MAX_LIST`] bytes of a text, or some less.
fn cut(text: &str) -> &str {
    let end = text.floor_char_boundary(MAX_LIST.min(text.len()));
    &text[..end]
}

/// The list that begins on the line after `start`: one word a line, behind a dash, a dot or a number, with what explains it
/// behind the word. It ends with the first line that is none.
fn lines_at(text: &str, start: usize) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let Some((same_line, below)) = text.get(start..).and_then(|rest| cut(rest).split_once('\n')) else { return found };
    if !same_line.trim().trim_matches(':').is_empty() {
        return found;
    }
    for line in below.lines().filter(|line| !line.trim().is_empty()) {
        let item = line.trim_start();
        let bare =
            item.trim_start_matches(|sign: char| sign.is_ascii_digit()).trim_start_matches(['.', ')', '-', '*', '•']);
        let word = bare.split_whitespace().next().unwrap_or_default().trim_matches(['`', '"', '\'', ':', ',', '*']);
        if bare.len() == item.len() || !bare.starts_with([' ', '\t']) || !is_operation_word(word) {
            break;
        }
        found.push((word.as_ptr() as usize - text.as_ptr() as usize, word));
    }
    found.truncate(MAX_OPERATIONS);
    found
}

/// The list that begins at `start`: single words between commas, bars, quotes, "and" or "or"; what explains one of them in
/// brackets, or behind a dash, is passed over.
fn list_at(text: &str, start: usize) -> Vec<(usize, &str)> {
    let Some(rest) = text.get(start..) else { return Vec::new() };
    let rest = cut(rest);
    // A line that ends with a comma goes on in the next, an empty one does not.
    let mut line = 0;
    for part in rest.split_inclusive('\n') {
        line += part.trim_end_matches('\n').len();
        if !part.trim_end().ends_with(',') {
            break;
        }
        line += part.len() - part.trim_end_matches('\n').len();
    }
    let list = &rest[..rest.find(". ").map_or(line, |stop| stop.min(line))];
    let mut found = Vec::new();
    for item in list.split([',', '|', ';', '/']).map(str::trim) {
        let mut parts = item.split([' ', '"', '\'', '`', '“', '”', '(', ')', '.', ':']).filter(|part| !part.is_empty());
        let mut word = parts.next();
        while word.is_some_and(|word| matches!(word, "or" | "and" | "also")) {
            word = parts.next();
        }
        let mut own = word;
        // "`start`, `stop` or `status`": two of one item.
        let rest: Vec<&str> = parts.collect();
        let mut more = Vec::new();
        for pair in std::iter::once(own.unwrap_or("")).chain(rest.iter().copied()).collect::<Vec<_>>().windows(3) {
            if matches!(pair[1], "or" | "and") {
                more.push(pair[2]);
            }
        }
        if own.is_some_and(|word| !is_operation_word(word)) {
            own = None;
        }
        let Some(own) = own else {
            if found.is_empty() {
                return Vec::new();
            }
            break;
        };
        for word in std::iter::once(own).chain(more) {
            if is_operation_word(word) {
                found.push((word.as_ptr() as usize - text.as_ptr() as usize, word));
            }
        }
    }
    found.truncate(MAX_OPERATIONS);
    found
}

fn is_operation_word(word: &str) -> bool {
    word.len() > 1
        && word.len() <= MAX_WORD
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_words_are_read() {
        let words = |text: &str| {
            let markers = ["one of".to_owned(), "use ".to_owned(), "supports".to_owned()];
            listed_in(text, &markers).into_iter().map(|(_, word)| word.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(words("One of: \"list\", \"get\", \"delete\""), ["list", "get", "delete"]);
        assert_eq!(words("one of get, delete, purge"), ["get", "delete", "purge"]);
        assert_eq!(words("Use `start`, `stop` or `status`."), ["start", "stop", "status"]);
        assert_eq!(words("which step: 'view' (default), 'approve' or 'pay'"), ["view", "approve", "pay"]);
        assert_eq!(words("Supports status, volume and disarm (alarm)."), ["status", "volume", "disarm"]);
        let lines = "Supports:\n- ListKilns (read-only)\n- `DropKiln`: for good\n\n* FireKiln\nAsk first.\n- no";
        assert_eq!(words(lines), ["ListKilns", "DropKiln", "FireKiln"]);
        assert_eq!(words("one of\n1. get\n2) purge"), ["get", "purge"]);
        assert!(words("one of these:\nget\npurge").len() < 2 && words("Use it\n- with care").len() < 2);
    }

    #[test]
    fn every_list_under_the_parameters_name_is_read_and_every_example_of_it() {
        let words = |text: &str| {
            let found = operations_in(text, &["one of".to_owned()], "operation");
            found.into_iter().map(|(_, word)| word.to_owned()).collect::<Vec<_>>()
        };
        let sections = "Boats (kind=\"boat\"):\n  operations: list_boats, get_boat,\n    find_boat\n  by: name, length, draught, \
                        flag, owner\nMoorings:\n  Operations:\n  - drop_mooring\n\noperation=\"sink\", {\"operation\": 'raise'}";
        assert_eq!(words(sections), ["list_boats", "get_boat", "find_boat", "drop_mooring", "sink", "raise"]);
        assert_eq!(words("one of list, purge. For example operation='list'"), ["list", "purge"]);
        assert_eq!(words("operation=\"list\", operation=\"get\". Takes one of list, purge"), ["list", "get", "purge"]);
        assert_eq!(words("operations: list, get, drop\nUse with care. Ask first."), ["list", "get", "drop"]);
        assert_eq!(words("operations: list, get,\n\n  drop"), ["list", "get"]);
        assert!(words("operation=\"list\" or cooperation=\"wide\"").len() < 2);
    }

    #[test]
    fn a_hostile_text_is_looked_at_for_so_long() {
        let text = [&"operations: ".repeat(5_000), ",", &"\n".repeat(60_000)].concat();
        assert!(operations_in(&text, &["one of".to_owned()], "operation").len() <= MAX_OPERATIONS);
    }
}
