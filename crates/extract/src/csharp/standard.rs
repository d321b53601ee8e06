//! Functions of .NET's standard library that tool definitions are put together with.

use crate::program::ast::Truth;
use crate::program::setting::Setting;
use crate::program::value::{Made, Value};
use std::rc::Rc;

pub(super) fn call<'t>(made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    let args: Vec<&Value<'t>> = made.args.iter().map(|(_, value)| value).collect();
    let owner = made.path.rsplit_once('.').map_or("", |(owner, _)| owner);
    let texts = || args.iter().map(|value| value.as_text()).collect::<Option<Vec<Rc<str>>>>();
    let text = |at: usize| args.get(at).and_then(|value| value.as_text());
    match (owner, made.last()) {
        (_, "GetEnvironmentVariable") => Some(Setting::variable(&text(0)?)),
        ("string" | "String", "Equals") if args.len() > 1 => {
            Some(Value::Truth(Rc::new(Truth::Is(args[0].clone(), args[1].clone()))))
        }
        // A key of the configuration, under which a variable or an option may stand as well.
        (_, "GetValue" | "GetRequiredValue") if !args.is_empty() && args.len() < 3 => {
            let default = args.get(1).map_or(Some(Value::Null), |default| Some((*default).clone()));
            Some(Setting::named(&text(0)?, default))
        }
        (_, "IsWindows" | "IsLinux" | "IsMacOS") if made.path.contains("OperatingSystem") => {
            let word = Value::text(&made.last()[2..]);
            Some(Value::Truth(Rc::new(Truth::Is(Setting::platform(), word))))
        }
        ("string" | "String", "Concat") => Some(Value::text(&texts()?.concat())),
        ("string" | "String", "Join") => {
            let parts = match args.get(1)? {
                list @ Value::List(_) => list.items()?.iter().map(Value::as_text).collect::<Option<Vec<_>>>()?,
                _ => texts()?.get(1..)?.to_vec(),
            };
            Some(Value::text(&parts.join(&*args.first()?.as_text()?)))
        }
        // JSON that stands in the source as text.
        (_, "Deserialize" | "Parse") if made.path.contains("Json") => args.first().map(|value| (*value).clone()),
        (_, "FromResult") => args.first().map(|value| (*value).clone()),
        ("Array" | "Enumerable", "Empty") => Some(Value::list(Vec::new())),
        _ => None,
    }
}
