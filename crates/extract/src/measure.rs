//! Holds an extraction against what the running server said: two tool lists in, how far they agree out. Computes only.

use mcpdex_model::{Tool, ToolOrigin};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How far the tools that were found agree with the recorded ones. Each name counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Names that the server lists.
    pub tools: usize,
    /// Names that were found in source and are held against the list: without those that are only defined, and without
    /// those that stand under a condition and are not listed, for a condition that was told is right either way.
    pub found: usize,
    /// Names that are in both: all that follows is counted among them.
    pub names: usize,
    /// Descriptions that are equal, runs of white space taken for one space.
    pub descriptions: usize,
    /// Sets of required parameters that are equal.
    pub required: usize,
    /// Sets of parameter names that are equal.
    pub parameters: usize,
    /// Names that the server lists and the source did not give.
    pub missing: Vec<String>,
    /// Names that the source gave and the server does not list.
    pub extra: Vec<String>,
    /// Names that the source gives under a condition and the server does not list.
    pub conditional: Vec<String>,
    /// Names that are only defined in the source, listed by the server or not; none counts as found.
    pub defined: Vec<String>,
    /// What differs, by the name of the tool: `description`, `required`, `parameters`.
    pub differing: BTreeMap<String, Vec<&'static str>>,
}

/// A tool as it was found in source.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredTool {
    pub tool: Tool,
    pub origin: ToolOrigin,
    pub is_conditional: bool,
}

/// Compares the tools that were `found` with those that were `recorded`.
pub fn measure(found: &[MeasuredTool], recorded: &[Tool]) -> Measure {
    let is_defined = |tool: &&MeasuredTool| tool.origin == ToolOrigin::Defined;
    let registered: Vec<&MeasuredTool> = found.iter().filter(|tool| !is_defined(tool)).collect();
    let guarded: BTreeSet<&str> =
        registered.iter().filter(|found| found.is_conditional).map(|found| &*found.tool.name).collect();
    let certain: BTreeSet<&str> =
        registered.iter().filter(|found| !found.is_conditional).map(|found| &*found.tool.name).collect();
    let by_name = |tools: &'_ [Tool]| -> BTreeMap<String, Tool> {
        let mut named = BTreeMap::new();
        for tool in tools {
            named.entry(tool.name.clone()).or_insert_with(|| tool.clone());
        }
        named
    };
    let defined: BTreeSet<&str> = found.iter().filter(is_defined).map(|found| &*found.tool.name).collect();
    let found = by_name(&registered.iter().map(|found| found.tool.clone()).collect::<Vec<_>>());
    let recorded = by_name(recorded);
    let mut measure = Measure { tools: recorded.len(), ..Measure::default() };
    let unlisted = found.keys().filter(|name| !recorded.contains_key(*name)).cloned();
    (measure.conditional, measure.extra) =
        unlisted.partition(|name| guarded.contains(name.as_str()) && !certain.contains(name.as_str()));
    measure.found = found.len() - measure.conditional.len();
    measure.defined = defined.into_iter().filter(|name| !found.contains_key(*name)).map(str::to_owned).collect();
    for (name, truth) in &recorded {
        let Some(tool) = found.get(name) else {
            measure.missing.push(name.clone());
            continue;
        };
        measure.names += 1;
        let mut differs = Vec::new();
        let mut hold = |equal: bool, count: &mut usize, what| {
            *count += usize::from(equal);
            if !equal {
                differs.push(what);
            }
        };
        hold(folded(tool) == folded(truth), &mut measure.descriptions, "description");
        hold(required(tool) == required(truth), &mut measure.required, "required");
        hold(parameters(tool) == parameters(truth), &mut measure.parameters, "parameters");
        if !differs.is_empty() {
            measure.differing.insert(name.clone(), differs);
        }
    }
    measure
}

fn folded(tool: &Tool) -> Vec<&str> {
    tool.description.as_deref().unwrap_or_default().split_whitespace().collect()
}

fn schema(tool: &Tool, key: &str) -> Option<Value> {
    tool.input_schema.as_ref().and_then(|schema: &Map<String, Value>| schema.get(key).cloned())
}

fn required(tool: &Tool) -> BTreeSet<String> {
    match schema(tool, "required") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => BTreeSet::new(),
    }
}

fn parameters(tool: &Tool) -> BTreeSet<String> {
    match schema(tool, "properties") {
        Some(Value::Object(members)) => members.keys().cloned().collect(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(lines: &[&str]) -> Vec<Tool> {
        lines.iter().map(|line| Tool::from_json(line).expect("a tool")).collect()
    }

    #[test]
    fn what_agrees_is_counted_and_what_differs_is_named() {
        let found = tools(&[
            r#"{"name":"dim","description":"Dims  the\nlamp","inputSchema":{"properties":{"a":{}},"required":["a"]}}"#,
            r#"{"name":"lift","description":"Lifts","inputSchema":{"properties":{"b":{}}}}"#,
            r#"{"name":"ghost"}"#,
        ]);
        let recorded = tools(&[
            r#"{"name":"dim","description":"Dims the lamp ","inputSchema":{"properties":{"a":{}},"required":["a"]}}"#,
            r#"{"name":"lift","description":"Raises","inputSchema":{"properties":{"b":{},"c":{}},"required":["b"]}}"#,
            r#"{"name":"sink"}"#,
        ]);
        let mut found: Vec<_> = found
            .into_iter()
            .map(|tool| MeasuredTool { tool, origin: ToolOrigin::Static, is_conditional: false })
            .collect();
        let measured = measure(&found, &recorded);
        assert_eq!((measured.tools, measured.found, measured.names), (3, 3, 2));
        assert_eq!((measured.descriptions, measured.required, measured.parameters), (1, 1, 1));
        assert_eq!((measured.missing, measured.extra), (vec!["sink".to_owned()], vec!["ghost".to_owned()]));
        assert_eq!(measured.differing["lift"], ["description", "required", "parameters"]);

        // A condition that is told is right whether the server lists the tool or not; a mere definition never counts.
        found[2].is_conditional = true;
        found[0].origin = ToolOrigin::Defined;
        let measured = measure(&found, &recorded);
        assert_eq!((measured.found, measured.names), (1, 1));
        assert_eq!((measured.extra.len(), measured.conditional), (0, vec!["ghost".to_owned()]));
        assert_eq!(
            (measured.defined, measured.missing),
            (vec!["dim".to_owned()], vec!["dim".to_owned(), "sink".to_owned()])
        );
    }
}
