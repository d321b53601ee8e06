//! A tool exactly as its server gives it, and the parts that the rest of mcpdex looks at.

use super::CodeSeen;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a server claims about a tool. Claims are never proof: see the crate's rules on annotations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only_hint: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destructive_hint: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotent_hint: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_world_hint: Option<bool>,
}

/// One of the four hints, spelled as the protocol spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    ReadOnly,
    Destructive,
    Idempotent,
    OpenWorld,
}

impl Hint {
    /// The key of the hint in a tool's `annotations`.
    pub const fn key(self) -> &'static str {
        match self {
            Hint::ReadOnly => "readOnlyHint",
            Hint::Destructive => "destructiveHint",
            Hint::Idempotent => "idempotentHint",
            Hint::OpenWorld => "openWorldHint",
        }
    }
}

impl Annotations {
    /// Whether the four hints are the protocol's defaults, all written out: several SDKs emit them for every tool, so
    /// they state nothing.
    pub fn are_sdk_defaults(&self) -> bool {
        self.read_only_hint == Some(false)
            && self.destructive_hint == Some(true)
            && self.idempotent_hint == Some(false)
            && self.open_world_hint == Some(true)
    }

    /// Whether no hint is set.
    pub fn is_empty(&self) -> bool {
        *self == Annotations::default()
    }
}

/// Something in a tool's definition that was not as the protocol asks, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oddity {
    /// JSON pointer into the tool, for instance `/description`.
    pub pointer: String,
    /// What was found and what was done, for instance `is a number; ignored`.
    pub what: String,
}

/// A tool: the JSON object as it came, and its fields read leniently.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    pub name: String,
    pub title: Option<String>,
    pub description: Option<String>,
    /// `inputSchema` when it is an object; a missing schema and an unreadable one are both `None` (the latter with an
    /// [`Oddity`]).
    pub input_schema: Option<Map<String, Value>>,
    pub output_schema: Option<Map<String, Value>>,
    pub annotations: Annotations,
    pub oddities: Vec<Oddity>,
    /// The object exactly as it came, byte for byte.
    pub raw: String,
    /// The tool that other clients see, where a key stands twice in the text: the first value counts for them.
    pub other_reading: Option<Box<Tool>>,
    /// What was seen of the code behind it, where its source was read; nothing of this stands in `raw`.
    pub code: Option<CodeSeen>,
}

/// Why a tool could not be read at all. Other oddities are kept beside the tool instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// The text is not JSON; usually the server's fault.
    #[error("tool is not valid JSON: {0}")]
    Syntax(String),
    #[error("tool is a JSON {0}, not an object")]
    NotAnObject(&'static str),
    #[error("tool has no name")]
    NoName,
    #[error("tool's name is empty")]
    EmptyName,
}

/// The fields of a tool that are looked at.
const FIELDS: [&str; 6] = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

impl Tool {
    /// Reads one tool from its JSON text.
    ///
    /// Lenient by design: whatever is malformed beside the name is ignored with an [`Oddity`], so that one bad field
    /// hides no tool; text that is not quite JSON is mended as [`lenient`](super::lenient) says.
    ///
    /// # Errors
    /// The text is not a JSON object, or the object has no usable `name`.
    pub fn from_json(raw: &str) -> Result<Tool, ToolError> {
        let parsed = super::lenient::parse_both(raw);
        let (value, mended, other) = parsed.map_err(|e| ToolError::Syntax(e.to_string()))?;
        let Value::Object(object) = value else {
            return Err(ToolError::NotAnObject(kind(&value)));
        };
        let mut tool = Tool::from_object(object, raw.to_owned())?;
        tool.oddities.splice(0..0, mended);
        if let Some(Value::Object(other)) = other {
            tool.read_otherwise(other);
        }
        Ok(tool)
    }

    /// Reads one tool from an object that was parsed from `raw`.
    ///
    /// # Errors
    /// The object has no usable `name`.
    pub fn from_object(object: Map<String, Value>, raw: String) -> Result<Tool, ToolError> {
        let mut oddities = Vec::new();
        let mut fields: [Option<Value>; 6] = Default::default();
        for (key, value) in object {
            if let Some(at) = FIELDS.iter().position(|field| *field == key) {
                fields[at] = Some(value);
            }
        }
        let [name, title, description, input, output, annotations] = fields;
        let name = match name {
            Some(Value::String(name)) if name.is_empty() => return Err(ToolError::EmptyName),
            Some(Value::String(name)) => name,
            Some(Value::Number(number)) => {
                oddities.push(odd("/name", "is a number; read as text"));
                number.to_string()
            }
            _ => return Err(ToolError::NoName),
        };
        let title = text(title, FIELDS[1], &mut oddities);
        let description = text(description, FIELDS[2], &mut oddities);
        let input_schema = schema(input, FIELDS[3], &mut oddities);
        let output_schema = schema(output, FIELDS[4], &mut oddities);
        let annotations = read_annotations(annotations, &mut oddities);
        Ok(Tool {
            name,
            title,
            description,
            input_schema,
            output_schema,
            annotations,
            oddities,
            raw,
            other_reading: None,
            code: None,
        })
    }

    /// Keeps what other clients see in the same text, where they see a tool at all.
    pub fn read_otherwise(&mut self, object: Map<String, Value>) {
        self.other_reading = Tool::from_object(object, String::new()).ok().map(Box::new);
    }

    /// The title to show: the tool's own, else the one among its annotations.
    pub fn display_title(&self) -> Option<&str> {
        self.title.as_deref().or(self.annotations.title.as_deref())
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn odd(pointer: &str, what: &str) -> Oddity {
    Oddity { pointer: pointer.to_owned(), what: what.to_owned() }
}

fn ignored(pointer: &str, value: &Value) -> Oddity {
    Oddity { pointer: pointer.to_owned(), what: format!("is a {}; ignored", kind(value)) }
}

fn text(value: Option<Value>, key: &str, oddities: &mut Vec<Oddity>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        None | Some(Value::Null) => None,
        Some(other) => {
            oddities.push(ignored(&format!("/{key}"), &other));
            None
        }
    }
}

fn schema(value: Option<Value>, key: &str, oddities: &mut Vec<Oddity>) -> Option<Map<String, Value>> {
    match value {
        Some(Value::Object(schema)) => Some(schema),
        None => None,
        Some(other) => {
            oddities.push(ignored(&format!("/{key}"), &other));
            None
        }
    }
}

fn read_annotations(value: Option<Value>, oddities: &mut Vec<Oddity>) -> Annotations {
    let mut annotations = Annotations::default();
    let found = match value {
        Some(Value::Object(found)) => found,
        None | Some(Value::Null) => return annotations,
        Some(other) => {
            oddities.push(ignored("/annotations", &other));
            return annotations;
        }
    };
    if let Some(Value::String(title)) = found.get("title") {
        annotations.title = Some(title.clone());
    }
    for (hint, slot) in [
        (Hint::ReadOnly, &mut annotations.read_only_hint),
        (Hint::Destructive, &mut annotations.destructive_hint),
        (Hint::Idempotent, &mut annotations.idempotent_hint),
        (Hint::OpenWorld, &mut annotations.open_world_hint),
    ] {
        match found.get(hint.key()) {
            Some(Value::Bool(value)) => *slot = Some(*value),
            None | Some(Value::Null) => {}
            Some(other) => oddities.push(ignored(&format!("/annotations/{}", hint.key()), other)),
        }
    }
    annotations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_malformed_field_hides_no_tool() {
        let tool = Tool::from_json(
            r#"{"name":"copy_row","description":7,"inputSchema":[],"annotations":{"readOnlyHint":"yes"}}"#,
        )
        .expect("the name is fine");
        assert_eq!(tool.name, "copy_row");
        assert_eq!(tool.description, None);
        let pointers: Vec<_> = tool.oddities.iter().map(|o| o.pointer.as_str()).collect();
        assert_eq!(pointers, ["/description", "/inputSchema", "/annotations/readOnlyHint"]);
    }

    #[test]
    fn a_tool_without_a_name_is_an_error() {
        assert_eq!(Tool::from_json(r#"{"description":"x"}"#), Err(ToolError::NoName));
        assert_eq!(Tool::from_json(r#"{"name":""}"#), Err(ToolError::EmptyName));
        assert_eq!(Tool::from_json("[1]"), Err(ToolError::NotAnObject("array")));
        assert!(matches!(Tool::from_json("{"), Err(ToolError::Syntax(_))));
    }

    #[test]
    fn four_written_out_defaults_state_nothing() {
        let tool = Tool::from_json(
            r#"{"name":"a","annotations":{"readOnlyHint":false,"destructiveHint":true,"idempotentHint":false,"openWorldHint":true}}"#,
        )
        .expect("valid");
        assert!(tool.annotations.are_sdk_defaults());
    }
}
