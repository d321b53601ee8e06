//! Which parameters select what a tool does, and among what: by the values that the schema lists, by a pattern, by words
//! of a description. Nothing is judged here.

use crate::judge::finding::Finding;
use crate::judge::operation_value::{MAX_OPERATIONS, MAX_WORD, Value};
use crate::judge::worded_operations::in_words;
use crate::language::schema_walk::{member_of, resolve};
use crate::language::tool_text::Param;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Field, Tool};
use serde_json::Value as Json;
use std::collections::HashSet;

/// How deep the list of values may stand in the parameter's schema.
const MAX_DEPTH: usize = 16;
/// How many schemas are looked into for the values of one parameter.
const MAX_STEPS: usize = 10_000;

/// A parameter that selects an operation.
#[derive(Debug)]
pub(crate) struct Selector {
    /// Its number among the parameters.
    pub param: usize,
    /// Whether its name says so; otherwise most of its values must be operations.
    pub sure: bool,
    /// Whether its values stand in words alone.
    pub worded: bool,
    pub values: Vec<Value>,
    /// Whether there are more values than are read.
    pub cut: bool,
}

/// A parameter that switches a deed on.
#[derive(Debug)]
pub(crate) struct Switch {
    pub param: usize,
    /// The deed: the parameter's name, or one of its values.
    pub value: Value,
    /// Whether it is on unless the caller says otherwise.
    pub is_default: bool,
}

fn last_word<'r>(finding: &'r Finding<'_>, param: &Param<'_>) -> &'r str {
    let segment = &finding.reading.segments[param.segment as usize];
    let name = &finding.reading.text[segment.start as usize..segment.end as usize];
    name.rsplit(' ').next().unwrap_or(name)
}

/// The parameters that select an operation, each with its values.
pub(crate) fn selectors(set: &Ruleset, finding: &Finding<'_>, tool: &Tool) -> Vec<Selector> {
    let mut found: Vec<Selector> = Vec::new();
    let params = &finding.reading.params;
    for (index, param) in params.iter().enumerate() {
        let last = last_word(finding, param);
        let is_in = |words: &[String]| words.iter().any(|word| word == last);
        let sure = is_in(&set.operation_parameters);
        let doubtful = is_in(&set.doubtful_parameters) || is_one_of_operations(set, param);
        if !sure && !doubtful && !tells_variants_apart(params, param) {
            continue;
        }
        let (mut values, cut) = Collector::of(tool, param);
        // Variants of one request each name one value of the same parameter.
        if let Some(known) = found.iter_mut().find(|known| *params[known.param].path == *param.path) {
            let old: HashSet<String> = known.values.iter().map(|value| value.text.clone()).collect();
            known.cut |= cut;
            known.values.extend(values.into_iter().filter(|value| !old.contains(&value.text)));
            continue;
        }
        let worded = values.is_empty() && sure;
        if worded {
            values = in_words(set, finding, index);
        }
        found.push(Selector { param: index, sure, worded, values, cut });
    }
    // The one value that words tell is as often an example; one that the schema demands is what is done.
    found.retain(|of| of.values.len() > usize::from(of.worded || !of.sure) && !are_methods(&of.values));
    for selector in &mut found {
        selector.cut |= selector.values.len() > MAX_OPERATIONS;
        selector.values.truncate(MAX_OPERATIONS);
    }
    found
}

/// Whether it stands in a parameter that holds operations, whatever it is called itself: `operations.kind`.
fn is_one_of_operations(set: &Ruleset, param: &Param<'_>) -> bool {
    param.path.rsplit_once('.').is_some_and(|(of, _)| {
        of.split('.').any(|part| {
            let part = part.trim_end_matches("[]").to_ascii_lowercase();
            part == "ops" || part.ends_with('s') && set.operation_parameters.contains(&part)
        })
    })
}

/// Whether each of several variants of one request fixes another value of the parameter, whatever it is called.
fn tells_variants_apart(params: &[Param<'_>], param: &Param<'_>) -> bool {
    let fixed = |param: &Param<'_>| member_of(param.schema, "const").and_then(Json::as_str).map(str::to_owned);
    let own = fixed(param);
    own.is_some()
        && params.iter().any(|other| *other.path == *param.path && fixed(other).is_some_and(|of| own != Some(of)))
}

/// The parameters that switch a deed on: booleans by their name, others by a value that is no filter.
pub(crate) fn switches(set: &Ruleset, finding: &Finding<'_>, tool: &Tool) -> Vec<Switch> {
    let mut found = Vec::new();
    for (index, param) in finding.reading.params.iter().enumerate() {
        let last = last_word(finding, param);
        let is_in = |words: &[String]| words.iter().any(|word| word == last);
        let default = member_of(param.schema, "default");
        if is_boolean(param.schema) {
            let value = Value {
                text: param.name.to_owned(),
                pointer: param.pointer.to_string(),
                field: Field::Parameter,
                start: 0,
                end: param.name.len(),
            };
            found.push(Switch {
                param: index,
                value,
                is_default: param.required || default == Some(&Json::Bool(true)),
            });
            continue;
        }
        let taken = is_in(&set.operation_parameters) || is_in(&set.doubtful_parameters) && last != "mode";
        if taken || is_in(&set.filter_parameters) {
            continue;
        }
        let (values, _) = Collector::of(tool, param);
        if values.len() < 2 || are_methods(&values) {
            continue;
        }
        for value in values {
            let is_default = default.and_then(Json::as_str) == Some(value.text.as_str());
            found.push(Switch { param: index, value, is_default });
        }
    }
    found
}

/// Whether the values are the methods of HTTP: what they do is for the rules to say.
fn are_methods(values: &[Value]) -> bool {
    const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    values.iter().all(|value| METHODS.contains(&value.text.to_ascii_uppercase().as_str()))
        && values.iter().any(|value| matches!(value.text.as_str(), "GET" | "POST" | "PUT" | "DELETE" | "PATCH"))
}

fn is_boolean(schema: &Json) -> bool {
    member_of(schema, "type").and_then(Json::as_str) == Some("boolean")
        || member_of(schema, "const") == Some(&Json::Bool(true))
}

/// The values that a schema lists, wherever in it.
struct Collector<'t> {
    tool: &'t Tool,
    values: Vec<Value>,
    /// Schemas looked into: references may lead to one many times.
    steps: usize,
    cut: bool,
}

impl Collector<'_> {
    /// The values of a parameter, and whether there are more than are read.
    fn of(tool: &Tool, param: &Param<'_>) -> (Vec<Value>, bool) {
        let mut collector = Collector { tool, values: Vec::new(), steps: 0, cut: false };
        collector.walk(param.schema, &param.pointer, 0);
        collector.cut |= collector.values.len() > MAX_OPERATIONS;
        collector.values.truncate(MAX_OPERATIONS);
        (collector.values, collector.cut)
    }

    fn walk(&mut self, schema: &Json, pointer: &str, depth: usize) {
        self.steps += 1;
        if depth > MAX_DEPTH || self.steps > MAX_STEPS || self.values.len() > MAX_OPERATIONS {
            self.cut = true;
            return;
        }
        if let (Some(reference), Some(root)) =
            (member_of(schema, "$ref").and_then(Json::as_str), &self.tool.input_schema)
            && let Some((target, place)) = resolve(root, reference)
        {
            self.walk(target, &place, depth + 1);
        }
        if let Some(Json::Array(listed)) = member_of(schema, "enum") {
            for (index, value) in listed.iter().enumerate() {
                if let Some(text) = value.as_str() {
                    self.values.push(Value::listed(text, format!("{pointer}/enum/{index}")));
                }
            }
            return;
        }
        if let Some(Json::String(only)) = member_of(schema, "const") {
            self.values.push(Value::listed(only, format!("{pointer}/const")));
        }
        if let Some(pattern) = member_of(schema, "pattern").and_then(Json::as_str) {
            self.values.extend(alternatives(pattern).into_iter().map(|(start, word)| Value {
                text: word.to_owned(),
                pointer: format!("{pointer}/pattern"),
                field: Field::ParameterValue,
                start,
                end: start + word.len(),
            }));
        }
        if let Some(items) = member_of(schema, "items") {
            self.walk(items, &format!("{pointer}/items"), depth + 1);
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            for (index, variant) in member_of(schema, key).and_then(Json::as_array).into_iter().flatten().enumerate() {
                self.walk(variant, &format!("{pointer}/{key}/{index}"), depth + 1);
            }
        }
    }
}

/// The words of a pattern that admits nothing but a list of them, each with its place.
pub(crate) fn alternatives(pattern: &str) -> Vec<(usize, &str)> {
    let bare = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let inner = pattern.trim_start_matches("(?i)").trim_start_matches('^').trim_end_matches('$');
    let inner = inner.trim_start_matches("(?:").trim_start_matches('(').trim_end_matches(')');
    let words: Vec<&str> = inner.split('|').collect();
    if words.len() < 2 || !words.iter().all(|word| !word.is_empty() && word.len() <= MAX_WORD && bare(word)) {
        return Vec::new();
    }
    words.into_iter().map(|word| (word.as_ptr() as usize - pattern.as_ptr() as usize, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_words_lists_them() {
        let words = |pattern: &'static str| alternatives(pattern).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        assert_eq!(words("^(list|get|drop)$"), ["list", "get", "drop"]);
        assert!(words("^(del|ins|upd)-[0-9]+$").is_empty());
        assert!(words("^[a-z]+$").is_empty());
    }
}
