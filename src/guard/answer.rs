//! An answer in the words of the client that asked.
//!
//! Claude Code: `hookSpecificOutput` with `permissionDecision`; a change of its settings can only be blocked. Codex takes
//! nothing but *deny* (its parser calls allow and ask failures, and lets a failed hook's call run), Gemini CLI documents
//! allow and deny. Where a client cannot be told to ask, asking is refusing, and the reason says how a person allows it.

use super::HookClient;
use serde_json::{Value, json};

/// What may happen to what a client is about to do; the later is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HookPermission {
    Allow,
    /// A person decides.
    Ask,
    Deny,
}

/// An answer and why, in a sentence that holds no text of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookAnswer {
    pub permission: HookPermission,
    pub reason: String,
}

impl HookAnswer {
    /// An answer; a reason that is too long for a prompt is cut.
    pub fn new(permission: HookPermission, reason: impl AsRef<str>) -> HookAnswer {
        let mut reason: String = reason.as_ref().chars().take(MAX_REASON).collect();
        if reason.chars().count() == MAX_REASON {
            reason.push('…');
        }
        HookAnswer { permission, reason }
    }

    /// The stricter of two; of equals the first.
    #[must_use]
    pub fn stricter(self, other: HookAnswer) -> HookAnswer {
        if other.permission > self.permission { other } else { self }
    }
}

/// Characters of a reason.
const MAX_REASON: usize = 600;

/// What goes to stdout, with exit code 0. Empty where saying nothing leaves the client to its own rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookReply(pub String);

impl HookReply {
    /// The client goes by its own rules: what it is about to do is none of ours.
    pub fn silent(client: HookClient, event: &str) -> HookReply {
        match client {
            // A hook of Cursor's that answers nothing has failed.
            HookClient::Cursor => HookReply(line(&json!({ "permission": "allow" }))),
            _ => HookReply(if event == "BeforeTool" { "{}\n".to_owned() } else { String::new() }),
        }
    }

    /// The answer as the client reads it.
    pub fn of(client: HookClient, event: &str, answer: &HookAnswer) -> HookReply {
        let reason = format!("mcpdex: {}", answer.reason);
        let unasked = |how: &str| format!("{reason}. This client cannot be told to ask: {how}");
        let value = match (client, answer.permission) {
            // Only blocking is known of this event.
            (HookClient::ClaudeCode, HookPermission::Allow) if event == CONFIG_CHANGE => {
                return HookReply(String::new());
            }
            (HookClient::ClaudeCode, permission) if event == CONFIG_CHANGE => {
                let how = "add the server by hand once it was looked at, with this hook switched off";
                let reason = if permission == HookPermission::Ask { unasked(how) } else { reason };
                json!({ "decision": "block", "reason": reason })
            }
            (HookClient::ClaudeCode, permission) => claude(event, word(permission), &reason),
            (HookClient::Codex, HookPermission::Allow) => return HookReply(String::new()),
            (HookClient::Codex, HookPermission::Ask) => {
                claude(event, "deny", &unasked("a person makes the call, or allows the tool in the profile of mcpdex"))
            }
            (HookClient::Codex, HookPermission::Deny) => claude(event, "deny", &reason),
            (HookClient::Gemini, HookPermission::Allow) => json!({ "decision": "allow" }),
            (HookClient::Gemini, HookPermission::Ask) => {
                let how =
                    "its policy engine can (`mcpdex policy --target gemini`), or a profile of mcpdex allows the tool";
                json!({ "decision": "deny", "reason": unasked(how) })
            }
            (HookClient::Gemini, HookPermission::Deny) => json!({ "decision": "deny", "reason": reason }),
            (HookClient::Cursor, HookPermission::Allow) => json!({ "permission": "allow" }),
            (HookClient::Cursor, permission) => {
                json!({ "permission": word(permission), "user_message": reason, "agent_message": reason })
            }
        };
        HookReply(line(&value))
    }
}

/// Claude Code's event for files of settings.
pub(super) const CONFIG_CHANGE: &str = "ConfigChange";

fn claude(event: &str, decision: &str, reason: &str) -> Value {
    json!({ "hookSpecificOutput": {
        "hookEventName": event, "permissionDecision": decision, "permissionDecisionReason": reason,
    } })
}

const fn word(permission: HookPermission) -> &'static str {
    match permission {
        HookPermission::Allow => "allow",
        HookPermission::Ask => "ask",
        HookPermission::Deny => "deny",
    }
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}
