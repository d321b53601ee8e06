//! JSON Schema of Python's types, as pydantic makes it from annotations. Models are written where they are used, without
//! references; titles that pydantic derives from names are left out, because no author wrote them.

use super::field::{Field, apply, of_field};
use super::json::to_json;
use super::machine::Machine;
use super::model;
use super::value::{Class, Env, Made, Value, last};
use serde_json::{Map, Value as Json, json};
use std::rc::Rc;

pub(super) type Schema = Map<String, Json>;

/// How deep models may nest in one schema.
const MAX_DEPTH: usize = 12;

pub(super) fn object(value: Json) -> Schema {
    match value {
        Json::Object(object) => object,
        _ => Schema::new(),
    }
}

impl Machine<'_> {
    /// The schema of any type, as a value.
    pub(super) fn type_schema(&mut self, kind: &Value) -> Value {
        let mut trouble = Vec::new();
        let env = Env::new(None, 0, false);
        let schema = of_type(self, kind, &env, &mut trouble, 0);
        if trouble.is_empty() { super::json::to_value(&Json::Object(schema)) } else { Value::Unknown }
    }
}

/// The schema of a class of the package: a model, a dataclass, a typed dictionary or an enumeration.
pub(super) fn of_class(
    machine: &mut Machine<'_>,
    class: &Rc<Class>,
    trouble: &mut Vec<String>,
    depth: usize,
) -> Schema {
    if depth > MAX_DEPTH {
        return object(json!({"type": "object"}));
    }
    model::schema(machine, class, trouble, depth)
}

/// The schema of a type.
pub(super) fn of_type(
    machine: &mut Machine<'_>,
    kind: &Value,
    env: &Rc<Env>,
    trouble: &mut Vec<String>,
    depth: usize,
) -> Schema {
    if depth > MAX_DEPTH {
        return Schema::new();
    }
    match kind {
        Value::None => object(json!({"type": "null"})),
        Value::External(path) => named(path, trouble),
        Value::Class(class) => of_class(machine, class, trouble, depth + 1),
        Value::Union(members) => any_of(machine, members, env, trouble, depth),
        Value::Generic(generic) => of_generic(machine, &generic.0, &generic.1, env, trouble, depth),
        Value::Str(_) => match machine.resolve_forward(kind.clone(), env) {
            Value::Str(_) => Schema::new(),
            resolved => of_type(machine, &resolved, env, trouble, depth + 1),
        },
        Value::Made(made) => of_made(machine, made, env, trouble, depth),
        _ => {
            trouble.push("type".to_owned());
            Schema::new()
        }
    }
}

fn of_made(machine: &mut Machine<'_>, made: &Made, env: &Rc<Env>, trouble: &mut Vec<String>, depth: usize) -> Schema {
    let simple = |name: &str| object(json!({"type": name}));
    let schema = match made.kind() {
        "NewType" => {
            let kind = made.args.get(1, "tp").cloned().unwrap_or_default();
            return of_type(machine, &kind, env, trouble, depth + 1);
        }
        "TypeVar" => return Schema::new(),
        "conint" => simple("integer"),
        "confloat" => simple("number"),
        "constr" => simple("string"),
        "conlist" => {
            let item = made.args.get(0, "item_type").cloned().unwrap_or_default();
            let items = of_type(machine, &item, env, trouble, depth + 1);
            object(json!({"type": "array", "items": items}))
        }
        _ => {
            trouble.push("type".to_owned());
            return Schema::new();
        }
    };
    let mut field = Field { schema, ..Field::default() };
    apply(made, &mut field, trouble);
    field.schema
}

/// The schema of a type that is known by name.
fn named(path: &str, trouble: &mut Vec<String>) -> Schema {
    let name = last(path);
    object(match name {
        "str" | "Text" | "AnyStr" => json!({"type": "string"}),
        "int" => json!({"type": "integer"}),
        "float" => json!({"type": "number"}),
        "bool" => json!({"type": "boolean"}),
        "NoneType" => json!({"type": "null"}),
        "Any" | "object" | "Json" | "JsonValue" => json!({}),
        "dict" | "Dict" | "Mapping" | "MutableMapping" | "OrderedDict" | "defaultdict" => {
            json!({"type": "object", "additionalProperties": true})
        }
        "list" | "List" | "Sequence" | "Iterable" | "Collection" | "tuple" | "Tuple" | "deque" => {
            json!({"type": "array", "items": {}})
        }
        "set" | "Set" | "frozenset" | "FrozenSet" => json!({"type": "array", "items": {}, "uniqueItems": true}),
        "bytes" => json!({"type": "string", "format": "binary"}),
        "datetime" | "AwareDatetime" | "NaiveDatetime" => json!({"type": "string", "format": "date-time"}),
        "date" => json!({"type": "string", "format": "date"}),
        "time" => json!({"type": "string", "format": "time"}),
        "timedelta" => json!({"type": "string", "format": "duration"}),
        "UUID" | "UUID4" | "UUID1" => json!({"type": "string", "format": "uuid"}),
        "Path" | "PurePath" => json!({"type": "string", "format": "path"}),
        "FilePath" => json!({"type": "string", "format": "file-path"}),
        "DirectoryPath" => json!({"type": "string", "format": "directory-path"}),
        "AnyUrl" | "AnyHttpUrl" | "HttpUrl" | "FileUrl" => json!({"type": "string", "format": "uri"}),
        "EmailStr" => json!({"type": "string", "format": "email"}),
        "SecretStr" => json!({"type": "string", "format": "password", "writeOnly": true}),
        "Decimal" => json!({"anyOf": [{"type": "number"}, {"type": "string"}]}),
        "PositiveInt" => json!({"type": "integer", "exclusiveMinimum": 0}),
        "NonNegativeInt" => json!({"type": "integer", "minimum": 0}),
        "PositiveFloat" => json!({"type": "number", "exclusiveMinimum": 0}),
        "NonNegativeFloat" => json!({"type": "number", "minimum": 0}),
        "StrictStr" => json!({"type": "string"}),
        "StrictInt" => json!({"type": "integer"}),
        "StrictFloat" => json!({"type": "number"}),
        "StrictBool" => json!({"type": "boolean"}),
        "LiteralString" => json!({"type": "string"}),
        _ => {
            trouble.push(format!("type `{name}`"));
            json!({})
        }
    })
}

fn any_of(
    machine: &mut Machine<'_>,
    members: &[Value],
    env: &Rc<Env>,
    trouble: &mut Vec<String>,
    depth: usize,
) -> Schema {
    let mut variants: Vec<Json> = Vec::new();
    for member in members.iter().take(50) {
        let schema = of_type(machine, member, env, trouble, depth + 1);
        // A union within a union is one union.
        match schema.get("anyOf") {
            Some(Json::Array(inner)) if schema.len() == 1 => variants.extend(inner.iter().cloned()),
            _ => variants.push(Json::Object(schema)),
        }
    }
    let mut kept: Vec<Json> = Vec::new();
    for variant in variants {
        if !kept.contains(&variant) {
            kept.push(variant);
        }
    }
    match kept.as_slice() {
        [only] => object(only.clone()),
        _ => object(json!({ "anyOf": kept })),
    }
}

fn of_generic(
    machine: &mut Machine<'_>,
    base: &Value,
    args: &[Value],
    env: &Rc<Env>,
    trouble: &mut Vec<String>,
    depth: usize,
) -> Schema {
    let Value::External(path) = base else {
        return of_type(machine, base, env, trouble, depth + 1);
    };
    let inner = |machine: &mut Machine<'_>, at: usize, trouble: &mut Vec<String>| match args.get(at) {
        Some(kind) => of_type(machine, kind, env, trouble, depth + 1),
        None => Schema::new(),
    };
    match last(path) {
        "Optional" => {
            let members = [args.first().cloned().unwrap_or_default(), Value::None];
            any_of(machine, &members, env, trouble, depth)
        }
        "Union" => any_of(machine, args, env, trouble, depth),
        "Annotated" => {
            let whole = Value::Generic(Rc::new((base.clone(), args.to_vec())));
            of_field(machine, Some(&whole), None, env, trouble, depth + 1).schema
        }
        "Literal" => literal(args, trouble),
        "list" | "List" | "Sequence" | "Iterable" | "Collection" | "MutableSequence" | "deque" | "Iterator" => {
            let items = inner(machine, 0, trouble);
            object(json!({"type": "array", "items": items}))
        }
        "set" | "Set" | "frozenset" | "FrozenSet" | "AbstractSet" => {
            let items = inner(machine, 0, trouble);
            object(json!({"type": "array", "items": items, "uniqueItems": true}))
        }
        "tuple" | "Tuple" => match args {
            [_, Value::Ellipsis] => {
                let items = inner(machine, 0, trouble);
                object(json!({"type": "array", "items": items}))
            }
            _ => {
                let parts: Vec<Schema> = (0..args.len().min(50)).map(|at| inner(machine, at, trouble)).collect();
                object(json!({
                    "type": "array", "prefixItems": parts, "minItems": args.len(), "maxItems": args.len()
                }))
            }
        },
        "dict" | "Dict" | "Mapping" | "MutableMapping" | "defaultdict" | "OrderedDict" => {
            let values = inner(machine, 1, trouble);
            let values = if values.is_empty() { Json::Bool(true) } else { Json::Object(values) };
            object(json!({"type": "object", "additionalProperties": values}))
        }
        "type" | "Type" | "Callable" => Schema::new(),
        "Required" | "NotRequired" | "ReadOnly" | "Final" | "ClassVar" | "SkipValidation" | "Awaitable" => {
            inner(machine, 0, trouble)
        }
        _ => named(path, trouble),
    }
}

fn literal(args: &[Value], trouble: &mut Vec<String>) -> Schema {
    let mut values: Vec<Json> = Vec::new();
    for arg in args {
        match arg {
            // A literal type may be made of other literal types.
            Value::Generic(generic) => {
                for arg in &generic.1 {
                    values.extend(to_json(arg, &mut Vec::new()));
                }
            }
            arg => match to_json(arg, &mut Vec::new()) {
                Some(json) => values.push(json),
                None => trouble.push("value".to_owned()),
            },
        }
    }
    choices(values, true)
}

/// The schema of a closed set of values.
pub(super) fn choices(values: Vec<Json>, one_is_const: bool) -> Schema {
    let kinds = |test: fn(&Json) -> bool| !values.is_empty() && values.iter().all(test);
    let kind = if kinds(Json::is_string) {
        Some("string")
    } else if kinds(Json::is_i64) {
        Some("integer")
    } else if kinds(Json::is_number) {
        Some("number")
    } else if kinds(Json::is_boolean) {
        Some("boolean")
    } else {
        None
    };
    let mut schema = Schema::new();
    match values.as_slice() {
        [only] if one_is_const => schema.insert("const".to_owned(), only.clone()),
        _ => schema.insert("enum".to_owned(), Json::Array(values)),
    };
    if let Some(kind) = kind {
        schema.insert("type".to_owned(), Json::from(kind));
    }
    schema
}
