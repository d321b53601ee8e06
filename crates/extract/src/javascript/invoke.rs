//! Functions of the package that are called: their parameters bound, their bodies followed, under bounds on depth and
//! work.

use super::kind::{Field, FieldOf, Kind, children, has_token};
use super::machine::{FUEL_OF_A_LIBRARY, Frame, MAX_RECURSION, Machine};
use super::pattern::Mode;
use super::source::FileId;
use super::value::{Function, ScopeId, Value};
use tree_sitter::Node;

/// Functions that may be active at once.
const MAX_FRAMES: usize = 120;
/// How deep calls keep back a share of the work for what follows them.
const MAX_SHARING: usize = 12;
/// Closures of one function that may be active at once.
const MAX_CLOSURES: usize = 60;

impl<'t> Machine<'t> {
    pub(super) fn enter(&mut self, file: FileId, function: (usize, ScopeId)) {
        let height = self.conditions.len();
        let nothing = Frame::nothing();
        self.frames.push(Frame { file, function, height, ..nothing });
    }

    /// Leaves a function: what it returned, and what it yielded.
    pub(super) fn leave(&mut self) -> Frame {
        let frame = self.frames.pop().unwrap_or_else(Frame::nothing);
        self.lower_conditions(frame.height);
        frame
    }

    /// Calls a function of the package and gives what it returns; a generator gives the list of what it yields.
    pub(super) fn invoke(&mut self, function: Function<'t>, this: Value, arguments: Vec<Value>) -> Value {
        let (value, yields) = self.run(function, this, arguments);
        match yields {
            Some((yields, open)) => self.list(yields, open),
            None => value,
        }
    }

    /// Follows the body of a function of the package: what it returns, and what it yields if it is a generator.
    pub(super) fn run(
        &mut self,
        function: Function<'t>,
        this: Value,
        arguments: Vec<Value>,
    ) -> (Value, Option<(Vec<Value>, bool)>) {
        let key = (function.node.id(), function.scope);
        // Bundlers start every module through one function; its closures are told apart by their scopes.
        let closures = self.frames.iter().filter(|frame| frame.function.0 == key.0);
        let active = closures.clone().filter(|frame| frame.function == key).count();
        // Where everything is known and decided, recursion ends by itself.
        let decided = self
            .frames
            .iter()
            .find(|frame| frame.function == key)
            .is_none_or(|frame| self.conditions.len() <= frame.height + MAX_RECURSION);
        let known = decided && arguments.iter().all(|argument| !argument.is_unknown());
        let most = if known { MAX_FRAMES } else { MAX_RECURSION };
        if active >= most || closures.count() >= MAX_CLOSURES || self.frames.len() >= MAX_FRAMES || !self.step() {
            self.cut_short(function);
            return (Value::Unknown, None);
        }
        // No single call may use up what the rest of the program needs.
        let before = self.fuel;
        let kept_back = if self.frames.len() < MAX_SHARING { before / 4 } else { 0 };
        self.fuel = before - kept_back;
        let outside = self.enter_library(function);
        let scope = self.open_scope(Some(function.scope));
        if !function.arrow {
            self.declare(scope, "this", this);
        }
        self.enter(function.file, key);
        if let Some(frame) = self.frames.last_mut() {
            frame.body = Some((function.node.start_byte(), function.node.end_byte()));
        }
        self.called.insert(key.0);
        self.parameters(function.node, arguments.clone(), scope);
        let direct = match function.node.field(Field::Body) {
            Some(body) if Kind::of(body) == Kind::Block => {
                if self.hoist(body, scope) && !function.arrow {
                    let list = self.list(arguments, false);
                    self.declare(scope, "arguments", list);
                }
                self.block(&children(body), scope);
                None
            }
            Some(body) => Some(self.eval(body, scope)),
            None => None,
        };
        let frame = self.leave();
        if self.fuel == 0 && !self.exhausted && self.withheld.is_none() {
            self.starved(function);
        }
        self.leave_library(outside);
        self.fuel += kept_back;
        let generator = has_token(function.node, "*");
        let yields = generator.then_some((frame.yields, frame.endless));
        let value = match direct {
            Some(value) => value,
            None => self.returned(frame.returns),
        };
        (value, yields)
    }

    /// A call into a part of a bundle that no registration stands behind is given little to do; a function that is called
    /// back from there has what was kept back. What was kept back before the call.
    fn enter_library(&mut self, function: Function<'t>) -> Option<u64> {
        let outside = self.withheld;
        let leads = self.sources.may_register(function.file, function.node.start_byte());
        match outside {
            None if !leads && self.fuel > FUEL_OF_A_LIBRARY => {
                self.withheld = Some(self.fuel - FUEL_OF_A_LIBRARY);
                self.fuel = FUEL_OF_A_LIBRARY;
            }
            Some(withheld) if leads => {
                self.fuel += withheld;
                self.withheld = None;
            }
            _ => {}
        }
        outside
    }

    fn leave_library(&mut self, outside: Option<u64>) {
        match (outside, self.withheld) {
            (None, Some(withheld)) => self.fuel += withheld,
            (Some(_), None) => {
                let kept = self.fuel.min(FUEL_OF_A_LIBRARY);
                self.withheld = Some(self.fuel - kept);
                self.fuel = kept;
                return;
            }
            _ => return,
        }
        self.withheld = outside;
    }

    fn parameters(&mut self, function: Node<'t>, arguments: Vec<Value>, scope: ScopeId) {
        if let Some(single) = function.field(Field::Parameter) {
            let value = arguments.into_iter().next().unwrap_or(Value::Undefined);
            self.bind(single, value, scope, Mode::Declare);
            return;
        }
        let Some(parameters) = function.field(Field::Parameters) else { return };
        let mut arguments = arguments.into_iter();
        for parameter in children(parameters) {
            let pattern = match Kind::of(parameter) {
                Kind::Parameter => parameter.field(Field::Pattern).unwrap_or(parameter),
                Kind::Decorator => continue,
                _ => parameter,
            };
            if Kind::of(pattern) == Kind::RestPattern {
                let rest: Vec<Value> = arguments.by_ref().collect();
                let rest = self.list(rest, false);
                self.bind(pattern, rest, scope, Mode::Declare);
                continue;
            }
            if Kind::of(pattern) == Kind::This {
                continue;
            }
            let value = arguments.next().unwrap_or(Value::Undefined);
            self.bind(parameter, value, scope, Mode::Declare);
            // TypeScript: `constructor(private server: Server)` declares a field.
            let property = children(parameter).iter().any(|part| part.kind() == "accessibility_modifier")
                || super::kind::has_token(parameter, "readonly");
            if property && Kind::of(pattern) == Kind::Identifier {
                let name = self.text(pattern);
                let this = self.lookup("this", scope);
                let value = self.lookup(name, scope);
                self.set_member(&this, Some(name.into()), value);
            }
        }
    }
}
