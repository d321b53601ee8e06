//! Parameters and fields: a type, a default and what `Field(…)` says in, a property of a schema out.

use super::json::to_json;
use super::machine::Machine;
use super::schema::{Schema, of_type};
use super::value::{Env, Made, Value, last};
use serde_json::Value as Json;
use std::rc::Rc;

/// One parameter or field.
#[derive(Debug, Default)]
pub(super) struct Field {
    pub schema: Schema,
    pub is_required: bool,
    /// The name on the wire, where it differs.
    pub alias: Option<String>,
}

/// Whether the framework fills the parameter in itself, so that no client sees it.
pub(super) fn is_injected(name: &str, annotation: Option<&Value>, default: Option<&Value>) -> bool {
    let injects = |value: &Value| match value {
        Value::Made(made) => {
            matches!(made.kind(), "Depends" | "Dependency" | "Security" | "Shared")
                || (made.kind().starts_with("Current") && made.path.contains("mcp"))
                || made.path.starts_with("fastmcp.dependencies.")
                || made.path.starts_with("fastmcp.server.dependencies.")
        }
        _ => false,
    };
    if default.is_some_and(injects) {
        return true;
    }
    match annotation {
        None | Some(Value::Unknown | Value::Method(_)) => matches!(name, "ctx" | "context") && annotation.is_some(),
        Some(annotation) => is_context(annotation, &injects, 0),
    }
}

fn is_context(annotation: &Value, injects: &dyn Fn(&Value) -> bool, depth: usize) -> bool {
    depth < 6
        && match annotation {
            Value::External(path) => matches!(last(path), "Context" | "ServerSession" | "RequestContext"),
            Value::Class(class) => class.has_external_base(&|path| last(path) == "Context"),
            Value::Generic(generic) => {
                let base = generic.0.path().map(last);
                match base {
                    Some("Context") => true,
                    Some("Annotated") => {
                        generic.1.iter().skip(1).any(injects)
                            || generic.1.first().is_some_and(|first| is_context(first, injects, depth + 1))
                    }
                    Some("Optional" | "Union" | "SkipValidation" | "Final") => {
                        generic.1.iter().any(|member| is_context(member, injects, depth + 1))
                    }
                    _ => false,
                }
            }
            Value::Union(members) => members.iter().any(|member| is_context(member, injects, depth + 1)),
            _ => false,
        }
}

/// The schema of a parameter or field from its annotation and default.
pub(super) fn of_parameter(
    machine: &mut Machine<'_>,
    annotation: Option<&Value>,
    default: Option<&Value>,
    env: &Rc<Env>,
    trouble: &mut Vec<String>,
) -> Field {
    of_field(machine, annotation, default, env, trouble, 0)
}

pub(super) fn of_field(
    machine: &mut Machine<'_>,
    annotation: Option<&Value>,
    default: Option<&Value>,
    env: &Rc<Env>,
    trouble: &mut Vec<String>,
    depth: usize,
) -> Field {
    let mut field = Field { is_required: true, ..Field::default() };
    let mut metadata: Vec<Rc<Made>> = Vec::new();
    let mut kind = annotation.cloned();
    // `Annotated[T, …]` may stand inside of `Annotated[…]`.
    for _ in 0..8 {
        let Some(Value::Generic(generic)) = &kind else { break };
        match generic.0.path().map(last) {
            Some("Annotated") => {
                let generic = Rc::clone(generic);
                for note in generic.1.iter().skip(1) {
                    match note {
                        Value::Made(made) => metadata.push(Rc::clone(made)),
                        Value::Str(text) => {
                            field.schema.insert("description".to_owned(), Json::String(text.to_string()));
                        }
                        _ => {}
                    }
                }
                let first = generic.1.first().cloned().unwrap_or_default();
                kind = Some(machine.resolve_forward(first, env));
            }
            Some("Required" | "NotRequired" | "ReadOnly" | "Final" | "ClassVar") => {
                field.is_required = generic.0.path().map(last) != Some("NotRequired");
                kind = generic.1.first().cloned();
            }
            _ => break,
        }
    }
    let described = std::mem::take(&mut field.schema);
    if let Some(kind) = &kind {
        field.schema = of_type(machine, kind, env, trouble, depth);
    }
    field.schema.extend(described);
    for made in &metadata {
        apply(made, &mut field, trouble);
    }
    match default {
        None => {}
        Some(Value::Made(made)) if matches!(made.kind(), "Field" | "Body" | "Query" | "Form" | "field") => {
            apply(made, &mut field, trouble);
        }
        Some(default) => set_default(default, &mut field, trouble),
    }
    field
}

fn set_default(default: &Value, field: &mut Field, trouble: &mut Vec<String>) {
    field.is_required = false;
    match to_json(default, &mut Vec::new()) {
        Some(json) => {
            field.schema.insert("default".to_owned(), json);
        }
        None => trouble.push("default".to_owned()),
    }
}

/// What `Field(…)` says.
pub(super) fn apply(made: &Made, field: &mut Field, trouble: &mut Vec<String>) {
    let args = &made.args;
    if matches!(made.kind(), "Field" | "field" | "Body" | "Query" | "Form") {
        match args.named("default").or_else(|| args.plain.first()) {
            Some(Value::Ellipsis) => field.is_required = true,
            Some(default) => set_default(default, field, trouble),
            None => {}
        }
        // pydantic shows no default that a function makes.
        if args.named("default_factory").is_some_and(|factory| !matches!(factory, Value::None)) {
            field.is_required = false;
        }
    }
    for (name, value) in &args.named {
        let key = match &**name {
            "description" | "title" | "examples" | "pattern" | "deprecated" => &**name,
            "doc" | "documentation" => "description",
            "regex" => "pattern",
            "ge" => "minimum",
            "gt" => "exclusiveMinimum",
            "le" => "maximum",
            "lt" => "exclusiveMaximum",
            "multiple_of" => "multipleOf",
            "min_length" | "min_items" => "min",
            "max_length" | "max_items" => "max",
            "alias" | "validation_alias" => {
                if let Value::Str(alias) = value {
                    field.alias = Some(alias.to_string());
                }
                continue;
            }
            "json_schema_extra" => {
                if let Some(Json::Object(extra)) = to_json(value, &mut Vec::new()) {
                    field.schema.extend(extra);
                }
                continue;
            }
            _ => continue,
        };
        if matches!(value, Value::None) {
            continue;
        }
        match to_json(value, &mut Vec::new()) {
            Some(json) => constrain(&mut field.schema, key, json),
            None => trouble.push(key.to_owned()),
        }
    }
}

/// Sets a key where pydantic does: bounds go to the variant that they can hold for, everything else to the whole.
fn constrain(schema: &mut Schema, key: &str, value: Json) {
    let is_bound = !matches!(key, "description" | "title" | "examples" | "deprecated");
    if is_bound && let Some(Json::Array(variants)) = schema.get_mut("anyOf") {
        for variant in variants.iter_mut().filter_map(Json::as_object_mut) {
            if variant.get("type").and_then(Json::as_str) != Some("null") {
                constrain(variant, key, value.clone());
            }
        }
        return;
    }
    let list = schema.get("type").and_then(Json::as_str) == Some("array");
    let key = match (key, list) {
        ("min", true) => "minItems",
        ("min", false) => "minLength",
        ("max", true) => "maxItems",
        ("max", false) => "maxLength",
        (key, _) => key,
    };
    schema.insert(key.to_owned(), value);
}
