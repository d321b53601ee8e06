//! A recorded `tools/list`: its text in, tools out, one by one, so that a malformed one hides no other.

use mcpdex_model::{Partial, PartialReason, Tool, scan};

/// What a recorded list holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolList {
    pub tools: Vec<Tool>,
    /// Items that are no tools, one sentence each.
    pub malformed: Vec<String>,
    /// What is doubtful about the list as a whole, one sentence each.
    pub notes: Vec<String>,
    /// What is known to be missing from it, beside what is malformed.
    pub missing: Vec<Partial>,
    /// It stands in the server's own card, rather than in what somebody recorded of it.
    pub is_card: bool,
}

impl ToolList {
    /// Notes that something is missing.
    pub fn lacks(&mut self, reason: PartialReason, detail: impl Into<String>) {
        self.missing.push(Partial::missing(reason, detail, None));
    }
}

/// Reads a list: the answer to `tools/list` as a whole, its `result`, or the array alone. Where the text names its tools
/// more than once all of them are read, because readers differ in which ones count.
///
/// # Errors
/// Why the text is none of these.
pub fn read_tools(text: &str) -> Result<ToolList, String> {
    let text = text.trim_start_matches('\u{feff}');
    let no = |why: &str| format!("is not a recorded tool list: {why}");
    let arrays = if text.trim_start().starts_with('[') { vec![text] } else { arrays(text).map_err(|why| no(&why))? };
    let mut list = ToolList::default();
    if arrays.len() > 1 {
        list.notes.push(format!("names its tools {} times; all of them were read", arrays.len()));
    }
    let mut at = 0;
    for array in arrays {
        let items = scan::elements(array).ok_or_else(|| no("its tools are no array"))?;
        if let Some(broken) = items.broken {
            return Err(no(&broken));
        }
        for item in items.found {
            match read_tool(item) {
                Ok(tool) => list.tools.push(tool),
                Err(error) => list.malformed.push(format!("tool {at} is missing: {error}")),
            }
            at += 1;
        }
    }
    if names_next_page(text) {
        list.lacks(PartialReason::MorePages, "the recording ends at a page that names a next one");
    }
    Ok(list)
}

/// Reads one item of a list. Catalogues write the parameters as a list of `arguments`: the schema that they mean is added
/// to the definition.
fn read_tool(item: &str) -> Result<Tool, mcpdex_model::ToolError> {
    match crate::arguments::with_schema(item) {
        Some(mended) => Tool::from_json(&mended),
        None => Tool::from_json(item),
    }
}

/// Whether the answer, or its `result`, names a page that follows.
fn names_next_page(text: &str) -> bool {
    let members = |text: &str| -> Vec<(String, String)> {
        let found = scan::members(text).map(|parts| parts.found).unwrap_or_default();
        found.into_iter().map(|(key, value)| (key.into_owned(), value.to_owned())).collect()
    };
    let cursor = |members: &[(String, String)]| {
        members.iter().any(|(key, value)| (key == "nextCursor" || key == "next_cursor") && value != "null")
    };
    let own = members(text);
    let result = own.iter().find(|(key, _)| key == "result").map(|(_, value)| members(value)).unwrap_or_default();
    cursor(&own) || cursor(&result)
}

/// The arrays of tools that an answer names.
fn arrays(text: &str) -> Result<Vec<&str>, String> {
    let members = |text| match scan::members(text) {
        None => Err("it is no object".to_owned()),
        Some(scan::Parts { broken: Some(broken), .. }) => Err(broken),
        Some(parts) => Ok(parts.found),
    };
    let mut lists = Vec::new();
    for (key, value) in members(text)? {
        if key == "result" {
            lists.extend(members(value)?.into_iter().filter(|(key, _)| key == "tools").map(|(_, list)| list));
        } else if key == "tools" {
            lists.push(value);
        }
    }
    if lists.is_empty() { Err("it names no tools".to_owned()) } else { Ok(lists) }
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
    fn no_list_hides_behind_another_of_the_same_key() {
        let list = read_tools(r#"{"tools":[{"name":"peek"}],"tools":[{"name":"burn"},{"name":"x","n":1e999}]}"#);
        let list = list.expect("a recording");
        assert_eq!(list.tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), ["peek", "burn", "x"]);
        assert_eq!(list.notes.len(), 1);
    }

    #[test]
    fn what_is_no_recording_says_so() {
        for text in ["", "{}", "7", "{\"tools\":{}}", "[1"] {
            assert!(read_tools(text).is_err(), "{text}");
        }
    }
}
