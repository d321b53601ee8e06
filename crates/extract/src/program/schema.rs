//! JSON Schema of a type: a type as it is written in, the schema that the language's libraries make of it out. A type
//! that the package does not declare and the language does not know has the empty schema, and is named.

use super::ast::{Class, ClassKind, Type};
use super::machine::Machine;
use super::source::FileId;
use super::value::Value;
use crate::engine::schema::ObjectSchema;
use serde_json::{Map, Value as Json, json};
use std::rc::Rc;

/// What a type of the language or its standard library is.
#[derive(Debug)]
pub(crate) enum Shape<'t> {
    Plain(Json),
    List(Type<'t>),
    /// A list whose items differ.
    Set(Type<'t>),
    Map(Type<'t>),
    /// The value may be missing or null.
    Optional(Type<'t>),
    /// The same as the type inside.
    Same(Type<'t>),
}

/// One property of an object.
#[derive(Debug)]
pub(crate) struct Property<'t> {
    pub name: String,
    pub ty: Option<Type<'t>>,
    /// Where the type is written.
    pub file: FileId,
    pub description: Value<'t>,
    pub is_required: bool,
    pub default: Option<Json>,
    /// Further keywords.
    pub extra: Vec<(&'static str, Json)>,
    /// The members of a field that is flattened stand beside the others.
    pub is_flat: bool,
}

impl<'t> Property<'t> {
    pub(crate) fn new(name: &str, ty: Option<Type<'t>>, file: FileId) -> Self {
        Property {
            name: name.to_owned(),
            ty,
            file,
            description: Value::Null,
            is_required: true,
            default: None,
            extra: Vec::new(),
            is_flat: false,
        }
    }
}

/// How one language's libraries make schemas.
pub(crate) trait Types {
    /// What a type that the package does not declare is.
    fn shape<'t>(&self, ty: &Type<'t>) -> Option<Shape<'t>>;

    /// The properties of an object of the class, in order.
    fn properties<'t>(&self, machine: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Vec<Property<'t>>;

    /// The schema of an enumeration.
    fn choices<'t>(&self, machine: &mut Machine<'t>, class: &Rc<Class<'t>>) -> Json;

    /// The schema of a value that may be null.
    fn nullable(&self, schema: Json) -> Json {
        schema
    }

    /// Keywords that every object of a class has beside its properties.
    fn finish_class(&self, _class: &Class<'_>, _schema: &mut Map<String, Json>) {}

    fn list(&self, items: Json) -> Json {
        json!({ "type": "array", "items": items })
    }
}

/// How deep types may nest, those that hold themselves included.
const MAX_DEPTH: u32 = 12;
/// Types looked at for one tool; wide types of wide types multiply.
const MAX_TYPES: usize = 4_000;

/// What could not be read of one schema.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    pub what: Vec<String>,
    seen: usize,
    /// Classes that are being written out.
    open: Vec<*const ()>,
}

impl Trouble {
    fn add(&mut self, what: String) {
        if self.what.len() < 20 && !self.what.contains(&what) {
            self.what.push(what);
        }
    }
}

pub(crate) fn of_type<'t>(
    machine: &mut Machine<'t>,
    types: &dyn Types,
    ty: &Type<'t>,
    file: FileId,
    trouble: &mut Trouble,
    depth: u32,
) -> Json {
    trouble.seen += 1;
    if depth > MAX_DEPTH || trouble.seen > MAX_TYPES {
        trouble.add(format!("the type `{}` inside of itself", ty.name));
        return json!({});
    }
    let schema = bare(machine, types, ty, file, trouble, depth);
    if ty.nullable { types.nullable(schema) } else { schema }
}

fn bare<'t>(
    machine: &mut Machine<'t>,
    types: &dyn Types,
    ty: &Type<'t>,
    file: FileId,
    trouble: &mut Trouble,
    depth: u32,
) -> Json {
    if let Some(class) = &ty.inline {
        return of_class(machine, types, class, trouble, depth);
    }
    let program = Rc::clone(&machine.program);
    let class = program.class(file, &ty.name);
    if class.is_none()
        && let Some(shape) = types.shape(ty)
    {
        return match shape {
            Shape::Plain(schema) => schema,
            Shape::List(item) => {
                let items = of_type(machine, types, &item, file, trouble, depth + 1);
                types.list(items)
            }
            Shape::Set(item) => {
                let items = of_type(machine, types, &item, file, trouble, depth + 1);
                json!({ "type": "array", "items": items, "uniqueItems": true })
            }
            Shape::Map(value) => {
                let value = of_type(machine, types, &value, file, trouble, depth + 1);
                json!({ "type": "object", "additionalProperties": value })
            }
            Shape::Optional(inner) => {
                let inner = of_type(machine, types, &inner, file, trouble, depth + 1);
                types.nullable(inner)
            }
            Shape::Same(inner) => of_type(machine, types, &inner, file, trouble, depth + 1),
        };
    }
    match class {
        Some(class) => match &class.alias {
            Some(alias) => of_type(machine, types, alias, class.site.file, trouble, depth + 1),
            None => of_class(machine, types, &class, trouble, depth),
        },
        None => {
            trouble.add(format!("the type `{}`", ty.name));
            json!({})
        }
    }
}

/// The schema of an object or enumeration of the package.
pub(crate) fn of_class<'t>(
    machine: &mut Machine<'t>,
    types: &dyn Types,
    class: &Rc<Class<'t>>,
    trouble: &mut Trouble,
    depth: u32,
) -> Json {
    if class.kind == ClassKind::Enum {
        return types.choices(machine, class);
    }
    let key = Rc::as_ptr(class).cast::<()>();
    if trouble.open.contains(&key) {
        // The libraries point back to the type by reference; how they call it differs.
        trouble.add(format!("the type `{}` inside of itself", class.name));
        return json!({ "type": "object" });
    }
    trouble.open.push(key);
    let properties = types.properties(machine, class);
    let mut schema = object(machine, types, properties, trouble, depth);
    types.finish_class(class, &mut schema);
    trouble.open.pop();
    Json::Object(schema)
}

/// An object of these properties.
pub(crate) fn object<'t>(
    machine: &mut Machine<'t>,
    types: &dyn Types,
    list: Vec<Property<'t>>,
    trouble: &mut Trouble,
    depth: u32,
) -> Map<String, Json> {
    let mut object = ObjectSchema::default();
    for property in list {
        let mut schema = match &property.ty {
            Some(ty) => of_type(machine, types, ty, property.file, trouble, depth + 1),
            None => json!({}),
        };
        if property.is_flat {
            object.flatten(schema);
            continue;
        }
        if let Json::Object(schema) = &mut schema {
            match &property.description {
                Value::Text(text) => drop(schema.insert("description".to_owned(), json!(**text))),
                Value::Null => {}
                _ => trouble.add(format!("the description of parameter `{}`", property.name)),
            }
            if let Some(default) = property.default {
                schema.insert("default".to_owned(), default);
            }
            schema.extend(property.extra.into_iter().map(|(key, value)| (key.to_owned(), value)));
        }
        object.property(property.name, schema, property.is_required);
    }
    object.into_map()
}
