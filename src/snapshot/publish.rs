//! Writes a snapshot. Whatever interrupts it, the folder holds the snapshot that was there before, whole, or the new one.

use super::manifest::SCHEMA;
use super::signature::SigningKey;
use super::{FileContent, MANIFEST, SnapshotCounts, SnapshotFile, SnapshotManifest, signature_name};
use crate::model::Risk;
use crate::model::text::hex;
use crate::report::{Columns, visible};
use crate::store::Reader;
use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;
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

/// Tools in one file.
const TOOLS_FILE: u64 = 200_000;

/// How the names of files begin that are not ready.
const UNREADY: &str = ".mcpdex-";

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedSnapshot {
    pub tools: u64,
    pub files: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Writes a snapshot of what `reader` sees into `folder`, signed by `key`; `at` is the time in seconds since 1970, `check` is
/// asked again and again whether to go on.
///
/// # Errors
/// Something cannot be written, another one publishes into the folder, or `check` says no. The snapshot that was there is
/// there still.
pub fn publish(
    reader: &Reader,
    folder: &Path,
    key: Option<&SigningKey>,
    at: i64,
    check: &dyn Fn() -> anyhow::Result<()>,
) -> anyhow::Result<PublishedSnapshot> {
    let shown = visible(&folder.display().to_string()).into_owned();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {shown}"))?;
    let lock = File::create(folder.join(".publish.lock")).with_context(|| format!("cannot write into {shown}"))?;
    if lock.try_lock().is_err() {
        anyhow::bail!("another mcpdex publishes into {shown}");
    }
    let mut writing = Writing { folder, files: Vec::new(), check };
    let database = writing.rows(reader)?;
    let tools = writing.tools(reader)?;
    let rows = writing.files.iter().filter(|file| file.content == FileContent::Rows).map(|file| file.rows).sum();
    let manifest = SnapshotManifest {
        schema: SCHEMA.to_owned(),
        mcpdex: env!("CARGO_PKG_VERSION").to_owned(),
        ruleset: reader.ruleset()?,
        database,
        seen: reader.seen()?,
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
        let signature = key.sign(&text, at)?;
        put(folder, &name, signature.as_bytes()).with_context(|| format!("cannot write {name} into {shown}"))?;
        kept.insert(name);
    }
    put(folder, MANIFEST, &text).with_context(|| format!("cannot write {MANIFEST} into {shown}"))?;
    // What is left behind is in nobody's way: the next one takes it away.
    let _ = clear(folder, &kept);
    let bytes = manifest.files.iter().map(|file| file.bytes).sum();
    Ok(PublishedSnapshot { tools, files: manifest.files.len(), bytes })
}

struct Writing<'a> {
    folder: &'a Path,
    files: Vec<SnapshotFile>,
    check: &'a dyn Fn() -> anyhow::Result<()>,
}

/// A file of rows that is written.
struct RowsFile {
    table: String,
    out: GzEncoder<BufWriter<NamedTempFile>>,
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
                    let out = GzEncoder::new(out, Compression::fast());
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
        let place = self.folder.join(content).join(part);
        std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
        unready(&place).with_context(|| format!("cannot write into {}", place.display()))
    }

    /// Gives a file that is ready the name of its content, once all of it is on the disk.
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
        persist(file, &self.folder.join(&path))?;
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

/// A file beside where it is to lie, which goes away with whoever writes it.
fn unready(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As every other file: a snapshot is for others to read.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.prefix(UNREADY).tempfile_in(folder)
}

/// Puts a file where it is to lie, whole or not at all, through a loss of power too.
fn persist(file: NamedTempFile, place: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(place).map_err(|error| error.error)?;
    #[cfg(unix)]
    if let Some(folder) = place.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = unready(folder)?;
    file.write_all(bytes)?;
    persist(file, &folder.join(name))
}

/// Takes away what no snapshot needs any more: files of earlier ones and what was left by one that was cut short. Nothing
/// that is not named as a snapshot's own.
fn clear(folder: &Path, kept: &BTreeSet<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let signature = name.strip_prefix("snapshot-").and_then(|rest| rest.strip_suffix(".minisig"));
        let is_old = signature.is_some_and(super::manifest::is_sha256) && !kept.contains(&name);
        if is_old || name.starts_with(UNREADY) {
            std::fs::remove_file(entry.path())?;
        }
    }
    for content in ["rows", "tools"] {
        let Ok(parts) = std::fs::read_dir(folder.join(content)) else { continue };
        for part in parts.flatten() {
            let Ok(files) = std::fs::read_dir(part.path()) else { continue };
            for file in files.flatten() {
                let name = file.file_name().to_string_lossy().into_owned();
                let path = format!("{content}/{}/{name}", part.file_name().to_string_lossy());
                if name.starts_with(UNREADY) || (FileContent::of_path(&path).is_some() && !kept.contains(&path)) {
                    std::fs::remove_file(file.path())?;
                }
            }
            // Only where nothing is left in it.
            let _ = std::fs::remove_dir(part.path());
        }
    }
    Ok(())
}
