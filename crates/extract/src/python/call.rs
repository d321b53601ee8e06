//! Definitions and calls: functions and classes of the package are walked, everything else is handed on.

use super::ast::{self, Name, ParamKind};
use super::exec::Flow;
use super::limit::Reach;
use super::machine::Machine;
use super::option;
use super::setting::Setting;
use super::value::{Args, Binding, Class, Env, Function, Instance, Made, Value, last};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How often one function may be inside of itself while more and more is in doubt: each doubt doubles the ways.
const MAX_RECURSION: usize = 3;

impl Machine<'_> {
    /// The value of a `def` or `lambda`, its defaults computed now, as Python does.
    pub(super) fn function(&mut self, def: &Rc<ast::Function>, env: &Rc<Env>) -> Value {
        let mut defaults = Vec::with_capacity(def.params.len());
        for param in &def.params {
            defaults.push(param.default.as_ref().map(|default| self.eval(default, env)));
        }
        Value::Function(Rc::new(Function {
            def: Rc::clone(def),
            env: Rc::clone(env),
            defaults,
            binding: Cell::new(Binding::Plain),
            wraps: RefCell::new(None),
            attributes: RefCell::default(),
            in_class: env.is_class,
            is_handed_out: Cell::new(false),
        }))
    }

    pub(super) fn define(&mut self, def: &Rc<ast::Function>, env: &Rc<Env>) {
        // Decorators are computed before they are applied, the last one first.
        let mut decorators = Vec::with_capacity(def.decorators.len());
        for decorator in &def.decorators {
            if let ast::Ex::Attribute(_, name) = &*decorator.kind
                && matches!(&**name, "setter" | "deleter" | "overload")
            {
                return;
            }
            decorators.push((self.eval(decorator, env), decorator.line));
        }
        if !decorators.is_empty() {
            self.handed.push((Rc::clone(def), env.module));
        }
        let mut value = self.function(def, env);
        for (decorator, line) in decorators.into_iter().rev() {
            value = self.decorate(&decorator, value, line, env.module);
        }
        env.set(&def.name, value);
    }

    /// What `decorator` makes of a function; the function itself when that is not known.
    fn decorate(&mut self, decorator: &Value, value: Value, line: u32, module: usize) -> Value {
        if let (Value::External(path), Value::Function(function)) = (decorator, &value) {
            let binding = match last(path) {
                "staticmethod" => Some(Binding::Static),
                "classmethod" => Some(Binding::Class),
                "property" | "cached_property" => Some(Binding::Property),
                _ => None,
            };
            if let Some(binding) = binding {
                function.binding.set(binding);
                return value;
            }
        }
        if let Value::Function(function) = &value
            && !matches!(decorator, Value::Function(_) | Value::Bound(_) | Value::Class(_) | Value::Instance(_))
        {
            let takes_over = matches!(decorator, Value::Made(made) if made.kind() == "wraps");
            function.is_handed_out.set(function.is_handed_out.get() || !takes_over);
        }
        let args = Args { plain: vec![value.clone()], line, ..Args::default() };
        match self.call(decorator, args, module) {
            result @ Value::Function(_) => {
                self.take_over(&result, &value);
                result
            }
            result @ (Value::Bound(_) | Value::Instance(_) | Value::Class(_)) => result,
            _ => value,
        }
    }

    /// A wrapper that passes everything on shows the signature of what it wraps, whether it says so or not.
    fn take_over(&mut self, wrapper: &Value, wrapped: &Value) {
        let (Value::Function(wrapper), Value::Function(inner)) = (wrapper, wrapped) else { return };
        let passes_on = !wrapper.def.params.is_empty()
            && wrapper.def.params.iter().all(|param| matches!(param.kind, ParamKind::Rest | ParamKind::Keywords));
        if passes_on && !Rc::ptr_eq(wrapper, inner) && wrapper.wraps.borrow().is_none() {
            *wrapper.wraps.borrow_mut() = Some(wrapped.clone());
        }
    }

    /// Calls `function`. `module` is where the call stands.
    pub(super) fn call(&mut self, function: &Value, args: Args, module: usize) -> Value {
        if !self.step() || self.too_deep() {
            return Value::Unknown;
        }
        match function {
            Value::Function(function) => self.call_function(function, args),
            Value::Bound(bound) => {
                let mut all = Args { plain: vec![bound.0.clone()], ..args };
                all.plain.extend(args.plain);
                self.call_function(&bound.1, all)
            }
            Value::Class(class) => self.instantiate(class, args, module),
            Value::External(path) => self.call_external(path, args, module),
            Value::Made(made) => self.call_made(made, args, module),
            Value::Registrar(registrar) => self.apply_registrar(registrar, args, module),
            Value::Method(method) => self.call_method(&method.0, &method.1, args, module),
            Value::Instance(instance) => match instance.class.find("__call__") {
                Some(Value::Function(call)) => {
                    let mut all = Args { plain: vec![function.clone()], ..args };
                    all.plain.extend(args.plain);
                    self.call_function(&call, all)
                }
                _ => Value::Unknown,
            },
            Value::Generic(generic) => self.call(&generic.0.clone(), args, module),
            Value::Usual(held) => self.call(&held.0.clone(), args, module),
            _ => {
                self.hand_over("", &args, module);
                same_function(&args)
            }
        }
    }

    fn call_function(&mut self, function: &Rc<Function>, args: Args) -> Value {
        let key = Rc::as_ptr(&function.def);
        let own: Vec<usize> = self.calls.iter().filter(|(other, _)| *other == key).map(|(_, doubt)| *doubt).collect();
        let is_doubtful = own.iter().rev().nth(MAX_RECURSION - 1).is_some_and(|doubt| *doubt < self.doubt);
        let is_worn = !self.work.visit(key as usize);
        if is_doubtful || is_worn || self.too_many_calls() {
            let what = "calls nest deeper, or come more often, than is followed";
            self.cut(&Reach::Function(&function.def), what, function.env.module, args.line.max(1));
            return Value::Unknown;
        }
        let outer = match &function.env.parent {
            Some(parent) if function.env.is_class => parent,
            _ => &function.env,
        };
        let env = Env::new(Some(Rc::clone(outer)), function.env.module, false);
        if function.env.is_class
            && let Some(class) = function.env.vars.borrow().get("__class__")
        {
            env.set(&Rc::from("__class__"), class.clone());
        }
        bind(function, args, &env);
        let outside = self.gates.len();
        self.calls.push((key, self.doubt));
        self.yields.push(Vec::new());
        self.depth += 4;
        let mut returns = Vec::new();
        let flow = self.block(&function.def.body, &env, &mut returns);
        self.depth -= 4;
        self.calls.pop();
        self.gates.truncate(outside);
        let given = self.yields.pop().unwrap_or_default();
        if !given.is_empty() {
            return Value::list(given);
        }
        if !matches!(flow, Flow::Return | Flow::Exit) && !returns.is_empty() {
            returns.push(Value::None);
        }
        returns.into_iter().reduce(Value::join).unwrap_or(Value::None)
    }

    fn instantiate(&mut self, class: &Rc<Class>, args: Args, module: usize) -> Value {
        if class.is_enum() {
            let wanted = args.plain.first().cloned().unwrap_or_default();
            let is_wanted = |member: &Value| match member {
                Value::Instance(member) => {
                    member.attributes.borrow().get("_value_").and_then(|value| value.equals(&wanted)) == Some(true)
                }
                _ => false,
            };
            return class.members().into_iter().find(is_wanted).unwrap_or_default();
        }
        if class.has_external_base(&|path| last(path) == "TypedDict") {
            return Value::dict(args.named.into_iter().map(|(name, value)| (Value::Str(name), value)).collect());
        }
        let id = self.new_id();
        let instance = Rc::new(Instance { class: Rc::clone(class), attributes: RefCell::default(), id });
        let value = Value::Instance(Rc::clone(&instance));
        self.note_server_instance(&value, &args, module);
        self.note_object_of(class);
        if let Some(Value::Function(new)) = class.find("__new__") {
            let mut all = Args { plain: vec![Value::Class(Rc::clone(class))], ..args.clone() };
            all.plain.extend(args.plain.iter().cloned());
            self.call_function(&new, all);
        }
        if let Some(Value::Function(init)) = class.find("__init__") {
            let mut all = Args { plain: vec![value.clone()], ..args };
            all.plain.extend(args.plain);
            self.call_function(&init, all);
        } else {
            fill_fields(&instance, args);
            if let Some(Value::Function(after)) = class.find("__post_init__") {
                self.call_function(&after, Args { plain: vec![value.clone()], ..Args::default() });
            }
        }
        value
    }

    fn call_made(&mut self, made: &Rc<Made>, args: Args, module: usize) -> Value {
        match (made.kind(), args.plain.first()) {
            ("wraps", Some(Value::Function(wrapper))) => {
                *wrapper.wraps.borrow_mut() = made.args.plain.first().cloned();
                Value::Function(Rc::clone(wrapper))
            }
            ("partial", _) => {
                let Some((function, bound)) = made.args.plain.split_first() else { return Value::Unknown };
                let mut all = Args { plain: bound.to_vec(), named: made.args.named.clone(), ..args };
                all.plain.extend(args.plain);
                all.named.extend(args.named);
                self.call(&function.clone(), all, module)
            }
            // `operator.methodcaller("add_tool", f)(server)`
            ("methodcaller", Some(object)) => {
                let Some((name, bound)) = made.args.plain.split_first() else { return Value::Unknown };
                let Some(name) = name.as_text() else {
                    self.hand_over("", &args, module);
                    return Value::Unknown;
                };
                let all =
                    Args { plain: bound.to_vec(), named: made.args.named.clone(), line: args.line, ..Args::default() };
                let method = self.attribute(&object.clone(), &name);
                self.call(&method, all, module)
            }
            // `operator.attrgetter("add_tool")(server)`
            ("attrgetter", Some(object)) => {
                let Some(path) = made.args.plain.first().and_then(Value::as_text) else {
                    self.hand_over("", &args, module);
                    return Value::Unknown;
                };
                let mut value = object.clone();
                for name in path.split('.') {
                    value = self.attribute(&value, &Rc::from(name));
                }
                value
            }
            ("option", Some(Value::Function(function))) => {
                option::add_click(function, made);
                Value::Function(Rc::clone(function))
            }
            ("route", Some(function)) => {
                self.add_route(made, function);
                function.clone()
            }
            ("later", Some(function)) => {
                self.later.push((function.clone(), Args::default()));
                function.clone()
            }
            ("tool" | "mcp_tool", Some(Value::Function(function))) => {
                // A decorator of the framework that only marks: the marked function is registered elsewhere.
                function.attributes.borrow_mut().insert(Rc::from("__tool__"), Value::Made(Rc::clone(made)));
                Value::Function(Rc::clone(function))
            }
            _ => {
                self.hand_over_method(&args, module);
                same_function(&args)
            }
        }
    }
}

/// What is not known gives a function back when a function is all that it was given: most decorators do.
pub(super) fn same_function(args: &Args) -> Value {
    match args.plain.as_slice() {
        [function @ (Value::Function(_) | Value::Bound(_))] if args.named.is_empty() => function.clone(),
        _ => Value::Unknown,
    }
}

/// Binds arguments to parameters as Python does; what is not given and has no default is unknown.
fn bind(function: &Function, args: Args, env: &Env) {
    let mut plain = args.plain.into_iter();
    let mut named = args.named;
    for (param, default) in function.def.params.iter().zip(&function.defaults) {
        let value = match param.kind {
            ParamKind::Rest => {
                // Arguments that are not known may be among them.
                if args.open { Value::Unknown } else { Value::Tuple(plain.by_ref().collect()) }
            }
            ParamKind::Keywords => {
                let rest = std::mem::take(&mut named);
                let mut pairs: Vec<_> = rest.into_iter().map(|(name, value)| (Value::Str(name), value)).collect();
                if args.open {
                    pairs.push((Value::Unknown, Value::Unknown));
                }
                Value::dict(pairs)
            }
            ParamKind::Plain | ParamKind::KeywordOnly => {
                let given = match param.kind {
                    ParamKind::Plain => plain.next(),
                    _ => None,
                };
                let by_name = || {
                    let at = named.iter().position(|(name, _)| *name == param.name)?;
                    Some(named.remove(at).1)
                };
                match given.or_else(by_name) {
                    Some(value) => value,
                    None if args.open => Value::Unknown,
                    None => {
                        let default = option::of_parameter(function, &param.name, default.as_ref(), args.is_entry);
                        default.unwrap_or_default()
                    }
                }
            }
        };
        env.set(&param.name, value);
    }
}

/// Sets the fields of a dataclass, a pydantic model or a named tuple from the arguments of its construction.
fn fill_fields(instance: &Instance, args: Args) {
    let is_setting = instance.class.has_external_base(&|path| last(path) == "BaseSettings");
    let prefix = if is_setting { option::variable_prefix(&instance.class) } else { String::new() };
    let mut fields: Vec<(Name, Option<Value>)> = Vec::new();
    collect_fields(&instance.class, &mut fields, 0);
    let mut attributes: BTreeMap<Name, Value> = BTreeMap::new();
    let mut plain = args.plain.into_iter();
    for (name, default) in fields {
        let named = args.named.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let default = default.map(|default| {
            let setting = if is_setting {
                let variable = format!("{prefix}{name}").to_uppercase();
                Setting::of(&name, &variable, &default)
            } else {
                Setting::None
            };
            default.set_by(setting)
        });
        let value = plain.next().or(named).or(if args.open { None } else { default });
        attributes.insert(name, value.unwrap_or_default());
    }
    for (name, value) in args.named {
        attributes.entry(name).or_insert(value);
    }
    *instance.attributes.borrow_mut() = attributes;
}

fn collect_fields(class: &Class, fields: &mut Vec<(Name, Option<Value>)>, depth: usize) {
    if depth > 20 {
        return;
    }
    for base in class.bases.iter().rev() {
        if let Value::Class(base) = base {
            collect_fields(base, fields, depth + 1);
        }
    }
    for (name, _) in class.env.fields.borrow().iter() {
        let default = class.env.vars.borrow().get(name).map(field_default);
        fields.retain(|(known, _)| known != name);
        fields.push((Rc::clone(name), default));
    }
}

/// The default that a field's value states: itself, or what `Field(…)` or `field(…)` says.
fn field_default(value: &Value) -> Value {
    match value {
        Value::Made(made) if matches!(made.kind(), "Field" | "field") => {
            let position = made.args.plain.first().filter(|_| made.kind() == "Field");
            match made.args.named("default").or(position) {
                Some(default) => default.clone(),
                None => match made.args.named("default_factory").and_then(Value::path) {
                    Some("builtins.list") => Value::list(Vec::new()),
                    Some("builtins.dict") => Value::dict(Vec::new()),
                    _ => Value::Unknown,
                },
            }
        }
        value => value.clone(),
    }
}
