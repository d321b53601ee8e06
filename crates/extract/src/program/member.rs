//! Members: of objects, classes, packages and foreign things, and the objects that stand for what is known by type alone.

use super::ast::{Class, ClassKind, Name, Type};
use super::machine::{Machine, Scope};
use super::names::Decl;
use super::setting::Setting;
use super::source::Site;
use super::value::{Closure, Object, Value};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

impl<'t> Machine<'t> {
    /// The member of a value; a foreign thing's members are foreign.
    pub(crate) fn member(&mut self, base: &Value<'t>, name: &Name, args: Option<usize>) -> Value<'t> {
        match base {
            Value::Object(object) => self.object_member(object, name, args).unwrap_or(if object.is_open {
                Value::Unknown("it is set at run time")
            } else {
                Value::Null
            }),
            Value::Class(class) => self
                .static_member(class, name, args)
                .unwrap_or_else(|| Value::Path(Rc::from(format!("{}.{name}", class.name)))),
            Value::Package(package) => {
                let program = Rc::clone(&self.program);
                match program.in_package(package, name, None) {
                    Some(decl) => self.decl(decl),
                    None => Value::Unknown("it is declared in a file that could not be read"),
                }
            }
            Value::Path(path) if path.len() < 4096 => {
                // A path through modules or packages of the source itself ends at a declaration of it.
                let found = if self.program.sees_everything()
                    && path.chars().all(|c| c.is_lowercase() || c == '_' || c == '.')
                {
                    let program = Rc::clone(&self.program);
                    program.anywhere(name)
                } else {
                    None
                };
                match found {
                    Some(decl) => self.decl(decl),
                    None => Value::Path(Rc::from(format!("{path}.{name}"))),
                }
            }
            Value::Map(pairs) => {
                let key = Value::Text(Rc::clone(name));
                let found = pairs.borrow().iter().rev().find(|(known, _)| known.same(&key)).map(|(_, v)| v.clone());
                found.unwrap_or(Value::Unknown("it is a member of a map that has no such key"))
            }
            Value::Unknown(why) => Value::Unknown(why),
            _ => Value::Unknown("it is a member of something foreign"),
        }
    }

    pub(super) fn object_member(
        &mut self,
        object: &Rc<Object<'t>>,
        name: &Name,
        args: Option<usize>,
    ) -> Option<Value<'t>> {
        let value = self.seen_member(object, name, args)?;
        Some(match &value {
            // What foreign code had in its hands, or makes itself, is as it was seen only where nobody set it otherwise.
            Value::Bool(_) | Value::Text(_) if self.foreign_hands.contains_key(&Rc::as_ptr(object)) => {
                Setting::named(name, value.as_text().map(|_| value))
            }
            Value::Bool(_) if object.is_open => Setting::named(name, Some(value)),
            _ => value,
        })
    }

    fn seen_member(&mut self, object: &Rc<Object<'t>>, name: &Name, args: Option<usize>) -> Option<Value<'t>> {
        if args.is_none()
            && let Some(value) = object.get(name)
        {
            return Some(value);
        }
        let class = object.class.clone()?;
        let program = Rc::clone(&self.program);
        if let Some(func) = program
            .method(&class, name, args.unwrap_or(usize::MAX))
            .filter(|func| args.is_some() || !func.is_property())
        {
            let this = Some(Value::Object(Rc::clone(object)));
            let file = func.site.file;
            return Some(Value::Func(Rc::new(Closure { func, env: None, this, class: Some(class), file })));
        }
        if let Some(value) = object.get(name) {
            return Some(value);
        }
        let found = self.declared_field(&class, name, 0);
        let Some((owner, at)) = found else { return self.static_member(&class, name, args) };
        let field = &owner.fields[at];
        let value = if let Some(init) = &field.init {
            let expr = self.lowered(init);
            let this = if field.is_static { None } else { Some(Value::Object(Rc::clone(object))) };
            let scope = Scope { this, ..self.class_scope(&owner) };
            // Guards against a field that is defined by itself.
            object.fields.borrow_mut().insert(Rc::clone(name), Value::Unknown("it is defined by itself"));
            self.eval(&expr, &scope)
        } else if object.is_open {
            match self.of_type(field.ty.as_ref(), owner.site) {
                Value::Unknown(why) => {
                    let dialect = self.dialect;
                    dialect.field_setting(self, &owner, at).unwrap_or(Value::Unknown(why))
                }
                known => known,
            }
        } else {
            Value::Null
        };
        object.fields.borrow_mut().insert(Rc::clone(name), value.clone());
        Some(value)
    }

    /// The class, this or one above, that declares a field, and which.
    fn declared_field(&self, class: &Rc<Class<'t>>, name: &str, depth: u32) -> Option<(Rc<Class<'t>>, usize)> {
        if let Some(at) = class.fields.iter().position(|field| &*field.name == name) {
            return Some((Rc::clone(class), at));
        }
        if depth > 12 {
            return None;
        }
        let parents = class.supers.iter().filter_map(|parent| self.program.class(class.site.file, &parent.name));
        parents.collect::<Vec<_>>().iter().find_map(|parent| self.declared_field(parent, name, depth + 1))
    }

    pub(super) fn static_member(
        &mut self,
        class: &Rc<Class<'t>>,
        name: &Name,
        args: Option<usize>,
    ) -> Option<Value<'t>> {
        self.initialise(class);
        if let Some(variant) = class.variants.iter().position(|variant| variant.name == *name) {
            return Some(self.variant(class, variant));
        }
        let program = Rc::clone(&self.program);
        if let Some(var) = program.constant(&class.name, name) {
            return Some(self.global(&var));
        }
        if let Some(func) = program.method(class, name, args.unwrap_or(usize::MAX)) {
            let file = func.site.file;
            return Some(Value::Func(Rc::new(Closure {
                func,
                env: None,
                this: None,
                class: Some(Rc::clone(class)),
                file,
            })));
        }
        if let Some((owner, at)) = self.declared_field(class, name, 0)
            && let Some(init) = &owner.fields[at].init
        {
            let key = std::ptr::from_ref(init).cast();
            match self.globals.get(&key) {
                Some(Some(value)) => return Some(self.unless_assigned(name, Some(init), value.clone())),
                Some(None) => return Some(Value::Unknown("it is defined by itself")),
                None => {}
            }
            self.globals.insert(key, None);
            let expr = self.lowered(init);
            let scope = self.class_scope(&owner);
            let value = self.eval(&expr, &scope);
            self.globals.insert(key, Some(value.clone()));
            return Some(self.unless_assigned(name, Some(init), value));
        }
        class.inner.iter().find(|inner| inner.name == *name).cloned().map(|inner| self.decl(Decl::Class(inner)))
    }

    /// The one value of an enumeration's constant: its name, and the fields that its constructor sets.
    fn variant(&mut self, class: &Rc<Class<'t>>, at: usize) -> Value<'t> {
        let variant = &class.variants[at];
        let key = std::ptr::from_ref(variant).cast();
        if let Some(Some(value)) = self.globals.get(&key) {
            return value.clone();
        }
        let scope = self.class_scope(class);
        let args = variant.args.iter().map(|arg| (arg.name.clone(), self.eval(&arg.value, &scope))).collect();
        let object = self.blank(class, false);
        object.fields.borrow_mut().insert(Rc::from("$name"), Value::Text(Rc::clone(&variant.name)));
        let value = Value::Object(object);
        self.globals.insert(key, Some(value.clone()));
        self.construct(class, &value, args);
        value
    }

    pub(super) fn blank(&mut self, class: &Rc<Class<'t>>, is_open: bool) -> Rc<Object<'t>> {
        Rc::new(Object {
            class: Some(Rc::clone(class)),
            ty: Rc::clone(&class.name),
            fields: RefCell::new(BTreeMap::new()),
            is_open,
            born: self.conditions,
            site: Cell::new(class.site),
        })
    }

    /// An instance whose fields are not known, or the one instance of a class.
    pub(crate) fn instance(&mut self, class: &Rc<Class<'t>>, is_open: bool) -> Value<'t> {
        let key = Rc::as_ptr(class).cast();
        if class.is_single
            && let Some(Some(value)) = self.globals.get(&key)
        {
            return value.clone();
        }
        let value = Value::Object(self.blank(class, is_open));
        if class.is_single {
            self.globals.insert(key, Some(value.clone()));
            self.construct(class, &value, Vec::new());
        }
        value
    }

    /// What is known of a value by its type alone.
    pub(super) fn of_type(&mut self, ty: Option<&Type<'t>>, site: Site) -> Value<'t> {
        let unknown = Value::Unknown("it is set at run time");
        let Some(ty) = ty else { return unknown };
        let program = Rc::clone(&self.program);
        match program.class(site.file, &ty.name) {
            Some(class) if class.kind == ClassKind::Record && class.alias.is_none() => self.instance(&class, true),
            Some(class) if class.kind == ClassKind::Interface => match program.only_kind_of(&class) {
                Some(only) => self.instance(&only, true),
                None => unknown,
            },
            _ => unknown,
        }
    }
}
