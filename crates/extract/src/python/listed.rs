//! The lists that servers give: what a `tools/list` handler returns, and what servers below another add to it.

use super::ast::Name;
use super::machine::Machine;
use super::tool;
use super::value::{Args, Value};
use crate::SourceTool;
use mcpdex_model::{PartialReason, ToolSite};
use std::collections::BTreeSet;

impl Machine<'_> {
    /// Adds the tools of server `number` and of those below it, under their names there, each once.
    pub(super) fn gather(
        &self,
        number: usize,
        prefix: &str,
        depth: usize,
        seen: &mut BTreeSet<(usize, String)>,
        tools: &mut Vec<SourceTool>,
    ) {
        if depth > 10 {
            return;
        }
        let server = &self.servers[number];
        for (name, found) in &server.tools {
            let full = format!("{prefix}{name}");
            if seen.insert((number, full.clone())) {
                tools.push(if prefix.is_empty() { found.clone() } else { tool::renamed(found, &full) });
            }
        }
        for (child, below) in &server.mounts {
            let prefix = match below {
                Some(below) => format!("{prefix}{below}_"),
                None => prefix.to_owned(),
            };
            self.gather(*child, &prefix, depth + 1, seen, tools);
        }
    }

    /// Reads the list that a `tools/list` handler returns.
    pub(super) fn ask(&mut self, server: usize, handler: &Value, site: ToolSite) {
        let answer = self.call(handler, Args::default(), 0);
        let answer = match &answer {
            Value::Made(made) => made.args.named("tools").or(made.args.plain.first()).cloned().unwrap_or_default(),
            Value::Instance(instance) => instance.attributes.borrow().get("tools").cloned().unwrap_or_default(),
            _ => answer,
        };
        let answer = match &answer {
            // `ServerResult(ListToolsResult(tools=…))`
            Value::Made(made) => made.args.named("tools").cloned().unwrap_or_default(),
            _ => answer,
        };
        match answer.items() {
            Some(items) if !matches!(answer, Value::Dict(_) | Value::Str(_)) => {
                for item in items {
                    if let Some(found) = self.tool_object(&item, &site) {
                        self.keep(server, found, &item);
                    }
                }
            }
            _ => {
                self.note(PartialReason::UnresolvedValue, "the list of tools is made at run time", site);
            }
        }
    }

    /// Reads one object of a list; what is no tool is noted.
    pub(super) fn tool_object(&mut self, item: &Value, site: &ToolSite) -> Option<(Name, SourceTool)> {
        match tool::from_object(self, item, site) {
            Ok(found) => Some(found),
            Err(detail) => {
                self.note(PartialReason::UnresolvedValue, detail, site.clone());
                None
            }
        }
    }
}
