//! Schemas built with zod (or a library of the same shape) as data, and the JSON Schema that the SDK makes of them.
//! Plain data in, JSON out; no syntax is looked at here.

use super::value::Text;
use serde_json::{Map, Value as Json, json};
use std::rc::Rc;

/// The generation of zod that a package uses. They disagree on what may be left out and on wrappers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Three,
    Four,
}

/// What a schema accepts.
#[derive(Debug, Clone)]
pub(super) enum Form {
    /// Anything at all.
    Any,
    /// A JSON Schema fragment that stands as it is.
    Plain(Map<String, Json>),
    Object {
        shape: Vec<(Text, Rc<Schema>)>,
        rest: Rest,
    },
    Array(Rc<Schema>),
    Tuple(Vec<Rc<Schema>>),
    Record(Option<Rc<Schema>>),
    Union(Vec<Rc<Schema>>),
    Intersection(Rc<Schema>, Rc<Schema>),
    /// It exists, and what it accepts could not be followed.
    Unresolved,
}

/// What an object schema does with members that it does not name.
#[derive(Debug, Clone)]
pub(super) enum Rest {
    Unsaid,
    Refused,
    Accepted,
    /// There are named members that could not be followed.
    Unresolved,
}

/// One schema.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    pub(super) form: Form,
    pub(super) description: Option<Text>,
    pub(super) default: Option<Json>,
    /// May be left out.
    pub(super) optional: bool,
    pub(super) nullable: bool,
    /// Accepts that nothing is passed although it does not say so (zod 3: `any`, some coercions, `catch`).
    pub(super) lenient: bool,
    /// Wrapped in a refinement or transformation, which zod 3 no longer takes for an object.
    pub(super) wrapped: bool,
    /// Further keywords: `format`, `minimum`, `pattern`.
    pub(super) extra: Map<String, Json>,
}

/// What is left of the work that one conversion may do, and what it could not read.
#[derive(Debug)]
pub(super) struct Conversion {
    pub(super) dialect: Dialect,
    left: usize,
    depth: usize,
    /// Where something is missing, as a path of property names.
    pub(super) unresolved: Vec<String>,
    path: Vec<String>,
}

/// JSON values of one schema.
const MAX_NODES: usize = 20_000;
/// Nesting of one schema.
const MAX_DEPTH: usize = 40;

impl Conversion {
    pub(super) fn new(dialect: Dialect) -> Self {
        Conversion { dialect, left: MAX_NODES, depth: 0, unresolved: Vec::new(), path: Vec::new() }
    }

    /// Enters one value; false when the bounds are reached.
    pub(super) fn enter(&mut self) -> bool {
        if self.left == 0 || self.depth >= MAX_DEPTH {
            self.note();
            return false;
        }
        self.left -= 1;
        self.depth += 1;
        true
    }

    pub(super) fn exit(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn push(&mut self, name: &str) {
        self.path.push(name.to_owned());
    }

    pub(super) fn pop(&mut self) {
        self.path.pop();
    }

    /// Remembers that something at this place could not be read.
    pub(super) fn note(&mut self) {
        let place = self.path.join(".");
        if self.unresolved.len() < 20 && !self.unresolved.contains(&place) {
            self.unresolved.push(place);
        }
    }
}

impl Schema {
    pub(super) fn new(form: Form) -> Self {
        Schema {
            form,
            description: None,
            default: None,
            optional: false,
            nullable: false,
            lenient: false,
            wrapped: false,
            extra: Map::new(),
        }
    }

    /// A schema of one JSON type.
    pub(super) fn of_type(name: &str) -> Self {
        Schema::plain(json!({ "type": name }))
    }

    /// A schema out of a JSON Schema fragment.
    pub(super) fn plain(fragment: Json) -> Self {
        match fragment {
            Json::Object(fragment) => Schema::new(Form::Plain(fragment)),
            _ => Schema::new(Form::Any),
        }
    }

    /// One of some values.
    pub(super) fn choice(values: Vec<Json>) -> Self {
        let mut fragment = Map::new();
        let kinds: Vec<&str> = values.iter().map(json_type).collect();
        if let Some(first) = kinds.first()
            && kinds.iter().all(|kind| kind == first)
        {
            fragment.insert("type".to_owned(), json!(first));
        }
        match <[Json; 1]>::try_from(values) {
            Ok([only]) => fragment.insert("const".to_owned(), only),
            Err(values) => fragment.insert("enum".to_owned(), Json::Array(values)),
        };
        Schema::new(Form::Plain(fragment))
    }

    /// One of some names; an enumeration of one stays an enumeration.
    pub(super) fn enumeration(values: Vec<Json>) -> Self {
        match values.as_slice() {
            [only] => Schema::plain(json!({ "type": json_type(only), "enum": values })),
            _ => Schema::choice(values),
        }
    }

    /// Whether a member with this schema may be left out.
    pub(super) fn may_be_absent(&self, dialect: Dialect) -> bool {
        if self.optional || (self.lenient && dialect == Dialect::Three) {
            return true;
        }
        match &self.form {
            Form::Any => dialect == Dialect::Three,
            Form::Union(options) => options.iter().take(64).any(|option| option.is_optional_itself(dialect)),
            // Nothing is claimed of a schema that could not be followed.
            Form::Unresolved => true,
            _ => false,
        }
    }

    fn is_optional_itself(&self, dialect: Dialect) -> bool {
        self.optional || (dialect == Dialect::Three && (self.lenient || matches!(self.form, Form::Any)))
    }

    /// Whether the SDK takes the schema for an object with named members.
    pub(super) fn is_object(&self, dialect: Dialect) -> bool {
        matches!(self.form, Form::Object { .. }) && !(self.wrapped && dialect == Dialect::Three)
    }

    /// The JSON Schema of what may be passed in.
    pub(super) fn to_json(&self, conversion: &mut Conversion) -> Json {
        if !conversion.enter() {
            return json!({});
        }
        let mut fragment = self.fragment(conversion);
        if self.nullable {
            fragment = nullable(fragment, conversion.dialect);
        }
        for (keyword, value) in &self.extra {
            fragment.insert(keyword.clone(), value.clone());
        }
        if let Some(default) = &self.default {
            fragment.insert("default".to_owned(), default.clone());
        }
        if let Some(description) = &self.description {
            fragment.insert("description".to_owned(), Json::String(description.to_string()));
        }
        conversion.exit();
        Json::Object(fragment)
    }

    fn fragment(&self, conversion: &mut Conversion) -> Map<String, Json> {
        let mut out = Map::new();
        match &self.form {
            Form::Any => {}
            Form::Unresolved => conversion.note(),
            Form::Plain(fragment) => out = fragment.clone(),
            Form::Object { shape, rest } => {
                out.insert("type".to_owned(), json!("object"));
                let mut properties = Map::new();
                let mut required = Vec::new();
                for (name, schema) in shape {
                    conversion.push(name);
                    properties.insert(name.to_string(), schema.to_json(conversion));
                    conversion.pop();
                    if !schema.may_be_absent(conversion.dialect) {
                        required.push(Json::String(name.to_string()));
                    }
                }
                out.insert("properties".to_owned(), Json::Object(properties));
                if !required.is_empty() {
                    out.insert("required".to_owned(), Json::Array(required));
                }
                match rest {
                    Rest::Unsaid => {}
                    Rest::Refused => drop(out.insert("additionalProperties".to_owned(), json!(false))),
                    Rest::Accepted => drop(out.insert("additionalProperties".to_owned(), json!(true))),
                    Rest::Unresolved => conversion.note(),
                }
            }
            Form::Array(element) => {
                out.insert("type".to_owned(), json!("array"));
                conversion.push("items");
                out.insert("items".to_owned(), element.to_json(conversion));
                conversion.pop();
            }
            Form::Tuple(elements) => {
                out.insert("type".to_owned(), json!("array"));
                let items: Vec<Json> = elements.iter().map(|element| element.to_json(conversion)).collect();
                let keyword = if conversion.dialect == Dialect::Three { "items" } else { "prefixItems" };
                out.insert(keyword.to_owned(), Json::Array(items));
            }
            Form::Record(value) => {
                out.insert("type".to_owned(), json!("object"));
                let value = value.as_ref().map_or(json!({}), |value| value.to_json(conversion));
                out.insert("additionalProperties".to_owned(), value);
            }
            Form::Union(options) => {
                let options: Vec<Json> = options.iter().map(|option| option.to_json(conversion)).collect();
                out.insert("anyOf".to_owned(), Json::Array(options));
            }
            Form::Intersection(left, right) => {
                let both = vec![left.to_json(conversion), right.to_json(conversion)];
                out.insert("allOf".to_owned(), Json::Array(both));
            }
        }
        out
    }
}

fn nullable(mut fragment: Map<String, Json>, dialect: Dialect) -> Map<String, Json> {
    if dialect == Dialect::Three
        && fragment.len() == 1
        && let Some(Json::String(kind)) = fragment.get("type")
    {
        let kinds = json!([kind, "null"]);
        fragment.insert("type".to_owned(), kinds);
        return fragment;
    }
    let mut out = Map::new();
    out.insert("anyOf".to_owned(), json!([Json::Object(fragment), { "type": "null" }]));
    out
}

/// The JSON type of a value.
pub(super) fn json_type(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}
