//! The arguments of `mcpdex mcp`.

use super::AccessArgs;
use std::net::SocketAddr;

// Arguments of `mcpdex mcp`.
#[derive(Debug, clap::Args)]
pub struct McpArgs {
    /// Listen here for streamable HTTP, at /mcp, instead of speaking over stdin and stdout.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "install")]
    pub listen: Option<SocketAddr>,
    #[command(flatten)]
    pub access: AccessArgs,
    /// Show how a client adds mcpdex: the file and what is put into it.
    #[arg(long, value_enum, value_name = "CLIENT")]
    pub install: Option<InstallClient>,
    /// Write what --install shows; every other byte of the file stays.
    #[arg(long, requires = "install")]
    pub write: bool,
}

/// A client that mcpdex can be added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum InstallClient {
    ClaudeCode,
    ClaudeDesktop,
    Cursor,
    Vscode,
    Codex,
    Gemini,
}
