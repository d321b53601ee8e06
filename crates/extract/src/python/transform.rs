//! Tools made from other tools: `Tool.from_tool(tool, transform_args={…})`.

use super::ast::Name;
use super::docstring::Split;
use super::json::to_json;
use super::machine::Machine;
use super::tool;
use super::value::{Args, Made, Value};
use crate::SourceTool;
use mcpdex_model::{Partial, PartialReason};
use serde_json::{Map, Value as Json};
use std::rc::Rc;

/// The tool that a call of `from_tool` makes; `None` where what it is made from is not known.
pub(super) fn from_tool(machine: &mut Machine<'_>, made: &Rc<Made>, split: Split) -> Option<(Name, SourceTool)> {
    let base = made.args.get(0, "tool").cloned()?;
    let wanted = ["name", "title", "description", "annotations"];
    let named = made.args.named.iter().filter(|(name, _)| wanted.contains(&&**name)).cloned().collect();
    let options = Args { named, line: made.args.line, ..Args::default() };
    let (name, found) = match &base {
        Value::Function(_) | Value::Bound(_) => tool::from_function(machine, &base, &options, made.module, split)?,
        Value::Made(other) if other.kind() == "from_tool" && !Rc::ptr_eq(other, made) => {
            let inner = from_tool(machine, other, split)?;
            let stated = made.args.named("name").and_then(Value::as_text).unwrap_or_else(|| Rc::clone(&inner.0));
            (Rc::clone(&stated), tool::renamed(&inner.1, &stated))
        }
        _ => return None,
    };
    let site = machine.site(made.module, made.args.line);
    let mut object: Map<String, Json> = serde_json::from_str(&found.json).ok()?;
    let mut partial = found.partial.clone();
    let mut unsure = |what: String| {
        let detail = format!("{what} is made at run time");
        partial.push(Partial::inexact(PartialReason::UnresolvedValue, detail, Some(site.clone())));
    };
    match made.args.named("transform_args") {
        None | Some(Value::None) => {}
        Some(Value::Dict(pairs)) => {
            for (key, change) in pairs.borrow().iter() {
                match key.as_text() {
                    Some(key) => change_parameter(&mut object, &key, change, &mut unsure),
                    None => unsure("what changes a parameter".to_owned()),
                }
            }
        }
        Some(_) => unsure("what changes its parameters".to_owned()),
    }
    if made.args.named("transform_fn").is_some_and(|function| !matches!(function, Value::None)) {
        unsure("what its transforming function takes".to_owned());
    }
    Some((name, SourceTool::new(&object, site.clone(), partial)))
}

/// Renames, hides or describes one parameter as an `ArgTransform` says.
fn change_parameter(object: &mut Map<String, Json>, key: &str, change: &Value, unsure: &mut dyn FnMut(String)) {
    let Value::Made(change) = change else { return unsure(format!("what changes `{key}`")) };
    let Some(Json::Object(schema)) = object.get_mut("inputSchema") else { return };
    let required = |schema: &Map<String, Json>| match schema.get("required") {
        Some(Json::Array(names)) => names.clone(),
        _ => Vec::new(),
    };
    let mut names = required(schema);
    let stated = |name: &str| change.args.named(name);
    let Some(Json::Object(properties)) = schema.get_mut("properties") else { return };
    let Some(mut property) = properties.get(key).cloned() else { return };
    if stated("hide").and_then(Value::truth) == Some(true) {
        properties.shift_remove(key);
        names.retain(|name| name.as_str() != Some(key));
    } else {
        if let Json::Object(property) = &mut property {
            for field in ["description", "default"] {
                match stated(field).map(|value| to_json(value, &mut Vec::new())) {
                    Some(Some(value)) => drop(property.insert(field.to_owned(), value)),
                    Some(None) => unsure(format!("the {field} of `{key}`")),
                    None => {}
                }
            }
        }
        let renamed = stated("name").and_then(Value::as_text).unwrap_or_else(|| Rc::from(key));
        let is_optional = stated("default").is_some() || stated("required").and_then(Value::truth) == Some(false);
        let is_required = stated("required").and_then(Value::truth) == Some(true);
        let order: Vec<(String, Json)> = std::mem::take(properties)
            .into_iter()
            .map(|(name, value)| if name == key { (renamed.to_string(), property.clone()) } else { (name, value) })
            .collect();
        properties.extend(order);
        names.iter_mut().filter(|name| name.as_str() == Some(key)).for_each(|name| *name = Json::from(&*renamed));
        if is_optional {
            names.retain(|name| name.as_str() != Some(&*renamed));
        } else if is_required && !names.iter().any(|name| name.as_str() == Some(&*renamed)) {
            names.push(Json::from(&*renamed));
        }
    }
    if names.is_empty() {
        schema.shift_remove("required");
    } else {
        schema.insert("required".to_owned(), Json::Array(names));
    }
}
