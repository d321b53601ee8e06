//! Where the walk stops before the program does: whether what is left could register a tool, and the note that says so.

use super::ast::{self, Block, Ex};
use super::machine::Machine;
use super::visit::{Seen, visit};
use mcpdex_model::PartialReason;
use std::rc::Rc;

/// What is left unwalked.
pub(super) enum Reach<'b> {
    Block(&'b Block),
    Function(&'b Rc<ast::Function>),
}

/// Words that stand in what registers tools, or makes what is registered.
pub(super) fn is_telling(name: &str) -> bool {
    matches!(name, "tool" | "add_tool" | "list_tools" | "mount" | "import_server" | "exec" | "eval" | "Tool")
        || name.starts_with("register")
        || name.ends_with("_tool")
        || name.ends_with("_tools")
}

impl Machine<'_> {
    /// Says that the walk ends here, where what is left could register a tool.
    pub(super) fn cut(&mut self, left: &Reach<'_>, detail: &str, module: usize, line: u32) {
        let block = match left {
            Reach::Block(block) => block,
            Reach::Function(function) => &function.body,
        };
        let mut tells = false;
        visit(block, &mut |seen| {
            if let Seen::Expr(expr) = seen
                && let Ex::Name(name) | Ex::Attribute(_, name) = &*expr.kind
            {
                tells |= is_telling(name);
            }
        });
        if tells {
            let site = self.site(module, line);
            self.note(PartialReason::LimitReached, detail, site);
        }
    }
}
