//! `mcpdex merge FILE…`: several databases, or exports of them, put together into one.

use super::{Exit, database, interrupt, judging, named};
use crate::cli::{Global, MergeArgs};
use crate::model::text::counted;
use crate::report::visible;
use crate::store::{DatabasePlace, load, merge};
use anyhow::{Context, bail};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What every SQLite file begins with.
const SQLITE: &[u8] = b"SQLite format 3\0";

pub(super) fn run(global: &Global, args: &MergeArgs) -> anyhow::Result<Exit> {
    let into = match &args.out {
        Some(out) => DatabasePlace::from(out.clone()),
        None => database::place(global)?,
    };
    let Some(file) = into.file() else {
        eprintln!(
            "error: databases are merged into a file, and {into} is a server's; merge into a new file (--out FILE), then \
             `mcpdex --db FILE export --format jsonl` and import that"
        );
        return Ok(Exit::Usage);
    };
    let read = tempfile::tempdir().context("cannot make a folder to read exports in")?;
    let mut inputs = Vec::new();
    for (at, file) in args.files.iter().enumerate() {
        inputs.push(input(file, read.path(), at)?);
    }
    let merged = merge(&inputs, file, || Ok::<_, anyhow::Error>(interrupt::check()?))?;
    // Makes what a merge leaves out: verdicts, the search index, costs.
    database::open_judged(global, &into)?;
    if !global.quiet {
        let united = match merged.united {
            0 => String::new(),
            some => format!("; {} found to be another", counted(some as u64, "server")),
        };
        eprintln!(
            "{} merged into {}: {}, {}, {}, {}{united}",
            counted(inputs.len() as u64, "file"),
            visible(&into.to_string()),
            counted(merged.servers, "server"),
            counted(merged.listings, "listing"),
            counted(merged.lists, "list"),
            counted(merged.attempts, "attempt"),
        );
    }
    Ok(Exit::Done)
}

/// The database that a file is, or the one that its export makes in `folder`.
fn input(file: &Path, folder: &Path, at: usize) -> anyhow::Result<PathBuf> {
    interrupt::check()?;
    if file != Path::new("-") {
        let mut begin = Vec::new();
        let opened = named::file(File::open(file)).with_context(|| format!("opening {}", file.display()))?;
        opened
            .take(SQLITE.len() as u64)
            .read_to_end(&mut begin)
            .with_context(|| format!("reading {}", file.display()))?;
        if begin == SQLITE {
            return Ok(file.to_owned());
        }
        if begin.is_empty() {
            bail!("{} is empty: it is neither a database nor an export of one", visible(&file.display().to_string()));
        }
    }
    let database = folder.join(format!("{at}.db"));
    load(&database, judging::open(Some(file))?).with_context(|| format!("reading the export {}", file.display()))?;
    Ok(database)
}
