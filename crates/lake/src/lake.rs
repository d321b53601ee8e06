//! A store for whoever can wait: a snapshot is written into it and read out of it, one step after the other.

use crate::error::LakeError;
use crate::store::{Listed, Store, Version, When, is_unready};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use tempfile::NamedTempFile;
use tokio::runtime::{Builder, Runtime};

/// A folder or a bucket.
#[derive(Debug)]
pub struct Lake {
    store: Store,
    runtime: Runtime,
}

/// What a writer holds while it writes: nobody else writes into the same folder. In a bucket nobody can be kept out;
/// [`Lake::replace`] finds out.
#[derive(Debug)]
#[must_use = "it keeps others out while it lives"]
pub struct Writing {
    _lock: Option<File>,
}

impl Lake {
    /// Opens the store at an address (a folder, `file:///FOLDER`, `s3://BUCKET/PREFIX`) without asking it anything. The
    /// credentials of a bucket are those of the environment (`AWS_…`).
    ///
    /// # Errors
    /// The address is none, this build does not know the kind, or what it needs of the environment is not there.
    pub fn open(place: &Path) -> Result<Lake, LakeError> {
        let store = Store::open(place)?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| LakeError::Setup { shown: store.shown().to_owned(), why: error.to_string() })?;
        Ok(Lake { store, runtime })
    }

    /// How it is called in messages; without control characters or credentials.
    pub fn shown(&self) -> &str {
        self.store.shown()
    }

    /// Whether it is a folder of this machine.
    pub fn folder(&self) -> Option<&Path> {
        match &self.store {
            Store::Folder(folder) => Some(folder.path()),
            #[cfg(feature = "s3")]
            Store::Objects(_) => None,
        }
    }

    /// Begins to write.
    ///
    /// # Errors
    /// It cannot be written, or another one writes into the same folder.
    pub fn begin(&self) -> Result<Writing, LakeError> {
        Ok(Writing { _lock: self.store.lock()? })
    }

    /// A file to fill before it is kept under a name in `place`.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn unready(&self, place: &str) -> Result<NamedTempFile, LakeError> {
        self.store.unready(place)
    }

    /// The bytes of an object and what tells them from others; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read, or is larger than `most` bytes.
    pub fn read(&self, name: &str, most: u64) -> Result<Option<(Vec<u8>, Version)>, LakeError> {
        self.runtime.block_on(self.store.read(name, most))
    }

    /// Copies an object of at most `most` bytes to the end of a file; how many, or `None` where there is none. `go_on` is
    /// asked again and again.
    ///
    /// # Errors
    /// It cannot be read or copied, is larger, or `go_on` says no.
    pub fn read_into(
        &self,
        name: &str,
        most: u64,
        into: &mut File,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<u64>, LakeError> {
        self.runtime.block_on(self.store.read_into(name, most, into, go_on))
    }

    /// Writes an object, over what was there.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), LakeError> {
        self.runtime.block_on(self.store.write(name, bytes, When::Always)).map(drop)
    }

    /// Gives a filled file its name, all of it or nothing.
    ///
    /// # Errors
    /// It cannot be written, or `go_on` says no.
    pub fn write_file(&self, name: &str, file: NamedTempFile, go_on: &dyn Fn() -> bool) -> Result<(), LakeError> {
        self.runtime.block_on(self.store.write_file(name, file, go_on))
    }

    /// Writes an object only while it is what was read before: `before`, or nothing.
    ///
    /// # Errors
    /// It was replaced meanwhile ([`LakeError::Changed`]), or cannot be written.
    pub fn replace(&self, name: &str, bytes: Vec<u8>, before: Option<Version>) -> Result<(), LakeError> {
        let when = before.map_or(When::Absent, When::Still);
        match self.runtime.block_on(self.store.write(name, bytes, when))? {
            true => Ok(()),
            false => Err(LakeError::Changed { name: name.to_owned(), shown: self.shown().to_owned() }),
        }
    }

    /// The names and sizes of the objects at the top and two folders deep below `folders`.
    ///
    /// # Errors
    /// It cannot be listed.
    pub fn list(&self, folders: &[&str]) -> Result<Vec<(String, u64)>, LakeError> {
        let listed = self.runtime.block_on(self.store.list(folders))?;
        Ok(listed.into_iter().filter(|one| !is_unready(&one.name)).map(|one| (one.name, one.bytes)).collect())
    }

    /// Takes away what nobody needs any more, now that `latest` was written: objects that are `own` and not `kept`, and
    /// what was left by a writer that was cut short. In a bucket only what is a day older than `latest`: another one may be
    /// reading it, or writing it for what comes next.
    ///
    /// # Errors
    /// Something cannot be listed or taken away.
    pub fn sweep(
        &self,
        latest: &str,
        folders: &[&str],
        kept: &BTreeSet<String>,
        own: &dyn Fn(&str) -> bool,
    ) -> Result<(), LakeError> {
        self.runtime.block_on(async {
            let listed = self.store.list(folders).await?;
            let unneeded = |one: &Listed| is_unready(&one.name) || (own(&one.name) && !kept.contains(&one.name));
            let old: Vec<Listed> = listed.into_iter().filter(unneeded).collect();
            if old.is_empty() { Ok(()) } else { self.store.remove(&old, latest).await }
        })
    }
}
