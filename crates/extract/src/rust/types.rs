//! JSON Schema of Rust types, as `schemars` derives it: serde's names, documentation, `Option` and defaults.

use crate::engine::schema::with_null;
use crate::program::ast::{Class, Expr, Field, Mark, Param, Type};
use crate::program::json::to_json;
use crate::program::machine::Machine;
use crate::program::schema::{Property, Shape, Types};
use crate::program::source::FileId;
use crate::program::value::Value;
use serde_json::{Map, Value as Json, json};
use std::rc::Rc;

#[derive(Debug)]
pub(super) struct RustTypes;

impl RustTypes {
    /// A parameter that is taken one by one (`#[tool(param)]`).
    pub(super) fn property<'t>(param: &Param<'t>, file: FileId) -> Property<'t> {
        let mut property = Property::new(&param.name, param.ty.clone(), file);
        property.description = text(&param.marks, "description").map_or(Value::Null, Value::Text);
        property.is_required = param.ty.as_ref().is_none_or(|ty| ty.last() != "Option");
        property
    }
}

impl Types for RustTypes {
    fn shape<'t>(&self, ty: &Type<'t>) -> Option<Shape<'t>> {
        let arg = |at: usize| ty.args.get(at).cloned().unwrap_or_else(|| Type::named("Value"));
        let unsigned = |format: &str| json!({ "type": "integer", "format": format, "minimum": 0 });
        Some(match ty.last() {
            "String" | "str" | "char" | "PathBuf" | "Path" => Shape::Plain(json!({ "type": "string" })),
            "bool" => Shape::Plain(json!({ "type": "boolean" })),
            name @ ("u64" | "u32" | "u128") => Shape::Plain(unsigned(&format!("uint{}", &name[1..]))),
            "usize" => Shape::Plain(unsigned("uint")),
            "u8" => Shape::Plain(json!({ "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 })),
            "u16" => Shape::Plain(json!({ "type": "integer", "format": "uint16", "minimum": 0, "maximum": 65535 })),
            "i8" => Shape::Plain(json!({ "type": "integer", "format": "int8", "minimum": -128, "maximum": 127 })),
            "i16" => Shape::Plain(json!({ "type": "integer", "format": "int16", "minimum": -32768, "maximum": 32767 })),
            name @ ("i32" | "i64" | "i128") => {
                Shape::Plain(json!({ "type": "integer", "format": format!("int{}", &name[1..]) }))
            }
            "isize" => Shape::Plain(json!({ "type": "integer", "format": "int" })),
            "f32" => Shape::Plain(json!({ "type": "number", "format": "float" })),
            "f64" => Shape::Plain(json!({ "type": "number", "format": "double" })),
            "Uuid" => Shape::Plain(json!({ "type": "string", "format": "uuid" })),
            "Url" => Shape::Plain(json!({ "type": "string", "format": "uri" })),
            "DateTime" => Shape::Plain(json!({ "type": "string", "format": "date-time" })),
            "Value" => Shape::Plain(json!({})),
            "JsonObject" => Shape::Plain(json!({ "type": "object" })),
            "Option" => Shape::Optional(arg(0)),
            "Vec" | "VecDeque" | "LinkedList" => Shape::List(arg(0)),
            "HashSet" | "BTreeSet" | "IndexSet" => Shape::Set(arg(0)),
            "HashMap" | "BTreeMap" | "IndexMap" | "Map" => Shape::Map(arg(1)),
            "Box" | "Arc" | "Rc" | "Cow" | "Mutex" => Shape::Same(arg(0)),
            _ => return None,
        })
    }

    fn properties<'t>(&self, machine: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Vec<Property<'t>> {
        let all = text(&class.marks, "rename_all");
        let all_default = has(&class.marks, "default");
        let mut properties = Vec::new();
        for field in &class.fields {
            if has(&field.marks, "skip") || has(&field.marks, "skip_deserializing") {
                continue;
            }
            let renamed = text(&field.marks, "rename").map(|name| name.to_string());
            let name = renamed.unwrap_or_else(|| case(&field.name, all.as_deref()));
            let mut property = Property::new(&name, field.ty.clone(), class.site.file);
            property.is_flat = has(&field.marks, "flatten");
            let about = text(&field.marks, "description").or_else(|| field.doc.clone());
            property.description = about.map_or(Value::Null, Value::Text);
            let is_option = field.ty.as_ref().is_some_and(|ty| ty.last() == "Option");
            property.is_required = !is_option && !all_default;
            if has(&field.marks, "default") || all_default {
                property.is_required = false;
                property.default = default(machine, class, field);
            }
            properties.push(property);
        }
        properties
    }

    fn choices<'t>(&self, _: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Json {
        let all = text(&class.marks, "rename_all");
        let name = |marks: &[Mark<'t>], name: &str| match text(marks, "rename") {
            Some(name) => name.to_string(),
            None => variant_case(name, all.as_deref()),
        };
        let kept = || class.variants.iter().filter(|variant| !has(&variant.marks, "skip"));
        if kept().any(|variant| !variant.is_plain) {
            // What a variant holds is not followed.
            return json!({});
        }
        if kept().any(|variant| variant.doc.is_some()) {
            let one = |variant: &crate::program::ast::Variant<'t>| {
                let mut choice = Map::new();
                if let Some(doc) = &variant.doc {
                    choice.insert("description".to_owned(), json!(**doc));
                }
                choice.insert("type".to_owned(), json!("string"));
                choice.insert("const".to_owned(), json!(name(&variant.marks, &variant.name)));
                Json::Object(choice)
            };
            return json!({ "oneOf": kept().map(one).collect::<Vec<_>>() });
        }
        json!({ "type": "string", "enum": kept().map(|variant| name(&variant.marks, &variant.name)).collect::<Vec<_>>() })
    }

    fn nullable(&self, schema: Json) -> Json {
        match &schema {
            Json::Object(object) if object.contains_key("oneOf") => json!({ "anyOf": [schema, { "type": "null" }] }),
            _ => with_null(schema),
        }
    }

    fn finish_class(&self, class: &Class<'_>, schema: &mut Map<String, Json>) {
        schema.insert("title".to_owned(), json!(*class.name));
        if let Some(about) = text(&class.marks, "description").or_else(|| class.doc.clone()) {
            schema.insert("description".to_owned(), json!(*about));
        }
        if has(&class.marks, "deny_unknown_fields") {
            schema.insert("additionalProperties".to_owned(), json!(false));
        }
    }
}

/// What `#[serde(default)]` or `#[serde(default = "function")]` gives, as far as it stands in the source.
fn default<'t>(machine: &mut Machine<'t>, class: &Class<'t>, field: &Field<'t>) -> Option<Json> {
    let Some(path) = text(&field.marks, "default") else {
        return match field.ty.as_ref()?.last() {
            "bool" => Some(json!(false)),
            "String" => Some(json!("")),
            "Vec" => Some(json!([])),
            "Option" => Some(Json::Null),
            "f32" | "f64" => Some(json!(0.0)),
            "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => Some(json!(0)),
            _ => None,
        };
    };
    let name = path.rsplit("::").next().unwrap_or(&path);
    let scope = machine.file_scope(class.site.file);
    let call = Expr::Call(Box::new(crate::program::ast::Call {
        callee: Expr::Name(Rc::from(name)),
        types: Vec::new(),
        args: Vec::new(),
        site: class.site,
    }));
    let value = machine.eval(&call, &scope);
    to_json(&value, "", &mut Vec::new())
}

/// The text of an argument of serde's or schemars' attributes.
fn text(marks: &[Mark<'_>], name: &str) -> Option<Rc<str>> {
    let ours = marks.iter().filter(|mark| matches!(&*mark.name, "serde" | "schemars"));
    ours.filter_map(|mark| mark.named(name)).find_map(|value| match value {
        Expr::Text(text) => Some(Rc::clone(text)),
        _ => None,
    })
}

/// Whether an argument stands there, with or without a value.
fn has(marks: &[Mark<'_>], name: &str) -> bool {
    let ours = marks.iter().filter(|mark| matches!(&*mark.name, "serde" | "schemars"));
    ours.flat_map(|mark| &mark.args).any(|arg| {
        arg.name.as_deref() == Some(name)
            || matches!(&arg.value, Expr::Name(word) if arg.name.is_none() && &**word == name)
    })
}

/// A field's name as `rename_all` writes it; fields are in snake case.
fn case(name: &str, rule: Option<&str>) -> String {
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    join(&words, rule).unwrap_or_else(|| name.to_owned())
}

/// A variant's name as `rename_all` writes it; variants are in camel case with a capital.
fn variant_case(name: &str, rule: Option<&str>) -> String {
    let mut words = Vec::new();
    let mut from = 0;
    for (at, c) in name.char_indices() {
        if c.is_uppercase() && at > from {
            words.push(&name[from..at]);
            from = at;
        }
    }
    words.push(&name[from..]);
    join(&words, rule).unwrap_or_else(|| name.to_owned())
}

fn join(words: &[&str], rule: Option<&str>) -> Option<String> {
    let capital = |word: &&str| {
        let mut chars = word.chars();
        chars
            .next()
            .map(|c| c.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect::<String>())
            .unwrap_or_default()
    };
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let upper: Vec<String> = words.iter().map(|word| word.to_uppercase()).collect();
    Some(match rule? {
        "camelCase" => {
            let rest = words.iter().skip(1).map(capital);
            lower.first().cloned().into_iter().chain(rest).collect()
        }
        "PascalCase" => words.iter().map(capital).collect(),
        "snake_case" => lower.join("_"),
        "kebab-case" => lower.join("-"),
        "SCREAMING_SNAKE_CASE" => upper.join("_"),
        "SCREAMING-KEBAB-CASE" => upper.join("-"),
        "lowercase" => lower.concat(),
        "UPPERCASE" => upper.concat(),
        _ => return None,
    })
}
