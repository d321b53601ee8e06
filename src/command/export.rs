//! `mcpdex export`: the database written down, whole (JSON lines) or as a table of the current tools, or of some of them.

use super::output::stdout;
use super::{Exit, database, interrupt, named};
use crate::cli::{ExportArgs, ExportFormat, Global};
use crate::model::ToolRow;
use crate::report::{MARKDOWN_HEAD, Sheet, markdown_row, visible};
use crate::store::Reader;
use anyhow::Context;
use std::collections::BTreeSet;
use std::io::{BufWriter, Write};

pub(super) fn run(global: &Global, args: &ExportArgs) -> anyhow::Result<Exit> {
    let format = match args.meant() {
        Ok(format) => format,
        Err(why) => return Ok(misused(&why)),
    };
    if format == ExportFormat::Parquet && cfg!(not(feature = "parquet")) {
        return Ok(misused(
            "this mcpdex was built without Parquet; build it with `--features parquet`, which is on unless it was switched off",
        ));
    }
    if format == ExportFormat::Jsonl && args.only.is_some() {
        let why = "jsonl is the whole database, to be imported; a part of the tools is written with --format json, csv, \
                    markdown or parquet";
        return Ok(misused(why));
    }
    let reader = database::open_judged(global, &database::place(global)?)?;
    let Some(wanted) = Wanted::of(&reader, args)? else { return Ok(Exit::Unread) };
    let Some(path) = &args.out else {
        write(&reader, &wanted, format, stdout())?;
        return Ok(Exit::Done);
    };
    // Whoever reads the file sees a whole one or none, also when this is cut short.
    let _orderly = interrupt::orderly();
    let part = path.with_added_extension("part");
    let file = std::fs::File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
    let written = write(&reader, &wanted, format, file).with_context(|| format!("writing {}", part.display()));
    if written.is_err() {
        std::fs::remove_file(&part).ok();
    }
    written?;
    std::fs::rename(&part, path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Exit::Done)
}

/// Says why the command line makes no sense.
fn misused(why: &str) -> Exit {
    eprintln!("error: {}", visible(why));
    Exit::Usage
}

/// Which of the current tools are asked for.
struct Wanted<'a> {
    args: &'a ExportArgs,
    /// Those that the names mean; none where every server is meant.
    servers: Option<BTreeSet<String>>,
}

impl<'a> Wanted<'a> {
    /// What the command line asks for; `None` where a server that it names is not known, which was said.
    fn of(reader: &Reader, args: &'a ExportArgs) -> anyhow::Result<Option<Wanted<'a>>> {
        if args.only.server.is_empty() {
            return Ok(Some(Wanted { args, servers: None }));
        }
        let mut servers = BTreeSet::new();
        for name in &args.only.server {
            let called = named::servers(reader, name)?;
            if called.is_empty() {
                return Ok(None);
            }
            servers.extend(called);
        }
        Ok(Some(Wanted { args, servers: Some(servers) }))
    }

    fn holds(&self, row: &ToolRow) -> bool {
        let any = |words: &[&str], word: &str| words.is_empty() || words.contains(&word);
        let classes: Vec<&str> = self.args.only.class.iter().map(|word| word.as_str()).collect();
        let risks: Vec<&str> = self.args.only.risk.iter().map(|word| word.as_str()).collect();
        let origins: Vec<&str> = self.args.only.origin.iter().map(|word| word.as_str()).collect();
        let mut traits = self.args.only.traits.iter();
        any(&classes, &row.class)
            && any(&risks, &row.risk)
            && any(&origins, &row.origin)
            && traits.all(|wanted| row.traits.split(' ').any(|word| word == wanted.as_str()))
            && self.servers.as_ref().is_none_or(|servers| servers.contains(&row.server))
    }

    /// Each current tool that is asked for, one at a time.
    fn each(&self, reader: &Reader, mut act: impl FnMut(ToolRow) -> anyhow::Result<()>) -> anyhow::Result<()> {
        reader.for_each_row(|row| -> anyhow::Result<()> {
            interrupt::check()?;
            if self.holds(&row) { act(row) } else { Ok(()) }
        })
    }
}

fn write(reader: &Reader, wanted: &Wanted<'_>, format: ExportFormat, out: impl Write + Send) -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, out);
    match format {
        ExportFormat::Jsonl => reader.dump(|line| -> anyhow::Result<()> {
            interrupt::check()?;
            serde_json::to_writer(&mut out, line)?;
            Ok(out.write_all(b"\n")?)
        })?,
        ExportFormat::Json => {
            out.write_all(b"[")?;
            let mut between = "\n";
            wanted.each(reader, |row| {
                out.write_all(between.as_bytes())?;
                serde_json::to_writer(&mut out, &row)?;
                between = ",\n";
                Ok(())
            })?;
            out.write_all(b"\n]\n")?;
        }
        ExportFormat::Csv => {
            let mut sheet = Sheet::begin(&mut out)?;
            wanted.each(reader, |row| Ok(sheet.row(&row)?))?;
            sheet.end()?;
        }
        ExportFormat::Markdown => {
            out.write_all(MARKDOWN_HEAD.as_bytes())?;
            wanted.each(reader, |row| Ok(out.write_all(markdown_row(&row).as_bytes())?))?;
        }
        ExportFormat::Parquet => parquet(reader, wanted, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

#[cfg(feature = "parquet")]
fn parquet(reader: &Reader, wanted: &Wanted<'_>, out: impl Write + Send) -> anyhow::Result<()> {
    let mut columns = crate::report::Columns::begin(out)?;
    wanted.each(reader, |row| columns.row(&row))?;
    columns.end()
}

#[cfg(not(feature = "parquet"))]
fn parquet(_reader: &Reader, _wanted: &Wanted<'_>, _out: impl Write + Send) -> anyhow::Result<()> {
    anyhow::bail!("this mcpdex was built without Parquet")
}
