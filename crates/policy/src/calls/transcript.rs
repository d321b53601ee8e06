//! What Claude Code and Codex keep of a session, as far as it tells which MCP tools were called: the shapes that their
//! releases of 2026 write (Claude Code 2.1.197 and Codex 0.171.0, each run against a model and a server of a test's own).
//!
//! * Claude Code, `~/.claude/projects/*/SESSION.jsonl` and `--output-format stream-json`: `assistant` messages whose content
//!   holds `tool_use` blocks named `mcp__SERVER__TOOL`, and `user` messages with the result of each.
//! * Codex, `~/.codex/sessions/…/rollout-*.jsonl`: `item_completed` events with an item `McpToolCall`, beside a
//!   `function_call` with the namespace `mcp__SERVER` and the same id; older releases write `mcp_tool_call_end` events and
//!   `function_call`s named `mcp__SERVER__TOOL`. `codex exec --json`: `item.completed` with an item `mcp_tool_call`.
//!
//! Neither tells whether a person was asked before a call that ran. A call that a person or a rule refused is told by its
//! result.

use super::record::{CallRecord, RecordedDecision, time};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What begins the result of a call that did not run, since a person, a rule or nobody who could be asked refused it.
const REFUSED: [&str; 11] = [
    // Claude Code.
    "The user doesn't want to proceed",
    "The user doesn't want to take this action",
    "Permission for this tool use was denied",
    "Permission to use ",
    "Claude requested permissions to use ",
    // Codex.
    "user rejected MCP tool call",
    "user cancelled MCP tool call",
    "MCP tool call cancelled",
    "MCP tool call requires approval",
    "MCP tool call blocked",
    "rejected by user",
];

/// Whether a line was one of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is, whether it holds a call or not.
    Session,
    /// It is no line of a session that is known.
    Foreign,
}

/// Lines of transcripts, which refer to each other.
#[derive(Default)]
pub(super) struct Transcripts {
    /// Which call has which id.
    calls: HashMap<String, usize>,
}

impl Transcripts {
    /// Takes a line of a transcript.
    pub(super) fn take(&mut self, line: &Value, calls: &mut Vec<CallRecord>) -> Taken {
        let text = |key: &str| line.get(key).and_then(Value::as_str);
        let Some(kind) = text("type").filter(|_| text("tool").is_none()) else { return Taken::Foreign };
        let at = line.get("timestamp").and_then(time);
        if let Some(payload) = line.get("payload").filter(|payload| payload.is_object()) {
            self.rollout(payload, at, calls);
            return Taken::Session;
        }
        if let Some(blocks) = line.pointer("/message/content") {
            for block in blocks.as_array().into_iter().flatten() {
                self.claude(block, line, at, calls);
            }
            return Taken::Session;
        }
        match kind {
            // Ids of items begin anew with each session.
            "thread.started" => self.calls.clear(),
            "item.started" | "item.updated" | "item.completed" => {
                let Some(item) = line.get("item").filter(|item| item.is_object()) else { return Taken::Foreign };
                self.item(item, at, calls);
            }
            "turn.started" | "turn.completed" | "turn.failed" | "error" => {}
            // Other lines of Claude Code's files: summaries, snapshots, attachments, settings.
            _ => {
                let of_session = ["sessionId", "session_id", "uuid", "leafUuid", "messageId", "summary"];
                if !of_session.iter().any(|key| line.get(*key).is_some()) {
                    return Taken::Foreign;
                }
            }
        }
        Taken::Session
    }

    fn claude(&mut self, block: &Value, line: &Value, at: Option<i64>, calls: &mut Vec<CallRecord>) {
        let text = |key: &str| block.get(key).and_then(Value::as_str);
        match text("type") {
            Some("tool_use") => {
                let Some((server, tool)) = text("name").and_then(split) else { return };
                let arguments = block.get("input").and_then(Value::as_object).cloned().unwrap_or_default();
                self.push(text("id"), CallRecord { at, server: Some(server), tool, arguments, decision: None }, calls);
            }
            Some("tool_result") => {
                let Some(call) = text("tool_use_id").and_then(|id| self.calls.get(id)) else { return };
                let call = &mut calls[*call];
                // A stream tells no time of the call, only of its result.
                call.at = call.at.or(at);
                let content = block.get("content");
                let said = content
                    .and_then(Value::as_str)
                    .or_else(|| content?.get(0)?.get("text")?.as_str())
                    .unwrap_or_default();
                let failed = block.get("is_error").and_then(Value::as_bool) == Some(true);
                // Newer releases name the kind of a denial beside the message.
                if line.get("toolDenialKind").is_some_and(Value::is_string) || (failed && is_refusal(said)) {
                    call.decision = Some(RecordedDecision::Refused);
                }
            }
            _ => {}
        }
    }

    fn rollout(&mut self, payload: &Value, at: Option<i64>, calls: &mut Vec<CallRecord>) {
        let text = |key: &str| payload.get(key).and_then(Value::as_str);
        match text("type") {
            Some("item_started" | "item_completed") => {
                if let Some(item) = payload.get("item") {
                    self.item(item, at, calls);
                }
            }
            Some("mcp_tool_call_begin" | "mcp_tool_call_end") => {
                let Some(call) = payload.get("invocation").and_then(|invocation| called(invocation, at)) else {
                    return;
                };
                let failed = payload.pointer("/result/Err").and_then(Value::as_str);
                self.push(text("call_id"), CallRecord { decision: refusal(failed), ..call }, calls);
            }
            Some("function_call") => {
                let Some(name) = text("name") else { return };
                let of_namespace = text("namespace").and_then(|namespace| namespace.strip_prefix("mcp__"));
                let named = match of_namespace {
                    Some(server) => Some((server.to_owned(), name.to_owned())),
                    None => split(name),
                };
                let Some((server, tool)) = named else { return };
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

    /// An item of Codex, which tells the names as the server has them.
    fn item(&mut self, item: &Value, at: Option<i64>, calls: &mut Vec<CallRecord>) {
        if !matches!(item.get("type").and_then(Value::as_str), Some("McpToolCall" | "mcp_tool_call")) {
            return;
        }
        let Some(call) = called(item, at) else { return };
        let failed = item.pointer("/error/message").and_then(Value::as_str);
        self.push(item.get("id").and_then(Value::as_str), CallRecord { decision: refusal(failed), ..call }, calls);
    }

    /// Keeps a call; of one id the first, with the names of an event, which come unchanged.
    fn push(&mut self, id: Option<&str>, call: CallRecord, calls: &mut Vec<CallRecord>) {
        let Some(id) = id else { return calls.push(call) };
        match self.calls.get(id) {
            Some(known) => {
                let at = calls[*known].at.or(call.at);
                let decision = call.decision.or(calls[*known].decision);
                calls[*known] = CallRecord { at, decision, ..call };
            }
            None => {
                self.calls.insert(id.to_owned(), calls.len());
                calls.push(call);
            }
        }
    }
}

/// `server`, `tool` and `arguments` of an object.
fn called(value: &Value, at: Option<i64>) -> Option<CallRecord> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let arguments = value.get("arguments").and_then(Value::as_object).cloned().unwrap_or_default();
    Some(CallRecord { at, server: text("server"), tool: text("tool")?, arguments, decision: None })
}

fn is_refusal(said: &str) -> bool {
    REFUSED.iter().any(|start| said.starts_with(start))
}

fn refusal(failed: Option<&str>) -> Option<RecordedDecision> {
    failed.filter(|said| is_refusal(said)).map(|_| RecordedDecision::Refused)
}

/// The server and the tool of a name of an MCP tool; `None` for the client's own tools.
fn split(name: &str) -> Option<(String, String)> {
    let (server, tool) = name.strip_prefix("mcp__")?.split_once("__")?;
    (!server.is_empty() && !tool.is_empty()).then(|| (server.to_owned(), tool.to_owned()))
}
