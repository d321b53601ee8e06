//! Envoy AI Gateway's MCPRoute as the gateway reads it; its expressions are decided by the CEL engine.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::cel::{floating, is_true, program};
use crate::replay::evaluator::{Call, Evaluator, yaml};
use cel::Program;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Value, json};

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Envoy::read(main(files))?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Selector {
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    include_regex: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Backend {
    name: String,
    #[serde(rename = "port")]
    _port: u16,
    tool_selector: Selector,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum Action {
    Allow,
    Deny,
}

#[derive(PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolRef {
    backend: String,
    tool: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToolRefs {
    tools: Vec<ToolRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    action: Action,
    cel: Option<String>,
    target: ToolRefs,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Authorization {
    default_action: Action,
    rules: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecurityPolicy {
    authorization: Authorization,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Spec {
    #[serde(rename = "parentRefs")]
    _parent_refs: Vec<Value>,
    backend_refs: Vec<Backend>,
    security_policy: Option<SecurityPolicy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Route {
    #[serde(rename = "apiVersion")]
    _api_version: String,
    kind: String,
    #[serde(rename = "metadata")]
    _metadata: Value,
    spec: Spec,
}

struct Rule {
    action: Action,
    cel: Option<Program>,
    tools: Vec<ToolRef>,
}

/// A backend's selector says which tools exist; then the first rule that matches decides.
struct Envoy {
    backends: Vec<(String, Vec<String>, Vec<Regex>)>,
    default: Action,
    rules: Vec<Rule>,
}

impl Envoy {
    fn read(text: &str) -> Result<Envoy, String> {
        let route: Route = yaml(text)?;
        if route.kind != "MCPRoute" {
            return Err("it is no MCPRoute".to_owned());
        }
        let mut backends = Vec::new();
        for backend in route.spec.backend_refs {
            let Selector { include, include_regex } = backend.tool_selector;
            if include.is_empty() == include_regex.is_empty() || include.len() > 32 || include_regex.len() > 32 {
                return Err("a selector needs one list of 1 to 32 entries".to_owned());
            }
            let patterns: Result<Vec<_>, _> = include_regex.iter().map(|pattern| Regex::new(pattern)).collect();
            backends.push((backend.name, include, patterns.map_err(|e| e.to_string())?));
        }
        let authorization = route.spec.security_policy.map(|policy| policy.authorization);
        let Some(Authorization { default_action, rules }) = authorization else {
            return Ok(Envoy { backends, default: Action::Allow, rules: Vec::new() });
        };
        let too_long = |rule: &RuleFile| rule.cel.as_ref().is_some_and(|cel| cel.len() > 4_096);
        if rules.len() > 32 || rules.iter().any(|rule| rule.target.tools.len() > 16 || too_long(rule)) {
            return Err("the rules exceed what the resource holds".to_owned());
        }
        let read = |rule: RuleFile| -> Result<Rule, String> {
            let cel = rule.cel.as_deref().map(program).transpose()?;
            Ok(Rule { action: rule.action, cel, tools: rule.target.tools })
        };
        let rules = rules.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Envoy { backends, default: default_action, rules })
    }
}

impl Evaluator for Envoy {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let Some((_, include, patterns)) = self.backends.iter().find(|(name, _, _)| name == call.alias) else {
            return PolicyEffect::Hide;
        };
        let listed = include.iter().any(|name| name == call.tool);
        if !listed && !patterns.iter().any(|pattern| pattern.is_match(call.tool)) {
            return PolicyEffect::Hide;
        }
        let arguments = floating(&Value::Object(call.arguments.clone()));
        let request =
            json!({ "mcp": { "backend": call.alias, "tool": call.tool, "params": { "arguments": arguments } } });
        let called = ToolRef { backend: call.alias.to_owned(), tool: call.tool.to_owned() };
        let matches = |rule: &&Rule| {
            rule.tools.contains(&called) && rule.cel.as_ref().is_none_or(|cel| is_true(cel, "request", &request))
        };
        match self.rules.iter().find(matches).map_or(self.default, |rule| rule.action) {
            Action::Allow => PolicyEffect::Allow,
            Action::Deny => PolicyEffect::Deny,
        }
    }
}
