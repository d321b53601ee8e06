//! The input schema of an operation: its parameters and its body in one object, as the converters put them together.

use super::document::Operation;
use super::naming::Convention;
use super::schema::Schemas;
use serde_json::{Map, Value as Json, json};

/// An input schema, and what of it is not certain.
pub(super) struct Input {
    pub(super) schema: Json,
    pub(super) unsure: Vec<String>,
}

#[derive(Default)]
struct Object {
    properties: Map<String, Json>,
    required: Vec<String>,
}

impl Object {
    fn add(&mut self, name: &str, schema: Json, required: bool) {
        if required && !self.required.iter().any(|known| known == name) {
            self.required.push(name.to_owned());
        }
        self.properties.insert(name.to_owned(), schema);
    }
}

/// A body before it is laid beside the parameters.
struct Body<'d> {
    schema: &'d Json,
    required: bool,
    description: Option<&'d str>,
    media: &'d str,
}

pub(super) fn of_operation<'d>(operation: &Operation<'d>, schemas: &mut Schemas<'d>, convention: Convention) -> Input {
    let mut object = Object::default();
    let body = body(operation, schemas);
    let in_body = match &body {
        Some(body) if is_flat(convention, body) => body_names(body.schema, schemas, 0),
        _ => Vec::new(),
    };
    for parameter in &operation.parameters {
        let text = |key: &str| parameter.get(key).and_then(Json::as_str);
        let (Some(name), Some(place)) = (text("name"), text("in")) else { continue };
        let left_out = match convention {
            Convention::Proxy => place == "header",
            Convention::FastApiMcp => matches!(place, "header" | "cookie"),
            _ => false,
        };
        if left_out || place == "body" {
            continue;
        }
        let mut schema = schema_of(parameter, schemas);
        if let (Some(about), Json::Object(made)) = (text("description").filter(|text| !text.is_empty()), &mut schema) {
            made.insert("description".to_owned(), json!(about));
        }
        let required = parameter.get("required") == Some(&Json::Bool(true));
        let twice = operation.parameters.iter().filter(|other| other.get("name") == parameter.get("name")).count() > 1;
        if convention == Convention::FastMcp && (twice || in_body.iter().any(|known| known == name)) {
            mark_place(&mut schema, place);
            object.add(&format!("{name}__{place}"), schema, required);
        } else {
            object.add(name, schema, required);
        }
    }
    if let Some(body) = body {
        lay(body, &mut object, schemas, convention);
    }
    let (definitions, unsure) = schemas.finish();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Json::Object(object.properties));
    if !object.required.is_empty() {
        schema.insert("required".to_owned(), json!(object.required));
    }
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), Json::Object(definitions));
    }
    Input { schema: Json::Object(schema), unsure }
}

/// A parameter's schema; the older documents and form fields have it in the parameter itself.
fn schema_of(parameter: &Map<String, Json>, schemas: &mut Schemas<'_>) -> Json {
    if let Some(schema) = parameter.get("schema") {
        return schemas.convert(schema, 0);
    }
    let media = parameter.get("content").and_then(Json::as_object).and_then(|content| content.values().next());
    if let Some(schema) = media.and_then(|media| media.get("schema")) {
        return schemas.convert(schema, 0);
    }
    let own = parameter.iter().filter(|(key, _)| {
        !matches!(key.as_str(), "name" | "in" | "required" | "description" | "allowEmptyValue" | "style" | "explode")
    });
    schemas.convert(&Json::Object(own.map(|(key, value)| (key.clone(), value.clone())).collect()), 0)
}

fn mark_place(schema: &mut Json, place: &str) {
    let mut letters = place.chars();
    let place: String = letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default();
    if let Json::Object(made) = schema {
        let told = made.get("description").and_then(Json::as_str).map(|text| format!("{text} ({place} parameter)"));
        made.insert("description".to_owned(), json!(told.unwrap_or_else(|| format!("({place} parameter)"))));
    }
}

/// The body of an operation: its first kind of content, JSON before others.
fn body<'d>(operation: &Operation<'d>, schemas: &Schemas<'d>) -> Option<Body<'d>> {
    if schemas.document.is_swagger {
        let parameter = operation.parameters.iter().find(|p| p.get("in").and_then(Json::as_str) == Some("body"))?;
        return Some(Body {
            schema: parameter.get("schema")?,
            required: parameter.get("required") == Some(&Json::Bool(true)),
            description: parameter.get("description").and_then(Json::as_str),
            media: "application/json",
        });
    }
    let body = schemas.document.resolved(operation.object.get("requestBody")?, 0)?;
    let content = body.get("content")?.as_object()?;
    let form = content.get_key_value("multipart/form-data");
    let (media, kind) = content.get_key_value("application/json").or(form).or_else(|| content.iter().next())?;
    Some(Body {
        schema: kind.get("schema")?,
        required: body.get("required") == Some(&Json::Bool(true)),
        description: body.get("description").and_then(Json::as_str),
        media,
    })
}

/// Whether the body's members stand beside the parameters.
fn is_flat(convention: Convention, body: &Body<'_>) -> bool {
    match convention {
        Convention::Generator => false,
        Convention::Proxy => body.schema.get("$ref").is_none() && body.schema.get("properties").is_some(),
        _ => true,
    }
}

/// The names of a body's members.
fn body_names(schema: &Json, schemas: &Schemas<'_>, depth: u32) -> Vec<String> {
    let mut names = Vec::new();
    members(schema, schemas, depth, &mut |name, _| names.push(name.to_owned()), &mut |_| {});
    names
}

/// Shows every member of an object, those of what it is put together of too, and the names that it requires.
fn members<'d>(
    schema: &'d Json,
    schemas: &Schemas<'d>,
    depth: u32,
    each: &mut dyn FnMut(&'d str, &'d Json),
    required: &mut dyn FnMut(&'d str),
) {
    let Some(schema) = schemas.document.resolved(schema, 0).filter(|_| depth < 12) else { return };
    for part in schema.get("allOf").and_then(Json::as_array).into_iter().flatten() {
        members(part, schemas, depth + 1, each, required);
    }
    for (name, member) in schema.get("properties").and_then(Json::as_object).into_iter().flatten() {
        each(name, member);
    }
    schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).for_each(required);
}

fn lay<'d>(body: Body<'d>, object: &mut Object, schemas: &mut Schemas<'d>, convention: Convention) {
    if convention == Convention::Generator {
        let mut schema = match body.media {
            "application/json" => schemas.convert(body.schema, 0),
            _ => json!({ "type": "string" }),
        };
        if let Json::Object(made) = &mut schema
            && let Some(about) = body.description
        {
            made.insert("description".to_owned(), json!(about));
        }
        object.add("requestBody", schema, body.required);
        return;
    }
    let mut found: Vec<(&'d str, &'d Json)> = Vec::new();
    let mut required: Vec<&'d str> = Vec::new();
    if is_flat(convention, &body) {
        members(body.schema, schemas, 0, &mut |name, member| found.push((name, member)), &mut |name| {
            required.push(name)
        });
    }
    if found.is_empty() {
        let schema = schemas.convert(body.schema, 0);
        object.add("body", schema, body.required || convention == Convention::Proxy);
        return;
    }
    // What the answer alone holds is no input.
    let is_answer = |member: &Json| member.get("readOnly") == Some(&Json::Bool(true));
    let counts = match convention {
        Convention::FastMcp | Convention::Plain => body.required,
        _ => true,
    };
    for (name, member) in found {
        if convention == Convention::FastMcp && is_answer(member) {
            continue;
        }
        let schema = schemas.convert(member, 0);
        object.add(name, schema, counts && required.contains(&name));
    }
}
