//! `mcpdex run-confined`: the first process of a program that nobody trusts; see `probe::sandbox`.

use super::Exit;
use crate::cli::ConfinedArgs;
use crate::probe::sandbox;

pub(super) fn run(args: &ConfinedArgs) -> anyhow::Result<Exit> {
    sandbox::confine(&args.description)?;
    Ok(Exit::Done)
}
