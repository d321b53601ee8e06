//! Methods and members of schemas: `.describe()`, `.optional()`, `.extend()`, `.shape`.

use super::machine::Machine;
use super::schema::{Dialect, Form, Rest, Schema, holes};
use super::value::{Foreign, Text, Value};
use serde_json::{Value as Json, json};
use std::rc::Rc;

impl<'t> Machine<'t> {
    /// A member of a schema that is not called.
    pub(super) fn schema_member(&mut self, schema: &Rc<Schema>, name: &str) -> Value {
        match (name, &schema.form) {
            ("description", _) => schema.description.clone().map_or(Value::Undefined, Value::Text),
            ("shape", Form::Object { shape, rest }) => {
                let members = shape.iter().map(|(name, schema)| (name.clone(), Value::Schema(schema.clone())));
                let object = self.object_of(members.collect());
                if let (Value::Object(id), Rest::Unresolved) = (&object, rest) {
                    self.object_mut(*id).open = true;
                }
                object
            }
            ("element", Form::Array(element)) => Value::Schema(element.clone()),
            ("options", Form::Union(options)) => {
                let options = options.iter().map(|option| Value::Schema(option.clone())).collect();
                self.list(options, false)
            }
            ("options" | "values", Form::Plain(fragment)) => match fragment.get("enum") {
                Some(values) => self.imported(&values.clone()),
                None => Value::Unknown,
            },
            ("enum" | "Enum" | "Values", Form::Plain(fragment)) => match fragment.get("enum") {
                Some(Json::Array(values)) => {
                    let names = values.iter().filter_map(Json::as_str);
                    let members = names.map(|name| (Text::from(name), Value::text(name))).collect();
                    self.object_of(members)
                }
                _ => Value::Unknown,
            },
            ("value", Form::Plain(fragment)) => match fragment.get("const") {
                Some(value) => self.imported(&value.clone()),
                None => Value::Unknown,
            },
            // JSON Schema made of it by hand.
            ("properties" | "required" | "type" | "$schema" | "additionalProperties", _) => {
                let object = self.schema_object(schema);
                self.member(&object, name)
            }
            ("_zod", _) => {
                let definition = self.definition_of(schema);
                self.object_of(vec![("def".into(), definition)])
            }
            ("_def" | "def", _) => self.definition_of(schema),
            _ => Value::foreign(Foreign::nowhere(name)),
        }
    }

    /// What a schema tells of itself to code that looks inside.
    fn definition_of(&mut self, schema: &Schema) -> Value {
        self.looks_inside += 1;
        let mut members: Vec<(Text, Value)> = Vec::new();
        match &schema.form {
            Form::Object { shape, .. } => {
                let shape = shape.iter().map(|(name, schema)| (name.clone(), Value::Schema(schema.clone())));
                let shape = self.object_of(shape.collect());
                members.push(("shape".into(), shape));
            }
            Form::Plain(fragment) => {
                if let Some(value) = fragment.get("const") {
                    let value = self.imported(value);
                    let values = self.list(vec![value.clone()], false);
                    members.push(("value".into(), value));
                    members.push(("values".into(), values));
                }
            }
            _ => {}
        }
        let object = self.object_of(members);
        if let Value::Object(id) = object {
            self.object_mut(id).open = true;
        }
        object
    }

    /// The JSON Schema of a schema, as a value of the program.
    pub(super) fn schema_object(&mut self, schema: &Schema) -> Value {
        let mut holes = holes();
        let json = schema.to_json(self.dialect, &mut holes);
        let object = self.imported(&json);
        if let (Value::Object(id), false) = (&object, holes.is_empty()) {
            self.object_mut(*id).open = true;
        }
        object
    }

    /// `schema.name(...arguments)`.
    pub(super) fn schema_method(&mut self, schema: &Rc<Schema>, name: &str, arguments: &[Value]) -> Value {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let second = arguments.get(1).cloned().unwrap_or(Value::Undefined);
        let mut new = (**schema).clone();
        match name {
            "describe" => match first {
                Value::Text(text) => new.description = Some(text),
                _ => {
                    // A description that cannot be followed is missing, not empty.
                    new.description = None;
                }
            },
            "meta" | "annotations" | "annotate" => {
                if let Value::Text(text) = self.member(&first, "description") {
                    new.description = Some(text);
                }
            }
            "optional" | "exactOptional" => new.optional = true,
            "nullish" => (new.optional, new.nullable) = (true, true),
            "nullable" => new.nullable = true,
            // Nothing as a default leaves the third generation where it was: it asks whether nothing is accepted.
            "default"
                if matches!(first, Value::Undefined) && !arguments.is_empty() && self.dialect == Dialect::Three =>
            {
                new.default = None;
            }
            "default" | "prefault" => {
                new.optional = true;
                new.default = self.default_json(&first);
            }
            "catch" => {
                new.lenient = true;
                new.optional |= self.dialect == Dialect::Four;
            }
            "nonoptional" | "required" if !matches!(new.form, Form::Object { .. }) => new.optional = false,
            "unwrap" | "removeDefault" => (new.optional, new.nullable, new.default) = (false, false, None),
            "refine" | "superRefine" | "transform" | "overwrite" => new.wrapped = true,
            "array" => new = Schema::new(Form::Array(schema.clone())),
            "or" => new = Schema::new(Form::Union(vec![schema.clone(), self.schema_of(&first)])),
            "and" => {
                let other = self.schema_of(&first);
                new = Schema::new(Form::Intersection(schema.clone(), other));
            }
            "strict" => new = with_rest(new, Rest::Refused),
            "passthrough" | "loose" => new = with_rest(new, Rest::Accepted),
            "strip" | "catchall" => {}
            "extend" | "merge" | "augment" | "setKey" | "safeExtend" => {
                return self.extended(new, name, &first, second);
            }
            "pick" | "omit" | "partial" | "required" | "deepPartial" => return self.selected(new, name, &first),
            "keyof" => {
                new = match &schema.form {
                    Form::Object { shape, .. } => {
                        Schema::enumeration(shape.iter().map(|(name, _)| json!(name.as_ref())).collect())
                    }
                    _ => Schema::new(Form::Unresolved),
                }
            }
            "extract" | "exclude" => new = self.extracted(new, name == "extract", &first),
            "shape" => return self.schema_member(schema, "shape"),
            "toJSONSchema" => return self.schema_object(schema),
            "parse" | "safeParse" | "parseAsync" | "safeParseAsync" | "spa" | "isOptional" | "isNullable"
            | "decode" | "encode" => return Value::Unknown,
            _ => self.restrict(&mut new, name, &first),
        }
        Value::Schema(Rc::new(new))
    }

    /// Restrictions of texts, numbers and lists. An unknown method changes nothing: zod's methods return schemas.
    fn restrict(&mut self, schema: &mut Schema, name: &str, first: &Value) {
        let kind = match &schema.form {
            Form::Plain(fragment) => fragment.get("type").and_then(Json::as_str).unwrap_or_default().to_owned(),
            Form::Array(_) => "array".to_owned(),
            _ => String::new(),
        };
        let (least, most) = match kind.as_str() {
            "string" => ("minLength", "maxLength"),
            "array" => ("minItems", "maxItems"),
            _ => ("minimum", "maximum"),
        };
        let numeric = matches!(kind.as_str(), "number" | "integer");
        let value = self.known_json(first).filter(Json::is_number);
        let mut put = |keyword: &str, value: Json| drop(schema.extra.insert(keyword.to_owned(), value));
        match (name, value) {
            ("min" | "gte" | "minLength" | "minimum", Some(value)) => put(least, value),
            ("max" | "lte" | "maxLength" | "maximum", Some(value)) => put(most, value),
            ("length", Some(value)) => {
                put(least, value.clone());
                put(most, value);
            }
            ("gt", Some(value)) => put("exclusiveMinimum", value),
            ("lt", Some(value)) => put("exclusiveMaximum", value),
            ("multipleOf" | "step", Some(value)) => put("multipleOf", value),
            ("nonempty", _) => put(least, json!(1)),
            ("positive", _) if numeric => put("exclusiveMinimum", json!(0)),
            ("nonnegative", _) if numeric => put("minimum", json!(0)),
            ("negative", _) if numeric => put("exclusiveMaximum", json!(0)),
            ("nonpositive", _) if numeric => put("maximum", json!(0)),
            ("int" | "safe", _) if numeric && name == "int" => {
                if let Form::Plain(fragment) = &mut schema.form {
                    fragment.insert("type".to_owned(), json!("integer"));
                }
            }
            ("email", _) => put("format", json!("email")),
            ("url", _) => put("format", json!("uri")),
            ("uuid" | "guid", _) => put("format", json!("uuid")),
            ("datetime", _) => put("format", json!("date-time")),
            ("date", _) if kind == "string" => put("format", json!("date")),
            ("time", _) if kind == "string" => put("format", json!("time")),
            _ => {}
        }
    }

    fn extended(&mut self, mut schema: Schema, name: &str, first: &Value, second: Value) -> Value {
        let addition = match (name, first) {
            ("setKey", Value::Text(key)) => self.object_of(vec![(key.clone(), second)]),
            _ => first.clone(),
        };
        let addition = self.object_schema(&addition, Rest::Unsaid);
        if let (Form::Object { shape, rest }, Form::Object { shape: more, rest: more_rest }) =
            (&mut schema.form, addition.form)
        {
            for (name, member) in more {
                match shape.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, slot)) => *slot = member,
                    None => shape.push((name, member)),
                }
            }
            if matches!(more_rest, Rest::Unresolved) {
                *rest = Rest::Unresolved;
            }
        }
        Value::Schema(Rc::new(schema))
    }

    fn selected(&mut self, mut schema: Schema, name: &str, mask: &Value) -> Value {
        let Form::Object { shape, rest } = &mut schema.form else { return Value::Schema(Rc::new(schema)) };
        let all = mask.is_nullish();
        let mask: Vec<Text> = match self.members(mask) {
            Some((members, _)) => members.into_iter().map(|(name, _)| name).collect(),
            None => {
                if !all {
                    *rest = Rest::Unresolved;
                }
                Vec::new()
            }
        };
        match name {
            "pick" => shape.retain(|(name, _)| mask.contains(name)),
            "omit" => shape.retain(|(name, _)| !mask.contains(name)),
            _ => {
                for (member, slot) in shape.iter_mut() {
                    if all || mask.contains(member) {
                        let mut changed = (**slot).clone();
                        changed.optional = name != "required";
                        *slot = Rc::new(changed);
                    }
                }
            }
        }
        Value::Schema(Rc::new(schema))
    }

    fn extracted(&mut self, schema: Schema, keep: bool, names: &Value) -> Schema {
        let Form::Plain(fragment) = &schema.form else { return schema };
        let (Some(Json::Array(values)), Some((names, false))) = (fragment.get("enum"), self.elements(names)) else {
            return schema;
        };
        let named = |value: &Json| {
            names.iter().any(|name| name.as_text().is_some_and(|name| value.as_str() == Some(name.as_ref())))
        };
        Schema::enumeration(values.iter().filter(|value| named(value) == keep).cloned().collect())
    }
}

fn with_rest(mut schema: Schema, new: Rest) -> Schema {
    if let Form::Object { rest, .. } = &mut schema.form
        && !matches!(rest, Rest::Unresolved)
    {
        *rest = new;
    }
    schema
}
