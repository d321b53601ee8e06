//! The arguments of `mcpdex mcp`.

// Arguments of `mcpdex mcp`.
#[derive(Debug, clap::Args)]
pub struct McpArgs {
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
