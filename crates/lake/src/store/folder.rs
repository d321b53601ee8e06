//! A folder of this machine. A file is written beside its place and renamed, through a loss of power too; one writer at a
//! time, by a lock that ends with its process.

use super::{Listed, Version, When};
use crate::error::LakeError;
use mcpdex_model::text::{hex, visible};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tempfile::NamedTempFile;

/// How the names of files begin that are not ready.
const UNREADY: &str = ".mcpdex-";

const LOCK: &str = ".publish.lock";

/// A folder.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    shown: String,
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Folder {
        let shown = visible(&root.display().to_string()).into_owned();
        Folder { root, shown }
    }

    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    fn failed(&self, doing: &'static str, name: &str) -> impl FnOnce(io::Error) -> LakeError {
        let (name, shown) = (visible(name).into_owned(), self.shown.clone());
        move |source| LakeError::Io { doing, name, shown, source }
    }

    pub(super) fn lock(&self) -> Result<File, LakeError> {
        std::fs::create_dir_all(&self.root).map_err(self.failed("make", "the folder"))?;
        let lock = File::create(self.root.join(LOCK)).map_err(self.failed("write", LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(_) => Err(LakeError::Busy { shown: self.shown.clone() }),
        }
    }

    pub(super) fn unready(&self, place: &str) -> Result<NamedTempFile, LakeError> {
        let folder = self.root.join(place);
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As every other file: what lies here is for others to read.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        std::fs::create_dir_all(&folder)
            .and_then(|()| builder.prefix(UNREADY).tempfile_in(&folder))
            .map_err(self.failed("write into", if place.is_empty() { "the folder" } else { place }))
    }

    /// Opens a plain file; a pipe would be waited for without end.
    fn open(&self, name: &str) -> Result<Option<File>, LakeError> {
        let place = self.root.join(name);
        let opened = std::fs::metadata(&place).and_then(|about| match about.is_file() {
            true => File::open(&place),
            false => Err(io::Error::other("it is no plain file")),
        });
        match opened {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("read", name)(error)),
        }
    }

    #[allow(clippy::unused_async, reason = "a deed of every kind of store, and others wait for an answer")]
    pub(super) async fn read(&self, name: &str, most: u64) -> Result<Option<(Vec<u8>, Version)>, LakeError> {
        let Some(file) = self.open(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.take(most + 1).read_to_end(&mut bytes).map_err(self.failed("read", name))?;
        if bytes.len() as u64 > most {
            return Err(LakeError::TooLarge { name: visible(name).into_owned(), shown: self.shown.clone(), most });
        }
        let version = version(&bytes);
        Ok(Some((bytes, version)))
    }

    #[allow(clippy::unused_async, reason = "a deed of every kind of store, and others wait for an answer")]
    pub(super) async fn read_into(
        &self,
        name: &str,
        most: u64,
        into: &mut File,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<u64>, LakeError> {
        let Some(mut file) = self.open(name)? else { return Ok(None) };
        let (mut buffer, mut copied) = (vec![0; 1 << 17], 0);
        loop {
            if !go_on() {
                return Err(LakeError::Stopped);
            }
            let count = file.read(&mut buffer).map_err(self.failed("read", name))?;
            copied += count as u64;
            if copied > most {
                return Err(LakeError::TooLarge { name: visible(name).into_owned(), shown: self.shown.clone(), most });
            }
            if count == 0 {
                return Ok(Some(copied));
            }
            into.write_all(&buffer[..count]).map_err(self.failed("copy", name))?;
        }
    }

    /// Whoever writes on a condition holds the lock of the folder.
    pub(super) async fn write(&self, name: &str, bytes: Vec<u8>, when: When) -> Result<bool, LakeError> {
        let is_there = match &when {
            When::Always => true,
            When::Absent => self.open(name)?.is_none(),
            When::Still(wanted) => self.read(name, u64::MAX - 1).await?.is_some_and(|(_, version)| version == *wanted),
        };
        if !is_there {
            return Ok(false);
        }
        let place = name.rsplit_once('/').map_or("", |(place, _)| place);
        let mut file = self.unready(place)?;
        file.write_all(&bytes)
            .and_then(|()| persist(file, &self.root.join(name)))
            .map_err(self.failed("write", name))?;
        Ok(true)
    }

    #[allow(clippy::unused_async, reason = "a deed of every kind of store, and others wait for an answer")]
    pub(super) async fn write_file(
        &self,
        name: &str,
        file: NamedTempFile,
        _go_on: &dyn Fn() -> bool,
    ) -> Result<(), LakeError> {
        persist(file, &self.root.join(name)).map_err(self.failed("write", name))
    }

    /// With what was left by a writer that was cut short.
    #[allow(clippy::unused_async, reason = "a deed of every kind of store, and others wait for an answer")]
    pub(super) async fn list(&self, folders: &[&str]) -> Result<Vec<Listed>, LakeError> {
        let mut found = Vec::new();
        self.files_of("", &mut found)?;
        for folder in folders {
            let Ok(parts) = std::fs::read_dir(self.root.join(folder)) else { continue };
            for part in parts.flatten() {
                let name = part.file_name().to_string_lossy().into_owned();
                if part.path().is_dir() {
                    self.files_of(&format!("{folder}/{name}/"), &mut found)?;
                }
            }
        }
        Ok(found)
    }

    fn files_of(&self, place: &str, found: &mut Vec<Listed>) -> Result<(), LakeError> {
        for entry in std::fs::read_dir(self.root.join(place)).map_err(self.failed("list", place))?.flatten() {
            let Ok(about) = entry.metadata() else { continue };
            if !about.is_file() {
                continue;
            }
            let written = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            found.push(Listed {
                name: format!("{place}{}", entry.file_name().to_string_lossy()),
                bytes: about.len(),
                written: written.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or_default()),
            });
        }
        Ok(())
    }

    /// At once: whoever reads here finds out, and there is no second writer.
    #[allow(clippy::unused_async, reason = "a deed of every kind of store, and others wait for an answer")]
    pub(super) async fn remove(&self, names: &[Listed], _now: &str) -> Result<(), LakeError> {
        for Listed { name, .. } in names {
            let place = self.root.join(name);
            match std::fs::remove_file(&place) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.failed("take away", name)(error));
                }
                _ => {}
            }
            if let Some(folder) = place.parent().filter(|folder| *folder != self.root) {
                // Only where nothing is left in it.
                let _ = std::fs::remove_dir(folder);
            }
        }
        Ok(())
    }
}

/// Whether a name is that of a file which was never finished.
pub(crate) fn is_unready(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|name| name.starts_with(UNREADY))
}

fn version(bytes: &[u8]) -> Version {
    Version(hex(&Sha256::digest(bytes)))
}

/// Puts a file where it is to lie, whole or not at all, through a loss of power too.
fn persist(file: NamedTempFile, place: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    if let Some(folder) = place.parent() {
        std::fs::create_dir_all(folder)?;
    }
    file.persist(place).map_err(|error| error.error)?;
    #[cfg(unix)]
    if let Some(folder) = place.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
