//! The input schema of a registered function: its parameters, or those of the signature that the package gave it.

use super::ast::{Ex, Name, ParamKind};
use super::field;
use super::machine::Machine;
use super::signature::{self, Parameter};
use super::value::{Function, Value};
use crate::engine::schema::ObjectSchema;
use serde_json::{Map, Value as Json};
use std::rc::Rc;

/// The schema of the parameters of `inner`, as registered through `outer`, without the first `skip`, those in
/// `left_out` and those that the framework fills in itself; and what of it is not known. `partial` is the signature of a
/// function that some arguments were given to.
pub(super) fn input_schema(
    machine: &mut Machine<'_>,
    outer: &Rc<Function>,
    inner: &Rc<Function>,
    skip: usize,
    left_out: &[Name],
    partial: Option<Value>,
) -> (Map<String, Json>, Vec<String>) {
    let signature = partial.or_else(|| signature::assigned(outer));
    let told = signature.as_ref().and_then(signature::parameters);
    let (mut object, mut missed) = (ObjectSchema::default(), Vec::new());
    if signature.is_some() && told.is_none() {
        missed.push("the signature that its function was given".to_owned());
    }
    let is_told = told.is_some();
    let seen = told.unwrap_or_else(|| written(machine, inner, skip));
    let overruled = outer.attributes.borrow().get("__annotations__").cloned();
    // What a handler takes by `**name` is decided where it is called, unless a signature says so.
    if !is_told && let Some(open) = inner.def.params.iter().find(|param| param.kind == ParamKind::Keywords) {
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
        if param.is_rest || is_injected || left_out.contains(&param.name) {
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
fn written(machine: &mut Machine<'_>, function: &Rc<Function>, skip: usize) -> Vec<Parameter> {
    let mut seen = Vec::new();
    for (param, default) in function.def.params.iter().zip(&function.defaults).skip(skip) {
        let annotation = param.annotation.as_ref();
        let is_context = annotation.is_some_and(|kind| matches!(&*kind.kind, Ex::Name(name) if &**name == "Context"));
        seen.push(Parameter {
            name: Rc::clone(&param.name),
            annotation: annotation.map(|kind| machine.annotation(kind, &function.env)),
            default: default.clone(),
            is_rest: is_context || matches!(param.kind, ParamKind::Rest | ParamKind::Keywords),
        });
    }
    seen
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
