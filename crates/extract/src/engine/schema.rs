//! JSON Schema as every SDK writes it for the parameters of a tool: what is the same whatever the language is.

use serde_json::{Map, Value as Json, json};

/// A schema of an object while its properties come in.
#[derive(Debug, Default)]
pub(crate) struct ObjectSchema {
    properties: Map<String, Json>,
    required: Vec<Json>,
}

impl ObjectSchema {
    pub(crate) fn property(&mut self, name: impl Into<String>, schema: Json, is_required: bool) {
        let name = name.into();
        if is_required {
            self.required.push(Json::String(name.clone()));
        }
        self.properties.insert(name, schema);
    }

    /// Takes the properties of another object among its own.
    pub(crate) fn flatten(&mut self, schema: Json) {
        let Json::Object(mut schema) = schema else { return };
        if let Some(Json::Object(properties)) = schema.remove("properties") {
            self.properties.extend(properties);
        }
        if let Some(Json::Array(required)) = schema.remove("required") {
            self.required.extend(required);
        }
    }

    /// `type`, `properties` and, where there are any, `required`.
    pub(crate) fn into_map(self) -> Map<String, Json> {
        let mut schema = Map::new();
        self.add_to(&mut schema);
        schema
    }

    /// The same behind keywords that stand in `schema` already.
    pub(crate) fn add_to(self, schema: &mut Map<String, Json>) {
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Json::Object(self.properties));
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), Json::Array(self.required));
        }
    }
}

/// `{"type": T}` with null beside it, among the values of an enumeration as well.
pub(crate) fn with_null(schema: Json) -> Json {
    let Json::Object(mut schema) = schema else { return schema };
    if let Some(Json::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Json::Null)
    {
        values.push(Json::Null);
    }
    if let Some(Json::String(ty)) = schema.get("type").cloned() {
        schema.insert("type".to_owned(), json!([ty, "null"]));
    }
    Json::Object(schema)
}

/// A schema, or null.
pub(crate) fn or_null(schema: Json) -> Json {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_lists_what_must_be_given_and_takes_in_another() {
        let mut inner = ObjectSchema::default();
        inner.property("oil", json!({"type": "string"}), true);
        let mut object = ObjectSchema::default();
        object.property("lamp", json!({"type": "string"}), false);
        object.flatten(Json::Object(inner.into_map()));
        let wanted = json!({
            "type": "object",
            "properties": {"lamp": {"type": "string"}, "oil": {"type": "string"}},
            "required": ["oil"],
        });
        assert_eq!(Json::Object(object.into_map()), wanted);
        assert_eq!(Json::Object(ObjectSchema::default().into_map()), json!({"type": "object", "properties": {}}));
    }

    #[test]
    fn null_stands_beside_a_type_and_among_its_values() {
        assert_eq!(with_null(json!({"type": "string"})), json!({"type": ["string", "null"]}));
        assert_eq!(with_null(json!({"enum": ["a"]})), json!({"enum": ["a", null]}));
        assert_eq!(or_null(json!({"type": "string"})), json!({"anyOf": [{"type": "string"}, {"type": "null"}]}));
    }
}
