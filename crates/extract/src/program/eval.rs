//! The value of an expression, as far as it stands in the source.

use super::ast::{Expr, Make, Name};
use super::machine::{MAX_TEXT, Machine, Scope};
use super::names::Decl;
use super::setting::Setting;
use super::source::Site;
use super::value::{Closure, MAX_ITEMS, Made, Object, Value, bound};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

impl<'t> Machine<'t> {
    pub(crate) fn eval(&mut self, expr: &Expr<'t>, scope: &Scope<'t>) -> Value<'t> {
        if !self.step() {
            return Value::Unknown("the walk was ended at its limit");
        }
        match expr {
            Expr::Text(text) => Value::Text(Rc::clone(text)),
            Expr::Number(number) => Value::Number(number.clone()),
            Expr::Bool(value) => Value::Bool(*value),
            Expr::Null => Value::Null,
            Expr::Name(name) => {
                let value = self.name(name, scope);
                self.given(value)
            }
            Expr::Member(base, name) => {
                let base = self.eval(base, scope);
                let value = self.member(&base, name, None);
                if let Value::Unknown(_) = value {
                    self.note_taken(&base, name, scope);
                }
                self.given(value)
            }
            Expr::Index(base, key) => {
                let (base, key) = (self.eval(base, scope), self.eval(key, scope));
                index(&base, &key)
            }
            Expr::Call(call) => self.call_expr(call, scope),
            Expr::Make(make) => self.make(make, scope),
            Expr::List(items) => Value::list(self.items(items, scope)),
            Expr::Map(pairs) => {
                let pairs = pairs.iter().take(MAX_ITEMS + 1);
                let pairs = pairs.map(|(key, value)| (self.eval(key, scope), self.eval(value, scope)));
                Value::map(pairs.collect())
            }
            Expr::Join(parts) => self.join(parts, scope),
            Expr::Truth(truth) => self.truth(truth, scope),
            Expr::Range(from, to) => {
                let (from, to) = (self.eval(from, scope), self.eval(to, scope));
                range(&from, &to)
            }
            Expr::Choice(choices) => {
                let mut values = choices.iter().map(|choice| self.eval(choice, scope)).collect::<Vec<_>>().into_iter();
                let first = values.next().unwrap_or(Value::Null);
                values.fold(first, or_default)
            }
            Expr::Pick(pick) => self.pick(pick, scope),
            Expr::Lambda(func) => Value::Func(Rc::new(Closure {
                func: Rc::clone(func),
                env: Some(Rc::clone(&scope.env)),
                this: scope.this.clone(),
                class: scope.class.clone(),
                file: scope.file,
            })),
            Expr::Type(ty) => match self.program.class(scope.file, &ty.name) {
                Some(class) => Value::Class(class),
                None => Value::Type(Rc::new(ty.clone())),
            },
            Expr::Spread(inner) | Expr::Refer(inner) => self.eval(inner, scope),
            Expr::Unknown(why) => Value::Unknown(why),
        }
    }

    /// The values of items, those of a spread list one by one.
    pub(super) fn items(&mut self, items: &[Expr<'t>], scope: &Scope<'t>) -> Vec<Value<'t>> {
        let mut values = Vec::with_capacity(items.len().min(MAX_ITEMS));
        for item in items.iter().take(MAX_ITEMS + 1) {
            let value = self.eval(item, scope);
            match (item, value.items()) {
                (Expr::Spread(_), Some(inner)) => values.extend(inner),
                _ => values.push(value),
            }
        }
        values
    }

    fn join(&mut self, parts: &[Expr<'t>], scope: &Scope<'t>) -> Value<'t> {
        let mut text = String::new();
        let mut sum: Option<f64> = None;
        let mut is_text = false;
        for (at, part) in parts.iter().enumerate() {
            match self.eval(part, scope) {
                Value::Text(part) => {
                    is_text = true;
                    text.push_str(&part);
                }
                Value::Number(number) => {
                    sum = number.as_f64().filter(|_| at == 0 || sum.is_some()).map(|n| n + sum.unwrap_or(0.0));
                    text.push_str(&number.to_string());
                }
                Value::Bool(value) => text.push_str(if value { "true" } else { "false" }),
                // The default of a setting is its value where nobody sets it.
                Value::Setting(setting) if matches!(setting.default, Some(Value::Text(_))) => {
                    is_text = true;
                    text.push_str(&setting.default.as_ref().and_then(Value::as_text).unwrap_or_default());
                }
                Value::Unknown(why) => return Value::Unknown(why),
                // Lists and maps are joined in some of the languages; text with anything else in it is not known.
                Value::List(first) if at == 0 && parts.len() > 1 => {
                    let mut items = first.borrow().clone();
                    for part in &parts[1..] {
                        match self.eval(part, scope) {
                            Value::List(more) => items.extend(more.borrow().iter().cloned()),
                            other => items.push(other),
                        }
                        bound(&mut items, Value::Unknown);
                    }
                    return Value::list(items);
                }
                made @ Value::Made(_) if !is_text => return self.joined_terms(made, &parts[at + 1..], scope),
                _ => return Value::Unknown("a part of the text is set at run time"),
            }
            if text.len() > MAX_TEXT {
                return Value::Unknown("the text is too long");
            }
        }
        match (is_text, sum) {
            (false, Some(sum)) => Value::Number(whole(sum)),
            _ => Value::Text(Rc::from(text)),
        }
    }

    /// `a() + b()` of foreign things: a term of its own, which keeps both.
    fn joined_terms(&mut self, first: Value<'t>, rest: &[Expr<'t>], scope: &Scope<'t>) -> Value<'t> {
        let site = first.as_made().map_or(Site { file: scope.file, line: 1 }, |made| made.site);
        let mut args = vec![(None, first)];
        args.extend(rest.iter().take(MAX_ITEMS).map(|part| (None, self.eval(part, scope))));
        Value::Made(Rc::new(Made { path: Rc::from("+"), on: None, types: Vec::new(), args, site }))
    }

    /// A value, or what it stands for where it is a foreign name that is known.
    fn given(&self, value: Value<'t>) -> Value<'t> {
        match &value {
            Value::Path(path) => self.dialect.given(path).unwrap_or(value),
            _ => value,
        }
    }

    /// What a bare name means.
    pub(super) fn name(&mut self, name: &Name, scope: &Scope<'t>) -> Value<'t> {
        if let Some(value) = scope.env.get(name) {
            return value;
        }
        if &**name == "this" || &**name == "self" {
            return match (&scope.this, &scope.class) {
                (Some(this), _) => this.clone(),
                (None, Some(class)) => Value::Class(Rc::clone(class)),
                _ => Value::Unknown("it is the receiver of a call that is not known"),
            };
        }
        if let Some(value) = self.own_member(name, scope) {
            return value;
        }
        let program = Rc::clone(&self.program);
        match program.find(scope.file, name) {
            Some(decl) => self.decl(decl),
            None => {
                let imports = program.units.get(scope.file.0).map(|unit| unit.imports.as_slice()).unwrap_or_default();
                match imports.iter().find(|(alias, _)| alias == name) {
                    Some((_, path)) if program.has_package(path) => Value::Package(Rc::clone(path)),
                    Some((_, path)) => Value::Path(Rc::clone(path)),
                    None => Value::Path(Rc::clone(name)),
                }
            }
        }
    }

    /// A member of the object or class that the code stands in.
    pub(super) fn own_member(&mut self, name: &Name, scope: &Scope<'t>) -> Option<Value<'t>> {
        if let Some(Value::Object(object)) = &scope.this
            && let Some(value) = self.object_member(object, name, None)
        {
            return Some(value);
        }
        if let Some(Value::Object(outer)) = scope.env.get(super::call::OUTER)
            && let Some(value) = self.object_member(&outer, name, None)
        {
            return Some(value);
        }
        let class = scope.class.clone()?;
        self.static_member(&class, name, None)
    }

    pub(super) fn decl(&mut self, decl: Decl<'t>) -> Value<'t> {
        match decl {
            Decl::Class(class) if class.is_single => self.instance(&class, true),
            Decl::Class(class) => Value::Class(class),
            Decl::Func(func, file) => Value::Func(Rc::new(Closure { func, env: None, this: None, class: None, file })),
            Decl::Var(var) => {
                let value = self.global(&var);
                self.unless_assigned(&var.name, var.init.as_ref(), value)
            }
        }
    }

    fn make(&mut self, make: &Make<'t>, scope: &Scope<'t>) -> Value<'t> {
        let args: Vec<_> = make.args.iter().map(|arg| (arg.name.clone(), self.eval(&arg.value, scope))).collect();
        let fields: Vec<_> =
            make.fields.iter().map(|(name, value)| (Rc::clone(name), self.eval(value, scope))).collect();
        let program = Rc::clone(&self.program);
        if let Some(class) = program.class(scope.file, &make.ty.name).filter(|class| class.alias.is_none()) {
            let object = self.blank(&class, false);
            object.site.set(make.site);
            let value = Value::Object(Rc::clone(&object));
            self.construct(&class, &value, args);
            for (at, (name, field)) in fields.into_iter().enumerate() {
                // Go lets the names be left out: the order of the declaration counts.
                let name =
                    if name.is_empty() { class.fields.get(at).map(|field| Rc::clone(&field.name)) } else { Some(name) };
                if let Some(name) = name {
                    object.fields.borrow_mut().insert(name, field);
                }
            }
            if self.defining {
                let dialect = self.dialect;
                dialect.defined(self, &object);
            }
            return value;
        }
        let path = self.foreign_type(&make.ty.name, scope);
        if fields.is_empty() && !args.is_empty() {
            let made = Made { path, on: None, types: make.ty.args.clone(), args, site: make.site };
            return self.foreign(made);
        }
        for (_, value) in &fields {
            self.later.push((value.clone(), self.guards.clone()));
        }
        let mut named: BTreeMap<Name, Value<'t>> = fields.into_iter().collect();
        for (at, (name, value)) in args.into_iter().enumerate() {
            named.insert(name.unwrap_or_else(|| Rc::from(at.to_string())), value);
        }
        let object = Rc::new(Object {
            class: None,
            ty: path,
            fields: RefCell::new(named),
            is_open: false,
            born: self.conditions,
            site: Cell::new(make.site),
        });
        let dialect = self.dialect;
        dialect.object(self, &object);
        if self.defining {
            dialect.defined(self, &object);
        }
        Value::Object(object)
    }

    /// The full path of a foreign type.
    pub(super) fn foreign_type(&self, name: &str, scope: &Scope<'t>) -> Name {
        let imports = self.program.units.get(scope.file.0).map(|unit| unit.imports.as_slice()).unwrap_or_default();
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        match imports.iter().find(|(alias, _)| &**alias == first) {
            Some((_, path)) if rest.is_empty() => Rc::clone(path),
            Some((_, path)) => Rc::from(format!("{path}.{rest}")),
            None => Rc::from(name),
        }
    }
}

fn index<'t>(base: &Value<'t>, key: &Value<'t>) -> Value<'t> {
    match (base, key) {
        (Value::List(items), Value::Number(at)) => {
            let at = at.as_u64().and_then(|at| usize::try_from(at).ok());
            let found = at.and_then(|at| items.borrow().get(at).cloned());
            found.unwrap_or(Value::Unknown("it is an item that the list does not have"))
        }
        (Value::Map(pairs), key) => looked_up(&pairs.borrow(), key),
        _ => Value::Unknown("it is looked up in something that is not known"),
    }
}

/// What a map holds under a key.
pub(super) fn looked_up<'t>(pairs: &[(Value<'t>, Value<'t>)], key: &Value<'t>) -> Value<'t> {
    let is_plain = |key: &Value<'t>| matches!(key, Value::Text(_) | Value::Number(_));
    match pairs.iter().rev().find(|(known, _)| known.same(key)) {
        Some((_, value)) => value.clone(),
        None if is_plain(key) && pairs.len() < MAX_ITEMS && pairs.iter().all(|(key, _)| is_plain(key)) => Value::Absent,
        None => Value::Unknown("it is looked up under a key that is not known"),
    }
}

/// `setting ?: "default"`; anything else that is one of two is not known.
fn or_default<'t>(first: Value<'t>, second: Value<'t>) -> Value<'t> {
    match (&first, &second) {
        (Value::Absent, _) => second,
        (Value::Setting(setting), Value::Text(_) | Value::Bool(_) | Value::Number(_)) => {
            Setting::named(&setting.name, Some(second))
        }
        _ => first.or(second),
    }
}

/// The numbers of a loop that counts.
fn range<'t>(from: &Value<'t>, to: &Value<'t>) -> Value<'t> {
    let whole = |value: &Value<'t>| if let Value::Number(number) = value { number.as_i64() } else { None };
    match (whole(from), whole(to)) {
        (Some(from), Some(to)) if to.saturating_sub(from) <= MAX_ITEMS as i64 => {
            Value::list((from..to).map(|at| Value::Number(serde_json::Number::from(at))).collect())
        }
        _ => Value::Unknown("it is counted at run time"),
    }
}

/// `3` rather than `3.0`.
fn whole(number: f64) -> serde_json::Number {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
    if number.fract() == 0.0 && number.abs() < 9e15 {
        serde_json::Number::from(number as i64)
    } else {
        serde_json::Number::from_f64(number).unwrap_or_else(|| serde_json::Number::from(0))
    }
}
