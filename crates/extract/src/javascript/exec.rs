//! Statements: followed in order, as far as conditions are known. A condition that cannot be decided is followed on both
//! sides; a loop over something unknown is followed once.
//!
//! `throw` and `process.exit` are taken for the failure of a check that succeeds for whoever uses the server: they end
//! nothing but the branch they stand in.

use super::condition::{Condition, Gate, Span, negated};
use super::kind::{Field, FieldOf, Kind, children};
use super::machine::{MAX_DEPTH, Machine};
use super::pattern::Mode;
use super::value::{ScopeId, Setting, Value};
use tree_sitter::Node;

/// How a statement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Normal,
    Return,
    Break,
    Continue,
    /// A loop or block around, told by its label, is left or goes on; the machine holds which.
    Far,
    Throw,
}

/// For how long holds what some branch did not leave.
fn span_of(left: Flow) -> Span {
    match left {
        Flow::Return | Flow::Far => Span::Function,
        Flow::Break => Span::Loop,
        _ => Span::Round,
    }
}

impl<'t> Machine<'t> {
    /// Follows the statements of a block in order.
    pub(super) fn block(&mut self, statements: &[Node<'t>], scope: ScopeId) -> Flow {
        for statement in statements {
            let inner = match Kind::of(*statement) {
                Kind::ExportStatement => statement.field(Field::Declaration),
                _ => Some(*statement),
            };
            if let Some(inner) = inner
                && Kind::of(inner) == Kind::FunctionDeclaration
                && let Some(name) = inner.field(Field::Name)
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
                    match Kind::of(expression) {
                        // The grammar takes a namespace for an expression.
                        Kind::Namespace => self.namespace(expression, scope),
                        _ => drop(self.eval(expression, scope)),
                    }
                }
            }
            Kind::Variables => self.variables(node, scope),
            Kind::Class => {
                let class = self.class(node, scope);
                if let Some(name) = node.field(Field::Name) {
                    let name = self.text(name);
                    self.declare(scope, name, class);
                }
            }
            Kind::Return => {
                let value = match children(node).first() {
                    Some(value) => self.eval(*value, scope),
                    None => Value::Undefined,
                };
                let height = self.frames.last().map_or(0, |frame| frame.height);
                let since = self.conditions.get(height..).unwrap_or_default();
                // What a plain start does anyway is left out where there is more to tell.
                let condition =
                    self.told_since(height).or_else(|| Condition::all(since.iter().map(|(condition, _)| condition)));
                if let Some(frame) = self.frames.last_mut() {
                    frame.returns.push((value, condition));
                }
                return Flow::Return;
            }
            Kind::Throw => return Flow::Throw,
            Kind::Break | Kind::Continue => {
                let goes_on = Kind::of(node) == Kind::Continue;
                if let Some(label) = node.field(Field::Label) {
                    self.far = Some((self.text(label).to_owned(), goes_on));
                    return Flow::Far;
                }
                return if goes_on { Flow::Continue } else { Flow::Break };
            }
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
                if let (Some(body), Some(label)) = (node.field(Field::Body), node.field(Field::Label)) {
                    let label = self.text(label).to_owned();
                    self.labels.push(label.clone());
                    let flow = self.statement(body, scope);
                    self.labels.clear();
                    let is_own = self.far.as_ref().is_some_and(|(left, _)| *left == label);
                    return if flow == Flow::Far && is_own { Flow::Normal } else { flow };
                }
            }
            Kind::ExportStatement => {
                if let Some(inner) = node.field(Field::Declaration) {
                    return self.statement(inner, scope);
                }
                if let Some(value) = node.field(Field::Value) {
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
            let Some(name) = declarator.field(Field::Name) else { continue };
            let value = match declarator.field(Field::Value) {
                Some(value) => self.eval(value, scope),
                None if hoisted => continue,
                None => Value::Undefined,
            };
            self.bind(name, value, scope, if hoisted { Mode::Hoisted } else { Mode::Declare });
        }
    }

    /// Follows something that happens under a condition.
    pub(super) fn maybe(&mut self, node: Option<Node<'t>>, condition: Condition, scope: ScopeId) -> Flow {
        let Some(node) = node else { return Flow::Normal };
        self.under(condition, |machine| machine.statement(node, scope))
    }

    /// The same for one of two branches: what left the function or round from inside of it lasts after it.
    pub(super) fn branch(&mut self, node: Option<Node<'t>>, condition: &Condition, scope: ScopeId) -> Flow {
        let Some(node) = node else { return Flow::Normal };
        let height = self.conditions.len();
        self.enter_branch(condition.clone());
        let flow = self.statement(node, scope);
        self.end_branch(height, flow == Flow::Normal, condition);
        flow
    }

    fn if_statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let Some(condition) = node.field(Field::Condition) else { return Flow::Normal };
        let value = self.eval(condition, scope);
        let yes = node.field(Field::Consequence);
        let no = node.field(Field::Alternative);
        let flow = match self.gate(&value, condition) {
            Gate::Decided(true) => yes.map_or(Flow::Normal, |yes| self.statement(yes, scope)),
            Gate::Decided(false) => no.map_or(Flow::Normal, |no| self.statement(no, scope)),
            Gate::Open(when, unless) => {
                let first = self.branch(yes, &when, scope);
                let second = self.branch(no, &unless, scope);
                self.parted(first, when, second, unless)
            }
        };
        if flow == Flow::Throw { Flow::Normal } else { flow }
    }

    /// How two branches end together. Only what happens on both sides happens for certain; where one side leaves, the rest
    /// happens under the condition of the other.
    fn parted(&mut self, first: Flow, when: Condition, second: Flow, unless: Condition) -> Flow {
        let leaves = |flow: Flow| matches!(flow, Flow::Return | Flow::Break | Flow::Continue | Flow::Far);
        if first == second {
            return first;
        }
        match (leaves(first), leaves(second)) {
            (true, true) => return first,
            (true, false) if second != Flow::Throw => self.lasting(unless, span_of(first)),
            (false, true) if first != Flow::Throw => self.lasting(when, span_of(second)),
            _ => {}
        }
        Flow::Normal
    }

    fn try_statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let height = self.conditions.len();
        let mut flow = match node.field(Field::Body) {
            Some(body) => self.statement(body, scope),
            None => Flow::Normal,
        };
        if let Some(handler) = node.field(Field::Handler) {
            let thrown = flow == Flow::Throw;
            let inner = self.open_scope(Some(scope));
            if let Some(parameter) = handler.field(Field::Parameter) {
                self.bind(parameter, Value::Unknown, inner, Mode::Declare);
            }
            let body = handler.field(Field::Body);
            let told = self.site(node).line;
            // What is tried succeeds unless it says otherwise; the handler never has the last word.
            let failed = format!("what line {told} tries fails");
            let condition = Condition::new(&failed, &negated(&failed), Some(false));
            let handled = self.maybe(body, condition, inner);
            if thrown {
                flow = handled;
            }
        }
        if let Some(finalizer) = node.field(Field::Finalizer) {
            // Whatever was left before, this runs.
            let left = self.conditions.split_off(height.min(self.conditions.len()));
            let last = self.first_child(finalizer, scope);
            self.conditions.extend(left);
            if last != Flow::Normal {
                return last;
            }
        }
        flow
    }

    fn switch(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let (Some(value), Some(body)) = (node.field(Field::Value), node.field(Field::Body)) else {
            return Flow::Normal;
        };
        let value = self.eval(value, scope);
        let scope = self.open_scope(Some(scope));
        let cases = children(body);
        if let Value::Setting(setting) = &value {
            return self.switch_on(&setting.clone(), &cases, scope);
        }
        let mut start = None;
        let mut known = true;
        for (at, case) in cases.iter().enumerate() {
            let Some(label) = case.field(Field::Value) else { continue };
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
            let height = self.conditions.len();
            let mut ended = Flow::Normal;
            for case in cases.iter().skip(start.unwrap_or(cases.len())) {
                ended = self.case(*case, scope);
                if ended != Flow::Normal {
                    break;
                }
            }
            self.end_span(height, Span::Loop);
            return if ended == Flow::Break { Flow::Normal } else { ended };
        }
        let what = node.field(Field::Value).map(|value| self.quote(value)).unwrap_or_default();
        for case in cases {
            let label = case.field(Field::Value).map_or("none of the cases".to_owned(), |l| self.quote(l));
            let condition = Condition::quoted(&format!("{what} is {label}"));
            self.case_under(condition, case, scope);
        }
        Flow::Normal
    }

    /// A switch over what the user sets: each case where the setting has its value.
    fn switch_on(&mut self, setting: &Setting, cases: &[Node<'t>], scope: ScopeId) -> Flow {
        let value = setting.clone().value();
        let mut gates: Vec<Option<Condition>> = Vec::new();
        for case in cases {
            let gate = case.field(Field::Value).map(|label| {
                let label = self.eval(label, scope);
                match super::setting::compared("===", &value, &label) {
                    Some(Value::Setting(same)) => same.condition(),
                    _ => Condition::quoted(&setting.when),
                }
            });
            gates.push(gate);
        }
        let chosen = gates.iter().flatten().any(|gate| gate.plain == Some(true));
        let mut flow = Flow::Normal;
        // Cases that fall through into the one that is followed.
        let mut through: Vec<Condition> = Vec::new();
        for (case, gate) in cases.iter().zip(gates) {
            let gate = gate.unwrap_or_else(|| {
                let other = format!("{} is something else", setting.subject);
                Condition::new(&other, &negated(&other), Some(!chosen))
            });
            through.push(gate);
            let plain = through.iter().any(|gate| gate.plain == Some(true));
            let words = through.iter().map(|gate| gate.text.as_ref()).collect::<Vec<_>>().join(" or ");
            let mut condition = Condition::new(&words, &negated(&words), Some(plain));
            condition.command = setting.command;
            let ended = self.case_under(condition, *case, scope);
            if ended != Flow::Normal {
                through.clear();
            }
            if plain && matches!(ended, Flow::Return | Flow::Continue | Flow::Far) {
                flow = ended;
            }
        }
        flow
    }

    /// A case that may be the one: where it leaves more than the switch, what follows the switch depends on that.
    fn case_under(&mut self, condition: Condition, case: Node<'t>, scope: ScopeId) -> Flow {
        let height = self.conditions.len();
        let entered = condition.clone();
        self.enter_branch(condition);
        let ended = self.case(case, scope);
        self.end_branch(height, true, &entered);
        if let Flow::Return | Flow::Continue | Flow::Far = ended {
            self.lasting(entered.turned(), span_of(ended));
        }
        ended
    }

    fn case(&mut self, case: Node<'t>, scope: ScopeId) -> Flow {
        let label = case.field(Field::Value).map(|label| label.id());
        let body: Vec<Node<'t>> = children(case).into_iter().filter(|part| Some(part.id()) != label).collect();
        self.block(&body, scope)
    }
}
