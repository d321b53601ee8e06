//! Statements: followed in order, as far as conditions are known. A condition that cannot be decided is followed on both
//! sides; a loop over something unknown is followed once.
//!
//! `throw` and `process.exit` are taken for the failure of a check that succeeds for whoever uses the server: they end
//! nothing but the branch they stand in.

use super::kind::{Kind, children, has_token};
use super::machine::{Hoisted, MAX_DEPTH, Machine};
use super::pattern::Mode;
use super::value::{ScopeId, Text, Value};
use std::rc::Rc;
use tree_sitter::Node;

/// How a statement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Normal,
    Return,
    Break,
    Continue,
    Throw,
}

/// Rounds of one loop whose end is known.
const MAX_ROUNDS: usize = 3_000;

impl<'t> Machine<'t> {
    /// Follows the statements of a block in order.
    pub(super) fn block(&mut self, statements: &[Node<'t>], scope: ScopeId) -> Flow {
        for statement in statements {
            let inner = match Kind::of(*statement) {
                Kind::ExportStatement => statement.child_by_field_name("declaration"),
                _ => Some(*statement),
            };
            if let Some(inner) = inner
                && Kind::of(inner) == Kind::FunctionDeclaration
                && let Some(name) = inner.child_by_field_name("name")
            {
                let function = self.closure(inner, scope);
                let name = self.text(name);
                self.declare(scope, name, function);
            }
        }
        for statement in statements {
            let flow = self.statement(*statement, scope);
            if flow != Flow::Normal {
                return flow;
            }
            if self.exhausted {
                return Flow::Throw;
            }
        }
        Flow::Normal
    }

    pub(super) fn statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        if self.depth >= MAX_DEPTH || !self.step() {
            return Flow::Normal;
        }
        self.depth += 1;
        let flow = self.statement_kind(node, scope);
        self.depth -= 1;
        flow
    }

    fn statement_kind(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        match Kind::of(node) {
            Kind::ExpressionStatement => {
                for expression in children(node) {
                    self.eval(expression, scope);
                }
            }
            Kind::Variables => self.variables(node, scope),
            Kind::Class => {
                let class = self.class(node, scope);
                if let Some(name) = node.child_by_field_name("name") {
                    let name = self.text(name);
                    self.declare(scope, name, class);
                }
            }
            Kind::Return => {
                let value = match children(node).first() {
                    Some(value) => self.eval(*value, scope),
                    None => Value::Undefined,
                };
                if let Some(frame) = self.frames.last_mut() {
                    frame.returns.push(value);
                }
                return Flow::Return;
            }
            Kind::Throw => return Flow::Throw,
            Kind::Break => return Flow::Break,
            Kind::Continue => return Flow::Continue,
            Kind::Block => {
                let inner = self.open_scope(Some(scope));
                return self.block(&children(node), inner);
            }
            Kind::If => return self.if_statement(node, scope),
            Kind::Else | Kind::Finally => return self.first_child(node, scope),
            Kind::For => return self.for_statement(node, scope),
            Kind::ForIn => return self.for_in(node, scope),
            Kind::While | Kind::DoWhile => return self.while_statement(node, scope),
            Kind::Try => return self.try_statement(node, scope),
            Kind::Switch => return self.switch(node, scope),
            Kind::Labelled => {
                if let Some(body) = node.child_by_field_name("body") {
                    return match self.statement(body, scope) {
                        Flow::Break | Flow::Continue => Flow::Normal,
                        flow => flow,
                    };
                }
            }
            Kind::ExportStatement => {
                if let Some(inner) = node.child_by_field_name("declaration") {
                    return self.statement(inner, scope);
                }
                if let Some(value) = node.child_by_field_name("value") {
                    let value = self.eval(value, scope);
                    self.declare(scope, super::module::DEFAULT, value);
                }
            }
            Kind::Enum => self.enumeration(node, scope),
            Kind::Namespace => self.namespace(node, scope),
            _ => {}
        }
        Flow::Normal
    }

    fn first_child(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        match children(node).first() {
            Some(inner) => self.statement(*inner, scope),
            None => Flow::Normal,
        }
    }

    fn variables(&mut self, node: Node<'t>, scope: ScopeId) {
        let hoisted = node.kind() == "variable_declaration";
        for declarator in children(node) {
            let Some(name) = declarator.child_by_field_name("name") else { continue };
            let value = match declarator.child_by_field_name("value") {
                Some(value) => self.eval(value, scope),
                None if hoisted => continue,
                None => Value::Undefined,
            };
            self.bind(name, value, scope, if hoisted { Mode::Hoisted } else { Mode::Declare });
        }
    }

    /// Follows something that may or may not happen.
    fn maybe(&mut self, node: Option<Node<'t>>, scope: ScopeId) -> Flow {
        let Some(node) = node else { return Flow::Normal };
        self.uncertain += 1;
        let flow = self.statement(node, scope);
        self.uncertain -= 1;
        flow
    }

    fn if_statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let Some(condition) = node.child_by_field_name("condition") else { return Flow::Normal };
        let condition = self.eval(condition, scope);
        let yes = node.child_by_field_name("consequence");
        let no = node.child_by_field_name("alternative");
        let flow = match condition.truth() {
            Some(true) => yes.map_or(Flow::Normal, |yes| self.statement(yes, scope)),
            Some(false) => no.map_or(Flow::Normal, |no| self.statement(no, scope)),
            None => {
                let yes = self.maybe(yes, scope);
                let no = self.maybe(no, scope);
                // Only what happens on both sides happens for certain.
                if yes == no { yes } else { Flow::Normal }
            }
        };
        if flow == Flow::Throw { Flow::Normal } else { flow }
    }

    fn for_statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let scope = self.open_scope(Some(scope));
        if let Some(initializer) = node.child_by_field_name("initializer") {
            match Kind::of(initializer) {
                Kind::Variables | Kind::ExpressionStatement => {
                    self.statement(initializer, scope);
                }
                _ => {
                    self.eval(initializer, scope);
                }
            }
        }
        self.rounds(node, scope, node.child_by_field_name("increment"), false)
    }

    fn while_statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        self.rounds(node, scope, None, Kind::of(node) == Kind::DoWhile)
    }

    fn rounds(&mut self, node: Node<'t>, scope: ScopeId, increment: Option<Node<'t>>, body_first: bool) -> Flow {
        let condition = node.child_by_field_name("condition").filter(|c| c.kind() != "empty_statement");
        let body = node.child_by_field_name("body");
        for round in 0..MAX_ROUNDS {
            let known = match condition {
                _ if body_first && round == 0 => Some(true),
                Some(condition) => {
                    let inner = match Kind::of(condition) {
                        Kind::ExpressionStatement => children(condition).first().copied().unwrap_or(condition),
                        _ => condition,
                    };
                    self.eval(inner, scope).truth()
                }
                None => Some(true),
            };
            match known {
                Some(false) => return Flow::Normal,
                None => {
                    let flow = self.maybe(body, scope);
                    return if flow == Flow::Return && condition.is_none() { flow } else { Flow::Normal };
                }
                Some(true) => {}
            }
            match body.map_or(Flow::Normal, |body| self.statement(body, scope)) {
                Flow::Normal | Flow::Continue => {}
                Flow::Break => return Flow::Normal,
                flow => return flow,
            }
            if let Some(increment) = increment {
                self.eval(increment, scope);
            }
            if self.fuel == 0 || self.exhausted {
                break;
            }
        }
        Flow::Normal
    }

    fn for_in(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let (Some(left), Some(right), Some(body)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"), node.child_by_field_name("body"))
        else {
            return Flow::Normal;
        };
        let over = self.eval(right, scope);
        let keys = node.child_by_field_name("operator").is_some_and(|operator| self.text(operator) == "in");
        let elements = if keys {
            self.members(&over).map(|(members, open)| {
                (members.into_iter().map(|(name, _)| Value::Text(name)).collect::<Vec<_>>(), open)
            })
        } else {
            self.iterate(&over)
        };
        let mode = match node.child_by_field_name("kind").map(|kind| self.text(kind)) {
            Some("var") => Mode::Hoisted,
            Some(_) => Mode::Declare,
            None => Mode::Assign,
        };
        let (elements, open) = elements.unwrap_or((Vec::new(), true));
        for element in elements {
            let round = self.open_scope(Some(scope));
            self.bind(left, element, round, mode);
            match self.statement(body, round) {
                Flow::Normal | Flow::Continue | Flow::Throw => {}
                Flow::Break => return Flow::Normal,
                Flow::Return => return Flow::Return,
            }
            if self.fuel == 0 || self.exhausted {
                return Flow::Normal;
            }
        }
        if open && !over.is_nullish() {
            let round = self.open_scope(Some(scope));
            self.uncertain += 1;
            self.bind(left, Value::Unknown, round, mode);
            self.statement(body, round);
            self.uncertain -= 1;
        }
        Flow::Normal
    }

    fn try_statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let mut flow = match node.child_by_field_name("body") {
            Some(body) => self.statement(body, scope),
            None => Flow::Normal,
        };
        if let Some(handler) = node.child_by_field_name("handler")
            && flow == Flow::Throw
        {
            let inner = self.open_scope(Some(scope));
            if let Some(parameter) = handler.child_by_field_name("parameter") {
                self.bind(parameter, Value::Unknown, inner, Mode::Declare);
            }
            flow = match handler.child_by_field_name("body") {
                Some(body) => self.maybe(Some(body), inner),
                None => Flow::Normal,
            };
        }
        if let Some(finalizer) = node.child_by_field_name("finalizer") {
            let last = self.first_child(finalizer, scope);
            if last != Flow::Normal {
                return last;
            }
        }
        flow
    }

    fn switch(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let (Some(value), Some(body)) = (node.child_by_field_name("value"), node.child_by_field_name("body")) else {
            return Flow::Normal;
        };
        let value = self.eval(value, scope);
        let scope = self.open_scope(Some(scope));
        let cases = children(body);
        let mut start = None;
        let mut known = true;
        for (at, case) in cases.iter().enumerate() {
            let Some(label) = case.child_by_field_name("value") else { continue };
            let label = self.eval(label, scope);
            match super::operator::equal(&value, &label, false) {
                Some(true) => {
                    start = Some(at);
                    break;
                }
                Some(false) => {}
                None => known = false,
            }
        }
        if known {
            let start = start.or_else(|| cases.iter().position(|case| Kind::of(*case) == Kind::Default));
            for case in cases.iter().skip(start.unwrap_or(cases.len())) {
                match self.case(*case, scope) {
                    Flow::Normal => {}
                    Flow::Break => return Flow::Normal,
                    flow => return flow,
                }
            }
            return Flow::Normal;
        }
        self.uncertain += 1;
        for case in cases {
            self.case(case, scope);
        }
        self.uncertain -= 1;
        Flow::Normal
    }

    fn case(&mut self, case: Node<'t>, scope: ScopeId) -> Flow {
        let label = case.child_by_field_name("value").map(|label| label.id());
        let body: Vec<Node<'t>> = children(case).into_iter().filter(|part| Some(part.id()) != label).collect();
        self.block(&body, scope)
    }

    /// A TypeScript enum: an object of its members.
    fn enumeration(&mut self, node: Node<'t>, scope: ScopeId) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else {
            return;
        };
        let mut next = Some(0.0);
        let mut members: Vec<(Text, Value)> = Vec::new();
        let inner = self.open_scope(Some(scope));
        for member in children(body) {
            let (key, value) = match Kind::of(member) {
                Kind::EnumAssignment => (member.child_by_field_name("name"), member.child_by_field_name("value")),
                _ => (Some(member), None),
            };
            let Some(key) = key else { continue };
            let value = match value {
                Some(value) => self.eval(value, inner),
                None => next.map_or(Value::Unknown, Value::Number),
            };
            next = if let Value::Number(number) = value { Some(number + 1.0) } else { None };
            if let Some(name) = self.key(key, inner) {
                if Kind::of(key) == Kind::Identifier {
                    let local = self.text(key);
                    self.declare(inner, local, value.clone());
                }
                members.push((name, value));
            }
        }
        let name = self.text(name);
        let object = self.object_of(members);
        self.declare(scope, name, object);
    }

    /// A TypeScript namespace: its exports as an object.
    fn namespace(&mut self, node: Node<'t>, scope: ScopeId) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else {
            return;
        };
        let inner = self.open_scope(Some(scope));
        let statements = children(body);
        self.block(&statements, inner);
        let mut members = Vec::new();
        for statement in statements {
            let Some(declaration) = statement.child_by_field_name("declaration") else { continue };
            for name in super::module::declared_names(declaration) {
                let name = self.text(name);
                members.push((Text::from(name), self.bound(inner, name)));
            }
        }
        let name = self.text(name);
        let object = self.object_of(members);
        self.declare(scope, name, object);
    }

    /// Declares the `var` names of a function or module body before it is followed.
    pub(super) fn hoist(&mut self, body: Node<'t>, scope: ScopeId) {
        let hoisted = match self.hoisted.get(&body.id()) {
            Some(hoisted) => hoisted.clone(),
            None => {
                let hoisted = Rc::new(Hoisted { variables: self.hoisted_names(body) });
                self.hoisted.insert(body.id(), hoisted.clone());
                hoisted
            }
        };
        for name in &hoisted.variables {
            self.declare_empty(scope, name);
        }
    }

    fn hoisted_names(&self, body: Node<'t>) -> Vec<&'t str> {
        let mut names = Vec::new();
        let mut pending = children(body);
        while let Some(node) = pending.pop() {
            match Kind::of(node) {
                Kind::Variables if node.kind() == "variable_declaration" => {
                    names.extend(super::module::declared_names(node).into_iter().map(|name| self.text(name)));
                }
                Kind::ForIn if has_token(node, "var") => {
                    if let Some(left) = node.child_by_field_name("left") {
                        names.extend(super::module::names_in(left).into_iter().map(|name| self.text(name)));
                    }
                    pending.extend(node.child_by_field_name("body"));
                }
                Kind::Block
                | Kind::If
                | Kind::Else
                | Kind::For
                | Kind::ForIn
                | Kind::While
                | Kind::DoWhile
                | Kind::Try
                | Kind::Catch
                | Kind::Finally
                | Kind::Switch
                | Kind::SwitchBody
                | Kind::Case
                | Kind::Default
                | Kind::Labelled
                | Kind::ExportStatement => pending.extend(children(node)),
                _ => {}
            }
        }
        names
    }
}
