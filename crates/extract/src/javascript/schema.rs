//! Schemas built with zod (or a library of the same shape) as data, and the JSON Schema that the SDK makes of them.
//! Plain data in, JSON out; no syntax is looked at here.

use super::value::Text;
use crate::engine::json::Holes;
use crate::engine::schema::{ObjectSchema, or_null, with_null};
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

/// JSON values of one schema.
const MAX_NODES: usize = 20_000;

/// Room for what is not known of one schema.
pub(super) fn holes() -> Holes {
    Holes::within(MAX_NODES)
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
    pub(super) fn to_json(&self, dialect: Dialect, holes: &mut Holes) -> Json {
        if !holes.enter() {
            return json!({});
        }
        let mut fragment = self.fragment(dialect, holes);
        if self.nullable {
            fragment = nullable(fragment, dialect);
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
        holes.leave();
        Json::Object(fragment)
    }

    fn fragment(&self, dialect: Dialect, holes: &mut Holes) -> Map<String, Json> {
        let mut out = Map::new();
        match &self.form {
            Form::Any => {}
            Form::Unresolved => holes.note(),
            Form::Plain(fragment) => out = fragment.clone(),
            Form::Object { shape, rest } => {
                let mut object = ObjectSchema::default();
                for (name, schema) in shape {
                    let json = holes.at(name, |holes| schema.to_json(dialect, holes));
                    object.property(&**name, json, !schema.may_be_absent(dialect));
                }
                object.add_to(&mut out);
                match rest {
                    Rest::Unsaid => {}
                    Rest::Refused => drop(out.insert("additionalProperties".to_owned(), json!(false))),
                    Rest::Accepted => drop(out.insert("additionalProperties".to_owned(), json!(true))),
                    Rest::Unresolved => holes.note(),
                }
            }
            Form::Array(element) => {
                out.insert("type".to_owned(), json!("array"));
                let items = holes.at("items", |holes| element.to_json(dialect, holes));
                out.insert("items".to_owned(), items);
            }
            Form::Tuple(elements) => {
                out.insert("type".to_owned(), json!("array"));
                let items: Vec<Json> = elements.iter().map(|element| element.to_json(dialect, holes)).collect();
                let keyword = if dialect == Dialect::Three { "items" } else { "prefixItems" };
                out.insert(keyword.to_owned(), Json::Array(items));
            }
            Form::Record(value) => {
                out.insert("type".to_owned(), json!("object"));
                let value = value.as_ref().map_or(json!({}), |value| value.to_json(dialect, holes));
                out.insert("additionalProperties".to_owned(), value);
            }
            Form::Union(options) => {
                let options: Vec<Json> = options.iter().map(|option| option.to_json(dialect, holes)).collect();
                out.insert("anyOf".to_owned(), Json::Array(options));
            }
            Form::Intersection(left, right) => {
                let both = vec![left.to_json(dialect, holes), right.to_json(dialect, holes)];
                out.insert("allOf".to_owned(), Json::Array(both));
            }
        }
        out
    }
}

fn nullable(fragment: Map<String, Json>, dialect: Dialect) -> Map<String, Json> {
    let is_bare = fragment.len() == 1 && fragment.get("type").is_some_and(Json::is_string);
    let fragment = Json::Object(fragment);
    let nullable = if dialect == Dialect::Three && is_bare { with_null(fragment) } else { or_null(fragment) };
    match nullable {
        Json::Object(nullable) => nullable,
        _ => Map::new(),
    }
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
