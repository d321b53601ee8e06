//! Signatures as objects: what `inspect.signature` gives, what the package makes of them, and what a function shows that was
//! given one (`__signature__`) or some of its arguments (`functools.partial`). Values in, values out; no schema is made here.

use super::ast::{Name, ParamKind};
use super::machine::Machine;
use super::tool::shown;
use super::value::{Args, Function, Made, Value};
use std::rc::Rc;

const SIGNATURE: &str = "inspect.Signature";
const PARAMETER: &str = "inspect.Parameter";
/// What stands for a default or an annotation that is not there.
const EMPTY: &str = "inspect.Parameter.empty";

/// One parameter of a signature.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: Name,
    pub(super) annotation: Option<Value>,
    pub(super) default: Option<Value>,
    /// `*args` or `**kwargs`.
    pub(super) is_rest: bool,
}

/// The signature that the package gave a function, or one that it stands in for; `None` where it gave none.
pub(super) fn assigned(function: &Rc<Function>) -> Option<Value> {
    let mut at = Rc::clone(function);
    for _ in 0..20 {
        if let Some(signature) = at.attributes.borrow().get("__signature__") {
            return Some(signature.clone());
        }
        let inner = match &*at.wraps.borrow() {
            Some(Value::Function(inner)) => Rc::clone(inner),
            Some(Value::Bound(bound)) => Rc::clone(&bound.1),
            _ => return None,
        };
        at = inner;
    }
    None
}

/// The parameters of a signature, in order; `None` where one of them is not known.
pub(super) fn parameters(signature: &Value) -> Option<Vec<Parameter>> {
    let Value::Made(signature) = signature else { return None };
    let made = match signature.args.get(0, "parameters")? {
        Value::Dict(pairs) => pairs.borrow().iter().map(|(_, parameter)| parameter.clone()).collect(),
        parameters => parameters.items()?,
    };
    made.iter().map(parameter).collect()
}

fn parameter(value: &Value) -> Option<Parameter> {
    let Value::Made(made) = value else { return None };
    let stated = |name: &str| made.args.named(name).filter(|value| !is_empty(value)).cloned();
    let kind = made.args.get(1, "kind").and_then(Value::path).unwrap_or_default();
    Some(Parameter {
        name: made.args.get(0, "name")?.as_text()?,
        annotation: stated("annotation"),
        default: stated("default"),
        is_rest: kind.ends_with("VAR_POSITIONAL") || kind.ends_with("VAR_KEYWORD"),
    })
}

fn is_empty(value: &Value) -> bool {
    value.path().is_some_and(|path| path.ends_with("empty"))
}

/// Parameters by their names, as `signature.parameters` gives them; what is not a list of them is given back.
pub(super) fn by_name(parameters: &Value) -> Value {
    let Some(items) = parameters.items().filter(|_| !matches!(parameters, Value::Dict(_))) else {
        return parameters.clone();
    };
    let named: Option<Vec<(Value, Value)>> =
        items.iter().map(|item| Some((Value::Str(parameter(item)?.name), item.clone()))).collect();
    named.map_or(Value::Unknown, Value::dict)
}

impl Machine<'_> {
    /// `inspect.signature(function)`: an object whose `parameters` can be looped over.
    pub(super) fn signature(&mut self, function: &Value, module: usize) -> Value {
        let (function, skip) = match function {
            Value::Function(function) => (Rc::clone(function), 0),
            Value::Bound(bound) => (Rc::clone(&bound.1), 1),
            Value::Made(made) if made.kind() == "partial" => return self.signature_of_partial(made, module),
            _ => return Value::Unknown,
        };
        if let Some(signature) = assigned(&function) {
            return signature;
        }
        let function = shown(&function).0;
        let mut parameters = Vec::new();
        for (param, default) in function.def.params.iter().zip(&function.defaults).skip(skip) {
            let empty = || Value::External(Rc::from(EMPTY));
            let annotation = match &param.annotation {
                Some(annotation) => self.annotation(annotation, &function.env),
                None => empty(),
            };
            let kind = match param.kind {
                ParamKind::Plain => "POSITIONAL_OR_KEYWORD",
                ParamKind::KeywordOnly => "KEYWORD_ONLY",
                ParamKind::Rest => "VAR_POSITIONAL",
                ParamKind::Keywords => "VAR_KEYWORD",
            };
            let named = vec![
                (Rc::from("name"), Value::Str(Rc::clone(&param.name))),
                (Rc::from("annotation"), annotation),
                (Rc::from("default"), default.clone().unwrap_or_else(empty)),
                (Rc::from("kind"), Value::External(Rc::from(format!("{PARAMETER}.{kind}")))),
            ];
            let parameter = self.made(PARAMETER, Args { named, ..Args::default() }, module);
            parameters.push((Value::Str(Rc::clone(&param.name)), parameter));
        }
        self.signature_of(Value::dict(parameters), module)
    }

    fn signature_of(&mut self, parameters: Value, module: usize) -> Value {
        let named = vec![(Rc::from("parameters"), parameters)];
        self.made(SIGNATURE, Args { named, ..Args::default() }, module)
    }

    /// What is left to be given to `functools.partial(function, …)`: arguments given by place are gone, those given by name
    /// have a default.
    fn signature_of_partial(&mut self, partial: &Rc<Made>, module: usize) -> Value {
        let Some((function, given)) = partial.args.plain.split_first() else { return Value::Unknown };
        let signature = self.signature(&function.clone(), module);
        let Value::Made(signature) = &signature else { return Value::Unknown };
        let Some(Value::Dict(pairs)) = signature.args.named("parameters") else { return Value::Unknown };
        let pairs = pairs.borrow().clone();
        let mut left = Vec::new();
        for (name, parameter) in pairs.into_iter().skip(given.len()) {
            let bound = name.as_text().and_then(|name| partial.args.named(&name).cloned());
            let parameter = match (bound, &parameter) {
                (Some(bound), Value::Made(made)) => {
                    let changes = Args { named: vec![(Rc::from("default"), bound)], ..Args::default() };
                    self.changed_parameter(&Rc::clone(made), &changes, module)
                }
                _ => parameter,
            };
            left.push((name, parameter));
        }
        if partial.args.open {
            return Value::Unknown;
        }
        self.signature_of(Value::dict(left), module)
    }

    /// `signature.replace(parameters=…)` and `parameter.replace(default=…)`; `None` for anything else.
    pub(super) fn replaced_part(&mut self, made: &Rc<Made>, args: &Args, module: usize) -> Option<Value> {
        match &*made.path {
            SIGNATURE => {
                let parameters = args.named("parameters").or_else(|| made.args.get(0, "parameters"))?;
                let parameters = by_name(parameters);
                Some(self.signature_of(parameters, module))
            }
            PARAMETER => Some(self.changed_parameter(made, args, module)),
            _ => None,
        }
    }

    fn changed_parameter(&mut self, made: &Rc<Made>, changes: &Args, module: usize) -> Value {
        let mut named = Vec::new();
        for (at, name) in ["name", "kind", "default", "annotation"].into_iter().enumerate() {
            let old = if at < 2 { made.args.get(at, name) } else { made.args.named(name) };
            if let Some(value) = changes.named(name).or(old) {
                named.push((Rc::from(name), value.clone()));
            }
        }
        self.made(PARAMETER, Args { named, ..Args::default() }, module)
    }
}
