//! Python's own functions on sequences: `map`, `filter`, `functools.reduce`, `sorted`, `range`.

use super::condition::Gate;
use super::machine::Machine;
use super::value::{Args, Value};
use std::rc::Rc;

/// The longest `range` that is followed; a loop over a longer one is cut, and says so.
const MAX_RANGE: i64 = 100_000;

/// Items that `map` and `functools.reduce` are followed over.
const MAX_MAPPED: usize = 20_000;

impl Machine<'_> {
    /// `map(function, items)`, all of it at once.
    pub(super) fn mapped(&mut self, function: &Value, args: &Args, module: usize) -> Value {
        let over = args.plain[1].clone();
        let Some(items) = self.items_of(&over, module) else {
            self.hand_over_method(args, module);
            return Value::Unknown;
        };
        let each = items
            .into_iter()
            .take(MAX_MAPPED)
            .map(|item| self.call(function, Args { plain: vec![item], line: args.line, ..Args::default() }, module));
        Value::list(each.collect())
    }

    /// `itertools.starmap(function, items)`, all of it at once.
    pub(super) fn mapped_apart(&mut self, function: &Value, args: &Args, module: usize) -> Value {
        let over = args.plain[1].clone();
        let Some(items) = self.items_of(&over, module) else {
            self.hand_over_method(args, module);
            return Value::Unknown;
        };
        let each = items.into_iter().take(MAX_MAPPED).map(|item| {
            let plain = item.items().unwrap_or_default();
            self.call(function, Args { plain, line: args.line, ..Args::default() }, module)
        });
        Value::list(each.collect())
    }

    /// `functools.reduce(function, items, first)`
    pub(super) fn reduced(&mut self, function: &Value, args: &Args, module: usize) -> Value {
        let over = args.plain[1].clone();
        let Some(items) = self.items_of(&over, module) else { return Value::Unknown };
        let mut items = items.into_iter().take(MAX_MAPPED);
        let Some(mut value) = args.plain.get(2).cloned().or_else(|| items.next()) else { return Value::Unknown };
        for item in items {
            let given = Args { plain: vec![value, item], line: args.line, ..Args::default() };
            value = self.call(function, given, module);
        }
        value
    }

    /// `filter(test, items)`: what may stay is kept, under the condition that it stays.
    pub(super) fn filtered(&mut self, test: &Value, args: &Args, module: usize) -> Value {
        let over = args.plain[1].clone();
        let Some(items) = self.items_of(&over, module) else { return Value::Unknown };
        let name = test.path().map_or_else(|| "a filter".to_owned(), |path| format!("{path}(…)"));
        let gate = Gate::in_words(Rc::from(name));
        let mut kept = Vec::new();
        for item in items.into_iter().take(MAX_MAPPED) {
            let truth = match test {
                Value::None => item.truth(),
                test => {
                    let given = Args { plain: vec![item.clone()], line: args.line, ..Args::default() };
                    self.call(test, given, module).truth()
                }
            };
            if truth.is_none() {
                self.gates.push(gate.clone());
                self.guard(&item);
                self.gates.pop();
            }
            if truth != Some(false) {
                kept.push(item);
            }
        }
        Value::list(kept)
    }
}

pub(super) fn sorted(value: &Value, args: &Args) -> Option<Vec<Value>> {
    let mut items = value.items()?;
    if args.named("key").is_some() {
        // The order is lost, the items are not.
        return Some(items);
    }
    if items.iter().all(|item| matches!(item, Value::Str(_))) {
        items.sort_by_key(|item| item.as_text());
    }
    Some(items)
}

pub(super) fn range(args: &[Value]) -> Option<Vec<Value>> {
    let (start, stop) = match args {
        [Value::Int(stop)] => (0, *stop),
        [Value::Int(start), Value::Int(stop)] => (*start, *stop),
        _ => return None,
    };
    (stop.checked_sub(start)? <= MAX_RANGE).then(|| (start..stop).map(Value::Int).collect())
}
