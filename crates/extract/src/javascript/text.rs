//! Methods of texts on known values.

use super::machine::{MAX_TEXT, Machine};
use super::operator::to_text;
use super::value::ScopeId;
use super::value::{Text, Value};
use tree_sitter::Node;

impl<'t> Machine<'t> {
    /// `text.name(...arguments)`.
    pub(super) fn text_method(&mut self, text: &Text, name: &str, arguments: &[Value]) -> Value {
        let argument = |at: usize| arguments.get(at).and_then(Value::as_text).map(|text| text.to_string());
        let number = |at: usize| match arguments.get(at) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        let length = text.chars().count();
        let place = |at: usize, default: usize| match arguments.get(at) {
            None | Some(Value::Undefined) => Some(default),
            Some(Value::Number(n)) if *n < 0.0 => Some(length.saturating_sub(n.abs() as usize)),
            Some(Value::Number(n)) => Some((*n as usize).min(length)),
            _ => None,
        };
        let cut =
            |from: usize, to: usize| -> String { text.chars().skip(from).take(to.saturating_sub(from)).collect() };
        let found = match name {
            "toString" | "valueOf" | "normalize" => Some(text.to_string()),
            "trim" => Some(text.trim().to_owned()),
            "trimStart" | "trimLeft" => Some(text.trim_start().to_owned()),
            "trimEnd" | "trimRight" => Some(text.trim_end().to_owned()),
            "toLowerCase" | "toLocaleLowerCase" => Some(text.to_lowercase()),
            "toUpperCase" | "toLocaleUpperCase" => Some(text.to_uppercase()),
            "concat" => {
                let parts: Option<Vec<String>> = arguments.iter().map(to_text).collect();
                parts.map(|parts| text.to_string() + &parts.concat())
            }
            "replaceAll" => match (argument(0), argument(1)) {
                (Some(from), Some(to)) if text.len().saturating_mul(to.len() + 1) < MAX_TEXT => {
                    Some(text.replace(&from, &to))
                }
                _ => None,
            },
            "replace" => match (argument(0), argument(1)) {
                (Some(from), Some(to)) => Some(text.replacen(&from, &to, 1)),
                _ => None,
            },
            "slice" => match (place(0, 0), place(1, length)) {
                (Some(from), Some(to)) => Some(cut(from, to)),
                _ => None,
            },
            "substring" => match (place(0, 0), place(1, length)) {
                (Some(from), Some(to)) => Some(cut(from.min(to), from.max(to))),
                _ => None,
            },
            "charAt" => number(0).map(|at| cut(at as usize, at as usize + 1)),
            "repeat" => number(0)
                .filter(|count| *count >= 0.0 && text.len() as f64 * count < MAX_TEXT as f64)
                .map(|count| text.repeat(count as usize)),
            "split" => {
                let parts = match argument(0) {
                    Some(separator) if separator.is_empty() => text.chars().map(String::from).collect::<Vec<_>>(),
                    Some(separator) => text.split(separator.as_str()).map(str::to_owned).collect(),
                    None => return Value::Unknown,
                };
                let parts = parts.iter().map(|part| Value::text(part)).collect();
                return self.list(parts, false);
            }
            "startsWith" => return truth(argument(0).map(|part| text.starts_with(&part))),
            "endsWith" => return truth(argument(0).map(|part| text.ends_with(&part))),
            "includes" => return truth(argument(0).map(|part| text.contains(&part))),
            "indexOf" => {
                return match argument(0) {
                    Some(part) => Value::Number(text.find(&part).map_or(-1.0, |at| text[..at].chars().count() as f64)),
                    None => Value::Unknown,
                };
            }
            "then" => return self.then(&Value::Text(text.clone()), name, arguments),
            _ => None,
        };
        match found {
            Some(found) if found.as_str() == text.as_ref() => Value::Text(text.clone()),
            Some(found) => Value::text(&found),
            None => {
                self.follow_callbacks(arguments);
                Value::Unknown
            }
        }
    }

    /// A template with a function before it. The usual functions that remove indentation are known by their name.
    pub(super) fn tagged(&mut self, function: Node<'t>, template: Node<'t>, scope: ScopeId) -> Value {
        let name = self.text(function).rsplit('.').next().unwrap_or_default();
        let (chunks, values) = self.template_parts(template, scope);
        let raw = name == "raw";
        let mut text = String::new();
        for (at, chunk) in chunks.iter().enumerate() {
            if raw {
                text.push_str(chunk);
            } else {
                text.push_str(&super::operator::unescape(chunk, true));
            }
            if let Some(value) = values.get(at) {
                match self.as_text(value) {
                    Some(known) => text.push_str(&known),
                    None => return Value::Unknown,
                }
            }
        }
        match name {
            "raw" | "html" | "css" | "gql" | "graphql" | "sql" | "md" | "markdown" => Value::text(&text),
            "dedent" | "outdent" | "stripIndent" | "stripIndents" | "codeBlock" => {
                Value::text(&without_indentation(&text, name == "stripIndents"))
            }
            _ => {
                let callee = self.eval(function, scope);
                let strings = chunks.iter().map(|chunk| Value::text(&super::operator::unescape(chunk, true))).collect();
                let mut arguments = vec![self.list(strings, false)];
                arguments.extend(values);
                self.call(&callee, Value::Undefined, arguments, None)
            }
        }
    }
}

fn truth(known: Option<bool>) -> Value {
    known.map_or(Value::Unknown, Value::Bool)
}

/// Removes the indentation that all lines share (or every indentation), and blank lines at both ends.
fn without_indentation(text: &str, entirely: bool) -> String {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(indentation).min().unwrap_or(0);
    let lines: Vec<&str> = text
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            _ if entirely => line.trim_start(),
            0 => line,
            _ => line.get(shared.min(indentation(line))..).unwrap_or_default(),
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_indentation_is_removed_and_further_indentation_stays() {
        assert_eq!(without_indentation("\n    a\n      b\n    c\n  ", false), "a\n  b\nc");
        assert_eq!(without_indentation("\n  a\n    b\n", true), "a\nb");
    }
}
