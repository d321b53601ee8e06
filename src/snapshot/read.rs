//! A snapshot read back: a folder and a key in, the rows of its database out, once everything is as the signed manifest says.

use super::manifest::{MAX_MANIFEST, SnapshotFile};
use super::signature::{MAX_TEXT, SignatureError, VerifyingKey};
use super::{FileContent, MANIFEST, SnapshotManifest, signature_name};
use crate::model::text::hex;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Why a snapshot is not taken. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("{path} is not there; the snapshot is incomplete, or a newer one has just taken its place")]
    Missing { path: String },
    #[error("{path} cannot be read")]
    Read { path: String, source: io::Error },
    #[error("{path} is no plain file")]
    NoFile { path: String },
    #[error("{MANIFEST} is not signed: there is no {path}. It was changed after it was signed, or never was")]
    Unsigned { path: String },
    #[error("the signature {path} is not accepted")]
    Signature { path: String, source: SignatureError },
    #[error("{MANIFEST} cannot be understood: {0}")]
    Manifest(String),
    #[error("{path} has {found} bytes and not {wanted}: it was changed, or is of another snapshot")]
    Size { path: String, found: u64, wanted: u64 },
    #[error("{path} was changed: its bytes have not the hash that the manifest states")]
    Hash { path: String },
    #[error("{path} holds {found} {what} and not {wanted}, as the manifest says")]
    Count { path: String, what: &'static str, found: u64, wanted: u64 },
}

/// A snapshot whose manifest was read, and held against its signature where a key was given.
#[derive(Debug)]
pub struct Snapshot {
    folder: PathBuf,
    manifest: SnapshotManifest,
    said: Option<String>,
}

impl Snapshot {
    /// Whether a path names a snapshot: its folder, or the manifest in it. The folder.
    pub fn folder_of(path: &Path) -> Option<PathBuf> {
        if path.is_dir() {
            return Some(path.to_owned());
        }
        let is_manifest = path.file_name().is_some_and(|name| name == MANIFEST);
        is_manifest.then(|| path.parent().map(Path::to_owned).unwrap_or_default())
    }

    /// Opens a snapshot. Without a key nobody vouches for it, and its hashes only tell that it is whole.
    ///
    /// # Errors
    /// The manifest or its signature is missing, not accepted or not understood.
    pub fn open(folder: &Path, key: Option<&VerifyingKey>) -> Result<Snapshot, SnapshotError> {
        let text = read_small(folder, MANIFEST, MAX_MANIFEST)?;
        let mut said = None;
        if let Some(key) = key {
            let path = signature_name(&hex(&Sha256::digest(&text)));
            let signature = read_small(folder, &path, MAX_TEXT).map_err(|error| match error {
                SnapshotError::Missing { path } => SnapshotError::Unsigned { path },
                other => other,
            })?;
            let signature = String::from_utf8_lossy(&signature);
            let verified = key.verify(&text, &signature);
            said = Some(verified.map_err(|source| SnapshotError::Signature { path, source })?);
        }
        let manifest = SnapshotManifest::read(&text).map_err(SnapshotError::Manifest)?;
        Ok(Snapshot { folder: folder.to_owned(), manifest, said })
    }

    /// What the manifest says.
    pub fn manifest(&self) -> &SnapshotManifest {
        &self.manifest
    }

    /// The time in seconds since 1970 at which it was signed, as the signer says.
    pub fn signed_at(&self) -> Option<i64> {
        self.said.as_deref()?.split('\t').find_map(|part| part.strip_prefix("timestamp:")?.parse().ok())
    }

    /// Holds every file against the manifest.
    ///
    /// # Errors
    /// One is missing or has other bytes.
    pub fn check(&self) -> Result<(), SnapshotError> {
        for file in &self.manifest.files {
            let mut bytes = Checked::open(&self.folder, file)?;
            io::copy(&mut bytes, &mut io::sink()).map_err(|error| failed(&file.path, error))?;
        }
        Ok(())
    }

    /// The rows of the database as lines. Every file is held against the manifest once more while it is read, so that it
    /// makes no difference what is written there meanwhile; an error's inner one is a [`SnapshotError`].
    pub fn rows(&self) -> impl BufRead + '_ {
        let files = self.manifest.files.iter().filter(|file| file.content == FileContent::Rows);
        BufReader::with_capacity(1 << 18, Rows { folder: &self.folder, rest: files.collect(), now: None })
    }
}

fn read_small(folder: &Path, name: &str, most: u64) -> Result<Vec<u8>, SnapshotError> {
    let mut bytes = Vec::new();
    let file = open(folder, name)?;
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| SnapshotError::Read { path: name.to_owned(), source })?;
    if bytes.len() as u64 > most {
        return Err(SnapshotError::Size { path: name.to_owned(), found: bytes.len() as u64, wanted: most });
    }
    Ok(bytes)
}

/// Opens a plain file; a pipe would be waited for without end.
fn open(folder: &Path, name: &str) -> Result<File, SnapshotError> {
    let path = name.to_owned();
    let place = folder.join(name);
    let about = std::fs::metadata(&place).and_then(|about| match about.is_file() {
        true => File::open(&place).map(Some),
        false => Ok(None),
    });
    match about {
        Ok(Some(file)) => Ok(file),
        Ok(None) => Err(SnapshotError::NoFile { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(SnapshotError::Missing { path }),
        Err(source) => Err(SnapshotError::Read { path, source }),
    }
}

fn failed(path: &str, error: io::Error) -> SnapshotError {
    match error.downcast::<SnapshotError>() {
        Ok(own) => own,
        Err(source) => SnapshotError::Read { path: path.to_owned(), source },
    }
}

/// The bytes of a file, which fail at their end where they are not those of the manifest.
struct Checked<'a> {
    file: &'a SnapshotFile,
    from: File,
    hash: Sha256,
    read: u64,
}

impl<'a> Checked<'a> {
    fn open(folder: &Path, file: &'a SnapshotFile) -> Result<Checked<'a>, SnapshotError> {
        let from = open(folder, &file.path)?;
        let found = from.metadata().map_err(|source| SnapshotError::Read { path: file.path.clone(), source })?.len();
        if found != file.bytes {
            return Err(SnapshotError::Size { path: file.path.clone(), found, wanted: file.bytes });
        }
        Ok(Checked { file, from, hash: Sha256::new(), read: 0 })
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(into)?;
        self.hash.update(&into[..count]);
        self.read += count as u64;
        let (path, wanted) = (&self.file.path, self.file.bytes);
        if self.read > wanted || (count == 0 && !into.is_empty() && self.read != wanted) {
            return Err(io::Error::other(SnapshotError::Size { path: path.clone(), found: self.read, wanted }));
        }
        if count == 0 && !into.is_empty() && hex(&self.hash.clone().finalize()) != self.file.sha256 {
            return Err(io::Error::other(SnapshotError::Hash { path: path.clone() }));
        }
        Ok(count)
    }
}

/// The lines of all files of rows, one after the other.
struct Rows<'a> {
    folder: &'a Path,
    rest: std::collections::VecDeque<&'a SnapshotFile>,
    now: Option<Unpacked<'a>>,
}

/// One file while it is unpacked.
struct Unpacked<'a> {
    file: &'a SnapshotFile,
    from: zstd::Decoder<'static, BufReader<Checked<'a>>>,
    lines: u64,
    bytes: u64,
}

impl Unpacked<'_> {
    fn count(&self, what: &'static str, found: u64, wanted: u64) -> io::Result<()> {
        if found == wanted {
            return Ok(());
        }
        let path = self.file.path.clone();
        Err(io::Error::other(SnapshotError::Count { path, what, found, wanted }))
    }

    /// That everything was read and is as the manifest says, the packed bytes to their last one.
    fn end(mut self) -> io::Result<()> {
        io::copy(self.from.get_mut(), &mut io::sink())?;
        self.count("bytes unpacked", self.bytes, self.file.plain_bytes)?;
        self.count("rows", self.lines, self.file.rows)
    }
}

impl Read for Rows<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(now) = &mut self.now else {
                let Some(file) = self.rest.pop_front() else { return Ok(0) };
                let checked = Checked::open(self.folder, file).map_err(io::Error::other)?;
                let from = zstd::Decoder::with_buffer(BufReader::with_capacity(1 << 17, checked))?;
                self.now = Some(Unpacked { file, from, lines: 0, bytes: 0 });
                continue;
            };
            let count = now.from.read(into).map_err(|error| io::Error::other(failed(&now.file.path, error)))?;
            if count == 0 {
                if let Some(ended) = self.now.take() {
                    ended.end()?;
                }
                continue;
            }
            now.bytes += count as u64;
            now.lines += into[..count].iter().filter(|byte| **byte == b'\n').count() as u64;
            if now.bytes > now.file.plain_bytes {
                now.count("bytes unpacked", now.bytes, now.file.plain_bytes)?;
            }
            return Ok(count);
        }
    }
}
