//! Splits a docstring into its description and what it says about each parameter, as newer versions of the FastMCP
//! framework do before they show it: the description ends where the first section begins. Only plain functions.
//!
//! Three styles are known, tried in this order: Google (`Args:` and an indented block), NumPy (a title underlined with
//! dashes) and Sphinx (`:param name:`). The first style that finds any section decides.

/// A docstring in parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// `None` when the docstring has no text outside of its sections.
    pub description: Option<String>,
    pub parameters: Vec<(String, String)>,
}

/// When a framework takes a docstring apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Split {
    /// All of it is description.
    #[default]
    Never,
    /// Where it describes parameters.
    AtParameters,
    /// Where it has a section of any kind.
    AtSections,
}

/// The parts of a cleaned docstring; where it is not split all of it is description.
pub(super) fn parts(doc: &str, split: Split) -> Parts {
    let lines: Vec<&str> = doc.split('\n').collect();
    let fits = |parts: &Parts| match split {
        Split::Never => false,
        Split::AtParameters => !parts.parameters.is_empty(),
        Split::AtSections => true,
    };
    google(&lines)
        .filter(fits)
        .or_else(|| numpy(&lines).filter(fits))
        .or_else(|| sphinx(&lines).filter(fits))
        .unwrap_or_else(|| Parts { description: Some(doc.to_owned()), parameters: Vec::new() })
}

/// Collects lines of text; the first block of them that is not blank is the description.
#[derive(Default)]
struct Text<'d> {
    current: Vec<&'d str>,
    first: Option<String>,
    sections: usize,
}

impl<'d> Text<'d> {
    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.current);
        if self.first.is_none() && block.iter().any(|line| !line.is_empty()) {
            self.first = Some(block.join("\n").trim_end_matches('\n').to_owned());
        }
    }

    fn section(&mut self) {
        self.end_block();
        self.sections += 1;
    }

    fn finish(mut self, parameters: Vec<(String, String)>) -> Option<Parts> {
        self.end_block();
        (self.sections > 0).then_some(Parts { description: self.first, parameters })
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Spaces at the start; tabs were expanded before.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

const GOOGLE_SECTIONS: &[&str] = &[
    "args",
    "arguments",
    "params",
    "parameters",
    "keyword args",
    "keyword arguments",
    "other args",
    "other arguments",
    "other params",
    "other parameters",
    "type args",
    "type arguments",
    "type params",
    "type parameters",
    "raises",
    "exceptions",
    "returns",
    "yields",
    "receives",
    "examples",
    "attributes",
    "functions",
    "methods",
    "classes",
    "type aliases",
    "modules",
    "warns",
    "warnings",
];

fn google(lines: &[&str]) -> Option<Parts> {
    let mut text = Text::default();
    let mut parameters = Vec::new();
    let mut in_code = false;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if line.trim_start_matches(' ').starts_with("```") {
            in_code = !in_code;
            text.current.push(line);
        } else if let Some(title) = google_title(line).filter(|_| !in_code && opens_section(lines, at)) {
            let title = title.to_ascii_lowercase();
            let (block, next) = indented(lines, at + 1);
            if GOOGLE_SECTIONS.contains(&&*title) || !block.is_empty() {
                text.section();
                if matches!(&*title, "args" | "arguments" | "params" | "parameters") {
                    parameters.extend(google_parameters(&block));
                }
                at = next;
                continue;
            }
            text.current.push(line);
        } else {
            text.current.push(line);
        }
        at += 1;
    }
    text.finish(parameters)
}

/// The words before the colon of a line such as `Args:` or `Note: a title`.
fn google_title(line: &str) -> Option<&str> {
    let (title, rest) = line.split_once(':')?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let fits = title.starts_with(is_word) && title.chars().all(|c| is_word(c) || c.is_whitespace() || c == '-');
    (fits && (rest.trim().is_empty() || rest.starts_with(char::is_whitespace))).then_some(title)
}

/// Whether the title in line `at` has a blank line above and an indented one right below.
fn opens_section(lines: &[&str], at: usize) -> bool {
    let above = at == 0 || is_blank(lines[at - 1]);
    above && lines.get(at + 1).is_some_and(|below| !is_blank(below) && below.starts_with(' '))
}

/// The indented lines from `from` on, and the first line after them.
fn indented<'d>(lines: &[&'d str], from: usize) -> (Vec<&'d str>, usize) {
    let depth = lines.get(from).map_or(0, |line| indent(line));
    let mut end = from;
    while end < lines.len() && (is_blank(lines[end]) || indent(lines[end]) >= depth.max(1)) {
        end += 1;
    }
    (lines[from.min(end)..end].to_vec(), end)
}

fn google_parameters(block: &[&str]) -> Vec<(String, String)> {
    let depth = block.first().map_or(0, |line| indent(line));
    let mut items: Vec<Vec<String>> = Vec::new();
    for line in block {
        let own = indent(line);
        match items.last_mut() {
            Some(item) if is_blank(line) => item.push(String::new()),
            // Continuation lines lose up to twice the indentation of an item.
            Some(item) if own > depth => item.push(line[own.min(depth * 2)..].to_owned()),
            _ => items.push(vec![line[own..].to_owned()]),
        }
    }
    items.iter().filter_map(|item| parameter(item)).collect()
}

/// `name (type): description`, with the lines that continue it.
fn parameter(item: &[String]) -> Option<(String, String)> {
    let (head, rest) = item.first()?.split_once(':')?;
    let name = if head.ends_with(')') { head.split('(').next().unwrap_or(head).trim() } else { head };
    let mut lines = vec![rest.trim_start()];
    lines.extend(item.iter().skip(1).map(String::as_str));
    Some((name.to_owned(), lines.join("\n").trim_end_matches('\n').to_owned()))
}

fn is_dashes(line: &str) -> bool {
    line.contains('-') && line.chars().all(|c| c == '-' || c.is_whitespace())
}

fn numpy(lines: &[&str]) -> Option<Parts> {
    let mut text = Text::default();
    let mut parameters = Vec::new();
    let mut at = 0;
    let mut in_code = false;
    while at < lines.len() {
        let line = lines[at];
        if line.trim_start_matches(' ').starts_with("```") {
            in_code = !in_code;
        }
        if in_code || is_blank(line) || !lines.get(at + 1).is_some_and(|next| is_dashes(next)) {
            text.current.push(if is_blank(line) { "" } else { line });
            at += 1;
            continue;
        }
        text.section();
        let from = at + 2;
        let is_title = |at: usize| !is_blank(lines[at]) && lines.get(at + 1).is_some_and(|next| is_dashes(next));
        let end = (from..lines.len()).find(|at| is_title(*at)).unwrap_or(lines.len());
        let block = lines.get(from..end).unwrap_or_default();
        if line.eq_ignore_ascii_case("parameters") {
            parameters.extend(numpy_parameters(block));
        }
        at = end.max(from);
    }
    text.finish(parameters)
}

fn numpy_parameters(block: &[&str]) -> Vec<(String, String)> {
    let mut out: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for line in block {
        match out.last_mut() {
            _ if !is_blank(line) && indent(line) == 0 => {
                let names = line.split(" :").next().unwrap_or(line).split(',');
                out.push((names.map(|name| name.trim().to_owned()).collect(), Vec::new()));
            }
            Some((_, text)) => text.push(line[indent(line).min(4)..].to_owned()),
            None => {}
        }
    }
    let joined = |text: &[String]| text.join("\n").trim_end_matches('\n').to_owned();
    out.into_iter()
        .flat_map(|(names, text)| names.into_iter().map(|name| (name, joined(&text))).collect::<Vec<_>>())
        .collect()
}

const SPHINX_FIELDS: &[&str] = &[
    ":param",
    ":parameter",
    ":arg",
    ":argument",
    ":key",
    ":keyword",
    ":type",
    ":var",
    ":ivar",
    ":cvar",
    ":return",
    ":rtype",
    ":raise",
    ":except",
    ":exception",
];

fn sphinx(lines: &[&str]) -> Option<Parts> {
    let mut text = Text::default();
    let mut parameters = Vec::new();
    let mut description: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if !SPHINX_FIELDS.iter().any(|field| line.starts_with(field)) {
            description.push(line);
            at += 1;
            continue;
        }
        let end = (at + 1..lines.len()).find(|at| lines[*at].starts_with(':')).unwrap_or(lines.len());
        let whole = super::literal::cleandoc(&lines[at..end].join("\n"));
        if let Some((head, value)) = whole.get(1..).and_then(|rest| rest.split_once(':')) {
            let words: Vec<&str> = head.split(' ').collect();
            match words.as_slice() {
                ["type" | "rtype" | "vartype", ..] => {}
                ["param" | "parameter" | "arg" | "argument" | "key" | "keyword", .., name] => {
                    text.sections += 1;
                    parameters.push(((*name).to_owned(), value.trim().to_owned()));
                }
                _ => text.sections += 1,
            }
        }
        at = end;
    }
    let first = description.iter().position(|line| !is_blank(line));
    let last = description.iter().rposition(|line| !is_blank(line));
    text.current = match (first, last) {
        (Some(first), Some(last)) => description[first..=last].to_vec(),
        _ => Vec::new(),
    };
    text.finish(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(doc: &str) -> (Option<String>, Vec<(String, String)>) {
        let parts = parts(doc, Split::AtSections);
        (parts.description, parts.parameters)
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn the_description_ends_where_the_first_section_begins() {
        let doc = "Dims a lamp.\n\nSlowly: not at once.\n\nArgs:\n    room: Where it hangs,\n        in words\n    level (int, optional): How bright\n\nReturns:\n    Nothing\n";
        assert_eq!(
            split(doc),
            (
                Some("Dims a lamp.\n\nSlowly: not at once.".to_owned()),
                vec![pair("room", "Where it hangs,\nin words"), pair("level", "How bright")]
            )
        );
    }

    #[test]
    fn a_section_without_parameters_splits_only_where_any_section_does() {
        let doc = "Dims.\n\nExample:\n    dim(3)\n";
        assert_eq!(parts(doc, Split::AtParameters).description.as_deref(), Some(doc));
        assert_eq!(parts(doc, Split::AtSections).description.as_deref(), Some("Dims."));
    }

    #[test]
    fn a_title_without_a_blank_line_above_is_text() {
        let doc = "Dims a lamp.\nArgs:\n    room: Where";
        assert_eq!(split(doc), (Some(doc.to_owned()), Vec::new()));
    }

    #[test]
    fn a_section_in_a_code_block_is_text() {
        let doc = "Dims.\n\n```\n\nArgs:\n    room: Where\n```";
        assert_eq!(split(doc), (Some(doc.to_owned()), Vec::new()));
    }

    #[test]
    fn numpy_and_sphinx_styles_are_known() {
        assert_eq!(
            split("Dims.\n\nParameters\n----------\nroom : str\n    Where it hangs\n\nReturns\n-------\nbool"),
            (Some("Dims.".to_owned()), vec![pair("room", "Where it hangs")])
        );
        assert_eq!(
            split("Dims.\n\n:param room: Where\n    it hangs\n:param int level: How\n:return: Nothing"),
            (Some("Dims.".to_owned()), vec![pair("room", "Where\nit hangs"), pair("level", "How")])
        );
    }

    #[test]
    fn strange_docstrings_are_survived() {
        for doc in ["", ":", ":param", "-", "a\n-", "Args:", "Args:\n ", "\n\n", "é:\n\t x", "Args:\n  é", "```"] {
            parts(doc, Split::AtSections);
        }
    }
}
