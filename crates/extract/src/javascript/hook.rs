//! Methods that the runtime calls without being asked by name: when an object is written as JSON, turned into text, goes
//! out of use, or is given a property that has a setter. Of those that were not followed it is said where they may
//! register tools.

use super::limit::{MAX_LOOKED, mentions_registration};
use super::machine::Machine;
use super::member::is_symbol;
use super::source::Site;
use super::value::{Function, Property, Shape, Value};
use mcpdex_model::PartialReason;
use tree_sitter::Node;

/// Methods that the runtime calls, beside those that are named by a symbol.
const HOOKS: [&str; 4] = ["toJSON", "toString", "valueOf", "toLocaleString"];

impl<'t> Machine<'t> {
    /// Says of hooks that were not followed where they may register tools.
    pub(super) fn note_hooks(&mut self) {
        let mut found: Vec<Function<'t>> = Vec::new();
        for id in self.objects() {
            for (name, property) in &self.object(id).properties {
                if !is_symbol(name) && !HOOKS.contains(&name.as_ref()) {
                    continue;
                }
                let (Property::Data(value) | Property::Getter(value)) = property;
                let Value::Object(method) = value.settled_when() else { continue };
                if let Shape::Function(function) = self.object(*method).shape
                    && !self.called.contains(&function.node.id())
                {
                    found.push(function);
                }
            }
        }
        for Function { node, file, .. } in found {
            let text = self.sources.text(file).get(node.byte_range()).unwrap_or_default();
            self.hook(text, Site::of(file, node), "a method that the runtime calls by itself");
        }
    }

    /// Says of a setter where it may register tools: which assignments lead to it is not followed.
    pub(super) fn note_setter(&mut self, node: Node<'t>) {
        let text = self.text(node);
        self.hook(text, self.site(node), "a setter");
    }

    fn hook(&mut self, text: &str, site: Site, what: &str) {
        if text.len() < MAX_LOOKED && mentions_registration(text) {
            let detail = format!("{what} may register tools, and its calls are not followed");
            self.findings.missing(PartialReason::UnresolvedValue, detail, Some(site));
        }
    }
}
