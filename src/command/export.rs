//! `mcpdex export`: the database written down, whole (JSON lines) or as a table of the current tools.

use super::output::stdout;
use super::{Exit, database, interrupt};
use crate::cli::{ExportArgs, ExportFormat, Global};
use crate::report::{MARKDOWN_HEAD, Sheet, markdown_row};
use crate::store::Reader;
use anyhow::Context;
use std::io::{BufWriter, Write};

pub(super) fn run(global: &Global, args: &ExportArgs) -> anyhow::Result<Exit> {
    let format = args.meant();
    if format == ExportFormat::Parquet && cfg!(not(feature = "parquet")) {
        eprintln!(
            "error: this mcpdex was built without Parquet; build it with `--features parquet`, which is on unless it was switched off"
        );
        return Ok(Exit::Usage);
    }
    let reader = database::open_judged(global, &database::path(global)?)?;
    let Some(path) = &args.out else {
        write(&reader, format, stdout())?;
        return Ok(Exit::Done);
    };
    // Whoever reads the file sees a whole one or none, also when this is cut short.
    let _orderly = interrupt::orderly();
    let part = path.with_added_extension("part");
    let file = std::fs::File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
    let written = write(&reader, format, file).with_context(|| format!("writing {}", part.display()));
    if written.is_err() {
        std::fs::remove_file(&part).ok();
    }
    written?;
    std::fs::rename(&part, path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Exit::Done)
}

fn write(reader: &Reader, format: ExportFormat, out: impl Write + Send) -> anyhow::Result<()> {
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
            reader.for_each_row(|row| -> anyhow::Result<()> {
                interrupt::check()?;
                out.write_all(between.as_bytes())?;
                serde_json::to_writer(&mut out, &row)?;
                between = ",\n";
                Ok(())
            })?;
            out.write_all(b"\n]\n")?;
        }
        ExportFormat::Csv => {
            let mut sheet = Sheet::begin(&mut out)?;
            reader.for_each_row(|row| -> anyhow::Result<()> {
                interrupt::check()?;
                Ok(sheet.row(&row)?)
            })?;
            sheet.end()?;
        }
        ExportFormat::Markdown => {
            out.write_all(MARKDOWN_HEAD.as_bytes())?;
            reader.for_each_row(|row| -> anyhow::Result<()> {
                interrupt::check()?;
                Ok(out.write_all(markdown_row(&row).as_bytes())?)
            })?;
        }
        ExportFormat::Parquet => parquet(reader, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

#[cfg(feature = "parquet")]
fn parquet(reader: &Reader, out: impl Write + Send) -> anyhow::Result<()> {
    let mut columns = crate::report::Columns::begin(out)?;
    reader.for_each_row(|row| {
        interrupt::check()?;
        columns.row(&row)
    })?;
    columns.end()
}

#[cfg(not(feature = "parquet"))]
fn parquet(_reader: &Reader, _out: impl Write + Send) -> anyhow::Result<()> {
    anyhow::bail!("this mcpdex was built without Parquet")
}
