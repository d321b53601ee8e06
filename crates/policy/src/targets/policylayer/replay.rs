//! policy.json as the vendor's documents say the gateway decides it: hidden, the default for tools that are not named,
//! requirements and refusals, limits.

use crate::decision::{PolicyEffect, Window};
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, Unique, json};
use crate::replay::operator::OperatorCondition;
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(PolicyLayer::read(main(files))?))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Posture {
    Allow,
    Deny,
}

impl Posture {
    const fn effect(self) -> PolicyEffect {
        match self {
            Posture::Allow => PolicyEffect::Allow,
            Posture::Deny => PolicyEffect::Deny,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    conditions: Vec<OperatorCondition>,
    #[serde(rename = "on_deny")]
    _on_deny: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    counter: String,
    window: String,
    max: u32,
    scope: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rule {
    require: Vec<Predicate>,
    deny_if: Vec<Predicate>,
    limits: Vec<Limit>,
}

/// policy.json: hidden, then the default for tools that are not named, then requirements, refusals and limits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyLayer {
    version: String,
    default: Posture,
    #[serde(default)]
    tools: Unique<Rule>,
    #[serde(default)]
    hide: Vec<String>,
}

impl PolicyLayer {
    fn read(text: &str) -> Result<PolicyLayer, String> {
        let read: PolicyLayer = json(text)?;
        if read.version != "1" {
            return Err("version is not \"1\"".to_owned());
        }
        let mut counters = std::collections::BTreeSet::new();
        for rule in read.tools.0.values() {
            for predicate in rule.require.iter().chain(&rule.deny_if) {
                predicate.conditions.iter().try_for_each(OperatorCondition::check)?;
            }
            for limit in &rule.limits {
                if limit.max == 0 || limit.scope != "grant" || !counters.insert(&limit.counter) {
                    return Err(format!("limit `{}` is not a limit of its own", limit.counter));
                }
            }
        }
        Ok(read)
    }
}

fn window(word: &str) -> Option<Window> {
    [Window::Minute, Window::Hour, Window::Day].into_iter().find(|w| w.as_str() == word)
}

impl Evaluator for PolicyLayer {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        if self.hide.iter().any(|name| name == "*" || name == call.tool) {
            return PolicyEffect::Hide;
        }
        let Some(rule) = self.tools.0.get(call.tool) else { return self.default.effect() };
        let all = |predicate: &Predicate| predicate.conditions.iter().all(|c| c.holds(call.arguments));
        if !rule.require.iter().all(all) || rule.deny_if.iter().any(all) {
            return PolicyEffect::Deny;
        }
        let limits = rule.limits.iter().map(|limit| match window(&limit.window) {
            Some(window) => PolicyEffect::Limit { max: limit.max, window },
            None => PolicyEffect::Deny,
        });
        limits.fold(PolicyEffect::Allow, PolicyEffect::stricter)
    }
}
