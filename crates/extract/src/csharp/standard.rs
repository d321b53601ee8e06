//! Functions of .NET's standard library that tool definitions are put together with.

use crate::program::value::{Made, Value};
use std::rc::Rc;

pub(super) fn call<'t>(made: &Rc<Made<'t>>) -> Option<Value<'t>> {
    let args: Vec<&Value<'t>> = made.args.iter().map(|(_, value)| value).collect();
    let owner = made.path.rsplit_once('.').map_or("", |(owner, _)| owner);
    let texts = || args.iter().map(|value| value.as_text()).collect::<Option<Vec<Rc<str>>>>();
    match (owner, made.last()) {
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
