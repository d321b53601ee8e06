//! What a package may ask about its own functions and types at start: signatures, annotations, parts of a type.

use super::ast::ParamKind;
use super::machine::Machine;
use super::tool::shown;
use super::value::{Args, Function, Value, last};
use std::rc::Rc;

/// What stands for a default or an annotation that is not there.
const EMPTY: &str = "inspect.Parameter.empty";

impl Machine<'_> {
    /// `inspect.signature(function)`: an object whose `parameters` can be looped over.
    pub(super) fn signature(&mut self, function: &Value, module: usize) -> Value {
        let (function, skip) = match function {
            Value::Function(function) => (Rc::clone(function), 0),
            Value::Bound(bound) => (Rc::clone(&bound.1), 1),
            _ => return Value::Unknown,
        };
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
                (Rc::from("kind"), Value::External(Rc::from(format!("inspect.Parameter.{kind}")))),
            ];
            let parameter = self.made("inspect.Parameter", Args { named, ..Args::default() }, module);
            parameters.push((Value::Str(Rc::clone(&param.name)), parameter));
        }
        let named = vec![(Rc::from("parameters"), Value::dict(parameters))];
        self.made("inspect.Signature", Args { named, ..Args::default() }, module)
    }

    /// `typing.get_type_hints(function)`
    pub(super) fn type_hints(&mut self, function: &Rc<Function>) -> Value {
        let function = shown(function).0;
        let mut hints = Vec::new();
        for param in &function.def.params {
            if let Some(annotation) = &param.annotation {
                hints.push((Value::Str(Rc::clone(&param.name)), self.annotation(annotation, &function.env)));
            }
        }
        // What the function returns is not read; nothing that tools show depends on it.
        hints.push((Value::text("return"), Value::Unknown));
        Value::dict(hints)
    }
}

/// `typing.get_origin(kind)`
pub(super) fn origin(kind: &Value) -> Value {
    match kind {
        Value::Union(_) => Value::External(Rc::from("typing.Union")),
        Value::Generic(generic) => match generic.0.path().map(last) {
            Some("Optional") => Value::External(Rc::from("typing.Union")),
            Some("List") => Value::External(Rc::from("builtins.list")),
            Some("Dict") => Value::External(Rc::from("builtins.dict")),
            Some("Tuple") => Value::External(Rc::from("builtins.tuple")),
            Some("Set") => Value::External(Rc::from("builtins.set")),
            _ => generic.0.clone(),
        },
        Value::External(_) | Value::Class(_) | Value::None => Value::None,
        _ => Value::Unknown,
    }
}

/// `typing.get_args(kind)`
pub(super) fn arguments(kind: &Value) -> Value {
    // `type(None)` is what Python gives for `None` among the arguments.
    match kind {
        Value::Union(members) => Value::Tuple(Rc::clone(members)),
        Value::Generic(generic) => {
            let mut args = generic.1.clone();
            if generic.0.path().map(last) == Some("Optional") {
                args.push(Value::None);
            }
            Value::Tuple(args.into())
        }
        Value::External(_) | Value::Class(_) => Value::Tuple(Rc::new([])),
        _ => Value::Unknown,
    }
}
