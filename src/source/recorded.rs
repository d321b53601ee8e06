//! A recorded `tools/list`: its text in, tools out, one by one, so that a malformed one hides no other.

use crate::model::Tool;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What a recorded list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolList {
    pub tools: Vec<Tool>,
    /// Items that are no tools, one sentence each.
    pub malformed: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    result: List<'a>,
}

#[derive(Debug, Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    tools: &'a RawValue,
}

/// Reads a list: the answer to `tools/list` as a whole, its `result`, or the array alone.
///
/// # Errors
/// Why the text is none of these.
pub fn read_tools(text: &str) -> Result<ToolList, String> {
    let text = text.trim_start_matches('\u{feff}');
    let array = match text.trim_start().starts_with('[') {
        true => text,
        false => serde_json::from_str::<Answer>(text)
            .map(|answer| answer.result.tools)
            .or_else(|_| serde_json::from_str::<List>(text).map(|list| list.tools))
            .map_err(|error| format!("is not a recorded tool list: {error}"))?
            .get(),
    };
    let items: Vec<&RawValue> =
        serde_json::from_str(array).map_err(|error| format!("is not a recorded tool list: {error}"))?;
    let mut list = ToolList::default();
    for (at, item) in items.iter().enumerate() {
        match Tool::from_json(item.get()) {
            Ok(tool) => list.tools.push(tool),
            Err(error) => list.malformed.push(format!("tool {at} is missing: {error}")),
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_a_recording_is_read() {
        let tools = r#"[{"name":"fire_kiln"},{"nam":"x"},{"name":"cool_kiln"}]"#;
        for text in [
            tools.to_owned(),
            format!(r#"{{"tools":{tools},"nextCursor":null}}"#),
            format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{"tools":{tools}}}}}"#),
        ] {
            let list = read_tools(&text).expect("a recording");
            let names: Vec<_> = list.tools.iter().map(|tool| tool.name.as_str()).collect();
            assert_eq!(names, ["fire_kiln", "cool_kiln"]);
            assert_eq!(list.malformed, ["tool 1 is missing: tool has no name"]);
        }
    }

    #[test]
    fn what_is_no_recording_says_so() {
        for text in ["", "{}", "7", "{\"tools\":{}}", "[1"] {
            assert!(read_tools(text).is_err(), "{text}");
        }
    }
}
