//! Loops: followed round by round while what they run over is known, and once where it is not.

use super::condition::{Condition, Span};
use super::exec::Flow;
use super::kind::{Field, FieldOf, Kind, children};
use super::machine::Machine;
use super::pattern::Mode;
use super::value::{ScopeId, Value};
use tree_sitter::Node;

/// Rounds of one loop whose end is known.
const MAX_ROUNDS: usize = 100_000;

impl<'t> Machine<'t> {
    pub(super) fn for_statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let scope = self.open_scope(Some(scope));
        if let Some(initializer) = node.field(Field::Initializer) {
            match Kind::of(initializer) {
                Kind::Variables | Kind::ExpressionStatement => {
                    self.statement(initializer, scope);
                }
                _ => {
                    self.eval(initializer, scope);
                }
            }
        }
        self.rounds(node, scope, node.field(Field::Increment), false)
    }

    pub(super) fn while_statement(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        self.rounds(node, scope, None, Kind::of(node) == Kind::DoWhile)
    }

    /// Whether a round that was left goes on with the next one of the loop that has these labels.
    fn goes_on(&self, flow: Flow, labels: &[String]) -> bool {
        let is_own = || self.far.as_ref().is_some_and(|(label, goes_on)| *goes_on && labels.contains(label));
        matches!(flow, Flow::Normal | Flow::Continue) || (flow == Flow::Far && is_own())
    }

    fn rounds(&mut self, node: Node<'t>, scope: ScopeId, increment: Option<Node<'t>>, body_first: bool) -> Flow {
        let condition = node.field(Field::Condition).filter(|c| c.kind() != "empty_statement");
        let body = node.field(Field::Body);
        let mut ended = false;
        let labels = std::mem::take(&mut self.labels);
        let outside = self.conditions.len();
        for round in 0..MAX_ROUNDS {
            let height = self.conditions.len();
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
                Some(false) => {
                    self.end_span(outside, Span::Loop);
                    return Flow::Normal;
                }
                None => {
                    let words = condition.map_or("a loop goes on".to_owned(), |condition| self.quote(condition));
                    let flow = self.branch(body, &Condition::quoted(&words), scope);
                    self.end_span(outside, Span::Loop);
                    return if flow == Flow::Return && condition.is_none() { flow } else { Flow::Normal };
                }
                Some(true) => {}
            }
            match body.map_or(Flow::Normal, |body| self.statement(body, scope)) {
                Flow::Break => {
                    self.end_span(outside, Span::Loop);
                    return Flow::Normal;
                }
                flow if self.goes_on(flow, &labels) => {}
                flow => return flow,
            }
            self.end_span(height, Span::Round);
            if let Some(increment) = increment {
                self.eval(increment, scope);
            }
            ended = self.fuel == 0 || self.exhausted;
            if ended {
                break;
            }
        }
        if !ended {
            self.cut_loop(node);
        }
        Flow::Normal
    }

    pub(super) fn for_in(&mut self, node: Node<'t>, scope: ScopeId) -> Flow {
        let (Some(left), Some(right), Some(body)) =
            (node.field(Field::Left), node.field(Field::Right), node.field(Field::Body))
        else {
            return Flow::Normal;
        };
        let labels = std::mem::take(&mut self.labels);
        let over = self.eval(right, scope);
        let keys = node.field(Field::Operator).is_some_and(|operator| self.text(operator) == "in");
        let elements = if keys {
            self.members(&over).map(|(members, open)| {
                (members.into_iter().map(|(name, _)| Value::Text(name)).collect::<Vec<_>>(), open)
            })
        } else {
            self.iterate(&over)
        };
        let mode = match node.field(Field::Kind).map(|kind| self.text(kind)) {
            Some("var") => Mode::Hoisted,
            Some(_) => Mode::Declare,
            None => Mode::Assign,
        };
        let (elements, open) = elements.unwrap_or((Vec::new(), true));
        let outside = self.conditions.len();
        for element in elements {
            let height = self.conditions.len();
            let round = self.open_scope(Some(scope));
            let flow = match element {
                Value::When(inner) => self.under(inner.condition.clone(), |machine| {
                    machine.bind(left, inner.value.clone(), round, mode);
                    machine.statement(body, round)
                }),
                element => {
                    self.bind(left, element, round, mode);
                    self.statement(body, round)
                }
            };
            self.end_span(height, Span::Round);
            match flow {
                Flow::Break => {
                    self.end_span(outside, Span::Loop);
                    return Flow::Normal;
                }
                Flow::Throw => {}
                flow if self.goes_on(flow, &labels) => {}
                flow => return flow,
            }
            if self.fuel == 0 || self.exhausted {
                return Flow::Normal;
            }
        }
        let more = match &over {
            // What the setting may hold beside what it holds by default.
            Value::Setting(setting) if !keys && setting.others.is_empty() && !setting.command => {
                Some((setting.derived(Value::Undefined).value(), setting.condition_of_presence()))
            }
            _ if open && !over.is_nullish() => {
                Some((Value::Unknown, Condition::quoted(&format!("for each of {}", self.quote(right)))))
            }
            _ => None,
        };
        if let Some((element, condition)) = more {
            let round = self.open_scope(Some(scope));
            self.bind(left, element, round, mode);
            self.branch(Some(body), &condition, round);
        }
        self.end_span(outside, Span::Loop);
        Flow::Normal
    }
}
