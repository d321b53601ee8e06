//! Reads package archives in memory: bytes of a tarball or zip file in, [`SourceTree`] out.
//!
//! Never writes to disk, follows no link and trusts no size that the archive states: every byte is counted as it comes
//! out of the decompressor. Links, special files and paths that leave the archive are refused as hostile, because no
//! package that a registry serves needs them.

use super::{PackageInfo, ReadLimits, SourceTree, is_wanted};
use flate2::read::MultiGzDecoder;
use mcpdex_model::{Excess, Outcome, Unpacking};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use tar::EntryType;

/// The container format of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArchiveKind {
    /// npm tarballs, sdists and crates.
    TarGz,
    /// Files that were packed on this machine, see [`pack`].
    Tar,
    /// Wheels, MCPB bundles and old sdists.
    Zip,
}

impl ArchiveKind {
    /// The kind that a file name or the path of a URL states by its ending; `None` for any other.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".tar.gz", ".tgz", ".crate"]) {
            Some(ArchiveKind::TarGz)
        } else if ends(&[".whl", ".zip", ".mcpb", ".dxt"]) {
            Some(ArchiveKind::Zip)
        } else if ends(&[".tar"]) {
            Some(ArchiveKind::Tar)
        } else {
            None
        }
    }
}

/// Packs files as [`ArchiveKind::Tar`], to hand them to a worker. Their paths are kept as they are when they are read
/// again: no folder that all of them share is taken off.
///
/// # Errors
/// A path cannot be written down.
pub fn pack<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    // A folder of this archive alone, so that it is the one that is taken off.
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{WRAPPER}/{path}"), bytes)?;
    }
    tar.into_inner()
}

const WRAPPER: &str = "packed";

/// Why an archive was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// One of the [`ReadLimits`] is exceeded.
    #[error("archive is too large: {0}")]
    TooLarge(String),
    /// The bytes are no such archive, or are damaged.
    #[error("archive cannot be read: {0}")]
    Unreadable(String),
    /// The archive tries to reach outside of itself.
    #[error("archive is hostile: {0}")]
    Hostile(String),
}

impl ArchiveError {
    /// The outcome under which the attempt is stored.
    pub fn outcome(&self) -> Outcome {
        match self {
            ArchiveError::TooLarge(_) => Outcome::TooLarge,
            ArchiveError::Unreadable(_) => Outcome::Unreadable,
            ArchiveError::Hostile(_) => Outcome::Blocked,
        }
    }
}

/// Reads the files of `archive` that a reader can use.
///
/// A folder that holds every entry (`package/`, `name-version/`) is taken off the paths. Of two entries with one path
/// the last counts, as it would on disk.
///
/// # Errors
/// The archive exceeds `limits`, is damaged, or holds a link, a special file, an absolute path or `..`.
pub fn read(
    kind: ArchiveKind,
    archive: &[u8],
    package: PackageInfo,
    limits: &ReadLimits,
) -> Result<SourceTree, ArchiveError> {
    if archive.len() as u64 > limits.archive_bytes {
        let detail = format!("{} bytes, more than {}", archive.len(), limits.archive_bytes);
        return Err(ArchiveError::TooLarge(detail));
    }
    let mut entries = Entries { limits, seen: 0, root: Root::Unknown, files: BTreeMap::new() };
    match kind {
        ArchiveKind::TarGz => read_tar(MultiGzDecoder::new(archive), archive.len(), &mut entries)?,
        ArchiveKind::Tar => read_tar(archive, archive.len(), &mut entries)?,
        ArchiveKind::Zip => read_zip(archive, &mut entries)?,
    }
    if entries.seen == 0 {
        return Err(ArchiveError::Unreadable("it has no entries".to_owned()));
    }
    Ok(SourceTree { package, files: entries.finish() })
}

/// What all entries so far have as their first folder.
enum Root {
    Unknown,
    Shared(String),
    None,
}

/// The files that are kept, and the bookkeeping that every format needs.
struct Entries<'a> {
    limits: &'a ReadLimits,
    seen: usize,
    root: Root,
    files: BTreeMap<String, Vec<u8>>,
}

impl Entries<'_> {
    /// Counts one entry and says where it goes; `None` when it is of no use.
    fn admit(&mut self, name: &[u8], is_folder: bool) -> Result<Option<String>, ArchiveError> {
        self.seen += 1;
        if self.seen > self.limits.entries {
            return Err(ArchiveError::TooLarge(format!("more than {} entries", self.limits.entries)));
        }
        let path = safe_path(name, self.limits.path_depth)?;
        let first = path.split('/').next().unwrap_or_default();
        let nested = is_folder || path.contains('/');
        self.root = match std::mem::replace(&mut self.root, Root::None) {
            Root::Unknown if nested && !first.is_empty() => Root::Shared(first.to_owned()),
            Root::Unknown if path.is_empty() => Root::Unknown,
            Root::Shared(root) if path.is_empty() || (nested && root == first) => Root::Shared(root),
            _ => Root::None,
        };
        Ok((!is_folder && std::str::from_utf8(name).is_ok() && is_wanted(&path)).then_some(path))
    }

    fn finish(self) -> BTreeMap<String, Vec<u8>> {
        match self.root {
            Root::Shared(root) if root == WRAPPER || !self.files.contains_key(&format!("{root}/__init__.py")) => self
                .files
                .into_iter()
                .map(|(path, bytes)| (path.split_once('/').map_or(path.clone(), |(_, rest)| rest.to_owned()), bytes))
                .collect(),
            _ => self.files,
        }
    }
}

/// The path of an entry with `.` and doubled separators removed.
pub(super) fn safe_path(name: &[u8], max_depth: usize) -> Result<String, ArchiveError> {
    let name = String::from_utf8_lossy(name);
    let hostile = |why: &str| {
        let shown: String = name.chars().take(120).collect();
        Err(ArchiveError::Hostile(format!("entry {shown:?} {why}")))
    };
    if name.contains('\0') {
        return hostile("has a NUL byte in its path");
    }
    let drive = name.as_bytes().get(1) == Some(&b':') && name.as_bytes()[0].is_ascii_alphabetic();
    if name.starts_with(['/', '\\']) || drive {
        return hostile("has an absolute path");
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        return hostile("leaves the archive");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.len() > max_depth + 1 {
        return Err(ArchiveError::TooLarge(format!("paths are deeper than {max_depth} folders")));
    }
    Ok(parts.join("/"))
}

/// Counts what comes out of a decompressor and stops it at the limits.
pub(super) struct Counted<R> {
    inner: R,
    packed: u64,
    bound: Unpacking,
    unpacked: u64,
}

impl<R> Counted<R> {
    /// `packed` bytes are in `inner`, and what comes out of it stays within `bound`.
    pub(super) fn new(inner: R, packed: u64, bound: Unpacking) -> Self {
        Counted { inner, packed, bound, unpacked: 0 }
    }

    /// Bytes that came out so far.
    pub(super) fn unpacked(&self) -> u64 {
        self.unpacked
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.unpacked += count as u64;
        self.bound.check(self.packed, self.unpacked).map_err(io::Error::other)?;
        Ok(count)
    }
}

/// What may come out of an archive.
fn bound(limits: &ReadLimits) -> Unpacking {
    Unpacking { most: limits.unpacked_bytes, ratio: limits.ratio }
}

fn read_tar(unpacked: impl Read, packed: usize, entries: &mut Entries<'_>) -> Result<(), ArchiveError> {
    let counted = Counted::new(unpacked, packed as u64, bound(entries.limits));
    let mut tar = tar::Archive::new(counted);
    for entry in tar.entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        let name = entry.path_bytes().into_owned();
        let kind = entry.header().entry_type();
        match kind {
            EntryType::Regular | EntryType::Continuous | EntryType::Directory => {}
            EntryType::XGlobalHeader => continue,
            EntryType::Symlink | EntryType::Link => {
                let shown = String::from_utf8_lossy(&name);
                return Err(ArchiveError::Hostile(format!("entry {shown:?} is a link")));
            }
            _ => {
                let shown = String::from_utf8_lossy(&name);
                return Err(ArchiveError::Hostile(format!("entry {shown:?} is neither a file nor a folder")));
            }
        }
        if let Some(path) = entries.admit(&name, kind == EntryType::Directory)? {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(failed)?;
            if bytes.len() as u64 != entry.size() {
                return Err(ArchiveError::Unreadable("it ends in the middle of a file".to_owned()));
            }
            entries.files.insert(path, bytes);
        }
    }
    // Reads on to the end of the stream, where gzip keeps its checksum.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(failed)?;
    Ok(())
}

/// Tells a limit that stopped the reading from damage, however often the error was wrapped on its way.
pub(super) fn failed(error: io::Error) -> ArchiveError {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(cause) = next {
        if let Some(excess) = cause.downcast_ref::<Excess>() {
            return ArchiveError::TooLarge(excess.to_string());
        }
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| cause.source());
    }
    ArchiveError::Unreadable(error.to_string())
}

fn read_zip(archive: &[u8], entries: &mut Entries<'_>) -> Result<(), ArchiveError> {
    let limits = *entries.limits;
    let damaged = |error: zip::result::ZipError| ArchiveError::Unreadable(error.to_string());
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).map_err(damaged)?;
    if zip.len() > limits.entries {
        return Err(ArchiveError::TooLarge(format!("more than {} entries", limits.entries)));
    }
    if zip.has_duplicate_names() {
        return Err(ArchiveError::Hostile("two entries have the same path".to_owned()));
    }
    let (packed, bound) = (archive.len() as u64, bound(&limits));
    let too_much = |excess: Excess| ArchiveError::TooLarge(excess.to_string());
    let (mut unpacked, mut declared) = (0u64, 0u64);
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).map_err(damaged)?;
        let name = file.name_raw().to_vec();
        if file.is_symlink() {
            return Err(ArchiveError::Hostile(format!("entry {:?} is a link", String::from_utf8_lossy(&name))));
        }
        declared = declared.saturating_add(file.size());
        bound.check(packed, declared).map_err(too_much)?;
        let Some(path) = entries.admit(&name, file.is_dir())? else { continue };
        // What an entry says of its size is not believed.
        let room = bound.room(packed).saturating_sub(unpacked).saturating_add(1);
        let mut bytes = Vec::new();
        let read = (&mut file).take(room).read_to_end(&mut bytes);
        unpacked += bytes.len() as u64;
        bound.check(packed, unpacked).map_err(too_much)?;
        read.map_err(|error| ArchiveError::Unreadable(error.to_string()))?;
        entries.files.insert(path, bytes);
    }
    Ok(())
}
