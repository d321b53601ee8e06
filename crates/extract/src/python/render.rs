//! Writes a condition that could not be computed as its source has it, with variables and options by the names under
//! which users set them.

use super::ast::{Arg, Comparison, Ex, Expr};
use super::machine::Machine;
use super::setting::is_gate;
use super::value::{Env, Value};
use std::rc::Rc;

/// The longest condition that is written out.
const LONGEST: usize = 120;

/// Functions that ask what a thing is, not what a user wants.
const ASKING: &[&str] = &["hasattr", "callable", "isinstance", "issubclass", "len", "startswith", "endswith"];

/// `expr` as text, and whether a setting stands in it; `None` where it asks nothing that a user could set.
pub(super) fn condition(machine: &mut Machine<'_>, expr: &Expr, env: &Rc<Env>) -> Option<(String, bool)> {
    let mut writer = Writer { machine, env, is_setting: false, asks: false };
    let text = writer.write(expr, 0)?;
    let (is_setting, asks) = (writer.is_setting, writer.asks);
    (text.len() <= LONGEST && (is_setting || !asks)).then_some((text, is_setting))
}

struct Writer<'w, 't> {
    machine: &'w mut Machine<'t>,
    env: &'w Rc<Env>,
    is_setting: bool,
    asks: bool,
}

impl Writer<'_, '_> {
    fn write(&mut self, expr: &Expr, depth: usize) -> Option<String> {
        if depth > 6 {
            return None;
        }
        Some(match &*expr.kind {
            Ex::Name(name) => {
                if let Some(Value::Usual(held)) = self.env.get(name)
                    && let Some(shown) = held.1.name()
                {
                    self.is_setting = true;
                    return Some(shown.to_string());
                }
                self.is_setting |= is_gate(name);
                name.to_string()
            }
            Ex::Attribute(object, name) => {
                let object = self.write(object, depth + 1)?;
                self.is_setting |= is_gate(name)
                    || matches!(&*object, "settings" | "config" | "args" | "options" | "self.config" | "self.settings")
                    || (object == "sys" && &**name == "platform");
                format!("{object}.{name}")
            }
            Ex::Str(text) if text.len() <= 40 && !text.contains('\n') => format!("\"{text}\""),
            Ex::Int(value) => value.to_string(),
            Ex::True => "True".to_owned(),
            Ex::False => "False".to_owned(),
            Ex::None => "None".to_owned(),
            Ex::Not(inner) => super::setting::negated(&self.write(inner, depth + 1)?),
            Ex::And(left, right) => format!("{} and {}", self.write(left, depth + 1)?, self.write(right, depth + 1)?),
            Ex::Or(left, right) => format!("({} or {})", self.write(left, depth + 1)?, self.write(right, depth + 1)?),
            Ex::Compare(left, comparison, right) => self.comparison(left, *comparison, right, depth)?,
            Ex::Subscript(object, keys) => {
                let object = self.machine.eval(object, self.env);
                match (object.path(), keys.as_slice()) {
                    (Some("os.environ"), [key]) => self.variable(key)?,
                    _ => return None,
                }
            }
            Ex::Call(function, args) => self.call(function, args, depth)?,
            Ex::List(items) | Ex::Tuple(items) | Ex::Set(items) if items.len() <= 5 => {
                let items: Option<Vec<String>> = items.iter().map(|item| self.write(item, depth + 1)).collect();
                format!("({})", items?.join(", "))
            }
            Ex::Await(inner) => self.write(inner, depth + 1)?,
            _ => return None,
        })
    }

    /// The name of an environment variable.
    fn variable(&mut self, key: &Expr) -> Option<String> {
        self.is_setting = true;
        self.machine.eval(key, self.env).as_text().map(|name| name.to_string())
    }

    fn call(&mut self, function: &Expr, args: &[Arg], depth: usize) -> Option<String> {
        let value = self.machine.eval(function, self.env);
        if let (Some("os.getenv" | "os.environ.get"), [Arg::Plain(key), ..]) = (value.path(), args) {
            return self.variable(key);
        }
        let name = self.write(function, depth + 1)?;
        self.asks |= ASKING.contains(&name.rsplit('.').next().unwrap_or_default()) || name.starts_with("inspect.");
        // What only makes a text comparable says nothing.
        if let Some(of) = name.strip_suffix(".lower").or_else(|| name.strip_suffix(".strip"))
            && args.is_empty()
        {
            return Some(of.to_owned());
        }
        let mut given = Vec::new();
        for arg in args {
            given.push(match arg {
                Arg::Plain(value) => self.write(value, depth + 1)?,
                Arg::Named(name, value) => format!("{name}={}", self.write(value, depth + 1)?),
                _ => return None,
            });
        }
        Some(format!("{name}({})", given.join(", ")))
    }

    fn comparison(&mut self, left: &Expr, comparison: Comparison, right: &Expr, depth: usize) -> Option<String> {
        self.asks |= matches!(*right.kind, Ex::None);
        let (left, right) = (self.write(left, depth + 1)?, self.write(right, depth + 1)?);
        let bare = right.trim_matches('"');
        Some(match comparison {
            Comparison::Equal | Comparison::Is => format!("{left}={bare}"),
            Comparison::Unequal | Comparison::IsNot => format!("not {left}={bare}"),
            Comparison::In => format!("{left} in {right}"),
            Comparison::NotIn => format!("not {left} in {right}"),
            Comparison::Less => format!("{left} < {right}"),
            Comparison::AtMost => format!("{left} <= {right}"),
            Comparison::Greater => format!("{left} > {right}"),
            Comparison::AtLeast => format!("{left} >= {right}"),
            Comparison::Other => return None,
        })
    }
}
