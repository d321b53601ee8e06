//! Cedar for AWS AgentCore: one action per tool, `TARGET___TOOL`, and the schema that the policies are checked against.
//!
//! The vendor's documents disagree on the separator (`___` or `__`): it is an option. A tool that no policy permits is
//! refused.

use crate::capability::{Adapted, Capability, RefusalMode};
use crate::condition::Condition;
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use crate::targets::cedar_expression::{Number, Place, adapted, expression};
use crate::text::{cedar_quoted, comment};
use mcpdex_model::parameters;
use serde_json::{Map, Value, json};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "AWS AgentCore (Cedar)",
    file: "agentcore.cedar",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: false,
    rate: false,
    hide: true,
    arguments: Some("values, switches and amounts"),
    default: PolicyEffect::Hide,
    names: "exact, as `TARGET___TOOL`; a target name has only letters, digits and `-`",
    lists: "none known",
    most_conditional: usize::MAX,
    comments: true,
    engine: Some("cedar-policy"),
    steps: &[
        "Put the gateway's ARN in with `--set gateway=ARN`, and `--set separator=__` where its actions are spelled so",
        "Create a policy engine, add the policies and attach it to the gateway",
        "Run it in LOG_ONLY mode first, then in ENFORCE",
    ],
};

const PLACE: Place = Place { record: "context.input", prefix: "", present: None };

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        if !alias.is_empty() && alias.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Ok(alias.to_owned());
        }
        Err("a target has only letters, digits and `-`")
    }

    fn adapt(&self, condition: &Condition) -> Adapted {
        adapted(condition)
    }

    fn write(&self, servers: &[FittedServer<'_>], options: &TargetOptions) -> Vec<PolicyFile> {
        let mut policies = String::new();
        let mut actions = Map::new();
        for server in servers {
            for tool in &server.tools {
                let action = format!("{}{}{}", server.alias, options.separator, tool.name);
                writeln!(policies, "// {}", comment(&tool.reason)).expect("a string takes all");
                writeln!(policies, "{}\n", policy(tool, &action, options)).expect("a string takes all");
                actions.insert(action, action_schema(tool));
            }
        }
        let schema = json!({ "AgentCore": {
            "entityTypes": { "OAuthUser": {}, "Gateway": {} },
            "actions": actions,
        }});
        vec![
            PolicyFile::main(&CAPABILITY, policies),
            PolicyFile { file: "agentcore.cedarschema.json".to_owned(), text: pretty(&schema) },
        ]
    }
}

fn policy(tool: &FittedTool<'_>, action: &str, options: &TargetOptions) -> String {
    let effect = if tool.effect.is_refused() { "forbid" } else { "permit" };
    let head = format!(
        "{effect}(\n    principal is AgentCore::OAuthUser,\n    action == AgentCore::Action::{},\n    \
         resource == AgentCore::Gateway::{}\n)",
        cedar_quoted(action),
        cedar_quoted(&options.gateway)
    );
    if tool.conditions.is_empty() {
        return format!("{head};");
    }
    let schema = input_schema(tool);
    let test = |c: &Condition| {
        let kind = schema.get(&c.argument).and_then(|attribute| attribute.get("type"));
        let number = if kind.is_some_and(|k| k == "Long") { Number::Long } else { Number::Decimal };
        expression(&PLACE, c, number)
    };
    let tests: Vec<_> = tool.conditions.iter().map(test).collect();
    format!("{head} when {{\n    {}\n}};", tests.join(" &&\n    "))
}

fn action_schema(tool: &FittedTool<'_>) -> Value {
    json!({ "appliesTo": {
        "principalTypes": ["OAuthUser"],
        "resourceTypes": ["Gateway"],
        "context": { "type": "Record", "attributes": {
            "input": { "type": "Record", "attributes": input_schema(tool) },
        }},
    }})
}

/// The plain parameters of a tool as Cedar types; all are optional, because the gateway checks the schema itself.
fn input_schema(tool: &FittedTool<'_>) -> Map<String, Value> {
    let mut attributes = Map::new();
    for parameter in parameters(tool.input_schema) {
        let kind = match parameter.kind.as_str() {
            "string" | "string | null" => json!({ "type": "String", "required": false }),
            "boolean" | "boolean | null" => json!({ "type": "Boolean", "required": false }),
            "integer" | "integer | null" => json!({ "type": "Long", "required": false }),
            "number" | "number | null" => json!({ "type": "Extension", "name": "decimal", "required": false }),
            _ => continue,
        };
        attributes.insert(parameter.name, kind);
    }
    attributes
}
