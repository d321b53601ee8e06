//! What a server's annotations are worth: how many tools have any, and where they and the definitions disagree.

use mcpdex_model::{FoundTool, Risk};
use serde::Serialize;

/// The annotations of one server's tools against the verdicts on them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    pub tools: usize,
    /// Tools whose server set at least one hint.
    pub annotated: usize,
    /// Tools whose hints are the protocol's defaults written out, which say nothing.
    pub defaults: usize,
    /// Tools that say they only read, and do by their definition.
    pub read_only_agrees: usize,
    /// Tools that say they only read, and do not by their definition.
    pub read_only_doubtful: Vec<String>,
    /// Tools that can destroy or pay, and carry no hint that says so.
    pub silent_about_harm: Vec<String>,
}

/// Audits the annotations of one server's tools.
pub fn audit(tools: &[FoundTool]) -> Audit {
    let mut audit = Audit { tools: tools.len(), ..Audit::default() };
    for found in tools {
        let (hints, verdict, name) = (&found.tool.annotations, &found.verdict, &found.tool.name);
        let set = [hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint];
        if hints.are_sdk_defaults() {
            audit.defaults += 1;
        } else if set.iter().any(Option::is_some) {
            audit.annotated += 1;
        }
        if hints.read_only_hint == Some(true) {
            if verdict.class == mcpdex_model::Class::Read {
                audit.read_only_agrees += 1;
            } else {
                audit.read_only_doubtful.push(name.clone());
            }
        }
        let says_so = hints.destructive_hint == Some(true) && !hints.are_sdk_defaults();
        if verdict.risk == Risk::Critical && !says_so {
            audit.silent_about_harm.push(name.clone());
        }
    }
    audit
}
