//! Walks imports and class definitions: what they bind.

use super::ast::Name;
use super::machine::{Machine, is_mcp};
use super::value::{Args, Class, Env, Instance, Value};
use mcpdex_model::PartialReason;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

impl Machine<'_> {
    /// Takes note of a framework for MCP servers.
    fn note_import(&mut self, path: &[Name]) {
        let path = path.join(".");
        if self.framework.is_none() && is_mcp(&path) {
            self.framework = Some(path);
        }
    }

    pub(super) fn import_statement(&mut self, path: &[Name], alias: Option<&Name>, env: &Rc<Env>) {
        let whole = self.import(path);
        if whole.is_none() {
            self.note_import(path);
        }
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
            // A framework that the package brings along is that framework, and no code of the package.
            Some(Value::External(path)) => {
                for (name, alias) in names {
                    env.set(alias, Value::External(Rc::from(format!("{path}.{name}"))));
                }
                return;
            }
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
                None if dots == 0 => {
                    self.note_import(&below);
                    Value::External(Rc::from(below.join(".")))
                }
                _ => Value::Unknown,
            });
            env.set(alias, value);
        }
    }

    pub(super) fn define_class(&mut self, def: &Rc<super::ast::Class>, env: &Rc<Env>) {
        let args = self.args(&def.bases, env, def.line);
        let inside = Env::new(Some(Rc::clone(env)), env.module, true);
        self.run_block(&def.body, &inside);
        let class = Rc::new(Class {
            def: Rc::clone(def),
            env: inside,
            bases: args.plain.clone(),
            is_dataclass: Cell::new(false),
        });
        class.env.set(&Rc::from("__class__"), Value::Class(Rc::clone(&class)));
        if class.is_enum() {
            self.make_members(&class);
        }
        self.name_members(&class);
        self.note_class(&class, &args, env.module);
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

    /// What runs because a class was made: its metaclass, and the hook of the classes that it extends.
    fn note_class(&mut self, class: &Rc<Class>, args: &Args, module: usize) {
        let own = Value::Class(Rc::clone(class));
        let inherited = class.bases.iter().find_map(|base| match base {
            Value::Class(base) => base.find("__metaclass__"),
            _ => None,
        });
        let stated = args.named("metaclass").cloned().or(inherited);
        match &stated {
            Some(Value::Class(meta)) => {
                class.env.set(&Rc::from("__metaclass__"), Value::Class(Rc::clone(meta)));
                self.note_object_of(meta);
                let members =
                    class.env.vars.borrow().iter().map(|(k, v)| (Value::Str(Rc::clone(k)), v.clone())).collect();
                let bases = Value::Tuple(class.bases.clone().into());
                let rest = [Value::Str(Rc::clone(&class.def.name)), bases, Value::dict(members)];
                for (hook, first) in [("__new__", Value::Class(Rc::clone(meta))), ("__init__", own.clone())] {
                    if let Some(function @ Value::Function(_)) = meta.find(hook) {
                        let plain = std::iter::once(first).chain(rest.clone()).collect();
                        self.call(&function, Args { plain, line: class.def.line, ..Args::default() }, module);
                    }
                }
            }
            Some(Value::Unknown | Value::Method(_)) => {
                let site = self.site(module, class.def.line);
                self.note(PartialReason::GeneratedTools, "a class is made by something that is made at run time", site);
            }
            _ => {}
        }
        let hook = class.bases.iter().find_map(|base| match base {
            Value::Class(base) => base.find("__init_subclass__"),
            _ => None,
        });
        if let Some(function @ Value::Function(_)) = hook {
            let named = args.named.iter().filter(|(name, _)| &**name != "metaclass").cloned().collect();
            self.call(&function, Args { plain: vec![own], named, line: class.def.line, ..Args::default() }, module);
        }
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
