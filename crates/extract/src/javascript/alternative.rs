//! What is known of a value that is one of two: by a condition, or because a branch could not be decided. Nothing that
//! may hold tools is lost: of two lists the union is kept, each element with its condition.

use super::condition::Condition;
use super::machine::{MAX_DEPTH, MAX_LIST, Machine};
use super::operator;
use super::value::{Object, ObjectId, Property, Setting, Shape, Value};

/// Members up to which two objects are joined member by member.
const MAX_MEMBERS: usize = 400;
/// Pairs of elements up to which two lists are compared.
const MAX_PAIRS: usize = 250_000;

impl<'t> Machine<'t> {
    /// `base`, or `other` where `condition` holds.
    pub(super) fn alternative(&mut self, base: Value, other: Value, condition: Condition) -> Value {
        if let Value::When(inner) = &other {
            let both = Condition::all([&condition, &inner.condition]).unwrap_or(condition);
            return self.alternative(base, inner.value.clone(), both);
        }
        match (&base, &other) {
            (_, Value::Undefined | Value::Null | Value::Unknown) if !scalar(&base) => base,
            (_, Value::Unknown) => {
                if condition.plain == Some(false) {
                    base
                } else {
                    Value::Unknown
                }
            }
            (base_value, other_value) if same(base_value, other_value) => base,
            (Value::Object(a), Value::Object(b)) => self.alternative_objects(*a, *b, condition),
            (Value::Object(_) | Value::Schema(_), other) if other.is_unknown() => base,
            (unknown, Value::Object(_) | Value::Schema(_) | Value::Foreign(_))
                if matches!(unknown, Value::Unknown | Value::Foreign(_)) && !is_known(unknown) =>
            {
                other
            }
            (Value::Setting(setting), _) => self.alternative_setting(&setting.clone(), other, condition),
            (_, Value::Setting(inner)) if condition.plain != Some(false) && scalar(&base) => {
                // Undecided between a known value and one that a setting decides.
                let open = Setting::named(&inner.subject, Value::Unknown);
                open.told(&inner.when).value()
            }
            _ if condition.plain.is_none() && scalar(&base) && scalar(&other) => match (base.truth(), other.truth()) {
                (Some(false), Some(true)) => Setting::named(&condition.text, Value::Unknown).value(),
                (Some(true), Some(false)) => Setting::named(&condition.negation, Value::Unknown).value(),
                _ => Value::Unknown,
            },
            _ => {
                let mut setting = Setting::named(&condition.text, base);
                setting.needed = false;
                setting.command = condition.command;
                setting.unless = condition.negation.clone();
                let truths = (setting.plain.truth(), other.truth());
                if truths == (Some(true), Some(false)) {
                    std::mem::swap(&mut setting.when, &mut setting.unless);
                }
                setting.exact = match &other {
                    // An option with its default: what the option says, it says.
                    Value::Setting(option) => option.exact && option.when == condition.text && truths.0.is_some(),
                    _ => matches!(truths, (Some(a), Some(b)) if a != b),
                };
                setting.or(other, condition).value()
            }
        }
    }

    /// `new` instead of `old` where `condition` holds: which of the two a plain start has, the condition tells.
    pub(super) fn replaced(&mut self, old: Value, new: Value, condition: Condition) -> Value {
        match condition.plain {
            Some(true) => self.alternative(new, old, condition.turned()),
            _ => self.alternative(old, new, condition),
        }
    }

    fn alternative_setting(&mut self, setting: &std::rc::Rc<Setting>, other: Value, condition: Condition) -> Value {
        let mut setting = setting.as_ref().clone();
        if let (Value::Object(a), Value::Object(b)) = (&setting.plain, &other)
            && matches!(self.object(*a).shape, Shape::List(_))
            && matches!(self.object(*b).shape, Shape::List(_))
        {
            setting.plain = self.alternative_objects(*a, *b, condition);
            return setting.value();
        }
        match other {
            Value::Setting(inner) => {
                let whole = Condition::all([&condition, &inner.condition()])
                    .filter(|_| inner.exact)
                    .and_then(|both| setting.true_where(&Value::Bool(true), &both));
                match whole {
                    Some(whole) => (setting.when, setting.unless) = (whole.text, whole.negation),
                    None => setting.exact = false,
                }
                if !inner.plain.is_nullish() {
                    setting = setting.or(inner.plain.clone(), condition);
                }
                for (value, own) in &inner.others {
                    setting = setting.or(value.clone(), own.clone());
                }
            }
            other if scalar(&other) && condition.plain.is_none() => return Value::Unknown,
            other => {
                let whole = setting.true_where(&other, &condition);
                setting = setting.or(other, condition);
                match whole {
                    Some(whole) => (setting.when, setting.unless) = (whole.text, whole.negation),
                    None => setting.exact = false,
                }
            }
        }
        setting.value()
    }

    fn alternative_objects(&mut self, base: ObjectId, other: ObjectId, condition: Condition) -> Value {
        if base == other {
            return Value::Object(base);
        }
        match (&self.object(base).shape, &self.object(other).shape) {
            (Shape::List(a), Shape::List(b)) if a.len().saturating_mul(b.len()) <= MAX_PAIRS => {
                let (a, b) = (a.clone(), b.clone());
                let open = self.object(base).open || self.object(other).open;
                self.united(&a, &b, &condition, open)
            }
            (Shape::List(a), Shape::List(b)) => Value::Object(if b.len() > a.len() { other } else { base }),
            (Shape::Plain, Shape::Plain) if self.is_record(base) && self.is_record(other) => {
                if self.named_differently(base, other) || self.depth + 4 >= MAX_DEPTH || !self.step() {
                    let setting = Setting::named(&condition.text, Value::Object(base));
                    return setting.or(Value::Object(other), condition).value();
                }
                self.joined(base, other, &condition)
            }
            _ => {
                let setting = Setting::named(&condition.text, Value::Object(base));
                setting.or(Value::Object(other), condition).value()
            }
        }
    }

    /// A plain object whose members are its own.
    fn is_record(&self, id: ObjectId) -> bool {
        let object = self.object(id);
        matches!(object.parent, Value::Undefined) && object.properties.len() <= MAX_MEMBERS
    }

    fn named_differently(&self, one: ObjectId, two: ObjectId) -> bool {
        let name = |id: ObjectId| match self.object(id).properties.get("name") {
            Some(Property::Data(Value::Text(name))) => Some(name.clone()),
            _ => None,
        };
        matches!((name(one), name(two)), (Some(a), Some(b)) if a != b)
    }

    /// The elements of both lists; what is only in one has its condition.
    fn united(&mut self, base: &[Value], other: &[Value], condition: &Condition, open: bool) -> Value {
        self.spend((base.len() * other.len()) / 16);
        let turned = condition.turned();
        let inner = |value: &Value| match value {
            Value::When(inner) => inner.value.clone(),
            other => other.clone(),
        };
        let held = |list: &[Value], value: &Value| list.iter().any(|known| same(&inner(known), &inner(value)));
        let mut elements: Vec<Value> = base
            .iter()
            .map(|value| if held(other, value) { value.clone() } else { value.clone().when(told(&turned)) })
            .collect();
        elements
            .extend(other.iter().filter(|value| !held(base, value)).map(|value| value.clone().when(told(condition))));
        elements.truncate(MAX_LIST);
        self.list(elements, open)
    }

    fn joined(&mut self, base: ObjectId, other: ObjectId, condition: &Condition) -> Value {
        self.depth += 4;
        let more = self.object(other).clone();
        let mut joined: Object<'t> = self.object(base).clone();
        joined.open |= more.open;
        let only = told(&condition.turned());
        for (name, property) in &mut joined.properties {
            if let (Property::Data(value), false) = (&mut *property, more.properties.contains_key(name)) {
                *value = value.clone().when(only.clone());
            }
        }
        for (name, property) in more.properties {
            let property = match (joined.properties.get(&name), property) {
                (Some(Property::Data(old)), Property::Data(new)) => {
                    Property::Data(self.alternative(old.clone(), new, condition.clone()))
                }
                (None, Property::Data(new)) => Property::Data(new.when(told(condition))),
                (Some(old), _) => old.clone(),
                (None, property) => property,
            };
            joined.properties.insert(name, property);
        }
        self.depth -= 4;
        Value::Object(self.add(joined))
    }

    /// What a function returned, of all that it may return.
    pub(super) fn returned(&mut self, returns: Vec<(Value, Option<Condition>)>) -> Value {
        let plain = |(_, condition): &(Value, Option<Condition>)| {
            condition.as_ref().is_some_and(|condition| condition.plain == Some(true))
        };
        let base = returns
            .iter()
            .position(plain)
            .or_else(|| returns.iter().position(|(_, condition)| condition.is_none()))
            .or_else(|| returns.iter().position(|(_, c)| c.as_ref().is_some_and(|c| c.plain.is_none())));
        let mut result = match base {
            Some(at) => returns[at].0.clone(),
            None => Value::Undefined,
        };
        for (at, (value, condition)) in returns.into_iter().enumerate() {
            if Some(at) == base {
                continue;
            }
            result = match condition {
                Some(condition) => self.alternative(result, value, condition),
                None => self.join(result, value),
            };
        }
        result
    }
}

fn told(condition: &Condition) -> Option<Condition> {
    (!condition.is_silent()).then(|| condition.clone())
}

fn scalar(value: &Value) -> bool {
    matches!(value, Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_))
}

/// Whether a foreign value is known for what it is.
fn is_known(value: &Value) -> bool {
    matches!(value, Value::Foreign(foreign) if foreign.origin != super::value::Origin::Nowhere)
}

fn same(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Foreign(a), Value::Foreign(b)) => a == b,
        (Value::Unknown, Value::Unknown) => true,
        _ => operator::equal(one, two, false) == Some(true),
    }
}
