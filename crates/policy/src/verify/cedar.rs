//! ToolHive's and AgentCore's documents, decided by the Cedar engine. An error while deciding refuses, as it does there.

use super::super::decision::Effect;
use super::super::target::{Options, Output};
use super::{Call, Evaluator};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    let kind = EntityTypeName::from_str(kind).ok()?;
    Some(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}

fn decided(policies: &PolicySet, entities: &Entities, request: &Request) -> Effect {
    let response = Authorizer::new().is_authorized(request, policies, entities);
    let clean = response.diagnostics().errors().next().is_none();
    if clean && response.decision() == Decision::Allow { Effect::Allow } else { Effect::Hide }
}

/// A plain JSON value as Cedar sees it; `None` for what is no plain value.
fn plain(value: &Value, decimal: bool) -> Option<RestrictedExpression> {
    Some(match value {
        Value::String(text) => RestrictedExpression::new_string(text.clone()),
        Value::Bool(truth) => RestrictedExpression::new_bool(*truth),
        Value::Number(n) if decimal => RestrictedExpression::new_decimal(format!("{:.4}", n.as_f64()?)),
        Value::Number(n) => RestrictedExpression::new_long(n.as_i64()?),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CedarBlock {
    policies: Vec<String>,
    entities_json: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolHiveFile {
    version: String,
    #[serde(rename = "type")]
    kind: String,
    cedar: CedarBlock,
}

pub(super) struct ToolHive(PolicySet);

impl ToolHive {
    pub(super) fn read(text: &str) -> Result<ToolHive, String> {
        let file: ToolHiveFile = serde_saphyr::from_str(text).map_err(|e| e.to_string())?;
        if file.version != "1.0" || file.kind != "cedarv1" || file.cedar.entities_json != "[]" {
            return Err("it is no Cedar configuration of version 1.0".to_owned());
        }
        if file.cedar.policies.is_empty() {
            return Err("it has no policy".to_owned());
        }
        PolicySet::from_str(&file.cedar.policies.join("\n")).map(ToolHive).map_err(|e| e.to_string())
    }

    fn request(call: &Call<'_>) -> Option<(Request, Entities)> {
        let mut attributes: HashMap<String, RestrictedExpression> = HashMap::new();
        for (name, value) in call.arguments {
            match plain(value, true) {
                Some(value) => attributes.insert(format!("arg_{name}"), value),
                None => attributes.insert(format!("arg_{name}_present"), RestrictedExpression::new_bool(true)),
            };
        }
        let resource = uid("Tool", call.tool)?;
        let entity = Entity::new(resource.clone(), attributes, HashSet::new()).ok()?;
        let entities = Entities::from_entities([entity], None).ok()?;
        let (principal, action) = (uid("Client", "someone")?, uid("Action", "call_tool")?);
        Some((Request::new(principal, action, resource, Context::empty(), None).ok()?, entities))
    }
}

impl Evaluator for ToolHive {
    fn answer(&self, call: &Call<'_>) -> Effect {
        match ToolHive::request(call) {
            Some((request, entities)) => decided(&self.0, &entities, &request),
            None => Effect::Hide,
        }
    }
}

pub(super) struct AgentCore {
    policies: PolicySet,
    schema: Value,
    separator: String,
    gateway: String,
}

impl AgentCore {
    /// Reads the policies and holds them against the schema in the engine's strict mode.
    pub(super) fn read(outputs: &[Output], options: &Options) -> Result<AgentCore, String> {
        let [policies, schema] = outputs else { return Err("policies or schema are missing".to_owned()) };
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
    fn answer(&self, call: &Call<'_>) -> Effect {
        match self.request(call) {
            Some(request) => decided(&self.policies, &Entities::empty(), &request),
            None => Effect::Hide,
        }
    }
}
