//! `mcpdex completions SHELL` and `mcpdex man`: what is made from the command line itself.

use super::{Exit, print_bytes};
use crate::cli::{CompletionsArgs, ManArgs, completions as script, man_page, man_pages};
use anyhow::Context;

pub(super) fn completions(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    print_bytes(&script(args.shell))?;
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
