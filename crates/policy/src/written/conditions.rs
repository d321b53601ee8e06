//! Conditions on arguments as PolicyLayer's formats write them: their shape, and which of them can never or always hold.

use super::finding::{PolicyFault, PolicyFinding};
use super::node::{Node, NodeValue};
use super::shape::{Fields, Shape, needed};
use crate::replay::operator::OperatorCondition;
use std::collections::BTreeMap;

const OPERATORS: &[&str] = &["eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "regex", "contains", "exists"];

pub(crate) static CONDITION: Fields = Fields {
    what: "a condition",
    known: &[needed("path", Shape::Filled), needed("op", Shape::OneOf(OPERATORS)), needed("value", Shape::Any)],
    wrong: &[
        ("field", "`path`"),
        ("argument", "`path`"),
        ("operator", "`op`"),
        ("values", "`value`"),
        ("pattern", "`op`: \"regex\" with `value`"),
    ],
    open: false,
};

/// The conditions of a rule; `None` where one of them is none that the target reads. `states` says whether paths may name
/// counters, which are then left out.
pub(crate) fn conditions(list: &Node, states: bool, finds: &mut Vec<PolicyFinding>) -> Option<Vec<OperatorCondition>> {
    let before = finds.len();
    let mut all = Vec::new();
    let mut readable = true;
    for one in list.items() {
        if states && one.get("path").and_then(Node::text).is_some_and(|path| path.starts_with("state.")) {
            continue;
        }
        check(one, states, finds);
        match serde_json::from_value::<OperatorCondition>(one.json()) {
            Ok(condition) if condition.check().is_ok() => all.push(condition),
            _ => readable = false,
        }
    }
    if readable && finds.len() == before {
        constant(list, finds);
    }
    readable.then_some(all)
}

fn check(one: &Node, states: bool, finds: &mut Vec<PolicyFinding>) {
    let mut wrong = |node: &Node, what: String| {
        finds.push(PolicyFinding::new(PolicyFault::WrongValue, node.span.clone(), what));
    };
    if let Some((node, path)) = one.get("path").and_then(|node| Some((node, node.text()?)))
        && !path.starts_with("args.")
        && !path.is_empty()
    {
        let or_state = if states { " or `state.`" } else { "" };
        wrong(node, format!("a path starts with `args.`{or_state}, not `{path}`"));
    }
    let (Some(op), Some(value)) = (one.get("op").and_then(Node::text), one.get("value")) else { return };
    let shown = value.shown();
    match op {
        "in" | "not_in" if !matches!(value.value, NodeValue::List(_)) => {
            wrong(value, format!("`{op}` takes a list, not {shown}"));
        }
        "lt" | "lte" | "gt" | "gte" if !matches!(value.value, NodeValue::Number(_)) => {
            wrong(value, format!("`{op}` takes a number, not {shown}"));
        }
        "exists" if value.boolean().is_none() => wrong(value, format!("`exists` takes true or false, not {shown}")),
        "regex" => match value.text() {
            None => wrong(value, format!("`regex` takes a text, not {shown}")),
            Some(pattern) => {
                if let Err(error) = regex::Regex::new(pattern) {
                    let why = error.to_string();
                    let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                    wrong(value, format!("the pattern does not compile: {why}"));
                }
            }
        },
        _ => {}
    }
}

/// Conditions that are tested together and can never hold together.
fn constant(list: &Node, finds: &mut Vec<PolicyFinding>) {
    /// What the numbers of one path may be, and whether it must be there or not.
    #[derive(Default)]
    struct Room {
        least: Option<(f64, bool)>,
        most: Option<(f64, bool)>,
        equal: Option<serde_json::Value>,
        absent: bool,
        present: bool,
        never: bool,
    }
    let mut rooms: BTreeMap<&str, Room> = BTreeMap::new();
    let mut at = None;
    for one in list.items() {
        let (Some(path), Some(op)) = (one.get("path").and_then(Node::text), one.get("op").and_then(Node::text)) else {
            continue;
        };
        let Some(value) = one.get("value").map(Node::json) else { continue };
        let room = rooms.entry(path).or_default();
        let number = value.as_f64().unwrap_or(0.0);
        match op {
            "gt" | "gte" => room.least = tighter(room.least, (number, op == "gte"), |a, b| a > b),
            "lt" | "lte" => room.most = tighter(room.most, (number, op == "lte"), |a, b| a < b),
            "eq" => match &room.equal {
                Some(other) if *other != value => room.never = true,
                _ => room.equal = Some(value),
            },
            "in" if value.as_array().is_some_and(Vec::is_empty) => room.never = true,
            "exists" if value == serde_json::Value::Bool(false) => room.absent = true,
            _ => {}
        }
        room.present |= !(op == "exists" && one.get("value").and_then(Node::boolean) == Some(false));
        let numbers = match (room.least, room.most) {
            (Some((least, closed)), Some((most, also))) => least > most || (least == most && !(closed && also)),
            _ => false,
        };
        if room.never || numbers || (room.absent && room.present) {
            at.get_or_insert_with(|| (one.span.clone(), path.to_owned()));
        }
    }
    if let Some((_, path)) = at {
        let message = format!("these conditions on `{path}` can never hold together");
        let span = list.items().first().map_or(list.span.clone(), |first| first.span.clone());
        finds.push(PolicyFinding::new(PolicyFault::ConstantCondition, span, message));
    }
}

fn tighter(known: Option<(f64, bool)>, new: (f64, bool), narrower: fn(f64, f64) -> bool) -> Option<(f64, bool)> {
    match known {
        Some(old) if narrower(old.0, new.0) || (old.0 == new.0 && !old.1) => Some(old),
        _ => Some(new),
    }
}
