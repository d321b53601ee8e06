//! Intercept's YAML as the proxy's POLICY.md says it is decided: hidden, the default, every rule of the tool and of `*`.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, Unique, yaml};
use crate::replay::operator::OperatorCondition;
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Intercept::read(main(files))?))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Posture {
    Allow,
    Deny,
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
    conditions: Vec<OperatorCondition>,
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
struct Intercept {
    version: String,
    default: Option<Posture>,
    #[serde(default)]
    hide: Vec<String>,
    tools: Unique<Steps>,
}

impl Intercept {
    fn read(text: &str) -> Result<Intercept, String> {
        let read: Intercept = yaml(text)?;
        if read.version != "1" {
            return Err("version is not \"1\"".to_owned());
        }
        for step in read.tools.0.values().flat_map(|steps| &steps.rules) {
            step.conditions.iter().try_for_each(OperatorCondition::check)?;
            let has = [!step.conditions.is_empty(), step.rate_limit.is_some(), step.action == Some(Action::Deny)];
            if step.name.is_empty() || has.into_iter().filter(|has| *has).count() != 1 {
                return Err(format!("rule `{}` is none that the proxy accepts", step.name));
            }
            if let Some(limit) = &step.rate_limit {
                limit.parse::<PolicyEffect>().map_err(|e| e.to_string())?;
            }
        }
        Ok(read)
    }
}

impl Evaluator for Intercept {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        if self.hide.iter().any(|name| name == call.tool) {
            return PolicyEffect::Hide;
        }
        let own = self.tools.0.get(call.tool);
        if own.is_none() && self.default == Some(Posture::Deny) {
            return PolicyEffect::Deny;
        }
        let mut effect = PolicyEffect::Allow;
        for step in own.into_iter().chain(self.tools.0.get("*")).flat_map(|steps| &steps.rules) {
            let passes = step.action != Some(Action::Deny) && step.conditions.iter().all(|c| c.holds(call.arguments));
            if !passes {
                return PolicyEffect::Deny;
            }
            let limit = step.rate_limit.as_deref().map_or(Ok(PolicyEffect::Allow), str::parse);
            effect = effect.stricter(limit.unwrap_or(PolicyEffect::Deny));
        }
        effect
    }
}
