//! The arguments of what is made from the command line itself, and the making.

use std::path::{Path, PathBuf};

// Arguments of `mcpdex completions`.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell to complete in.
    pub shell: clap_complete::Shell,
    /// Write the script where the shell looks for it, instead of to stdout.
    #[arg(long)]
    pub install: bool,
}

// Arguments of `mcpdex man`.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Write a page for every command into this folder instead of the main page to stdout.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

// Arguments of `mcpdex doctor`.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Also ask whether package registries answer.
    #[arg(long)]
    pub online: bool,
    #[command(flatten)]
    pub format: super::FormatArgs,
}

/// The script that completes mcpdex in a shell.
pub fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::Cli::described(), "mcpdex", &mut script);
    script
}

/// The main man page.
///
/// # Errors
/// Never for memory.
pub fn man_page() -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(super::Cli::described()).render(&mut page)?;
    Ok(page)
}

/// Writes a man page for every command into a folder.
///
/// # Errors
/// The folder cannot be written.
pub fn man_pages(folder: &Path) -> std::io::Result<()> {
    clap_mangen::generate_to(super::Cli::described(), folder)
}
