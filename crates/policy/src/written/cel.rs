//! What can be told of a CEL expression without asking its engine: where it fails to parse, and which tools it names.

use crate::written::node::Unparsed;
use cel::Program;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Where in the document an expression fails to parse, and why. `at` is the place of its text.
pub(crate) fn cel_at(text: &str, at: &Range<usize>, document: &str) -> (Range<usize>, String) {
    let Err(errors) = Program::compile(text) else { return (at.clone(), "the expression does not parse".to_owned()) };
    let first = errors.errors.first();
    let why = first.map_or("the expression does not parse", |error| error.msg.lines().next().unwrap_or_default());
    let why: String = format!("the expression does not parse: {}", why.chars().take(120).collect::<String>());
    // Where the text stands as it is in the document, the column is told; with escapes, the whole expression is.
    let written = document.get(at.clone()).unwrap_or_default();
    let Some(inside) = written.find(text).filter(|_| !text.contains('\n')) else { return (at.clone(), why) };
    let column = first.and_then(|error| usize::try_from(error.pos.1).ok()).unwrap_or(1).max(1) - 1;
    let offset: usize = text.chars().take(column).map(char::len_utf8).sum();
    let start = at.start + inside + offset;
    (Unparsed::new(document, start..start, "").at, why)
}

/// What an expression says of targets and tools by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedTools {
    pub(crate) server: Option<String>,
    pub(crate) tools: Vec<String>,
    /// Whether the expression says nothing else.
    pub(crate) is_all: bool,
    /// Whether it wants two names at once.
    pub(crate) contradicts: bool,
}

static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\s*\(?\s*mcp\.tool\.(target|name)\s*(?:==\s*("[^"\\]*"|'[^'\\]*')|in\s*\[([^\]\\]*)\])\s*\)?\s*$"#)
        .expect("a pattern")
});
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"mcp\.tool\.name\s*(?:==\s*("[^"\\]*"|'[^'\\]*')|in\s*\[([^\]\\]*)\])"#).expect("a pattern")
});
static TEXT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""([^"\\]*)"|'([^'\\]*)'"#).expect("a pattern"));

fn texts(list: &str) -> Vec<String> {
    TEXT.captures_iter(list)
        .filter_map(|found| found.get(1).or_else(|| found.get(2)).map(|text| text.as_str().to_owned()))
        .collect()
}

/// Reads the comparisons of an expression; what is no conjunction of such is only looked through for names.
pub(crate) fn named_tools(expression: &str) -> NamedTools {
    if expression.trim() == "true" {
        return NamedTools { is_all: true, ..NamedTools::default() };
    }
    let clauses: Vec<_> = expression.split("&&").map(|clause| CLAUSE.captures(clause)).collect();
    let mut said = NamedTools { is_all: clauses.iter().all(Option::is_some), ..NamedTools::default() };
    if !said.is_all {
        for found in NAME.captures_iter(expression) {
            let list = found.get(1).or_else(|| found.get(2)).map_or("", |list| list.as_str());
            said.tools.extend(texts(list));
        }
        return said;
    }
    let mut named: Option<Vec<String>> = None;
    for found in clauses.into_iter().flatten() {
        let list = found.get(2).or_else(|| found.get(3)).map_or("", |list| list.as_str());
        let values = texts(list);
        match (&found[1], &said.server) {
            ("target", None) if values.len() == 1 => said.server = values.into_iter().next(),
            ("target", Some(server)) if values.contains(server) => {}
            ("target", Some(_)) => said.contradicts = true,
            // Several targets in one rule are left to the engine.
            ("target", None) => said.is_all = false,
            _ => {
                let both: Vec<String> = match named {
                    Some(before) => before.into_iter().filter(|name| values.contains(name)).collect(),
                    None => values,
                };
                said.contradicts |= both.is_empty();
                named = Some(both);
            }
        }
    }
    said.tools = named.unwrap_or_default();
    said
}
