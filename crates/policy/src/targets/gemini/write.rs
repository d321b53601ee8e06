//! The TOML of Gemini CLI's policy engine.
//!
//! The highest priority that matches decides: one rule refuses the whole server, rules above it let tools through. The
//! engine compares with `mcp_SERVER_TOOL` after turning odd characters into `_`; a trailing `_*` would be a wildcard.

use crate::capability::{Adapted, Capability, RefusalMode};
use crate::condition::{Condition, Test};
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use crate::text::{comment, json_quoted, mangled, quoted};
use serde_json::{Map, Value, json};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "Gemini CLI policy engine",
    file: "gemini.toml",
    one_server: false,
    refusal: RefusalMode::ByRule,
    ask: true,
    rate: false,
    hide: true,
    arguments: Some("one of several texts, and switches that must be on"),
    default: PolicyEffect::Hide,
    names: "characters other than letters, digits, `_`, `-`, `.` and `:` become `_`; a name whose full form \
            `mcp_SERVER_TOOL` exceeds 63 characters is cut off by the client; a server alias has only letters, \
            digits and `-`",
    lists: "none known",
    most_conditional: usize::MAX,
    comments: true,
    engine: None,
    steps: &[
        "Save the document in ~/.gemini/policies/, or in /etc/gemini-cli/policies/ for everyone on the machine",
        "Merge gemini-settings.json into ~/.gemini/settings.json, where the server must have the same name",
        "Restart the client; without a terminal, asking means refusing",
    ],
};

/// The longest full name that the client does not cut off, in characters.
const LONGEST: usize = 63;

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        if !alias.is_empty() && alias.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Ok(alias.to_owned());
        }
        Err("the client splits names at the first `_`, and other characters change; use letters, digits and `-`")
    }

    fn name(&self, alias: &str, tool: &str) -> Result<String, &'static str> {
        let name = mangled(tool, '_', |c| c.is_ascii_alphanumeric() || "_-.:".contains(c));
        match "mcp_".len() + alias.len() + 1 + name.len() {
            _ if tool.is_empty() => Err("it is empty"),
            length if length > LONGEST => Err("the client cuts it off"),
            _ => Ok(name),
        }
    }

    fn adapt(&self, condition: &Condition) -> Adapted {
        match pair(condition) {
            Some(pair) if pair.len() <= LONGEST_PAIR => Adapted::Same,
            Some(_) => Adapted::No("its pattern would be too long"),
            None => Adapted::No("its patterns are held to be unsafe where they repeat, and cannot say what is absent"),
        }
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::new();
        for server in servers {
            write_server(&mut out, server).expect("a string takes all");
        }
        let settings = PolicyFile { file: "gemini-settings.json".to_owned(), text: pretty(&settings(servers)) };
        vec![PolicyFile::main(&CAPABILITY, out), settings]
    }
}

/// The same for settings.json: what no policy rule names does not even exist.
fn settings(servers: &[FittedServer<'_>]) -> Value {
    let mut all = Map::new();
    for server in servers {
        // The client compares this list with the names that the server gives.
        let names: Vec<&str> = server.reachable().flat_map(|tool| tool.stands_for.iter().copied()).collect();
        let mut entry = Map::new();
        if let Some(launch) = server.launch {
            if let Some(command) = &launch.command {
                entry.insert("command".to_owned(), json!(command));
                entry.insert("args".to_owned(), json!(launch.args));
            } else if let Some(url) = &launch.url {
                entry.insert("httpUrl".to_owned(), json!(url));
            }
        }
        entry.insert("includeTools".to_owned(), json!(names));
        entry.insert("trust".to_owned(), json!(false));
        all.insert(server.alias.clone(), Value::Object(entry));
    }
    let aliases: Vec<&str> = servers.iter().map(|server| server.alias.as_str()).collect();
    json!({ "mcp": { "allowed": aliases }, "mcpServers": all })
}

fn write_server(out: &mut String, server: &FittedServer<'_>) -> std::fmt::Result {
    let alias = quoted(&server.alias);
    if !out.is_empty() {
        out.push('\n');
    }
    writeln!(out, "# {}: whatever no rule below names is refused", comment(server.name))?;
    writeln!(out, "[[rule]]\nmcpName = {alias}\ntoolName = \"*\"\ndecision = \"deny\"\npriority = 100")?;
    writeln!(out, "deny_message = \"Not allowed by policy.\"")?;
    for tool in server.reachable() {
        let decision = if tool.effect == PolicyEffect::Allow { "allow" } else { "ask_user" };
        writeln!(out, "\n# {}", comment(&tool.reason))?;
        writeln!(out, "[[rule]]\nmcpName = {alias}\ntoolName = [{}]", quoted(&tool.name))?;
        if !tool.conditions.is_empty() {
            writeln!(out, "argsPattern = {}", quoted(&pattern(tool)))?;
        }
        writeln!(out, "decision = \"{decision}\"\npriority = 200")?;
        if !tool.conditions.is_empty() && tool.failing == PolicyEffect::Ask {
            writeln!(
                out,
                "\n# what did not match above\n[[rule]]\nmcpName = {alias}\ntoolName = [{}]",
                quoted(&tool.name)
            )?;
            writeln!(out, "decision = \"ask_user\"\npriority = 150")?;
        }
    }
    Ok(())
}

/// The longest pattern of one argument; the client drops a rule whose whole pattern exceeds 2,048 characters.
const LONGEST_PAIR: usize = 600;

/// The pattern of one argument in the text that the client compares with: its arguments as JSON, sorted by name, each pair
/// at the top between two NUL characters, which no value can hold unescaped.
fn pair(condition: &Condition) -> Option<String> {
    let json = |text: &str| regex::escape(&json_quoted(text));
    let value = match &condition.test {
        Test::OneOf(values) => match values.as_slice() {
            [one] => json(one),
            values => format!("(?:{})", values.iter().map(|value| json(value)).collect::<Vec<_>>().join("|")),
        },
        Test::True => "true".to_owned(),
        _ => return None,
    };
    Some(format!(r"\x00{}:{value}\x00", json(&condition.argument)))
}

fn pattern(tool: &FittedTool<'_>) -> String {
    let mut conditions: Vec<&Condition> = tool.conditions.iter().collect();
    // As the client sorts: by UTF-16.
    conditions.sort_by_cached_key(|condition| condition.argument.encode_utf16().collect::<Vec<_>>());
    conditions.iter().filter_map(|condition| pair(condition)).collect::<Vec<_>>().join(".*")
}
