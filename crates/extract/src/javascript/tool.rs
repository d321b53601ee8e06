//! Makes the tool object that `tools/list` would hold out of the parts of a registration.

use super::machine::Machine;
use super::schema::{Rest, Schema, holes};
use super::value::{Shape, Text, Value};
use crate::engine::draft::{HINTS, ToolDraft};
use crate::engine::json::Holes;
use mcpdex_model::ToolSite;
use serde_json::{Value as Json, json};

/// Keywords that tell a JSON Schema from a table of parameters.
const KEYWORDS: [&str; 8] =
    ["$schema", "properties", "required", "$ref", "anyOf", "oneOf", "allOf", "additionalProperties"];

/// The parts of one tool as they were passed.
pub(super) struct Parts {
    pub(super) title: Value,
    pub(super) description: Value,
    pub(super) input: Value,
    pub(super) output: Value,
    pub(super) annotations: Value,
    /// The schema goes out as it stands, and not through the SDK's conversion.
    pub(super) literal: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Parts {
            title: Value::Undefined,
            description: Value::Undefined,
            input: Value::Undefined,
            output: Value::Undefined,
            annotations: Value::Undefined,
            literal: false,
        }
    }
}

impl<'t> Machine<'t> {
    /// The parts of a configuration object, whatever its framework calls them.
    pub(super) fn parts_of(&mut self, configuration: &Value) -> Parts {
        let mut parts = self.listed_parts(configuration);
        parts.literal = false;
        for name in ["parameters", "paramsSchema", "schema", "input", "params", "args"] {
            if !parts.input.is_nullish() {
                break;
            }
            parts.input = self.stated(configuration, name);
        }
        if parts.input.is_nullish() {
            let inputs = self.stated(configuration, "inputs");
            parts.input = self.listed_inputs(&inputs);
        }
        parts
    }

    /// `[{name, type, required, description}, ...]` as the JSON Schema that it stands for.
    fn listed_inputs(&mut self, inputs: &Value) -> Value {
        let Some((inputs, open)) = self.elements(inputs) else { return Value::Undefined };
        let (mut properties, mut required) = (Vec::new(), Vec::new());
        for input in inputs {
            let Value::Text(name) = self.member(&input, "name") else { return Value::Unknown };
            let mut fields: Vec<(Text, Value)> = Vec::new();
            for field in ["type", "description", "default", "enum", "items"] {
                let value = self.member(&input, field);
                if !value.is_nullish() {
                    fields.push((field.into(), value));
                }
            }
            if self.member(&input, "required").truth() == Some(true) {
                required.push(Value::Text(name.clone()));
            }
            let schema = self.object_of(fields);
            properties.push((name, schema));
        }
        if open {
            return Value::Unknown;
        }
        let properties = self.object_of(properties);
        let mut schema = vec![("type".into(), Value::text("object")), ("properties".into(), properties)];
        if !required.is_empty() {
            let required = self.list(required, false);
            schema.push(("required".into(), required));
        }
        self.object_of(schema)
    }

    /// The parts of an object that goes out as it stands.
    pub(super) fn listed_parts(&mut self, tool: &Value) -> Parts {
        Parts {
            title: self.stated(tool, "title"),
            description: self.stated(tool, "description"),
            input: self.stated(tool, "inputSchema"),
            output: self.stated(tool, "outputSchema"),
            annotations: self.stated(tool, "annotations"),
            literal: true,
        }
    }

    /// A member as far as the package states it: what only a class of another package could add is absent.
    fn stated(&mut self, object: &Value, name: &str) -> Value {
        let value = self.member(object, name).settled().clone();
        let Value::Object(id) = object else { return value };
        let (Value::Foreign(_), false) = (&value, self.object(*id).open) else { return value };
        let mut at = *id;
        for _ in 0..24 {
            let object = self.object(at);
            if object.properties.contains_key(name) {
                return value;
            }
            match object.parent {
                Value::Object(parent) => at = parent,
                _ => break,
            }
        }
        Value::Undefined
    }

    /// Whether the SDK takes a value for a table of parameters: an empty object, or one that holds a schema.
    pub(super) fn is_shape(&mut self, value: &Value) -> bool {
        let Value::Object(id) = value else { return false };
        if !matches!(self.object(*id).shape, Shape::Plain | Shape::Module(_)) {
            return false;
        }
        let Some((members, open)) = self.members(value) else { return false };
        if members.is_empty() {
            return true;
        }
        members.iter().any(|(_, member)| matches!(member, Value::Schema(_)))
            || (open || members.iter().all(|(_, member)| member.is_unknown()))
                && !members.iter().any(|(name, _)| HINTS.contains(&name.as_ref()) || name.as_ref() == "title")
    }

    /// Whether a value is a JSON Schema written as an object.
    pub(super) fn is_json_schema(&mut self, value: &Value) -> bool {
        let Value::Object(id) = value else { return false };
        let typed = matches!(self.member(value, "type"), Value::Text(_));
        typed || KEYWORDS.iter().any(|keyword| self.object(*id).properties.contains_key(*keyword))
    }

    /// The tool that the parts make, with what of it is missing.
    pub(super) fn describe(&mut self, name: &Text, parts: Parts, site: ToolSite) -> ToolDraft {
        let mut draft = ToolDraft::new(name, site);
        for (key, value) in [("title", &parts.title), ("description", &parts.description)] {
            match value {
                Value::Text(text) => draft.set(key, json!(text.as_ref())),
                other if other.is_unknown() => draft.lacks(&format!("the {key}")),
                _ => {}
            }
        }
        for (key, what, value) in
            [("inputSchema", "input schema", &parts.input), ("outputSchema", "output schema", &parts.output)]
        {
            let mut holes = holes();
            let schema = match value {
                Value::Undefined | Value::Null if key == "outputSchema" || parts.literal => None,
                Value::Undefined | Value::Null => Some(json!({ "type": "object", "properties": {} })),
                value => self.input_schema(value, parts.literal, &mut holes),
            };
            match schema {
                Some(schema @ Json::Object(_)) => draft.set(key, schema),
                Some(_) => draft.lacks(&format!("the {what}")),
                None if !value.is_nullish() => draft.lacks(&format!("the {what}")),
                None => {}
            }
            for place in holes.dotted() {
                if !place.is_empty() {
                    draft.lacks(&format!("the {what} at `{place}`"));
                } else if draft.has(key) {
                    draft.lacks(&format!("the whole {what}"));
                }
            }
        }
        self.annotations(&parts.annotations, &mut draft);
        draft
    }

    fn annotations(&mut self, value: &Value, draft: &mut ToolDraft) {
        if value.is_unknown() {
            return draft.lacks("the annotations");
        }
        let Some((members, open)) = self.members(value) else { return };
        if open {
            draft.lacks("the annotations");
        }
        for (name, member) in members {
            if member.is_unknown() {
                draft.lacks(&format!("the annotation `{name}`"));
            } else if let Some(json) = self.known_json(&member) {
                draft.annotate(&*name, json);
            }
        }
    }

    /// The JSON Schema of a tool's input or output; `None` when nothing of it is known.
    fn input_schema(&mut self, value: &Value, literal: bool, holes: &mut Holes) -> Option<Json> {
        match value {
            Value::Schema(schema) => {
                if !literal
                    && !schema.is_object(self.dialect)
                    && !matches!(schema.form, super::schema::Form::Unresolved)
                {
                    // The SDK lists nothing for a schema that is no plain object.
                    let plain = matches!(schema.form, super::schema::Form::Plain(_));
                    return if plain {
                        Some(schema.to_json(self.dialect, holes))
                    } else {
                        Some(json!({ "type": "object" }))
                    };
                }
                Some(schema.to_json(self.dialect, holes))
            }
            Value::Object(id) if matches!(self.object(*id).shape, Shape::Plain | Shape::Module(_)) => {
                let holds_schema = self.is_shape(value);
                if (literal && !self.holds_schemas(value)) || (!holds_schema && self.is_json_schema(value)) {
                    return self.json(value, holes);
                }
                let schema: Schema = self.object_schema(value, Rest::Unsaid);
                Some(schema.to_json(self.dialect, holes))
            }
            _ => None,
        }
    }

    /// Whether any member is a schema and none says that the object is one itself.
    fn holds_schemas(&mut self, value: &Value) -> bool {
        if self.is_json_schema(value) {
            return false;
        }
        self.members(value)
            .is_some_and(|(members, _)| members.iter().any(|(_, member)| matches!(member, Value::Schema(_))))
    }
}
