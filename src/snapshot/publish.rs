//! Writes a snapshot. Whatever interrupts it, the place holds the snapshot that was there before, whole, or the new one.

use super::manifest::{MAX_MANIFEST, SCHEMA, is_sha256};
use super::signature::SigningKey;
use super::{FileContent, MANIFEST, SnapshotCounts, SnapshotFile, SnapshotManifest, signature_name};
use crate::lake::{Lake, LakeError, Version};
use crate::model::Risk;
use crate::model::text::hex;
use crate::report::{Columns, visible};
use crate::store::Reader;
use anyhow::Context;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Bytes of rows in one file, unpacked.
const ROWS_FILE: u64 = 64 << 20;

/// How hard rows are packed: twice the time of the least, for two thirds of its bytes.
const LEVEL: i32 = 9;

/// How far back what repeats is found, as a power of two: what a reader holds in memory for each file.
const WINDOW: u32 = 24;

/// Tools in one file.
const TOOLS_FILE: u64 = 200_000;

/// Where files lie.
const FOLDERS: [&str; 2] = ["rows", "tools"];

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedSnapshot {
    pub tools: u64,
    pub files: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Writes a snapshot of what `reader` sees into `lake`, signed by `key`; `at` is the time in seconds since 1970, `check` is
/// asked again and again whether to go on. A snapshot that is there and newer, or is not understood, is written over only
/// with `replace`.
///
/// # Errors
/// Something cannot be written, another one publishes into the same place, what is there is newer, or `check` says no. The
/// snapshot that was there is there still.
pub fn publish(
    reader: &Reader,
    lake: &Lake,
    key: Option<&SigningKey>,
    at: i64,
    replace: bool,
    check: &dyn Fn() -> anyhow::Result<()>,
) -> anyhow::Result<PublishedSnapshot> {
    let shown = lake.shown().to_owned();
    let _writing = lake.begin()?;
    let seen = reader.seen()?;
    let before = Before::read(lake, seen.as_ref(), replace)?;
    let mut writing = Writing { lake, files: Vec::new(), check, known: before.known };
    let database = writing.rows(reader)?;
    let tools = writing.tools(reader)?;
    let rows = writing.files.iter().filter(|file| file.content == FileContent::Rows).map(|file| file.rows).sum();
    let manifest = SnapshotManifest {
        schema: SCHEMA.to_owned(),
        mcpdex: env!("CARGO_PKG_VERSION").to_owned(),
        ruleset: reader.ruleset()?,
        database,
        seen,
        counts: SnapshotCounts { tools, rows },
        files: std::mem::take(&mut writing.files),
    };
    let mut text = serde_json::to_vec_pretty(&manifest).context("cannot write the manifest down")?;
    text.push(b'\n');
    check()?;
    // Before the manifest that it vouches for: there is no moment at which that is not signed.
    let mut kept: BTreeSet<String> = manifest.files.iter().map(|file| file.path.clone()).collect();
    if let Some(key) = key {
        let name = signature_name(&hex(&Sha256::digest(&text)));
        lake.write(&name, key.sign(&text, at)?.into_bytes())?;
        kept.insert(name);
    }
    whole(lake, &manifest.files)?;
    match lake.replace(MANIFEST, text, before.version) {
        Err(LakeError::Changed { .. }) => anyhow::bail!(
            "another mcpdex has published into {shown} meanwhile; its snapshot was left as it is, and this one is not there. \
             Publish again to take its place"
        ),
        done => done?,
    }
    // What is left behind is in nobody's way: the next one takes it away.
    if let Err(error) = lake.sweep(MANIFEST, &FOLDERS, &kept, &is_own) {
        tracing::warn!(problem = %error, "what nobody needs any more is left behind");
    }
    let bytes = manifest.files.iter().map(|file| file.bytes).sum();
    Ok(PublishedSnapshot { tools, files: manifest.files.len(), bytes })
}

/// What was published when this one began.
#[derive(Default)]
struct Before {
    version: Option<Version>,
    /// Files of it that need not be sent again: whoever takes its place must find it as it was read here, and nobody takes
    /// away what it names.
    known: BTreeSet<String>,
}

impl Before {
    fn read(lake: &Lake, seen: Option<&[String; 2]>, replace: bool) -> anyhow::Result<Before> {
        let Some((text, version)) = lake.read(MANIFEST, MAX_MANIFEST)? else { return Ok(Before::default()) };
        let shown = lake.shown();
        let manifest = match SnapshotManifest::read(&text) {
            Ok(manifest) => manifest,
            Err(_) if replace => return Ok(Before { version: Some(version), known: BTreeSet::new() }),
            Err(why) => anyhow::bail!(
                "the {MANIFEST} in {shown} is not understood: {}. `--replace` writes over it",
                visible(&why)
            ),
        };
        let latest = |seen: Option<&[String; 2]>| seen.and_then(|[_, latest]| latest.parse::<Timestamp>().ok());
        let (theirs, ours) = (latest(manifest.seen.as_ref()), latest(seen));
        if theirs > ours && !replace {
            let told = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
            anyhow::bail!(
                "a newer snapshot is published in {shown}: its newest list was seen {}, that of this database {}. \
                 `--replace` writes over it",
                told(theirs),
                told(ours)
            );
        }
        let mut known = BTreeSet::new();
        // Where a file costs its transport. In a folder it is written again, which mends it.
        if lake.folder().is_none() {
            let there: BTreeMap<String, u64> = lake.list(&FOLDERS)?.into_iter().collect();
            let is_there = |file: &&SnapshotFile| there.get(&file.path) == Some(&file.bytes);
            known.extend(manifest.files.iter().filter(is_there).map(|file| file.path.clone()));
        }
        Ok(Before { version: Some(version), known })
    }
}

/// Holds what was sent against what is there, where another one may have taken something away.
fn whole(lake: &Lake, files: &[SnapshotFile]) -> anyhow::Result<()> {
    if lake.folder().is_some() {
        return Ok(());
    }
    let there: BTreeMap<String, u64> = lake.list(&FOLDERS)?.into_iter().collect();
    if let Some(file) = files.iter().find(|file| there.get(&file.path) != Some(&file.bytes)) {
        anyhow::bail!(
            "{} is not in {} any more; the snapshot that was there is there still. Publish again",
            file.path,
            lake.shown()
        );
    }
    Ok(())
}

/// Whether a name is one of a snapshot's own.
fn is_own(name: &str) -> bool {
    let signature = name.strip_prefix("snapshot-").and_then(|rest| rest.strip_suffix(".minisig"));
    signature.is_some_and(is_sha256) || FileContent::of_path(name).is_some()
}

struct Writing<'a> {
    lake: &'a Lake,
    files: Vec<SnapshotFile>,
    check: &'a dyn Fn() -> anyhow::Result<()>,
    known: BTreeSet<String>,
}

/// A file of rows that is written.
struct RowsFile {
    table: String,
    out: zstd::Encoder<'static, BufWriter<NamedTempFile>>,
    rows: u64,
    bytes: u64,
}

impl Writing<'_> {
    /// Writes the whole database as lines, a file for each table, several for a large one; the version of the database.
    fn rows(&mut self, reader: &Reader) -> anyhow::Result<i64> {
        let (mut now, mut database) = (None::<RowsFile>, 0);
        reader.dump(|line| -> anyhow::Result<()> {
            (self.check)()?;
            let table = line["table"].as_str().unwrap_or("header");
            if table == "header" {
                database = line["version"].as_i64().unwrap_or_default();
            }
            if now.as_ref().is_some_and(|file| file.table != table || file.bytes >= ROWS_FILE) {
                self.end_rows(now.take())?;
            }
            let file = match &mut now {
                Some(file) => file,
                None => {
                    let out = BufWriter::with_capacity(1 << 17, self.begin("rows", table)?);
                    let mut out = zstd::Encoder::new(out, LEVEL)?;
                    // Forks of one server lie far from each other.
                    out.long_distance_matching(true)?;
                    out.window_log(WINDOW)?;
                    now.insert(RowsFile { table: table.to_owned(), out, rows: 0, bytes: 0 })
                }
            };
            let mut text = serde_json::to_vec::<Value>(line)?;
            text.push(b'\n');
            file.out.write_all(&text).with_context(|| format!("cannot write the rows of {table}"))?;
            (file.rows, file.bytes) = (file.rows + 1, file.bytes + text.len() as u64);
            Ok(())
        })?;
        self.end_rows(now)?;
        Ok(database)
    }

    fn end_rows(&mut self, file: Option<RowsFile>) -> anyhow::Result<()> {
        let Some(RowsFile { table, out, rows, bytes }) = file else { return Ok(()) };
        let what = || format!("cannot write the rows of {table}");
        let written =
            out.finish().with_context(what)?.into_inner().map_err(io::IntoInnerError::into_error).with_context(what)?;
        self.keep(written, FileContent::Rows, &table, rows, Some(bytes)).with_context(what)
    }

    /// Writes the current tools as Parquet, parted by risk; how many there are.
    fn tools(&mut self, reader: &Reader) -> anyhow::Result<u64> {
        let mut open: BTreeMap<Risk, (NamedTempFile, Columns<BufWriter<File>>, u64)> = BTreeMap::new();
        let mut all = 0;
        reader.for_each_row(|row| -> anyhow::Result<()> {
            (self.check)()?;
            let risk: Risk = row.risk.parse().context("the database holds a risk that is none")?;
            if open.get(&risk).is_some_and(|(.., rows)| *rows >= TOOLS_FILE) {
                self.end_tools(risk, open.remove(&risk))?;
            }
            let (_, columns, rows) = match open.entry(risk) {
                Entry::Occupied(kept) => kept.into_mut(),
                Entry::Vacant(place) => {
                    let file = self.begin("tools", &format!("risk={risk}"))?;
                    let out = BufWriter::with_capacity(1 << 17, file.as_file().try_clone()?);
                    place.insert((file, Columns::begin(out)?, 0))
                }
            };
            columns.row(&row).with_context(|| format!("cannot write the tools of risk {risk}"))?;
            *rows += 1;
            all += 1;
            Ok(())
        })?;
        for (risk, file) in open {
            self.end_tools(risk, Some(file))?;
        }
        Ok(all)
    }

    fn end_tools(
        &mut self,
        risk: Risk,
        file: Option<(NamedTempFile, Columns<BufWriter<File>>, u64)>,
    ) -> anyhow::Result<()> {
        let Some((file, columns, rows)) = file else { return Ok(()) };
        let what = || format!("cannot write the tools of risk {risk}");
        columns.end().with_context(what)?;
        self.keep(file, FileContent::Tools, &format!("risk={risk}"), rows, None).with_context(what)
    }

    /// A file of a part of the snapshot that is not ready.
    fn begin(&self, content: &str, part: &str) -> anyhow::Result<NamedTempFile> {
        Ok(self.lake.unready(&format!("{content}/{part}"))?)
    }

    /// Gives a file that is ready the name of its content, once all of it is there.
    fn keep(
        &mut self,
        file: NamedTempFile,
        content: FileContent,
        part: &str,
        rows: u64,
        plain_bytes: Option<u64>,
    ) -> anyhow::Result<()> {
        let (sha256, bytes) = hash(file.path())?;
        let path = content.path(part, &sha256);
        if !self.known.contains(&path) {
            match self.lake.write_file(&path, file, &|| (self.check)().is_ok()) {
                Err(LakeError::Stopped) => {
                    // It knows why.
                    (self.check)()?;
                    return Err(LakeError::Stopped.into());
                }
                done => done?,
            }
        }
        self.files.push(SnapshotFile { path, content, sha256, bytes, rows, plain_bytes: plain_bytes.unwrap_or(bytes) });
        Ok(())
    }
}

fn hash(path: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut hash, mut buffer, mut bytes) = (File::open(path)?, Sha256::new(), vec![0; 1 << 17], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hex(&hash.finalize()), bytes)),
            count => {
                hash.update(&buffer[..count]);
                bytes += count as u64;
            }
        }
    }
}
