//! What Claude Code and Codex keep of a session, as far as it tells which MCP tools were called.
//!
//! Claude Code: `assistant` messages whose content holds `tool_use` blocks named `mcp__SERVER__TOOL`, and `user` messages
//! with the result of each, an error where the person refused. Codex: events of MCP calls with server and tool apart, and
//! function calls named `mcp__SERVER__TOOL`; one call has both and one id.

use super::record::{CallRecord, RecordedDecision, time};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What begins the result of a call that the person refused.
const REFUSED: [&str; 3] =
    ["The user doesn't want to proceed", "The user doesn't want to take this action", "Permission to use"];

/// Lines of transcripts, which refer to each other.
#[derive(Default)]
pub(super) struct Transcripts {
    /// Which call has which id.
    calls: HashMap<String, usize>,
}

impl Transcripts {
    /// Takes a line of a transcript; `false` where it is none.
    pub(super) fn take(&mut self, line: &Value, calls: &mut Vec<CallRecord>) -> bool {
        if line.get("tool").is_some_and(Value::is_string) {
            return false;
        }
        let at = line.get("timestamp").and_then(time);
        if let Some(payload) = line.get("payload").filter(|payload| payload.is_object()) {
            self.codex(payload, at, calls);
            return true;
        }
        if let Some(blocks) = line.pointer("/message/content") {
            for block in blocks.as_array().into_iter().flatten() {
                self.claude(block, at, calls);
            }
            return true;
        }
        // Other lines of the same files: summaries, snapshots, attachments, settings.
        line.get("type").is_some_and(Value::is_string)
    }

    fn claude(&mut self, block: &Value, at: Option<i64>, calls: &mut Vec<CallRecord>) {
        let text = |key: &str| block.get(key).and_then(Value::as_str);
        match text("type") {
            Some("tool_use") => {
                let Some((server, tool)) = text("name").and_then(split) else { return };
                let arguments = block.get("input").and_then(Value::as_object).cloned().unwrap_or_default();
                self.push(text("id"), CallRecord { at, server: Some(server), tool, arguments, decision: None }, calls);
            }
            Some("tool_result") => {
                let Some(call) = text("tool_use_id").and_then(|id| self.calls.get(id)) else { return };
                let content = block.get("content");
                let said = content
                    .and_then(Value::as_str)
                    .or_else(|| content?.get(0)?.get("text")?.as_str())
                    .unwrap_or_default();
                let failed = block.get("is_error").and_then(Value::as_bool) == Some(true);
                if failed && REFUSED.iter().any(|start| said.starts_with(start)) {
                    calls[*call].decision = Some(RecordedDecision::Refused);
                }
            }
            _ => {}
        }
    }

    fn codex(&mut self, payload: &Value, at: Option<i64>, calls: &mut Vec<CallRecord>) {
        let text = |key: &str| payload.get(key).and_then(Value::as_str);
        match text("type") {
            Some("mcp_tool_call_begin" | "mcp_tool_call_end") => {
                let Some(invocation) = payload.get("invocation") else { return };
                let of = |key: &str| invocation.get(key).and_then(Value::as_str).map(str::to_owned);
                let Some(tool) = of("tool") else { return };
                let arguments = invocation.get("arguments").and_then(Value::as_object).cloned().unwrap_or_default();
                self.push(
                    text("call_id"),
                    CallRecord { at, server: of("server"), tool, arguments, decision: None },
                    calls,
                );
            }
            Some("function_call") => {
                let Some((server, tool)) = text("name").and_then(split) else { return };
                let arguments: Map<String, Value> =
                    text("arguments").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
                self.push(
                    text("call_id"),
                    CallRecord { at, server: Some(server), tool, arguments, decision: None },
                    calls,
                );
            }
            _ => {}
        }
    }

    /// Keeps a call; of one id the first, with the names of an event, which come unchanged.
    fn push(&mut self, id: Option<&str>, call: CallRecord, calls: &mut Vec<CallRecord>) {
        let Some(id) = id else { return calls.push(call) };
        match self.calls.get(id) {
            Some(known) => {
                let at = calls[*known].at.or(call.at);
                calls[*known] = CallRecord { at, decision: calls[*known].decision, ..call };
            }
            None => {
                self.calls.insert(id.to_owned(), calls.len());
                calls.push(call);
            }
        }
    }
}

/// The server and the tool of a name of an MCP tool; `None` for the client's own tools.
fn split(name: &str) -> Option<(String, String)> {
    let (server, tool) = name.strip_prefix("mcp__")?.split_once("__")?;
    (!server.is_empty() && !tool.is_empty()).then(|| (server.to_owned(), tool.to_owned()))
}
