//! ToolHive's authorization file, decided by the Cedar engine.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::cedar::{decided, plain, uid};
use crate::replay::evaluator::{Call, Evaluator, yaml};
use cedar_policy::{Context, Entities, Entity, PolicySet, Request, RestrictedExpression};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(ToolHive::read(main(files))?))
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

struct ToolHive(PolicySet);

impl ToolHive {
    fn read(text: &str) -> Result<ToolHive, String> {
        let file: ToolHiveFile = yaml(text)?;
        if file.version != "1.0" || file.kind != "cedarv1" || file.cedar.entities_json != "[]" {
            return Err("it is no Cedar configuration of version 1.0".to_owned());
        }
        if file.cedar.policies.is_empty() {
            return Err("it has no policy".to_owned());
        }
        PolicySet::from_str(&file.cedar.policies.join("\n")).map(ToolHive).map_err(|e| e.to_string())
    }
}

/// A call as the gateway puts it to its engine; `None`: its names cannot be put.
pub(super) fn request(call: &Call<'_>) -> Option<(Request, Entities)> {
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

impl Evaluator for ToolHive {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        match request(call) {
            Some((request, entities)) => decided(&self.0, &entities, &request),
            None => PolicyEffect::Hide,
        }
    }
}
