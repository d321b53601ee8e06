//! Where following ends before the program does: what was left out is said when it may register tools.

use super::machine::Machine;
use super::source::{FileId, Site};
use super::value::Function;
use mcpdex_model::PartialReason;
use tree_sitter::Node;

/// Bytes of source that are looked through for registrations.
pub(super) const MAX_LOOKED: usize = 200_000;
/// The same where the answer is another reading, not a remark.
const MAX_SEARCHED: usize = 4 << 20;
/// What registrations look like in source.
const REGISTRATIONS: [&str; 6] = ["registerTool", ".tool(", "addTool", "setRequestHandler", ".tool.", "tools/list"];

/// Whether source text looks as if it registered tools.
pub(super) fn mentions_registration(text: &str) -> bool {
    REGISTRATIONS.iter().any(|word| text.contains(word))
}

impl<'t> Machine<'t> {
    /// Which limit ended the reading.
    pub(super) fn ended_by(&self) -> String {
        format!("{}: it was not followed to its end", self.work.budget.told())
    }

    /// A function ran out of its share of the work.
    pub(super) fn starved(&mut self, function: Function<'t>) {
        self.starved = true;
        if self.looked.insert(function.node.id()) {
            let text = self.function_text(function);
            self.short |= text.len() < MAX_SEARCHED && mentions_registration(text);
            self.left_out(function, "a function that registers tools was too much work to follow to its end");
        }
    }

    /// A statement at the top level of a module ran out of its share of the work.
    pub(super) fn starved_statement(&mut self, statement: Node<'t>) {
        self.starved = true;
        if self.looked.insert(statement.id()) {
            let text = self.text(statement);
            self.short |= text.len() < MAX_SEARCHED && mentions_registration(text);
            if self.in_own_file() && (text.contains("require(") || text.contains("import")) {
                let site = self.site(statement);
                self.left_unloaded(site);
            }
        }
    }

    /// A module of the package was not loaded, for want of work or because modules load each other too deep; `site` is where
    /// that is seen.
    pub(super) fn left_unloaded(&mut self, site: Site) {
        if self.exhausted || !self.in_own(site.file) || !self.unloaded.insert(site.file) {
            return;
        }
        let starved = self.fuel == 0;
        self.starved |= starved;
        self.short |= starved;
        let detail =
            "a module was not loaded: modules load each other deeper than they are followed, or it was too much work";
        self.findings.missing(PartialReason::LimitReached, detail, Some(site));
    }

    /// Whether nothing was found, something ran out of its share, and what was loaded may register tools.
    pub(super) fn starved_of_all(&self) -> bool {
        let registers = |file: &FileId| mentions_registration(self.sources.text(*file));
        self.starved && self.findings.tools() == 0 && self.modules.keys().any(registers)
    }

    /// A function calls itself deeper than it is followed.
    pub(super) fn cut_short(&mut self, function: Function<'t>) {
        self.left_out(function, "a function that registers tools calls itself deeper than it is followed");
    }

    fn left_out(&mut self, function: Function<'t>, detail: &str) {
        let text = self.function_text(function);
        if text.len() < MAX_LOOKED && mentions_registration(text) {
            let site = Site::of(function.file, function.node);
            self.findings.missing(PartialReason::LimitReached, detail, Some(site));
        }
    }

    /// A loop goes on longer than it is followed.
    pub(super) fn cut_loop(&mut self, node: Node<'t>) {
        let text = self.text(node);
        if text.len() < MAX_LOOKED && (mentions_registration(text) || text.contains("ool")) {
            let site = self.site(node);
            let detail = "a loop that may register tools goes on longer than it is followed";
            self.findings.missing(PartialReason::LimitReached, detail, Some(site));
        }
    }
}
