//! `mcpdex completions SHELL` and `mcpdex man`: what is made from the command line itself.

use super::{Exit, print_bytes};
use crate::cli::{CompletionsArgs, ManArgs, completions as script, man_page, man_pages};
use anyhow::{Context, bail};
use clap_complete::Shell;
use directories::BaseDirs;

pub(super) fn completions(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    if args.install { install(args) } else { print_bytes(&script(args.shell)).map(|()| Exit::Done) }
}

/// Writes the script where the user's shell looks for it, and says where that is.
fn install(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let base = BaseDirs::new().context("cannot find the home folder; print the script instead, without --install")?;
    let (path, remark) = match args.shell {
        Shell::Bash => (base.data_dir().join("bash-completion/completions/mcpdex"), "open a new shell"),
        Shell::Fish => (base.config_dir().join("fish/completions/mcpdex.fish"), "open a new shell"),
        Shell::Zsh => (
            base.data_dir().join("zsh/site-functions/_mcpdex"),
            "add its folder to fpath in .zshrc, before compinit, and open a new shell",
        ),
        other => bail!("{other} has no usual place for completions; print the script instead, without --install"),
    };
    let folder = path.parent().context("a file lies in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", folder.display()))?;
    std::fs::write(&path, script(args.shell)).with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("wrote {}; {remark}", path.display());
    Ok(Exit::Done)
}

pub(super) fn man(args: &ManArgs) -> anyhow::Result<Exit> {
    match &args.out {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot create the folder {}", folder.display()))?;
            man_pages(folder).with_context(|| format!("cannot write man pages into {}", folder.display()))?;
        }
        None => print_bytes(&man_page().context("cannot make the man page")?)?,
    }
    Ok(Exit::Done)
}
