//! What functions outside of the package do, as far as a walk needs it: Python's own, its standard library's, and those
//! that run what they are given.

use super::call::same_function;
use super::literal::{cleandoc, dedent};
use super::machine::{Machine, is_mcp, is_server};
use super::operator::show;
use super::sequence::{range, sorted};
use super::setting::Setting;
use super::value::{Args, Function, Registrar, Role, Value, last};
use mcpdex_model::PartialReason;
use std::rc::Rc;

/// Functions that call the functions that they are given (`asyncio.run`, `anyio.run`, `typer.run`, `Thread(target=…)`).
const RUNNERS: &[&str] =
    &["run", "Fire", "Thread", "Process", "start_soon", "run_until_complete", "create_task", "submit"];

impl Machine<'_> {
    pub(super) fn call_external(&mut self, path: &str, args: Args, module: usize) -> Value {
        self.note_handed(&args);
        if let Some(value) = self.path_function(path, &args) {
            return value;
        }
        if let Some(name) = path.strip_prefix("builtins.") {
            return self.call_builtin(name, args, module);
        }
        let first = args.plain.first();
        match (path, first) {
            ("textwrap.dedent", Some(Value::Str(text))) => return Value::text(dedent(text)),
            ("inspect.cleandoc", Some(Value::Str(text))) => return Value::text(cleandoc(text)),
            ("inspect.getdoc", Some(function)) => {
                return match self.attribute(function, &Rc::from("__doc__")) {
                    Value::Str(text) => Value::text(cleandoc(&text)),
                    other => other,
                };
            }
            ("os.getenv" | "os.environ.get", Some(_)) => {
                let name = first.and_then(Value::as_text).unwrap_or_default();
                let default = args.get(1, "default").cloned().unwrap_or(Value::None);
                let setting = Setting::of(&name, &name, &default);
                return default.set_by(setting);
            }
            ("inspect.getmembers", Some(object)) => {
                let object = object.clone();
                return self.members(&object, args.get(1, "predicate").cloned().as_ref(), module);
            }
            _ if super::inspect::is_predicate(path) => {
                let holds = first.and_then(|value| super::inspect::holds(path, value));
                return holds.map_or(Value::Unknown, Value::Bool);
            }
            ("inspect.signature", Some(function)) => return self.signature(&function.clone(), module),
            ("typing.get_type_hints" | "inspect.get_annotations", Some(Value::Function(function))) => {
                return self.type_hints(&function.clone());
            }
            ("typing.get_origin", Some(kind)) => return super::inspect::origin(kind),
            ("typing.get_args", Some(kind)) => return super::inspect::arguments(kind),
            ("typing.cast" | "typing_extensions.cast", _) => return args.plain.get(1).cloned().unwrap_or_default(),
            ("copy.copy" | "copy.deepcopy", Some(Value::Dict(pairs))) => return Value::dict(pairs.borrow().clone()),
            ("copy.copy" | "copy.deepcopy", Some(Value::List(items))) => return Value::list(items.borrow().clone()),
            ("copy.copy" | "copy.deepcopy", Some(value)) => return value.clone(),
            ("dataclasses.replace" | "copy.replace", Some(Value::Instance(instance))) => {
                return self.replaced(&Rc::clone(instance), &args.named);
            }
            ("importlib.import_module", Some(name)) => {
                let (name, package) = (name.clone(), args.get(1, "package").cloned());
                self.note_foreign(path, &args, module);
                return self.import_text(&name, package.as_ref(), module);
            }
            ("json.loads", Some(Value::Str(text))) => {
                return serde_json::from_str(text).map_or(Value::Unknown, |json| super::json::to_value(&json));
            }
            ("yaml.safe_load" | "yaml.load" | "yaml.full_load", Some(given)) => {
                return self.yaml_of(&given.clone());
            }
            (path, Some(Value::Dict(pairs))) if matches!(last(path), "model_validate" | "parse_obj") => {
                let of = path.rsplit_once('.').map_or(path, |(of, _)| of).to_owned();
                let pairs = pairs.borrow().clone();
                let named = pairs.into_iter().filter_map(|(key, value)| Some((key.as_text()?, value))).collect();
                return self.made(&of, Args { named, plain: Vec::new(), ..args }, module);
            }
            ("functools.update_wrapper", Some(Value::Function(wrapper))) => {
                *wrapper.wraps.borrow_mut() = args.plain.get(1).cloned();
                return Value::Function(Rc::clone(wrapper));
            }
            ("functools.reduce", Some(function)) if args.plain.len() >= 2 => {
                return self.reduced(&function.clone(), &args, module);
            }
            ("functools.wraps" | "functools.partial" | "operator.methodcaller" | "operator.attrgetter", _) => {
                return self.made(path, args, module);
            }
            ("functools.lru_cache" | "functools.cache", Some(function @ Value::Method(_))) => return function.clone(),
            ("itertools.starmap", Some(function)) if args.plain.len() == 2 => {
                return self.mapped_apart(&function.clone(), &args, module);
            }
            _ => {}
        }
        if let Some(value) = self.call_framework(path, &args, module) {
            return value;
        }
        self.note_gradio(path, &args, module);
        self.note_foreign(path, &args, module);
        self.note_start(path, &args, module);
        self.hand_over(path, &args, module);
        if !RUNNERS.contains(&last(path)) {
            self.hand_over_method(&args, module);
        }
        if RUNNERS.contains(&last(path)) {
            self.run_given(&Args { is_entry: matches!(path, "typer.run" | "fire.Fire"), ..args.clone() }, module);
        }
        // A function that was wrapped for another framework stays a function, save where it is served or made from.
        let wraps = !matches!(last(path), "from_function" | "from_tool") && !path.starts_with("gradio.");
        match same_function(&args) {
            function if !function.is_unknown() && wraps => function,
            _ => self.made(path, args, module),
        }
    }

    /// Calls to a framework for MCP servers.
    fn call_framework(&mut self, path: &str, args: &Args, module: usize) -> Option<Value> {
        let (parent, name) = path.rsplit_once('.')?;
        if name == "tool" {
            let owner = last(parent);
            let marks = matches!(owner, "tools" | "tool" | "function_tool" | "decorators") || !parent.contains('.');
            if !is_mcp(path) && !matches!(owner, "server" | "mcp" | "app") {
                return None;
            }
            if marks {
                let made = self.made(path, args.clone(), module);
                return Some(match args.plain.first() {
                    Some(Value::Function(_)) => self.call(&made, args.clone(), module),
                    _ => made,
                });
            }
            let server = self.server_at(parent, module, args.line);
            return Some(self.tool_decorator(server, args.clone(), module));
        }
        if is_mcp(path) && matches!(name, "add_tool") {
            let server = self.server_at(parent, module, args.line);
            self.add_tool(server, args, module);
            return Some(Value::None);
        }
        if is_server(path) || (is_mcp(path) && super::register::makes_server(name)) {
            let value = self.made(path, args.clone(), module);
            self.note_server(&value, module);
            return Some(value);
        }
        None
    }

    /// Walks the functions among the arguments, each with the plain arguments that follow it.
    pub(super) fn run_given(&mut self, args: &Args, module: usize) {
        let named = ["target", "main", "func", "function", "coro"].iter().filter_map(|name| args.named(name));
        let given: Vec<Value> = args.plain.first().into_iter().chain(named).cloned().collect();
        for function in given {
            let partial = matches!(&function, Value::Made(made) if made.kind() == "partial");
            if partial || matches!(function, Value::Function(_) | Value::Bound(_)) {
                let mut rest: Vec<Value> = args.plain.iter().skip(1).cloned().collect();
                if let Some(Value::Tuple(items)) = args.named("args") {
                    rest = items.to_vec();
                }
                let is_entry = args.is_entry && rest.is_empty();
                self.call(&function, Args { plain: rest, line: args.line, is_entry, ..Args::default() }, module);
            }
        }
    }

    fn import_text(&mut self, name: &Value, package: Option<&Value>, module: usize) -> Value {
        let Some(name) = name.as_text() else { return Value::Unknown };
        let mut full: Vec<Rc<str>> = Vec::new();
        let plain = name.trim_start_matches('.');
        if plain.len() < name.len() {
            match package {
                Some(Value::Str(package)) => full.extend(package.split('.').map(Rc::from)),
                _ => full.extend(self.modules.get(module).map(|m| m.parents.clone()).unwrap_or_default()),
            }
        }
        full.extend(plain.split('.').filter(|part| !part.is_empty()).map(Rc::from));
        match self.import(&full) {
            Some(module) => module,
            // Whatever it holds, it is another package's.
            None if plain.len() == name.len() => Value::External(Rc::from(plain)),
            None => Value::Unknown,
        }
    }

    fn call_builtin(&mut self, name: &str, args: Args, module: usize) -> Value {
        let first = args.plain.first().cloned();
        if let Some(Value::Usual(held)) = &first
            && matches!(name, "str" | "int" | "float" | "bool" | "list" | "set" | "tuple" | "sorted" | "len")
        {
            let mut plain = args.plain.clone();
            plain[0] = held.0.clone();
            return self.call_builtin(name, Args { plain, ..args }, module).set_by(held.1.clone());
        }
        match (name, first) {
            ("str", Some(value)) => match &value {
                Value::Instance(_) => Value::Unknown,
                value => show(value).map_or(Value::Unknown, Value::text),
            },
            ("int", Some(Value::Int(value))) => Value::Int(value),
            ("int", Some(Value::Str(text))) => text.trim().parse().map_or(Value::Unknown, Value::Int),
            ("float", Some(Value::Int(value))) => Value::Float(value as f64),
            ("bool", Some(value)) => value.truth().map_or(Value::Unknown, Value::Bool),
            ("len", Some(value)) => {
                let length = match &value {
                    Value::Str(text) => Some(text.chars().count()),
                    value => value.items().map(|items| items.len()),
                };
                length.and_then(|length| i64::try_from(length).ok()).map_or(Value::Unknown, Value::Int)
            }
            ("__import__", Some(name)) => {
                self.note_foreign("builtins.__import__", &args, module);
                self.import_text(&name, None, module)
            }
            ("compile", _) => self.made("builtins.compile", args, module),
            ("map", Some(function)) if args.plain.len() == 2 => self.mapped(&function, &args, module),
            ("filter", Some(test)) if args.plain.len() == 2 => self.filtered(&test, &args, module),
            ("list" | "set" | "frozenset" | "reversed" | "iter", Some(value)) => match self.items_of(&value, module) {
                Some(mut items) => {
                    if name == "reversed" {
                        items.reverse();
                    }
                    Value::list(items)
                }
                None => Value::Unknown,
            },
            ("list" | "set", None) => Value::list(Vec::new()),
            ("tuple", Some(value)) => {
                self.items_of(&value, module).map_or(Value::Unknown, |items| Value::Tuple(items.into()))
            }
            ("sorted" | "min" | "max", Some(value)) if self.is_registering(args.named("key")) => {
                let key = args.named("key").cloned().unwrap_or_default();
                self.mapped(&key, &Args { plain: vec![key.clone(), value], line: args.line, ..Args::default() }, module)
            }
            ("sorted", Some(value)) => sorted(&value, &args).map_or(Value::Unknown, Value::list),
            ("dict", first) => {
                let mut pairs = match first {
                    None => Vec::new(),
                    Some(Value::Dict(pairs)) => pairs.borrow().clone(),
                    Some(_) => return Value::Unknown,
                };
                pairs.extend(args.named.into_iter().map(|(name, value)| (Value::Str(name), value)));
                Value::dict(pairs)
            }
            ("range", _) => range(&args.plain).map_or(Value::Unknown, Value::list),
            ("enumerate", Some(value)) => match self.items_of(&value, module) {
                Some(items) => {
                    let numbered =
                        items.into_iter().zip(0..).map(|(item, at)| Value::Tuple(Rc::new([Value::Int(at), item])));
                    Value::list(numbered.collect())
                }
                None => Value::Unknown,
            },
            ("zip", Some(first)) => match (first.items(), args.plain.get(1).and_then(Value::items)) {
                (Some(a), Some(b)) if args.plain.len() == 2 => {
                    Value::list(a.into_iter().zip(b).map(|(a, b)| Value::Tuple(Rc::new([a, b]))).collect())
                }
                _ => Value::Unknown,
            },
            ("getattr", Some(object)) => match args.plain.get(1).and_then(Value::as_text) {
                Some(name) => match (self.attribute(&object, &name), args.plain.get(2)) {
                    // Whether the attribute is there is as unknown as its value.
                    (Value::Method(method), Some(_)) if method.0.is_unknown() => Value::Unknown,
                    (Value::Method(_), Some(default)) => {
                        let is_there = matches!(object, Value::Function(_) | Value::Bound(_))
                            && self.has_attribute(&object, &name, module, args.line).truth() != Some(false);
                        if is_there { Value::Unknown } else { default.clone() }
                    }
                    (found, _) => found,
                },
                None => {
                    if self.is_server_value(&object) {
                        let site = self.site(module, args.line);
                        self.note(PartialReason::GeneratedTools, "a method of a server is chosen at run time", site);
                    }
                    Value::Unknown
                }
            },
            ("hasattr", Some(object)) => match args.plain.get(1).and_then(Value::as_text) {
                Some(name) => self.has_attribute(&object, &name, module, args.line),
                None => Value::Unknown,
            },
            ("setattr", Some(object)) => {
                if let (Some(name), Some(value)) = (args.plain.get(1).and_then(Value::as_text), args.plain.get(2)) {
                    self.set_attribute(&object, &name, value.clone());
                } else {
                    super::inspect::open(&object);
                }
                Value::None
            }
            ("type", Some(Value::None)) => Value::None,
            ("type", Some(Value::Instance(instance))) => Value::Class(Rc::clone(&instance.class)),
            ("print", _) => Value::None,
            ("callable", Some(Value::Function(_) | Value::Bound(_) | Value::Class(_))) => Value::Bool(true),
            ("callable", Some(Value::None | Value::Str(_) | Value::Int(_) | Value::Bool(_))) => Value::Bool(false),
            ("isinstance", Some(value)) => is_instance(&value, args.plain.get(1)).map_or(Value::Unknown, Value::Bool),
            ("vars", Some(object @ Value::Instance(_))) => {
                super::inspect::open(&object);
                Value::Unknown
            }
            ("vars", Some(Value::Module(number))) => self.module_names(number),
            ("globals", None) => self.module_names(module),
            ("dir", Some(object @ (Value::Instance(_) | Value::Class(_)))) => {
                Value::list(super::inspect::names(&object).into_iter().map(Value::Str).collect())
            }
            ("dir", Some(Value::Module(number))) => match self.module_names(number).items() {
                Some(names) => Value::list(names),
                None => Value::Unknown,
            },
            _ => same_function(&args),
        }
    }

    fn module_names(&self, number: usize) -> Value {
        let Some(module) = self.modules.get(number) else { return Value::Unknown };
        let vars = module.env.vars.borrow();
        Value::dict(vars.iter().map(|(name, value)| (Value::Str(Rc::clone(name)), value.clone())).collect())
    }

    /// `server.tool(…)`: a decorator, or a registration when the function is given at once.
    pub(super) fn tool_decorator(&mut self, server: usize, args: Args, module: usize) -> Value {
        match args.plain.first() {
            Some(function @ (Value::Function(_) | Value::Bound(_))) => {
                let function = function.clone();
                self.register(server, &function, &args, module);
                function
            }
            _ => Value::Registrar(Rc::new(Registrar { server: Some(server), args, role: Role::Tool, module })),
        }
    }

    pub(super) fn apply_registrar(&mut self, registrar: &Rc<Registrar>, args: Args, module: usize) -> Value {
        let Some(function) = args.plain.first().cloned() else { return Value::Unknown };
        let Some(server) = registrar.server else { return function };
        match registrar.role {
            Role::Tool => {
                let is_known = matches!(function, Value::Function(_) | Value::Bound(_) | Value::Made(_));
                if is_known || registrar.args.named("name").is_some() {
                    self.register(server, &function, &registrar.args, registrar.module);
                } else {
                    let site = self.site(module, args.line);
                    self.note(PartialReason::UnresolvedValue, "a tool whose function is made at run time", site);
                }
            }
            Role::ListTools => {
                let site = self.site(registrar.module, registrar.args.line);
                self.servers[server].handlers.push((function.clone(), site));
            }
        }
        function
    }
}

fn is_instance(value: &Value, class: Option<&Value>) -> Option<bool> {
    let path = class?.path()?;
    let own = match value {
        Value::Str(_) => "builtins.str",
        Value::Int(_) => "builtins.int",
        Value::Bool(_) => "builtins.bool",
        Value::List(_) => "builtins.list",
        Value::Dict(_) => "builtins.dict",
        Value::None => "NoneType",
        Value::Function(_) | Value::Bound(_) => "function",
        _ => return None,
    };
    path.starts_with("builtins.").then_some(own == path)
}

/// Whether calling the function would need its first argument to be an object of its class.
pub(super) fn takes_self(function: &Function) -> bool {
    function.in_class && function.def.params.first().is_some_and(|param| matches!(&*param.name, "self" | "cls"))
}
