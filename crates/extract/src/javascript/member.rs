//! Reading and writing members of values: `a.b`, `a[b]`, prototypes, getters, lists and namespaces.

use super::kind::{Field, FieldOf};
use super::machine::{MAX_LIST, Machine};
use super::operator::number_text;
use super::value::{Foreign, Function, Object, ObjectId, Origin, Property, Shape, Text, Value};

/// How the name of a property begins that is a symbol; no program can write it.
const SYMBOL: &str = "\0symbol:";

/// Whether a property is named by a symbol: such are never listed.
pub(super) fn is_symbol(name: &str) -> bool {
    name.starts_with(SYMBOL)
}

/// How many prototypes are followed.
const MAX_PROTOTYPES: usize = 24;

impl<'t> Machine<'t> {
    /// The member `name` of `value`.
    pub(super) fn member(&mut self, value: &Value, name: &str) -> Value {
        match value {
            Value::Object(id) => self.find_property(*id, name, value).unwrap_or_else(|| {
                if self.is_open(*id) { Value::foreign(Foreign::nowhere(name)) } else { Value::Undefined }
            }),
            Value::Foreign(foreign) => self.foreign_member(foreign, name),
            Value::Schema(schema) => self.schema_member(schema, name),
            Value::Text(text) => match name {
                "length" => Value::Number(text.encode_utf16().count() as f64),
                _ => name
                    .parse::<usize>()
                    .ok()
                    .and_then(|at| text.chars().nth(at))
                    .map_or(Value::Undefined, |c| Value::text(c.encode_utf8(&mut [0; 4]))),
            },
            Value::Setting(setting) => self.setting_member(&setting.clone(), name),
            Value::When(inner) => self.member(&inner.value.clone(), name),
            Value::Unknown => Value::foreign(Foreign::nowhere(name)),
            Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => Value::Undefined,
        }
    }

    /// Whether members that were not found may exist all the same.
    pub(super) fn is_open(&self, id: ObjectId) -> bool {
        let mut at = id;
        for _ in 0..MAX_PROTOTYPES {
            let object = self.object(at);
            if object.open {
                return true;
            }
            match object.parent {
                Value::Object(parent) => at = parent,
                Value::Undefined | Value::Null => return false,
                _ => return true,
            }
        }
        true
    }

    /// The own or inherited property of an object; `None` when it has none that is known.
    pub(super) fn find_property(&mut self, id: ObjectId, name: &str, receiver: &Value) -> Option<Value> {
        let mut at = id;
        for _ in 0..MAX_PROTOTYPES {
            let object = self.object(at);
            if let Shape::Proxy(target, get) = &object.shape {
                let (get, arguments) = (get.clone(), vec![target.clone(), Value::text(name), receiver.clone()]);
                return Some(self.call(&get, Value::Undefined, arguments, None));
            }
            match object.properties.get(name) {
                Some(Property::Data(Value::When(inner))) => return Some(inner.read()),
                Some(Property::Data(value)) => return Some(value.clone()),
                Some(Property::Getter(getter)) => {
                    let getter = getter.clone();
                    return Some(self.call(&getter, receiver.clone(), Vec::new(), None));
                }
                None => {}
            }
            match &object.shape {
                Shape::List(elements) | Shape::Set(elements) => {
                    let length = if matches!(object.shape, Shape::List(_)) { "length" } else { "size" };
                    if name == length {
                        return Some(if object.open { Value::Unknown } else { Value::Number(elements.len() as f64) });
                    }
                    if let Ok(index) = name.parse::<usize>() {
                        return elements.get(index).map(Value::read);
                    }
                }
                Shape::Map(entries) if name == "size" => return Some(Value::Number(entries.len() as f64)),
                Shape::Module(file) => {
                    let file = *file;
                    return Some(self.export(file, name, 0));
                }
                Shape::Function(function) if name == "prototype" && !function.arrow => {
                    let prototype = self.plain();
                    self.set(at, "prototype".into(), Value::Object(prototype));
                    return Some(Value::Object(prototype));
                }
                Shape::Function(function) if name == "name" => {
                    let Function { node, file, .. } = *function;
                    let name = node.field(Field::Name)?;
                    return Some(Value::text(self.sources.text(file).get(name.byte_range())?));
                }
                _ => {}
            }
            match object.parent.clone() {
                Value::Object(parent) => at = parent,
                Value::Foreign(foreign) => return Some(self.foreign_member(&foreign, name)),
                _ => return None,
            }
        }
        None
    }

    /// The members of an object in order, getters computed, and whether there may be more. `None` when the value is not
    /// an object whose members are known.
    pub(super) fn members(&mut self, value: &Value) -> Option<(Vec<(Text, Value)>, bool)> {
        match value {
            Value::Setting(setting) if setting.is_absent() || !setting.others.is_empty() => {
                return self.members_of_setting(&setting.clone());
            }
            Value::When(inner) => {
                let (members, open) = self.members(&inner.value.clone())?;
                let condition = Some(inner.condition.clone());
                return Some((
                    members.into_iter().map(|(name, value)| (name, value.when(condition.clone()))).collect(),
                    open,
                ));
            }
            _ => {}
        }
        let Value::Object(id) = value.settled() else { return None };
        let object = self.object(*id);
        let open = object.open;
        if let Shape::Module(file) = object.shape {
            let names = self.export_names(file, 0);
            let members = names.into_iter().map(|name| {
                let value = self.export(file, &name, 0);
                (name, value)
            });
            return Some((members.collect(), false));
        }
        let mut members = Vec::new();
        if let Shape::List(elements) = &object.shape {
            members.extend(elements.iter().enumerate().map(|(at, value)| (Text::from(at.to_string()), value.clone())));
        }
        let properties: Vec<(Text, Property)> =
            object.properties.iter().map(|(name, property)| (name.clone(), property.clone())).collect();
        for (name, property) in properties {
            let value = match property {
                Property::Data(value) => value,
                Property::Getter(getter) => self.call(&getter, value.clone(), Vec::new(), None),
            };
            members.push((name, value));
        }
        Some((members, open))
    }

    /// The members that an object may have by what the user sets.
    fn members_of_setting(&mut self, setting: &super::value::Setting) -> Option<(Vec<(Text, Value)>, bool)> {
        let (mut members, mut open) = match &setting.plain {
            plain if setting.is_absent() || matches!(plain, Value::Bool(false)) => (Vec::new(), false),
            plain => self.members(plain)?,
        };
        for (other, condition) in &setting.others {
            let Some((more, more_open)) = self.members(other) else { continue };
            open |= more_open;
            for (name, value) in more {
                if !members.iter().any(|(known, _)| *known == name) {
                    members.push((name, value.when(Some(condition.clone()))));
                }
            }
        }
        (!setting.others.is_empty()).then_some((members, open))
    }

    /// Writes `target.name = value`.
    pub(super) fn set_member(&mut self, target: &Value, name: Option<Text>, value: Value) {
        let Value::Object(id) = target.settled() else {
            match (target.settled(), name) {
                (Value::Foreign(foreign), Some(name)) => {
                    self.attach(&foreign.clone(), name, Property::Data(value));
                }
                // A function that is given to something unknown is a callback.
                (target, _) if !target.is_nullish() => self.force(&value, &Value::Unknown),
                _ => {}
            }
            return;
        };
        let Some(name) = name else {
            self.object_mut(*id).open = true;
            return;
        };
        let object = self.object_mut(*id);
        if let (Shape::List(elements), Ok(index)) = (&mut object.shape, name.parse::<usize>()) {
            if index < elements.len() {
                elements[index] = value;
            } else if index == elements.len() && index < MAX_LIST {
                elements.push(value);
            } else {
                object.open = true;
            }
            return;
        }
        self.set(*id, name, value);
    }

    /// Copies the members of `from` into `into`, as `{...from}` and `Object.assign` do.
    pub(super) fn copy_members(&mut self, into: ObjectId, from: &Value) {
        match self.members(from) {
            Some((members, open)) => {
                self.take_bag(into, from);
                for (name, value) in members {
                    self.object_mut(into).properties.insert(name, Property::Data(value));
                }
                if open {
                    self.object_mut(into).open = true;
                }
            }
            None => match from {
                Value::Foreign(_) => {
                    self.take_bag(into, from);
                    let object = self.object_mut(into);
                    object.open = true;
                    if matches!(object.parent, Value::Undefined) {
                        object.parent = from.clone();
                    }
                }
                Value::Unknown | Value::Schema(_) => self.object_mut(into).open = true,
                _ => {}
            },
        }
    }

    /// An object out of members, in their order.
    pub(super) fn object_of(&mut self, members: Vec<(Text, Value)>) -> Value {
        let mut object = Object::new(Shape::Plain);
        object.properties.extend(members.into_iter().map(|(name, value)| (name, Property::Data(value))));
        Value::Object(self.add(object))
    }

    /// A value as a property name; `None` when it is not known.
    pub(super) fn property_name(&self, value: &Value) -> Option<Text> {
        match value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number_text(*number).into()),
            Value::Bool(value) => Some(if *value { "true".into() } else { "false".into() }),
            // A symbol is as good a name as any.
            Value::Foreign(foreign) if foreign.origin == Origin::Global && foreign.path.starts_with("Symbol.") => {
                Some(format!("{SYMBOL}{}", foreign.path).into())
            }
            Value::Setting(setting) if !setting.plain.is_nullish() => self.property_name(&setting.plain),
            Value::When(inner) => self.property_name(&inner.value),
            _ => None,
        }
    }

    fn foreign_member(&mut self, foreign: &Foreign, name: &str) -> Value {
        if let Some(attached) = self.attached(foreign, name) {
            return attached;
        }
        match (&foreign.origin, foreign.path.as_ref(), name) {
            (Origin::Global, "process", "argv") => return self.command_line(),
            (Origin::Global, "process", "platform") => return self.setting_of("platform", Value::text("linux")),
            (Origin::Global, "process.env" | "import.meta.env" | "Bun.env", _) => return self.setting(name),
            (Origin::Global, "process", "version" | "versions" | "stdin" | "stdout" | "pid" | "execPath" | "arch") => {
                return Value::Unknown;
            }
            (Origin::Global, "globalThis" | "global" | "window" | "self", _) => return Foreign::global(name),
            (Origin::Package(package), "env", _) if matches!(package.as_ref(), "process" | "node:process") => {
                return self.setting(name);
            }
            (Origin::Package(package), path, _) if super::option::is_option_library(package) && path.contains("()") => {
                return self.option_member(foreign, name);
            }
            (Origin::Package(_), "", "default") => return Value::foreign(foreign.clone()),
            _ => {}
        }
        Value::foreign(foreign.member(name))
    }
}
