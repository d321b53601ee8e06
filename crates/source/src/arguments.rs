//! Definitions whose parameters are a list of `arguments`, as catalogues write them: one in, the same with the schema that
//! they mean out.

use serde_json::{Map, Value, json};

/// The definition of a tool whose parameters are a list of `arguments`, with the schema that they mean; `None` where it
/// has a schema, or no such list.
pub(super) fn with_schema(item: &str) -> Option<String> {
    if !item.contains("\"arguments\"") {
        return None;
    }
    let mut tool: Map<String, Value> = serde_json::from_str(item).ok()?;
    if tool.contains_key("inputSchema") {
        return None;
    }
    let arguments = tool.get("arguments")?.as_array()?;
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for argument in arguments.iter().filter_map(Value::as_object) {
        let Some(name) = argument.get("name").and_then(Value::as_str) else { continue };
        let mut schema: Map<String, Value> = argument
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "name" | "desc" | "optional"))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        if let Some(desc) = argument.get("desc") {
            schema.entry("description").or_insert_with(|| desc.clone());
        }
        properties.insert(name.to_owned(), Value::Object(schema));
        if argument.get("optional").and_then(Value::as_bool) != Some(true) {
            required.push(Value::from(name));
        }
    }
    let schema = json!({"type": "object", "properties": properties, "required": required});
    tool.insert("inputSchema".to_owned(), schema);
    serde_json::to_string(&tool).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_arguments_becomes_the_schema_that_it_means() {
        let text = with_schema(
            r#"{"name":"a","arguments":[{"name":"path","type":"string","desc":"Where"},{"name":"deep","type":"boolean","optional":true}]}"#,
        );
        let tool: Value = serde_json::from_str(&text.expect("a definition")).expect("JSON");
        assert_eq!(tool["inputSchema"]["properties"]["path"], json!({"type": "string", "description": "Where"}));
        assert_eq!(tool["inputSchema"]["required"], json!(["path"]));
        assert_eq!(with_schema(r#"{"name":"a","inputSchema":{},"arguments":[]}"#), None);
    }
}
