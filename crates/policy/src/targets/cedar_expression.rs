//! Tests on arguments as Cedar expressions. A wrong type is an error in Cedar, and an error denies.

use crate::decision::{Condition, Test};
use crate::text::cedar_quoted;

/// Where a target keeps arguments, and what it makes of them.
pub(in crate::targets) struct Place {
    /// The record or entity whose attributes the arguments are, for instance `context.input`.
    pub(in crate::targets) record: &'static str,
    /// What stands before an argument's name.
    pub(in crate::targets) prefix: &'static str,
    /// What is added to the name of an argument that is present but not a plain value, where the target does so.
    pub(in crate::targets) present: Option<&'static str>,
}

/// How numbers arrive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::targets) enum Number {
    Long,
    Decimal,
}

/// The expression that is true when the condition holds.
pub(in crate::targets) fn expression(place: &Place, condition: &Condition, number: Number) -> String {
    let attribute = cedar_quoted(&format!("{}{}", place.prefix, condition.argument));
    let given = format!("{} has {attribute}", place.record);
    let value = format!("{}[{attribute}]", place.record);
    let complex = place.present.map(|suffix| {
        let name = cedar_quoted(&format!("{}{}{suffix}", place.prefix, condition.argument));
        format!("!({} has {name})", place.record)
    });
    let and_plain = |test: String| match &complex {
        Some(plain) => format!("{test} && {plain}"),
        None => test,
    };
    match &condition.test {
        Test::OneOf(values) => {
            let list: Vec<_> = values.iter().map(|v| cedar_quoted(v)).collect();
            format!("{given} && [{}].contains({value})", list.join(", "))
        }
        Test::FalseOrAbsent => and_plain(format!("(if {given} then {value} == false else true)")),
        Test::Absent => and_plain(format!("!({given})")),
        Test::True => format!("{given} && {value} == true"),
        Test::AtMost(most) if number == Number::Long => format!("{given} && {value} >= 0 && {value} <= {most}"),
        Test::AtMost(most) => format!(
            "{given} && {value}.greaterThanOrEqual(decimal(\"0.0\")) && {value}.lessThanOrEqual(decimal(\"{most}.0\"))"
        ),
        // Not adapted: Cedar has no regular expressions.
        Test::Select => "false".to_owned(),
        Test::Text { starts_with, without } => {
            let starts: Vec<_> = starts_with.iter().map(|s| format!("{value} like {}", pattern("", s))).collect();
            let mut all = vec![given, format!("({})", starts.join(" || "))];
            all.extend(without.iter().map(|not| format!("!({value} like {})", pattern("*", not))));
            all.join(" && ")
        }
    }
}

/// A `like` pattern: `before`, the text itself, anything.
fn pattern(before: &str, text: &str) -> String {
    let inner = cedar_quoted(text).replace('*', "\\*");
    format!("\"{before}{}*\"", &inner[1..inner.len() - 1])
}
