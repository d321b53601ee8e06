//! `mcpdex run-confined`: the first process of a program that nobody trusts; see `probe::sandbox`.

use super::Exit;
use crate::probe::sandbox;

pub(super) fn run(description: &str) -> anyhow::Result<Exit> {
    sandbox::confine(description)?;
    Ok(Exit::Done)
}
