//! Tests on arguments as Cedar expressions. A wrong type is an error in Cedar, and an error denies.

use crate::capability::Adapted;
use crate::condition::{Condition, Test};
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
        // Not adapted: see `adapted`.
        Test::Select(_) | Test::Inside(_) | Test::Address(_) | Test::Public | Test::Command(_) => "false".to_owned(),
    }
}

/// What Cedar makes of a test: `like` cannot name the signs that a text may have, so nothing closed can be said of one.
pub(in crate::targets) fn adapted(condition: &Condition) -> Adapted {
    match condition.test.pattern() {
        Some(_) => Adapted::No("it has no regular expressions to tell a harmless text by"),
        None => Adapted::Same,
    }
}
