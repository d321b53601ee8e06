//! Callbacks: functions that were handed to code that cannot be followed are followed themselves, once each.

use super::kind::{Field, FieldOf};
use super::machine::Machine;
use super::value::{Property, Shape, Value};

impl Machine<'_> {
    /// Follows functions that were handed to code that cannot be followed: whoever takes a callback may call it.
    pub(super) fn follow_callbacks(&mut self, arguments: &[Value]) {
        self.follow_callbacks_with(arguments, &Value::Unknown);
    }

    /// The same, with every argument of the callbacks taken for `passed`.
    pub(super) fn follow_callbacks_with(&mut self, arguments: &[Value], passed: &Value) {
        for argument in arguments {
            let Value::Object(id) = argument.settled_when() else { continue };
            match &self.object(*id).shape {
                Shape::Function(_) | Shape::Bound(..) => self.force(argument, passed),
                Shape::Plain => {
                    let data = |property: &Property| match property {
                        Property::Data(value) => Some(value.clone()),
                        Property::Getter(_) => None,
                    };
                    let members: Vec<Value> = self.object(*id).properties.values().filter_map(data).collect();
                    for member in members.iter().filter(|member| matches!(member, Value::Object(_))) {
                        if self.is_function(member) {
                            self.force(member, passed);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Follows a function once, with every argument taken for `passed`.
    pub(super) fn force(&mut self, value: &Value, passed: &Value) {
        let Value::Object(id) = value.settled_when() else { return };
        let function = match &self.object(*id).shape {
            Shape::Function(function) => *function,
            Shape::Bound(callee, this, given) => {
                let (callee, this, given) = (callee.clone(), this.clone(), given.clone());
                if let Value::Object(_) = callee {
                    self.call(&callee, this, given, None);
                }
                return;
            }
            _ => return,
        };
        if self.forced.insert(function.node.id()) {
            let count = function.node.field(Field::Parameters).map_or(1, |p| p.named_child_count());
            self.invoke(function, Value::Unknown, vec![passed.clone(); count.min(16)]);
        }
    }
}
