//! One tool while it is put together: fields in, the object that `tools/list` would hold out. What is not known of it is
//! left out and named, never guessed.

use crate::SourceTool;
use mcpdex_model::{Partial, PartialReason, ToolSite};
use serde_json::{Map, Value as Json};

/// The hints that an author can set.
pub(crate) const HINTS: [&str; 4] = ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"];

/// The fields of a tool on their way, in the order in which they are set, and what of them is not known.
#[derive(Debug, Clone)]
pub(crate) struct ToolDraft {
    tool: Map<String, Json>,
    partial: Vec<Partial>,
    annotations: Map<String, Json>,
    site: ToolSite,
}

impl ToolDraft {
    pub(crate) fn new(name: &str, site: ToolSite) -> Self {
        let mut draft = ToolDraft { tool: Map::new(), partial: Vec::new(), annotations: Map::new(), site };
        draft.set("name", Json::from(name));
        draft
    }

    /// A tool that was made as a whole.
    pub(crate) fn of_object(tool: Map<String, Json>, site: ToolSite) -> Self {
        ToolDraft { tool, partial: Vec::new(), annotations: Map::new(), site }
    }

    pub(crate) fn set(&mut self, key: &str, value: Json) {
        self.tool.insert(key.to_owned(), value);
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.tool.contains_key(key)
    }

    /// Sets a hint, or another annotation, that the author wrote down.
    pub(crate) fn annotate(&mut self, key: impl Into<String>, value: Json) {
        self.annotations.insert(key.into(), value);
    }

    /// Notes that something about it is not certain, in words that stand for themselves.
    pub(crate) fn note(&mut self, detail: impl Into<String>) {
        let (reason, site) = (PartialReason::UnresolvedValue, Some(self.site.clone()));
        self.partial.push(Partial::inexact(reason, detail.into(), site));
    }

    /// Notes which part of the tool is not known.
    pub(crate) fn lacks(&mut self, what: &str) {
        let detail = format!("{what} of tool `{}` could not be followed to its value", self.name());
        self.note(detail);
    }

    pub(crate) fn name(&self) -> &str {
        self.tool.get("name").and_then(Json::as_str).unwrap_or_default()
    }

    pub(crate) fn finish(mut self) -> SourceTool {
        if !self.annotations.is_empty() {
            self.tool.insert("annotations".to_owned(), Json::Object(self.annotations));
        }
        SourceTool::new(&self.tool, self.site, self.partial)
    }
}
