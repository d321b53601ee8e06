//! JSON lines of calls, as anybody can write them or as clients keep them, into one shape.

use super::record::{CallRecord, RecordedDecision, time};
use super::transcript::{Taken, Transcripts};
use serde_json::{Map, Value};

/// Calls of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallLog {
    pub calls: Vec<CallRecord>,
    /// Lines that are no JSON, or calls that are none: their numbers and why. The rest is read.
    pub unread: Vec<(usize, String)>,
    /// Lines of a client's session, with a call or without.
    pub session_lines: usize,
}

/// The kinds of faults that are listed; a file of something else has one in each line.
const MOST_UNREAD: usize = 20;

/// Reads JSON lines `{at, server, tool, arguments, decision?}`, or a transcript of Claude Code or Codex, line by line.
/// `at` is a time by RFC 3339, or seconds or milliseconds since 1970.
pub fn read_calls(text: &str) -> CallLog {
    let mut log = CallLog::default();
    let mut transcripts = Transcripts::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let mut unread = |why: String| {
            if log.unread.len() < MOST_UNREAD {
                log.unread.push((number + 1, why));
            }
        };
        let value: Value = match serde_json::from_str(line) {
            Ok(value) => value,
            Err(error) => {
                unread(error.to_string());
                continue;
            }
        };
        if transcripts.take(&value, &mut log.calls) == Taken::Session {
            log.session_lines += 1;
            continue;
        }
        match record(&value) {
            Ok(call) => log.calls.push(call),
            Err(why) => unread(why),
        }
    }
    log
}

/// One call as anybody can write it.
///
/// # Errors
/// It names no tool, or something in it is of another kind.
pub(crate) fn record(value: &Value) -> Result<CallRecord, String> {
    let Some(map) = value.as_object() else { return Err("a call is an object".to_owned()) };
    let tool = match map.get("tool") {
        Some(Value::String(tool)) => tool.clone(),
        Some(_) => return Err("`tool` is a text".to_owned()),
        None => return Err("it has no `tool`".to_owned()),
    };
    let arguments = match map.get("arguments") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(arguments)) => arguments.clone(),
        Some(_) => return Err("`arguments` is an object".to_owned()),
    };
    let server = match map.get("server") {
        None | Some(Value::Null) => None,
        Some(Value::String(server)) => Some(server.clone()),
        Some(_) => return Err("`server` is a text".to_owned()),
    };
    let at = match map.get("at") {
        None | Some(Value::Null) => None,
        Some(at) => Some(time(at).ok_or("`at` is a time such as 2026-01-31T12:00:00Z, or seconds since 1970")?),
    };
    let decision = match map.get("decision") {
        None | Some(Value::Null) => None,
        Some(word) => Some(decision(word).ok_or("`decision` is allow, ask or deny")?),
    };
    Ok(CallRecord { at, server, tool, arguments, decision })
}

fn decision(value: &Value) -> Option<RecordedDecision> {
    Some(match value.as_str()? {
        "allow" | "allowed" | "approve" | "approved" => RecordedDecision::Allowed,
        "ask" | "asked" | "prompt" => RecordedDecision::Asked,
        "deny" | "denied" | "refuse" | "refused" | "hide" | "hidden" | "reject" | "rejected" => {
            RecordedDecision::Refused
        }
        _ => return None,
    })
}
