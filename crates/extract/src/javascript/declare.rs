//! Declarations that are more than a name and a value: hoisted variables, and TypeScript's enums and namespaces.

use super::kind::{Field, FieldOf, Kind, children, has_token};
use super::machine::{Hoisted, Machine};
use super::value::{ScopeId, Text, Value};
use std::rc::Rc;
use tree_sitter::Node;

impl<'t> Machine<'t> {
    /// A TypeScript enum: an object of its members.
    pub(super) fn enumeration(&mut self, node: Node<'t>, scope: ScopeId) {
        let (Some(name), Some(body)) = (node.field(Field::Name), node.field(Field::Body)) else {
            return;
        };
        let mut next = Some(0.0);
        let mut members: Vec<(Text, Value)> = Vec::new();
        let inner = self.open_scope(Some(scope));
        for member in children(body) {
            let (key, value) = match Kind::of(member) {
                Kind::EnumAssignment => (member.field(Field::Name), member.field(Field::Value)),
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
    pub(super) fn namespace(&mut self, node: Node<'t>, scope: ScopeId) {
        let (Some(name), Some(body)) = (node.field(Field::Name), node.field(Field::Body)) else {
            return;
        };
        let inner = self.open_scope(Some(scope));
        let statements = children(body);
        self.block(&statements, inner);
        let mut members = Vec::new();
        for statement in statements {
            let Some(declaration) = statement.field(Field::Declaration) else { continue };
            for name in super::module::declared_names(declaration) {
                let name = self.text(name);
                members.push((Text::from(name), self.bound(inner, name)));
            }
        }
        let name = self.text(name);
        let object = self.object_of(members);
        self.declare(scope, name, object);
    }

    /// Declares the `var` names of a function or module body before it is followed. True when the body mentions
    /// `arguments`.
    pub(super) fn hoist(&mut self, body: Node<'t>, scope: ScopeId) -> bool {
        let hoisted = match self.hoisted.get(&body.id()) {
            Some(hoisted) => hoisted.clone(),
            None => {
                let hoisted = Rc::new(Hoisted {
                    variables: self.hoisted_names(body),
                    arguments: self.text(body).contains("arguments"),
                });
                self.hoisted.insert(body.id(), hoisted.clone());
                hoisted
            }
        };
        for name in &hoisted.variables {
            self.declare_empty(scope, name);
        }
        hoisted.arguments
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
                    if let Some(left) = node.field(Field::Left) {
                        names.extend(super::module::names_in(left).into_iter().map(|name| self.text(name)));
                    }
                    pending.extend(node.field(Field::Body));
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
