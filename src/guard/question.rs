//! What a client's hook input asks. Shapes: Claude Code's and Codex's `PreToolUse` (`tool_name` `mcp__SERVER__TOOL`,
//! `tool_input`), Claude Code's `ConfigChange` (`source`, `file_path`), Gemini CLI's `BeforeTool` (with `mcp_context`),
//! Cursor's `beforeMCPExecution` (`tool_input` as text, `command` or `url` of the server) and `beforeShellExecution`.

use super::HookClient;
use super::adding::{self, Adding};
use super::answer::CONFIG_CHANGE;
use crate::model::lenient;
use crate::source::client_config::ClientServer;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Bytes of a hook's input that are read; a larger one is refused.
pub const MAX_INPUT: usize = 16 << 20;

/// Why an input cannot be answered. The call is blocked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    #[error("the hook's input is larger than 16 MiB")]
    TooLarge,
    #[error("the hook's input is no JSON object")]
    NoObject,
    #[error("the hook's input has no `{0}`")]
    Missing(&'static str),
    #[error("the hook's event `{0}` is not one that guard answers; register it for the events that its help names")]
    UnknownEvent(String),
    #[error("the hook's event `{0}` is not one of the client that --client names")]
    OtherClient(String),
}

/// A tool that a client is about to call.
#[derive(Debug, Clone, PartialEq)]
pub struct HookCall {
    /// The client's name for server and tool in one, without what it puts before every such name.
    pub full: String,
    /// Server and tool apart, where the client tells them so.
    pub apart: Option<(Option<String>, String)>,
    /// What the client says it starts or connects to.
    pub entry: Option<ClientServer>,
    pub arguments: Map<String, Value>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum HookQuestion {
    /// A call of an MCP server's tool.
    Call(Box<HookCall>),
    /// Servers are about to be added to the client's configuration.
    Adding(Adding),
    /// A file of the client's settings has changed.
    Settings(PathBuf),
    /// None of ours: a tool of the client's own.
    Other,
}

/// A question with who asks and where.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedByHook {
    pub client: HookClient,
    pub event: String,
    /// The folder that the client works in.
    pub folder: PathBuf,
    pub question: HookQuestion,
}

/// Reads a hook's input. Without a client that is named, the event tells which it is.
///
/// # Errors
/// The input is not understood: what it is about must not pass.
pub fn question(bytes: &[u8], named: Option<HookClient>) -> Result<AskedByHook, HookError> {
    if bytes.len() > MAX_INPUT {
        return Err(HookError::TooLarge);
    }
    // Some shells put a byte order mark before what they pipe.
    let text = lenient::text_of(bytes).ok_or(HookError::NoObject)?.0;
    let Ok(Value::Object(input)) = serde_json::from_str(&text) else { return Err(HookError::NoObject) };
    let event = text_at(&input, "hook_event_name").ok_or(HookError::Missing("hook_event_name"))?;
    let clients: &[HookClient] = match event.as_str() {
        // Codex tells the turn that it is in.
        "PreToolUse" if input.contains_key("turn_id") => &[HookClient::Codex, HookClient::ClaudeCode],
        "PreToolUse" => &[HookClient::ClaudeCode, HookClient::Codex],
        CONFIG_CHANGE => &[HookClient::ClaudeCode],
        "BeforeTool" => &[HookClient::Gemini],
        "beforeMCPExecution" | "beforeShellExecution" => &[HookClient::Cursor],
        _ => return Err(HookError::UnknownEvent(event.chars().take(60).collect())),
    };
    let client = named.unwrap_or(clients[0]);
    if !clients.contains(&client) {
        return Err(HookError::OtherClient(event));
    }
    let folder = text_at(&input, "cwd").or_else(|| {
        let roots = input.get("workspace_roots")?.as_array()?;
        roots.first()?.as_str().map(str::to_owned)
    });
    let question = match event.as_str() {
        CONFIG_CHANGE => match text_at(&input, "file_path") {
            Some(file) => HookQuestion::Settings(PathBuf::from(file)),
            // Skills are no servers; a file of settings that is not named cannot be looked at.
            None if text_at(&input, "source").as_deref() == Some("skills") => HookQuestion::Other,
            None => return Err(HookError::Missing("file_path")),
        },
        "beforeMCPExecution" => cursor_call(&input)?,
        "beforeShellExecution" => shell(&text_at(&input, "command").ok_or(HookError::Missing("command"))?),
        _ => tool(&input)?,
    };
    Ok(AskedByHook { client, event, folder: PathBuf::from(folder.unwrap_or_default()), question })
}

/// A tool's or server's name as clients write it into a longer one: other signs than letters, digits, `_` and `-` change.
pub fn hook_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

fn text_at(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The arguments of a call: an object, or one as text. Anything else is no call that could be judged.
fn arguments(input: &Map<String, Value>) -> Result<Map<String, Value>, HookError> {
    let wrong = HookError::Missing("tool_input");
    match input.get("tool_input") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(arguments)) => Ok(arguments.clone()),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Map::new()),
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Object(arguments)) => Ok(arguments),
            _ => Err(wrong),
        },
        Some(_) => Err(wrong),
    }
}

/// What Claude Code, Codex and Gemini CLI say before a tool runs.
fn tool(input: &Map<String, Value>) -> Result<HookQuestion, HookError> {
    let name = text_at(input, "tool_name").ok_or(HookError::Missing("tool_name"))?;
    let context = input.get("mcp_context").and_then(Value::as_object);
    let full = name.strip_prefix("mcp__").or_else(|| name.strip_prefix("mcp_"));
    if context.is_some() || full.is_some() {
        let apart = context.and_then(|context| Some((text_at(context, "server_name"), text_at(context, "tool_name")?)));
        let entry = context.and_then(|context| entry(context, "command"));
        let full = full.unwrap_or(&name).to_owned();
        return Ok(HookQuestion::Call(Box::new(HookCall { full, apart, entry, arguments: arguments(input)? })));
    }
    let Some(Value::Object(given)) = input.get("tool_input") else { return Ok(HookQuestion::Other) };
    let word = |keys: &[&str]| keys.iter().find_map(|key| text_at(given, key));
    Ok(match name.as_str() {
        "Bash" | "shell" | "run_shell_command" | "PowerShell" | "exec_command" => {
            let words = given.get("command").or_else(|| given.get("cmd"));
            let joined = |words: &Vec<Value>| words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
            match words {
                Some(Value::String(line)) => shell(line),
                Some(Value::Array(words)) => shell(&joined(words)),
                _ => HookQuestion::Other,
            }
        }
        "Write" | "write_file" => match (word(&["file_path", "path"]), word(&["content"])) {
            (Some(file), Some(content)) => {
                adding::of_file(&file, &content).map_or(HookQuestion::Other, HookQuestion::Adding)
            }
            (Some(file), None) => adding::of_edit(&file, None).map_or(HookQuestion::Other, HookQuestion::Adding),
            (None, _) => HookQuestion::Other,
        },
        "Edit" | "MultiEdit" | "replace" => {
            let new = Value::Object(given.clone()).to_string();
            let file = word(&["file_path", "path"]).unwrap_or_default();
            adding::of_edit(&file, Some(&new)).map_or(HookQuestion::Other, HookQuestion::Adding)
        }
        "apply_patch" => {
            let patch = word(&["command", "input", "patch"]).unwrap_or_default();
            adding::of_patch(&patch).map_or(HookQuestion::Other, HookQuestion::Adding)
        }
        _ => HookQuestion::Other,
    })
}

fn shell(line: &str) -> HookQuestion {
    adding::of_command(line).map_or(HookQuestion::Other, HookQuestion::Adding)
}

/// What Cursor says before it calls a tool: `tool_name` is the server's own, or `MCP:SERVER:TOOL` in some editions.
fn cursor_call(input: &Map<String, Value>) -> Result<HookQuestion, HookError> {
    let name = text_at(input, "tool_name").ok_or(HookError::Missing("tool_name"))?;
    let bare = name.strip_prefix("MCP:").unwrap_or(&name);
    let apart = match (bare.len() < name.len(), bare.split_once(':')) {
        (true, Some((server, tool))) => (Some(server.to_owned()), tool.to_owned()),
        _ => (text_at(input, "server_name"), bare.to_owned()),
    };
    let call = HookCall {
        full: bare.to_owned(),
        apart: Some(apart),
        entry: entry(input, "command"),
        arguments: arguments(input)?,
    };
    Ok(HookQuestion::Call(Box::new(call)))
}

/// The server that a client says it starts (a command, whole or with its arguments) or connects to.
fn entry(context: &Map<String, Value>, command: &str) -> Option<ClientServer> {
    let url = text_at(context, "url").or_else(|| text_at(context, "httpUrl"));
    let described = match (text_at(context, command), url) {
        (Some(command), _) => match context.get("args") {
            Some(args @ Value::Array(_)) => json!({ "command": command, "args": args }),
            _ => {
                let mut words = shlex::split(&command)?.into_iter();
                json!({ "command": words.next()?, "args": words.collect::<Vec<_>>() })
            }
        },
        (None, Some(url)) => json!({ "url": url }),
        (None, None) => return None,
    };
    adding::described("server", &described)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_an_error_and_never_somebody_elses() {
        let broken: [(&[u8], HookError); 7] = [
            (b"", HookError::NoObject),
            (b"[1]", HookError::NoObject),
            (b"{\"hook_event_name\": \"PreToolUse\"", HookError::NoObject),
            (b"{}", HookError::Missing("hook_event_name")),
            (br#"{"hook_event_name":"PostToolUse"}"#, HookError::UnknownEvent("PostToolUse".to_owned())),
            (br#"{"hook_event_name":"PreToolUse"}"#, HookError::Missing("tool_name")),
            (
                br#"{"hook_event_name":"PreToolUse","tool_name":"mcp__a__b","tool_input":[1]}"#,
                HookError::Missing("tool_input"),
            ),
        ];
        for (bytes, wanted) in broken {
            assert_eq!(
                question(bytes, None).map(|asked| asked.event),
                Err(wanted),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
        let gemini = br#"{"hook_event_name":"BeforeTool","tool_name":"mcp_a_b"}"#;
        assert_eq!(
            question(gemini, Some(HookClient::Cursor)).err(),
            Some(HookError::OtherClient("BeforeTool".to_owned()))
        );
        assert_eq!(question(&vec![b' '; MAX_INPUT + 1], None).err(), Some(HookError::TooLarge));
    }
}
