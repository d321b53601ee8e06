//! JSON Schema of the classes of a package: pydantic models, dataclasses, typed dictionaries, named tuples, enumerations.

use super::ast::{Expr, Name};
use super::field::of_field;
use super::json::to_json;
use super::literal::cleandoc;
use super::machine::Machine;
use super::schema::{Schema, choices, object};
use super::value::{Class, Env, Value, last};
use crate::engine::schema::ObjectSchema;
use serde_json::{Value as Json, json};
use std::rc::Rc;

/// One declared field and the class that declares it.
struct Declared {
    name: Name,
    annotation: Rc<Expr>,
    env: Rc<Env>,
}

pub(super) fn schema(machine: &mut Machine<'_>, class: &Rc<Class>, trouble: &mut Vec<String>, depth: usize) -> Schema {
    if class.is_enum() {
        let values = class.members().iter().filter_map(|member| to_json(member, &mut Vec::new())).collect();
        let mut schema = choices(values, true);
        describe(class, &mut schema);
        return schema;
    }
    let is_typed_dict = class.has_external_base(&|path| last(path) == "TypedDict");
    let is_model = is_typed_dict
        || class.is_dataclass.get()
        || class.has_external_base(&|path| matches!(last(path), "BaseModel" | "RootModel" | "NamedTuple" | "SQLModel"))
        || !class.env.fields.borrow().is_empty();
    if !is_model {
        // `class Name(str)` and the like are what they extend.
        let plain = |name: &str| class.has_external_base(&|path| path == format!("builtins.{name}"));
        return object(match () {
            () if plain("str") => json!({"type": "string"}),
            () if plain("int") => json!({"type": "integer"}),
            () if plain("dict") => json!({"type": "object"}),
            () if plain("list") => json!({"type": "array", "items": {}}),
            () => {
                trouble.push(format!("type `{}`", class.def.name));
                json!({})
            }
        });
    }
    if let Some(root) = root_type(class) {
        return of_field(machine, Some(&root), None, &class.env, trouble, depth + 1).schema;
    }
    let all_optional = class.def.bases.iter().any(
        |arg| matches!(arg, super::ast::Arg::Named(name, value) if &**name == "total" && matches!(&*value.kind, super::ast::Ex::False)),
    );
    let mut fields = Vec::new();
    collect(class, &mut fields, 0);
    let mut object = ObjectSchema::default();
    for field in fields {
        let annotation = machine.annotation(&field.annotation, &field.env);
        if is_class_variable(&annotation) || field.name.starts_with('_') || &*field.name == "model_config" {
            continue;
        }
        let default = field.env.vars.borrow().get(&field.name).cloned();
        let made = of_field(machine, Some(&annotation), default.as_ref(), &field.env, trouble, depth + 1);
        let key = made.alias.unwrap_or_else(|| field.name.to_string());
        object.property(key, Json::Object(made.schema), made.is_required && !all_optional);
    }
    let mut schema = Schema::new();
    describe(class, &mut schema);
    object.add_to(&mut schema);
    if forbids_extra(class) {
        schema.insert("additionalProperties".to_owned(), Json::Bool(false));
    }
    schema
}

fn describe(class: &Class, schema: &mut Schema) {
    if let Some(doc) = &class.def.doc {
        schema.insert("description".to_owned(), Json::String(cleandoc(doc)));
    }
}

fn root_type(class: &Class) -> Option<Value> {
    class.bases.iter().find_map(|base| match base {
        Value::Generic(generic) if generic.0.path().map(last) == Some("RootModel") => generic.1.first().cloned(),
        _ => None,
    })
}

fn is_class_variable(annotation: &Value) -> bool {
    let path = match annotation {
        Value::Generic(generic) => generic.0.path(),
        value => value.path(),
    };
    matches!(path.map(last), Some("ClassVar" | "PrivateAttr" | "InitVar"))
}

/// `model_config = ConfigDict(extra="forbid")`, or the same as a dictionary.
fn forbids_extra(class: &Class) -> bool {
    let extra = match class.find("model_config") {
        Some(Value::Made(made)) => made.args.named("extra").cloned(),
        Some(Value::Dict(pairs)) => {
            let pairs = pairs.borrow();
            pairs.iter().find(|(key, _)| key.as_text().as_deref() == Some("extra")).map(|(_, value)| value.clone())
        }
        _ => None,
    };
    extra.and_then(|extra| extra.as_text()).as_deref() == Some("forbid")
}

/// The fields of a class and of its bases in the package, those of the bases first.
fn collect(class: &Class, fields: &mut Vec<Declared>, depth: usize) {
    if depth > 20 {
        return;
    }
    for base in class.bases.iter().rev() {
        let base = match base {
            Value::Generic(generic) => &generic.0,
            base => base,
        };
        if let Value::Class(base) = base {
            collect(base, fields, depth + 1);
        }
    }
    for (name, annotation) in class.env.fields.borrow().iter() {
        let declared =
            Declared { name: Rc::clone(name), annotation: Rc::clone(annotation), env: Rc::clone(&class.env) };
        match fields.iter_mut().find(|known| known.name == *name) {
            Some(known) => *known = declared,
            None => fields.push(declared),
        }
    }
}
