//! One tool while it is put together: values in, the object that `tools/list` would hold out. A field whose value is not
//! known is left out and named in a [`Partial`].

use super::setting::Guard;
use super::source::{Site, Sources};
use super::value::Value;
use crate::SourceTool;
use crate::engine::condition::plain_of_either;
use crate::engine::draft::ToolDraft;
use mcpdex_model::{ToolCondition, ToolOrigin};
use serde_json::{Value as Json, json};

#[derive(Debug)]
pub(crate) struct Draft<'t> {
    pub name: Value<'t>,
    pub title: Value<'t>,
    pub description: Value<'t>,
    pub input: Option<Json>,
    pub output: Option<Json>,
    /// What the author set, by the protocol's names.
    pub annotations: Vec<(&'static str, Value<'t>)>,
    pub site: Site,
    /// What else of it is not known: completes "... of tool `x`".
    pub missing: Vec<String>,
    /// What must hold for it to be there: all of these, or all of one of `others`.
    pub guards: Vec<Guard>,
    pub others: Vec<Vec<Guard>>,
    /// Whether its registration was not reached.
    pub is_defined: bool,
}

impl<'t> Draft<'t> {
    pub(crate) fn new(name: Value<'t>, site: Site) -> Self {
        Draft {
            name,
            title: Value::Null,
            description: Value::Null,
            input: None,
            output: None,
            annotations: Vec::new(),
            site,
            missing: Vec::new(),
            guards: Vec::new(),
            others: Vec::new(),
            is_defined: false,
        }
    }

    /// Sets a hint that the author wrote down; nothing states nothing.
    pub(crate) fn annotate(&mut self, key: &'static str, value: Option<Value<'t>>) {
        if let Some(value) = value.filter(|value| !matches!(value, Value::Null)) {
            self.annotations.push((key, value));
        }
    }

    /// Notes what of the input schema could not be read.
    pub(crate) fn lacks(&mut self, trouble: Vec<String>) {
        self.missing.extend(trouble.into_iter().take(5));
    }

    pub(crate) fn finish(self, sources: &Sources<'t>) -> SourceTool {
        let name = self.name.as_text().unwrap_or_default();
        let condition = condition(&self.guards, &self.others);
        let mut draft = ToolDraft::new(&name, sources.tool_site(self.site));
        let mut missing = self.missing;
        for (key, value) in [("title", &self.title), ("description", &self.description)] {
            match value {
                Value::Text(text) => draft.set(key, json!(**text)),
                Value::Null => {}
                Value::Setting(setting) if matches!(setting.default, Some(Value::Text(_))) => {
                    draft.set(key, json!(*setting.default.as_ref().and_then(Value::as_text).unwrap_or_default()));
                    missing.push(format!("the {key} (it may be set elsewhere)"));
                }
                Value::Unknown(why) => missing.push(format!("the {key} ({why})")),
                _ => missing.push(format!("the {key}")),
            }
        }
        for (key, schema) in [("inputSchema", self.input), ("outputSchema", self.output)] {
            if let Some(schema) = schema {
                draft.set(key, schema);
            }
        }
        for (key, value) in self.annotations {
            match value {
                Value::Bool(value) => draft.annotate(key, Json::Bool(value)),
                Value::Text(text) => draft.annotate(key, json!(*text)),
                _ => missing.push(format!("the annotation `{key}`")),
            }
        }
        missing.iter().for_each(|what| draft.lacks(what));
        let tool = draft.finish().under(condition);
        match self.is_defined {
            true => SourceTool { origin: ToolOrigin::Defined, ..tool },
            false => tool,
        }
    }
}

/// All of these guards, or all of those of another way to the same tool.
fn condition(guards: &[Guard], others: &[Vec<Guard>]) -> Option<ToolCondition> {
    let mut ways: Vec<Vec<Guard>> = std::iter::once(guards.to_vec()).chain(others.iter().cloned()).collect();
    // Of two ways that differ by a guard and its opposite, that guard decides nothing.
    for at in 0..ways.len() {
        for other in at + 1..ways.len() {
            let (one, two) = (&ways[at], &ways[other]);
            let opposite = one.iter().position(|guard| two.iter().any(|known| is_opposite(guard, known)));
            if let Some(place) = opposite.filter(|_| one.len() == two.len()) {
                let rest: Vec<Guard> =
                    one.iter().enumerate().filter(|(i, _)| *i != place).map(|(_, g)| g.clone()).collect();
                if rest.iter().all(|guard| two.contains(guard)) {
                    ways[at].clone_from(&rest);
                    ways[other] = rest;
                }
            }
        }
    }
    // A way that asks for more than another adds nothing to it.
    let asks_more =
        |way: &Vec<Guard>, other: &Vec<Guard>| way.len() > other.len() && other.iter().all(|guard| way.contains(guard));
    let kept = ways
        .iter()
        .enumerate()
        .filter(|(at, way)| !ways.iter().any(|other| asks_more(way, other)) && !ways[..*at].contains(way));
    let all = |guards: &[Guard]| {
        let is_one = guards.len() == 1;
        let each = guards.iter().map(|guard| ToolCondition {
            text: if is_one || !guard.text.contains(" or ") {
                guard.text.to_string()
            } else {
                format!("({})", guard.text)
            },
            plain_start: guard.plain,
        });
        each.fold(None, |all, one| ToolCondition::and(all, Some(one)))
    };
    let ways: Option<Vec<ToolCondition>> = kept.map(|(_, way)| all(way)).collect();
    // A way without any guard is always open.
    let ways = ways?;
    let plain_start = ways.iter().map(|way| way.plain_start).reduce(plain_of_either).flatten();
    let text = ways.iter().map(|way| way.text.as_str()).collect::<Vec<_>>().join(" or ");
    Some(ToolCondition { text, plain_start })
}

fn is_opposite(one: &Guard, other: &Guard) -> bool {
    let of = |guard: &Guard| format!("not {}", guard.text);
    let in_words = |guard: &Guard| format!("not ({})", guard.text);
    [of(one), in_words(one)].iter().any(|text| **text == *other.text)
        || [of(other), in_words(other)].iter().any(|text| **text == *one.text)
}

/// A JSON Schema that stands in the source as text.
pub(crate) fn schema_text(text: &str, missing: &mut Vec<String>) -> Option<Json> {
    match serde_json::from_str(text) {
        Ok(schema @ Json::Object(_)) => Some(schema),
        _ => {
            missing.push("the input schema (its text is no JSON object)".to_owned());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    fn way(texts: &[&str]) -> Vec<Guard> {
        let guard = |text: &&str| Guard { text: Rc::from(*text), plain: Some(false), is_setting: true };
        texts.iter().map(guard).collect()
    }

    #[test]
    fn several_ways_to_a_tool_are_one_condition() {
        let told = |guards: &[&str], others: &[&[&str]]| {
            let others: Vec<_> = others.iter().map(|texts| way(texts)).collect();
            condition(&way(guards), &others).map(|condition| condition.text)
        };
        assert_eq!(told(&["A or B", "C"], &[]).as_deref(), Some("(A or B) and C"));
        assert_eq!(told(&["A", "B"], &[&["C"]]).as_deref(), Some("A and B or C"));
        assert_eq!(told(&["A", "B"], &[&["B"]]).as_deref(), Some("B"));
        assert_eq!(told(&["A", "B"], &[&["not A", "B"]]).as_deref(), Some("B"));
        assert_eq!(told(&["A"], &[&["not (A)"]]), None);
        assert_eq!(told(&[], &[]), None);
    }
}
