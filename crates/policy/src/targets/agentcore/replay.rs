//! AgentCore's policies, held against their schema in strict mode and decided by the Cedar engine.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions};
use crate::replay::cedar::{decided, plain, uid};
use crate::replay::evaluator::{Call, Evaluator};
use cedar_policy::{Context, Entities, PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator};
use serde_json::{Map, Value};
use std::str::FromStr;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(AgentCore::read(files, options)?))
}

struct AgentCore {
    policies: PolicySet,
    schema: Value,
    separator: String,
    gateway: String,
}

impl AgentCore {
    /// Reads the policies and holds them against the schema in the engine's strict mode.
    fn read(files: &[PolicyFile], options: &TargetOptions) -> Result<AgentCore, String> {
        let [policies, schema] = files else { return Err("policies or schema are missing".to_owned()) };
        let policies = PolicySet::from_str(&policies.text).map_err(|e| e.to_string())?;
        let parsed = Schema::from_json_str(&schema.text).map_err(|e| e.to_string())?;
        let result = Validator::new(parsed).validate(&policies, ValidationMode::Strict);
        if !result.validation_passed() {
            let errors: Vec<_> = result.validation_errors().take(3).map(ToString::to_string).collect();
            return Err(errors.join("; "));
        }
        let schema = serde_json::from_str(&schema.text).map_err(|e| e.to_string())?;
        Ok(AgentCore { policies, schema, separator: options.separator.clone(), gateway: options.gateway.clone() })
    }

    fn is_decimal(&self, action: &str, argument: &str) -> bool {
        let attributes = &self.schema["AgentCore"]["actions"][action]["appliesTo"]["context"]["attributes"];
        attributes["input"]["attributes"][argument]["name"] == "decimal"
    }

    fn input(&self, action: &str, arguments: &Map<String, Value>) -> Option<RestrictedExpression> {
        let mut pairs = Vec::new();
        for (name, value) in arguments {
            let value = match value {
                Value::Null => return None,
                Value::Array(list) => RestrictedExpression::new_set(list.iter().filter_map(|v| plain(v, false))),
                Value::Object(_) => RestrictedExpression::new_record([]).ok()?,
                other => plain(other, self.is_decimal(action, name))?,
            };
            pairs.push((name.clone(), value));
        }
        RestrictedExpression::new_record(pairs).ok()
    }

    fn request(&self, call: &Call<'_>) -> Option<Request> {
        let action = format!("{}{}{}", call.alias, self.separator, call.tool);
        let context = Context::from_pairs([("input".to_owned(), self.input(&action, call.arguments)?)]).ok()?;
        let principal = uid("AgentCore::OAuthUser", "someone")?;
        let resource = uid("AgentCore::Gateway", &self.gateway)?;
        Request::new(principal, uid("AgentCore::Action", &action)?, resource, context, None).ok()
    }
}

impl Evaluator for AgentCore {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        match self.request(call) {
            Some(request) => decided(&self.policies, &Entities::empty(), &request),
            None => PolicyEffect::Hide,
        }
    }
}
