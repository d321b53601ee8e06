//! ContextForge's policy decision point: a list of rules on `tools.invoke.NAME`, of which those that refuse come first and
//! without which nothing is allowed.
//!
//! The gateway gives each tool a name of its own: server and tool as slugs, with `-` between.

use crate::capability::{Capability, RefusalMode};
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use regex::Regex;
use serde_json::{Value, json};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "ContextForge gateway (unified PDP)",
    file: "contextforge-rules.json",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: false,
    rate: false,
    hide: false,
    arguments: None,
    default: PolicyEffect::Deny,
    names: "`SERVER-TOOL` in small letters and digits: whatever else becomes `-`, accents are dropped; a name of which \
            nothing is left cannot be written and stays refused",
    lists: "none known",
    most_conditional: 0,
    comments: true,
    engine: None,
    steps: &[
        "Enable UnifiedPDPPlugin in plugins/config.yaml with the engine `native`, `rules_file` as this document, and `default_decision: deny`",
        "Register each server under its alias and leave GATEWAY_TOOL_NAME_SEPARATOR at `-`: the rules name tools so",
        "Put the roles of your agents in the place of `*` where not everyone is meant",
        "Give no other rule that matches `tools.invoke.*`: what it allows is allowed beside these",
    ],
};

static CONTRACTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([\p{L}\p{N}_])['’]([\p{L}\p{N}_])").expect("ours"));
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[^\p{L}\p{N}]+").expect("ours"));

/// As `slugify` in mcpgateway/utils/create_slug.py of IBM/mcp-context-forge makes one.
fn slug(text: &str) -> Result<String, &'static str> {
    let lower = text.to_lowercase();
    let joined = CONTRACTION.replace_all(&lower, "$1$2");
    let hyphened = BETWEEN.replace_all(&joined, "-");
    let spelled = hyphened.trim_matches('-').replace('æ', "ae").replace('ß', "ss").replace('ø', "o");
    let slug: String = spelled.nfkd().filter(char::is_ascii).collect();
    if slug.is_empty() {
        return Err("nothing of it is left in the gateway's spelling");
    }
    if slug.contains(['*', '?', '[']) {
        return Err("the gateway spells it as a pattern");
    }
    Ok(slug)
}

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        slug(alias)
    }

    fn name(&self, alias: &str, tool: &str) -> Result<String, &'static str> {
        Ok(format!("{alias}-{}", slug(tool)?))
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let rules: Vec<Value> = servers.iter().flat_map(|server| &server.tools).map(rule).collect();
        vec![PolicyFile::main(&CAPABILITY, pretty(&Value::Array(rules)))]
    }
}

fn rule(tool: &FittedTool<'_>) -> Value {
    let kind = if tool.effect.is_allowed() { "allow" } else { "deny" };
    json!({
        "id": format!("{kind}:mcpdex.{}", tool.name),
        "roles": ["*"],
        "actions": [format!("tools.invoke.{}", tool.name)],
        "resource_types": ["tool"],
        "resource_ids": [tool.name],
        "reason": tool.reason,
    })
}
