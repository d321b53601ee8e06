//! The kinds of stores, under one set of deeds. In: names with `/` between their parts, and bytes. Out: the same bytes. A
//! kind writes an object whole or not at all, and tells whether one is still the version that was read.

mod folder;
#[cfg(feature = "s3")]
mod objects;
#[cfg(feature = "s3")]
mod s3;

use crate::address::Address;
use crate::error::LakeError;
use folder::Folder;
pub(crate) use folder::is_unready;
use std::fs::File;
use std::path::Path;
use tempfile::NamedTempFile;

/// What an object was when it was read; another one has another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(String);

/// When an object is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// Only where there is none.
    Absent,
    /// Only while it is this version.
    Still(Version),
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// Seconds since 1970 by the store's clock.
    pub(crate) written: i64,
}

/// A store of some kind.
#[derive(Debug)]
pub(crate) enum Store {
    Folder(Folder),
    #[cfg(feature = "s3")]
    Objects(objects::Objects),
}

/// Runs the same deed of whatever kind it is.
macro_rules! each {
    ($store:expr, $one:ident => $deed:expr) => {
        match $store {
            Store::Folder($one) => $deed,
            #[cfg(feature = "s3")]
            Store::Objects($one) => $deed,
        }
    };
}

impl Store {
    /// Opens the store at an address, without asking it anything.
    ///
    /// # Errors
    /// The address is none, this build does not know the kind, or what it needs of the environment is not there.
    pub(crate) fn open(place: &Path) -> Result<Store, LakeError> {
        match Address::read(place)? {
            Address::Folder(folder) => Ok(Store::Folder(Folder::new(folder))),
            #[cfg(feature = "s3")]
            Address::Bucket { bucket, prefix } => Ok(Store::Objects(s3::open(&bucket, &prefix, std::env::vars_os())?)),
            #[cfg(not(feature = "s3"))]
            Address::Bucket { .. } => Err(LakeError::Address {
                address: crate::address::shown(&place.to_string_lossy()),
                why: "this build reaches no buckets; the feature `s3` is on unless it was switched off".to_owned(),
            }),
        }
    }

    /// How it is called in messages.
    pub(crate) fn shown(&self) -> &str {
        each!(self, one => one.shown())
    }

    /// Keeps others from writing the same until the file is dropped, where the kind can; where it cannot, the last step
    /// of a writer is the one that decides.
    pub(crate) fn lock(&self) -> Result<Option<File>, LakeError> {
        match self {
            Store::Folder(folder) => folder.lock().map(Some),
            #[cfg(feature = "s3")]
            Store::Objects(_) => Ok(None),
        }
    }

    /// A file to write into before it is given to [`Store::write_file`] under a name in `place`.
    pub(crate) fn unready(&self, place: &str) -> Result<NamedTempFile, LakeError> {
        each!(self, one => one.unready(place))
    }

    /// The bytes of an object and their version; `None` where there is none.
    pub(crate) async fn read(&self, name: &str, most: u64) -> Result<Option<(Vec<u8>, Version)>, LakeError> {
        each!(self, one => one.read(name, most).await)
    }

    /// Copies an object into a file; `None` where there is none.
    pub(crate) async fn read_into(
        &self,
        name: &str,
        most: u64,
        into: &mut File,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<u64>, LakeError> {
        each!(self, one => one.read_into(name, most, into, go_on).await)
    }

    /// Writes an object; whether the condition held.
    pub(crate) async fn write(&self, name: &str, bytes: Vec<u8>, when: When) -> Result<bool, LakeError> {
        each!(self, one => one.write(name, bytes, when).await)
    }

    /// Gives a file its name, all of it or nothing.
    pub(crate) async fn write_file(
        &self,
        name: &str,
        file: NamedTempFile,
        go_on: &dyn Fn() -> bool,
    ) -> Result<(), LakeError> {
        each!(self, one => one.write_file(name, file, go_on).await)
    }

    /// The objects at the top, and those two folders deep below `folders`.
    pub(crate) async fn list(&self, folders: &[&str]) -> Result<Vec<Listed>, LakeError> {
        each!(self, one => one.list(folders).await)
    }

    /// Takes objects away of which nobody needs one, if they are at least as old as the kind asks for; what is not there is
    /// no error.
    pub(crate) async fn remove(&self, names: &[Listed], now: &str) -> Result<(), LakeError> {
        each!(self, one => one.remove(names, now).await)
    }
}
