//! What a person can write as a Rego module: the engine decides, and the text is looked through for names of tools, words of
//! the decision and fields of the input.

#![cfg(feature = "verify")]

use crate::decision::PolicyEffect;
use crate::format::PolicyFile;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::nearest::nearest;
use crate::written::node::Unparsed;
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::shortened;
use crate::written::source::Source;
use regex::Regex;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

/// The package whose `decision` the enforcement point asks for.
const PACKAGE: &str = "mcp.authz";
/// What the enforcement point hands over.
const INPUT: [&str; 4] = ["server", "tool", "arguments", "calls"];
const WORDS: [&str; 3] = ["allow", "ask", "deny"];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of this file")
}

static INPUT_FIELD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\binput\.([A-Za-z_][A-Za-z0-9_]*)"));
static DECISION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?m)^[ \t]*(default[ \t]+)?decision[ \t]*:?=[ \t]*("[^"]*")?"#));
static COMPARED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"input\.tool\s*==\s*("[^"]*")|("[^"]*")\s*==\s*input\.tool|input\.tool\s+in\s+\{([^}]*)\}"#)
});
/// A set or table that is asked with the tool's name.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b([a-z_][A-Za-z0-9_]*)(?:\[input\.server\])?\[input\.tool\]",
        r"|input\.tool\s+in\s+([a-z_][A-Za-z0-9_]*)",
        r"|\bobject\.get\(([a-z_][A-Za-z0-9_]*),\s*(?:\[input\.server,\s*)?input\.tool\b",
    ))
});
/// Whether the table that is asked is one of servers.
static BY_SERVER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\[input\.server\]\[input\.tool\]|\[input\.server,\s*input\.tool\b"));
static TEXT: LazyLock<Regex> = LazyLock::new(|| pattern(r#""((?:[^"\\]|\\.)*)""#));

pub(in crate::targets) fn read_written(source: &Source<'_>, book: &mut RuleBook) {
    let text = source.text;
    let files = [PolicyFile { file: "mcp.rego".to_owned(), text: text.to_owned() }];
    match super::replay::read(&files, source.options) {
        Ok(engine) => book.engine = Some(engine),
        Err(error) => {
            let (at, why) = place(text, &error);
            return book.finds.push(PolicyFinding::new(PolicyFault::Unreadable, at, why));
        }
    }
    let code = without_comments(text);
    book.looks_at_arguments = code.contains("input.arguments");
    let package = code.trim_start().lines().next().unwrap_or_default().trim();
    let begin = text.find("package").unwrap_or(0);
    let package_at = begin..begin + package.len().max(1);
    if package.strip_prefix("package").map(str::trim) != Some(PACKAGE) {
        let message =
            format!("the enforcement point asks `data.{PACKAGE}.decision`, and this is `{}`", shortened(package));
        let finding = PolicyFinding::new(PolicyFault::IgnoredRule, package_at, message);
        return book.finds.push(finding.help(format!("write `package {PACKAGE}`")));
    }
    let default = decisions(&code, package_at, book);
    inputs(&code, book);
    let every = Selector::Tool { server: None, tool: Name::Any };
    book.rules.push(WrittenRule::new(default, "decision", every, PolicyEffect::Deny).rank(0).role(Role::Default));
    let mut seen = BTreeSet::new();
    for (tool, at) in names(&code) {
        if !seen.insert(tool.clone()) {
            continue;
        }
        let selector = Selector::Tool { server: None, tool: Name::Is(tool.clone()) };
        // The engine decides: the rule only shows where the tool is spoken of.
        book.rules.push(WrittenRule::new(at, "decision", selector, PolicyEffect::Deny).rank(1).role(Role::Lists));
    }
}

/// The same length, with comments blanked, so that places stay.
fn without_comments(text: &str) -> String {
    let (mut out, mut quoted, mut comment, mut escaped) = (String::with_capacity(text.len()), false, false, false);
    for c in text.chars() {
        match c {
            '\n' => (comment, quoted) = (false, false),
            '#' if !quoted => comment = true,
            '"' if !comment && !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if comment { out.extend(std::iter::repeat_n(' ', c.len_utf8())) } else { out.push(c) }
    }
    out
}

/// What the module says of `decision`; where its default stands.
fn decisions(code: &str, package: Range<usize>, book: &mut RuleBook) -> Range<usize> {
    let (mut any, mut default) = (false, None);
    for found in DECISION.captures_iter(code) {
        any = true;
        let whole = found.get(0).map_or(0..0, |all| all.range());
        let start = whole.start + (whole.len() - code[whole.clone()].trim_start().len());
        if found.get(1).is_some() {
            default = Some(start..whole.end);
        }
        if let Some(word) = found.get(2) {
            let bare = word.as_str().trim_matches('"');
            if !WORDS.contains(&bare) {
                let message = format!("the enforcement point knows no decision `{}`", shortened(bare));
                let finding = PolicyFinding::new(PolicyFault::WrongValue, word.range(), message);
                book.finds.push(finding.help("write \"allow\", \"ask\" or \"deny\""));
            }
        }
    }
    let mut missing = |what: &str| {
        book.finds.push(PolicyFinding::new(PolicyFault::MissingKey, package.clone(), what.to_owned()));
    };
    match (any, &default) {
        (false, _) => missing("the module has no `decision`, for which the enforcement point asks"),
        (true, None) => missing("`decision` has no default: a call that no rule decides is left undefined"),
        _ => {}
    }
    default.unwrap_or(package)
}

fn inputs(code: &str, book: &mut RuleBook) {
    for found in INPUT_FIELD.captures_iter(code) {
        let (Some(field), Some(whole)) = (found.get(1), found.get(0)) else { continue };
        if INPUT.contains(&field.as_str()) {
            continue;
        }
        let near = nearest(field.as_str(), INPUT).first().copied();
        let near = near.or_else(|| INPUT.into_iter().find(|known| field.as_str().starts_with(known)));
        let message = format!("the enforcement point hands over no `input.{}`", shortened(field.as_str()));
        let finding = PolicyFinding::new(PolicyFault::UnknownKey, whole.range(), message);
        book.finds.push(match near {
            Some(near) => finding.help(format!("write `input.{near}`")),
            None => finding.help("it hands over `input.server`, `input.tool`, `input.arguments` and `input.calls`"),
        });
    }
}

/// Names that the module compares with the tool's.
fn names(code: &str) -> Vec<(String, Range<usize>)> {
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    let mut take = |part: Range<usize>| {
        for text in TEXT.captures_iter(&code[part.clone()]) {
            let (Some(whole), Some(name)) = (text.get(0), text.get(1)) else { continue };
            let name = serde_json::from_str(whole.as_str()).unwrap_or_else(|_| name.as_str().to_owned());
            found.push((name, part.start + whole.start()..part.start + whole.end()));
        }
    };
    for compared in COMPARED.captures_iter(code) {
        for group in 1..=3 {
            if let Some(part) = compared.get(group) {
                take(part.range());
            }
        }
    }
    let asked: BTreeSet<&str> =
        ASKED.captures_iter(code).filter_map(|a| a.iter().skip(1).flatten().next()).map(|name| name.as_str()).collect();
    for name in asked.into_iter().filter(|name| *name != "input") {
        let Some(start) = [":=", "="].iter().find_map(|sign| {
            let opening = pattern(&format!(r"(?m)^{}\s*{sign}\s*\{{", regex::escape(name)));
            opening.find(code).map(|opening| opening.end())
        }) else {
            continue;
        };
        let end = closing(code, start);
        match code[start..end].contains(": {") || code[start..end].contains(":{") {
            true => keys(code, start, end, &mut found),
            false => take_set(code, start..end, &mut found),
        }
    }
    found
}

fn take_set(code: &str, part: Range<usize>, found: &mut Vec<(String, Range<usize>)>) {
    for text in TEXT.find_iter(&code[part.clone()]) {
        if let Ok(name) = serde_json::from_str(text.as_str()) {
            found.push((name, part.start + text.start()..part.start + text.end()));
        }
    }
}

/// The keys of the tables in a table, which is one of servers, or of a table, which is one of tools.
fn keys(code: &str, start: usize, end: usize, found: &mut Vec<(String, Range<usize>)>) {
    let wanted = if BY_SERVER.is_match(code) { 1 } else { 0 };
    let (mut depth, mut at) = (0_usize, start);
    while at < end {
        match code.as_bytes()[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let Some(text) = TEXT.find_at(code, at).filter(|text| text.start() == at) else { break };
                let is_key = code[text.end()..end].trim_start().starts_with(':');
                if depth == wanted
                    && is_key
                    && let Ok(name) = serde_json::from_str(text.as_str())
                {
                    found.push((name, text.range()));
                }
                at = text.end();
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Where the brace closes that opened before `start`.
fn closing(code: &str, start: usize) -> usize {
    let (mut depth, mut at, bytes) = (1_usize, start, code.as_bytes());
    while at < bytes.len() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'"' => {
                if let Some(text) = TEXT.find_at(code, at).filter(|text| text.start() == at) {
                    at = text.end();
                    continue;
                }
            }
            _ => {}
        }
        if depth == 0 {
            return at;
        }
        at += 1;
    }
    code.len()
}

/// The place that the engine names, and what it says of it.
fn place(text: &str, error: &str) -> (Range<usize>, String) {
    let named = Regex::new(r"mcp\.rego:(\d+):(\d+)").ok().and_then(|place| {
        let found = place.captures(error)?;
        Some((found[1].parse::<usize>().ok()?, found[2].parse::<usize>().ok()?))
    });
    let why =
        error.lines().rev().map(str::trim).find(|line| line.contains("error")).unwrap_or("the module does not parse");
    let why = why.trim_start_matches('|').trim().trim_start_matches("error:").trim().to_owned();
    let Some((line, column)) = named else { return (Unparsed::new(text, 0..0, "").at, why) };
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let inside: usize = text[start.min(text.len())..].chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    (Unparsed::new(text, start + inside..start + inside, "").at, why)
}
