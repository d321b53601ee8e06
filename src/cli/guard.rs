//! The arguments of `mcpdex guard`.

use crate::guard::HookClient;
use std::path::PathBuf;

// Arguments of `mcpdex guard`.
#[derive(Debug, clap::Args)]
pub struct GuardArgs {
    /// The client that runs the hook (default: told by the event). Events: PreToolUse and ConfigChange (Claude Code),
    /// PreToolUse (Codex), BeforeTool (Gemini CLI), beforeMCPExecution and beforeShellExecution (Cursor).
    #[arg(long, value_enum, value_name = "CLIENT")]
    pub client: Option<HookClient>,
    /// A client configuration in which to look servers up by their names, instead of the client's usual places. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub client_config: Vec<PathBuf>,
    /// How to decide: strict, balanced (default), permissive, or a TOML file of your own.
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Refuse what would ask, for runs that nobody watches.
    #[arg(long)]
    pub no_ask: bool,
}
