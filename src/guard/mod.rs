//! The hook: what a client says it is about to do in, what is asked out; an answer in, the client's own words out.
//!
//! Reads no file, no database and no environment: `crate::command::guard` does, and decides. What a client sends was made
//! by a model or by whoever speaks to it, so a word that is not understood is never a call that may pass.

mod adding;
mod answer;
mod question;

pub use adding::Adding;
pub use answer::{HookAnswer, HookPermission, HookReply};
pub use question::{AskedByHook, HookCall, HookError, HookQuestion, MAX_INPUT, hook_name, question};

/// A client whose hooks are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum HookClient {
    /// PreToolUse and ConfigChange.
    ClaudeCode,
    /// PreToolUse.
    Codex,
    /// BeforeTool.
    Gemini,
    /// beforeMCPExecution and beforeShellExecution.
    Cursor,
}

impl HookClient {
    /// How the table of places calls it.
    pub const fn place(self) -> &'static str {
        match self {
            HookClient::ClaudeCode => "Claude Code",
            HookClient::Codex => "Codex",
            HookClient::Gemini => "Gemini CLI",
            HookClient::Cursor => "Cursor",
        }
    }
}
