//! The input schema of a registered function: its parameters, or those of the signature that the package gave it.

use super::ast::{Ex, Name, ParamKind};
use super::field;
use super::machine::Machine;
use super::value::{Function, Value};
use crate::engine::schema::ObjectSchema;
use serde_json::{Map, Value as Json};
use std::rc::Rc;

/// One parameter as the framework sees it.
struct Seen {
    name: Name,
    annotation: Option<Value>,
    default: Option<Value>,
    /// `*args`, `**kwargs`, or one that the framework fills in whatever its type is known to be.
    is_hidden: bool,
}

/// The schema of the parameters of `inner`, as registered through `outer`, without the first `skip`, those in
/// `left_out` and those that the framework fills in itself; and what of it is not known.
pub(super) fn input_schema(
    machine: &mut Machine<'_>,
    outer: &Rc<Function>,
    inner: &Rc<Function>,
    skip: usize,
    left_out: &[Name],
) -> (Map<String, Json>, Vec<String>) {
    let seen = match given(outer).or_else(|| given(inner)) {
        Some(seen) => seen,
        None => written(machine, inner, skip),
    };
    let overruled = outer.attributes.borrow().get("__annotations__").cloned();
    let (mut object, mut missed) = (ObjectSchema::default(), Vec::new());
    // What a handler takes by `**name` is decided where it is called, unless a signature says so.
    if given(outer).or_else(|| given(inner)).is_none()
        && let Some(open) = inner.def.params.iter().find(|param| param.kind == ParamKind::Keywords)
    {
        missed.push(format!("what `**{}` of its function takes", open.name));
    }
    for mut param in seen {
        if let Some(Value::Dict(pairs)) = &overruled {
            let name = Value::Str(Rc::clone(&param.name));
            let pairs = pairs.borrow();
            let found = pairs.iter().find(|(key, _)| key.equals(&name) == Some(true));
            param.annotation = found.map(|(_, annotation)| annotation.clone()).or(param.annotation);
        }
        let is_injected = field::is_injected(&param.name, param.annotation.as_ref(), param.default.as_ref());
        if param.is_hidden || is_injected || left_out.contains(&param.name) {
            continue;
        }
        let mut trouble = Vec::new();
        let (annotation, default) = (param.annotation.as_ref(), param.default.as_ref());
        let field = field::of_parameter(machine, annotation, default, &inner.env, &mut trouble);
        for what in trouble.into_iter().take(5) {
            missed.push(format!("the {what} of parameter `{}`", param.name));
        }
        let key = field.alias.unwrap_or_else(|| param.name.to_string());
        object.property(key, Json::Object(field.schema), field.is_required);
    }
    (object.into_map(), missed)
}

/// The parameters that stand in the source.
fn written(machine: &mut Machine<'_>, function: &Rc<Function>, skip: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (param, default) in function.def.params.iter().zip(&function.defaults).skip(skip) {
        let annotation = param.annotation.as_ref();
        let is_context = annotation.is_some_and(|kind| matches!(&*kind.kind, Ex::Name(name) if &**name == "Context"));
        seen.push(Seen {
            name: Rc::clone(&param.name),
            annotation: annotation.map(|kind| machine.annotation(kind, &function.env)),
            default: default.clone(),
            is_hidden: is_context || matches!(param.kind, ParamKind::Rest | ParamKind::Keywords),
        });
    }
    seen
}

/// The parameters of a signature that the package made and gave to the function (`__signature__`).
fn given(function: &Function) -> Option<Vec<Seen>> {
    let attributes = function.attributes.borrow();
    let Some(Value::Made(signature)) = attributes.get("__signature__") else { return None };
    let parameters = match signature.args.get(0, "parameters")? {
        Value::Dict(pairs) => pairs.borrow().iter().map(|(_, parameter)| parameter.clone()).collect(),
        parameters => parameters.items()?,
    };
    let mut seen = Vec::new();
    for parameter in parameters {
        let Value::Made(parameter) = parameter else { return None };
        let stated = |name: &str| {
            let is_there = |value: &&Value| !value.path().is_some_and(|path| path.ends_with("empty"));
            parameter.args.named(name).filter(is_there).cloned()
        };
        let kind = parameter.args.get(1, "kind").and_then(Value::path).unwrap_or_default();
        seen.push(Seen {
            name: parameter.args.get(0, "name")?.as_text()?,
            annotation: stated("annotation"),
            default: stated("default"),
            is_hidden: kind.ends_with("VAR_POSITIONAL") || kind.ends_with("VAR_KEYWORD"),
        });
    }
    Some(seen)
}

/// Adds what a docstring says about parameters that say nothing themselves.
pub(super) fn describe(schema: &mut Map<String, Json>, documented: Vec<(String, String)>) {
    let Some(Json::Object(properties)) = schema.get_mut("properties") else { return };
    for (name, text) in documented {
        if let Some(Json::Object(property)) = properties.get_mut(&name)
            && !property.contains_key("description")
        {
            property.insert("description".to_owned(), Json::String(text));
        }
    }
}
