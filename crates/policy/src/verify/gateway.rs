//! PolicyLayer's policy.json and Intercept's YAML, as the vendor's documents say they are decided.

use super::super::decision::{Effect, Window};
use super::operator::Condition;
use super::{Call, Evaluator, Unique};
use serde::Deserialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Posture {
    Allow,
    Deny,
}

impl Posture {
    const fn effect(self) -> Effect {
        match self {
            Posture::Allow => Effect::Allow,
            Posture::Deny => Effect::Deny,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    conditions: Vec<Condition>,
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
pub(super) struct PolicyLayer {
    version: String,
    default: Posture,
    #[serde(default)]
    tools: Unique<Rule>,
    #[serde(default)]
    hide: Vec<String>,
}

impl PolicyLayer {
    pub(super) fn read(text: &str) -> Result<PolicyLayer, String> {
        let read: PolicyLayer = serde_json::from_str(text).map_err(|e| e.to_string())?;
        if read.version != "1" {
            return Err("version is not \"1\"".to_owned());
        }
        let mut counters = std::collections::BTreeSet::new();
        for rule in read.tools.0.values() {
            for predicate in rule.require.iter().chain(&rule.deny_if) {
                predicate.conditions.iter().try_for_each(Condition::check)?;
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
    fn answer(&self, call: &Call<'_>) -> Effect {
        if self.hide.iter().any(|name| name == "*" || name == call.tool) {
            return Effect::Hide;
        }
        let Some(rule) = self.tools.0.get(call.tool) else { return self.default.effect() };
        let all = |predicate: &Predicate| predicate.conditions.iter().all(|c| c.holds(call.arguments));
        if !rule.require.iter().all(all) || rule.deny_if.iter().any(all) {
            return Effect::Deny;
        }
        let limits = rule.limits.iter().map(|limit| match window(&limit.window) {
            Some(window) => Effect::Limit { max: limit.max, window },
            None => Effect::Deny,
        });
        limits.fold(Effect::Allow, Effect::stricter)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Evaluate,
    Deny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    action: Option<Action>,
    #[serde(default)]
    conditions: Vec<Condition>,
    rate_limit: Option<String>,
    #[serde(rename = "on_deny")]
    _on_deny: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    rules: Vec<Step>,
}

/// Intercept's YAML: hidden, then the default for tools that are not named, then every rule of the tool and of `*`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intercept {
    version: String,
    default: Option<Posture>,
    #[serde(default)]
    hide: Vec<String>,
    tools: Unique<Steps>,
}

impl Intercept {
    pub(super) fn read(text: &str) -> Result<Intercept, String> {
        let read: Intercept = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
        if read.version != "1" {
            return Err("version is not \"1\"".to_owned());
        }
        for step in read.tools.0.values().flat_map(|steps| &steps.rules) {
            step.conditions.iter().try_for_each(Condition::check)?;
            let has = [!step.conditions.is_empty(), step.rate_limit.is_some(), step.action == Some(Action::Deny)];
            if step.name.is_empty() || has.into_iter().filter(|has| *has).count() != 1 {
                return Err(format!("rule `{}` is none that the proxy accepts", step.name));
            }
            if let Some(limit) = &step.rate_limit {
                limit.parse::<Effect>().map_err(|e| e.to_string())?;
            }
        }
        Ok(read)
    }
}

impl Evaluator for Intercept {
    fn answer(&self, call: &Call<'_>) -> Effect {
        if self.hide.iter().any(|name| name == call.tool) {
            return Effect::Hide;
        }
        let own = self.tools.0.get(call.tool);
        if own.is_none() && self.default == Some(Posture::Deny) {
            return Effect::Deny;
        }
        let mut effect = Effect::Allow;
        for step in own.into_iter().chain(self.tools.0.get("*")).flat_map(|steps| &steps.rules) {
            let passes = step.action != Some(Action::Deny) && step.conditions.iter().all(|c| c.holds(call.arguments));
            if !passes {
                return Effect::Deny;
            }
            let limit = step.rate_limit.as_deref().map_or(Ok(Effect::Allow), str::parse);
            effect = effect.stricter(limit.unwrap_or(Effect::Deny));
        }
        effect
    }
}
