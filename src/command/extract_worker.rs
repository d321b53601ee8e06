//! The hidden command that a crawl starts once for each package: an archive on stdin, tools as JSON on stdout.

use super::Exit;
use crate::extract::worker;
use anyhow::Context;

pub(super) fn run() -> anyhow::Result<Exit> {
    worker::serve(std::io::stdin(), std::io::stdout()).context("extraction worker failed")?;
    Ok(Exit::Done)
}
