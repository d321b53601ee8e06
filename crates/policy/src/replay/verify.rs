//! Calls are replayed against a document that was read back; one answer that was not meant refuses the document.

use super::evaluator::{Call, Evaluator};
use super::samples;
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{PolicyFile, TargetOptions};
use crate::loss::Refused;
use crate::targets::Target;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Reads the document back and replays calls against it; the number of calls.
///
/// # Errors
/// The document cannot be read, or answers otherwise than was meant.
pub(crate) fn verify(
    target: Target,
    servers: &[FittedServer<'_>],
    files: &[PolicyFile],
    options: &TargetOptions,
) -> Result<usize, Refused> {
    if target.capability().engine.is_some() && cfg!(not(feature = "verify")) {
        return Err(Refused::NoEngine(target));
    }
    let unverified = |detail: String| Refused::Unverified { target, detail };
    let evaluator = target.load(files, options).map_err(|e| unverified(format!("it cannot be read back: {e}")))?;
    let replay = Replay { target, evaluator };
    let mut calls = 0;
    for server in servers {
        calls += replay.server(server).map_err(unverified)?;
    }
    if let Some(fault) = replay.evaluator.fault() {
        return Err(unverified(format!("its engine fails: {fault}")));
    }
    Ok(calls)
}

struct Replay {
    target: Target,
    evaluator: Box<dyn Evaluator>,
}

impl Replay {
    fn server(&self, server: &FittedServer<'_>) -> Result<usize, String> {
        let mut calls = 0;
        let by_name: BTreeMap<&str, &FittedTool<'_>> =
            server.tools.iter().map(|tool| (tool.name.as_str(), tool)).collect();
        for tool in &server.tools {
            let samples = samples::arguments(&tool.conditions);
            for name in &tool.stands_for {
                for arguments in &samples {
                    let results: Vec<_> =
                        tool.conditions.iter().map(|c| samples::passes(&c.test, arguments.get(&c.argument))).collect();
                    self.guarded(tool, arguments, &results)?;
                    let wanted = if results.contains(&Some(false)) { tool.failing } else { tool.effect };
                    let open = !results.contains(&Some(false)) && results.contains(&None);
                    self.ask(server, name, arguments, wanted, open)?;
                    calls += 1;
                }
            }
        }
        let none = Map::new();
        for name in server.unnamed.iter() {
            self.ask(server, name, &none, self.target.capability().default, false)?;
            calls += 1;
        }
        for name in samples::invented(server) {
            // A client that changes names cannot tell an invented tool from a known one that it spells alike.
            let spelled = self.target.format().name(&server.alias, &name);
            let known = spelled.ok().and_then(|spelled| by_name.get(spelled.as_str()).copied());
            if known.is_some_and(|tool| !tool.conditions.is_empty()) {
                continue;
            }
            let wanted = known.map_or(self.target.capability().default, |tool| tool.effect);
            self.ask(server, &name, &none, wanted, known.is_some())?;
            calls += 1;
        }
        Ok(calls + self.strange_server(server)?)
    }

    /// What a document lets through by a pattern, the guard of the same test admits too.
    fn guarded(
        &self,
        tool: &FittedTool<'_>,
        arguments: &Map<String, Value>,
        results: &[Option<bool>],
    ) -> Result<(), String> {
        for (condition, result) in tool.conditions.iter().zip(results) {
            let value = arguments.get(&condition.argument);
            if *result == Some(true) && !condition.holds(value) {
                return Err(format!(
                    "its pattern for `{}` admits {value:?}, which the guard refuses",
                    condition.argument
                ));
            }
        }
        Ok(())
    }

    /// A server that the document does not speak of must not be let through by accident.
    fn strange_server(&self, server: &FittedServer<'_>) -> Result<usize, String> {
        if self.target.capability().one_server {
            return Ok(0);
        }
        let arguments = Map::new();
        let alias = "mcpdex-invented-server";
        let mut calls = 0;
        for tool in server.tools.iter().take(3) {
            let call = Call { server: alias, alias, tool: &tool.name, arguments: &arguments, near: None };
            let answer = self.evaluator.answer(&call);
            if answer.is_allowed() {
                return Err(format!("`{}` of a server that it does not speak of is {answer}", shown(&tool.name)));
            }
            calls += 1;
        }
        Ok(calls)
    }

    fn ask(
        &self,
        server: &FittedServer<'_>,
        tool: &str,
        arguments: &Map<String, Value>,
        wanted: PolicyEffect,
        may_be_stricter: bool,
    ) -> Result<(), String> {
        let call = Call { server: server.name, alias: &server.alias, tool, arguments, near: Some(wanted) };
        let answer = self.evaluator.answer(&call);
        let same = match wanted {
            PolicyEffect::Hide if self.target.capability().hide => answer == PolicyEffect::Hide,
            PolicyEffect::Deny | PolicyEffect::Hide => answer.is_refused(),
            other => answer == other || (may_be_stricter && answer.rank() >= other.rank()),
        };
        if same {
            return Ok(());
        }
        let arguments = Value::Object(arguments.clone());
        Err(format!("`{}` with {arguments} should be {wanted} and is {answer}", shown(tool)))
    }
}

fn shown(name: &str) -> String {
    name.chars().take(60).flat_map(char::escape_debug).collect()
}
