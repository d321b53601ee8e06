//! Servers and tools as a document speaks of them: spelled, and with effects that its target has.

use super::condition::Condition;
use super::decision::PolicyEffect;
use super::plan::Launch;
use serde_json::{Map, Value};

/// A tool as the document speaks of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FittedTool<'a> {
    /// The name as the document spells it.
    pub(crate) name: String,
    /// The tools that the name stands for; more than one after mangling, or where a server lists a name twice.
    pub(crate) stands_for: Vec<&'a str>,
    pub(crate) effect: PolicyEffect,
    pub(crate) conditions: Vec<Condition>,
    /// What a call gets that fails one of them.
    pub(crate) failing: PolicyEffect,
    /// What was decided, before anything fell.
    pub(crate) decided: PolicyEffect,
    pub(crate) reason: String,
    pub(crate) input_schema: Option<&'a Map<String, Value>>,
}

/// A server as the document speaks of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FittedServer<'a> {
    pub(crate) name: &'a str,
    /// The alias as the document spells it.
    pub(crate) alias: String,
    pub(crate) launch: Option<&'a Launch>,
    pub(crate) tools: Vec<FittedTool<'a>>,
    /// Tools that the document cannot name; the target's default governs them.
    pub(crate) unnamed: Vec<&'a str>,
}

impl FittedServer<'_> {
    /// The tools that an agent may call without a person.
    pub(crate) fn allowed(&self) -> impl Iterator<Item = &FittedTool<'_>> {
        self.tools.iter().filter(|tool| tool.effect.is_allowed())
    }

    /// The tools that are not refused.
    pub(crate) fn reachable(&self) -> impl Iterator<Item = &FittedTool<'_>> {
        self.tools.iter().filter(|tool| !tool.effect.is_refused())
    }
}
