//! What a loop goes over: built-in collections, objects of the package that say how they are iterated, and generators.

use super::machine::Machine;
use super::value::{Args, Value};
use std::rc::Rc;

/// Items of one generator that are kept.
const MAX_GIVEN: usize = 20_000;

impl Machine<'_> {
    /// The items of a value, objects with `__iter__` among them; `None` when they are not known.
    pub(super) fn items_of(&mut self, value: &Value, module: usize) -> Option<Vec<Value>> {
        let mut value = value.clone();
        for _ in 0..8 {
            if let Some(items) = value.items() {
                return Some(items);
            }
            let Value::Instance(instance) = &value else { return None };
            let iterate = match instance.class.find("__iter__") {
                Some(Value::Function(function)) => Value::Bound(Rc::new((value.clone(), function))),
                _ => return None,
            };
            let next = self.call(&iterate, Args::default(), module);
            if next.is_same(&value) {
                return None;
            }
            value = next;
        }
        None
    }

    /// A generator gives `values`.
    pub(super) fn give(&mut self, values: Vec<Value>) {
        if !self.gates.is_empty() {
            values.iter().for_each(|value| self.guard(value));
        }
        if let Some(given) = self.yields.last_mut()
            && given.len() < MAX_GIVEN
        {
            given.extend(values);
        }
    }
}
