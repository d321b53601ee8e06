//! Walks imports and class definitions: what they bind.

use super::ast::Name;
use super::machine::Machine;
use super::value::{Args, Class, Env, Instance, Value};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

impl Machine<'_> {
    pub(super) fn import_statement(&mut self, path: &[Name], alias: Option<&Name>, env: &Rc<Env>) {
        let whole = self.import(path);
        if let Some(alias) = alias {
            env.set(alias, whole.unwrap_or_else(|| Value::External(Rc::from(path.join(".")))));
            return;
        }
        let Some(first) = path.first() else { return };
        let root = self.import(&path[..1]).unwrap_or_else(|| Value::External(Rc::clone(first)));
        env.set(first, root);
    }

    pub(super) fn import_from(&mut self, dots: usize, path: &[Name], names: &[(Name, Name)], env: &Rc<Env>) {
        let mut full: Vec<Name> = Vec::new();
        if dots > 0 {
            let parents = self.modules.get(env.module).map(|module| module.parents.clone()).unwrap_or_default();
            let keep = parents.len().saturating_sub(dots - 1);
            full.extend_from_slice(&parents[..keep]);
        }
        full.extend_from_slice(path);
        let module = match self.import(&full) {
            Some(Value::Module(number)) => Some(number),
            _ => None,
        };
        if names.is_empty() {
            if let Some(number) = module {
                let vars = self.modules[number].env.vars.borrow().clone();
                for (name, value) in vars.into_iter().filter(|(name, _)| !name.starts_with('_')) {
                    env.set(&name, value);
                }
            }
            return;
        }
        for (name, alias) in names {
            let mut below = full.clone();
            below.push(Rc::clone(name));
            let value = match module {
                Some(number) => self.module_attribute(number, name),
                // A folder without `__init__.py` is a package all the same.
                None => self.import(&below),
            };
            let value = value.unwrap_or_else(|| match module {
                None if dots == 0 => Value::External(Rc::from(below.join("."))),
                _ => Value::Unknown,
            });
            env.set(alias, value);
        }
    }

    pub(super) fn define_class(&mut self, def: &Rc<super::ast::Class>, env: &Rc<Env>) {
        let args = self.args(&def.bases, env, def.line);
        let inside = Env::new(Some(Rc::clone(env)), env.module, true);
        self.run_block(&def.body, &inside);
        let class =
            Rc::new(Class { def: Rc::clone(def), env: inside, bases: args.plain, is_dataclass: Cell::new(false) });
        class.env.set(&Rc::from("__class__"), Value::Class(Rc::clone(&class)));
        if class.is_enum() {
            self.make_members(&class);
        }
        let mut value = Value::Class(Rc::clone(&class));
        for decorator in def.decorators.iter().rev() {
            let decorator = self.eval(decorator, env);
            let path = match &decorator {
                Value::External(path) => path.to_string(),
                Value::Made(made) => made.path.to_string(),
                _ => String::new(),
            };
            if path.ends_with("dataclass") || path.starts_with("attr") {
                class.is_dataclass.set(true);
            } else if matches!(decorator, Value::Function(_)) {
                let args = Args { plain: vec![value.clone()], line: def.line, ..Args::default() };
                self.call(&decorator, args, env.module);
            } else {
                value = Value::Class(Rc::clone(&class));
            }
        }
        env.set(&def.name, value);
    }

    /// Turns the plain values in the body of an enumeration into its members.
    fn make_members(&mut self, class: &Rc<Class>) {
        let vars = class.env.vars.borrow().clone();
        for (name, value) in vars {
            let is_member = matches!(value, Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Tuple(_))
                || matches!(&value, Value::Made(made) if made.kind() == "auto");
            if !is_member || name.starts_with('_') {
                continue;
            }
            let is_text = class.has_external_base(&|path| path == "enum.StrEnum");
            let value = match value {
                Value::Made(_) if is_text => Value::text(name.to_lowercase()),
                Value::Made(_) => Value::Unknown,
                value => value,
            };
            let mut attributes = BTreeMap::new();
            attributes.insert(Rc::from("name"), Value::Str(Rc::clone(&name)));
            attributes.insert(Rc::from("value"), value.clone());
            attributes.insert(Rc::from("_value_"), value);
            let member = Instance { class: Rc::clone(class), attributes: RefCell::new(attributes), id: self.new_id() };
            class.env.set(&name, Value::Instance(Rc::new(member)));
        }
    }
}
