//! Archives that crawlers share: what an index names by a digest is taken from the store that the operator named, where
//! another has kept it, and kept there once it was fetched and checked. A store that fails costs the fetch that it would have
//! saved, and is told.

use mcpdex_lake::{Archives, ContentAddress, LakeError};
use mcpdex_model::Package;
use mcpdex_source::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Sentences of a tally.
const MAX_PROBLEMS: usize = 20;

/// What a shared store of archives did for a crawl.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveTally {
    /// Archives that were there and need not be fetched.
    pub taken: usize,
    /// Archives that were fetched and are there now.
    pub kept: usize,
    /// What was refused or failed, one sentence each; the first few.
    pub problems: Vec<String>,
}

/// The store, if there is one, and what it did.
#[derive(Debug, Default)]
pub(super) struct SharedArchives {
    archives: Option<Arc<Archives>>,
    tally: Mutex<ArchiveTally>,
}

impl SharedArchives {
    pub(super) fn new(archives: Option<Arc<Archives>>) -> SharedArchives {
        SharedArchives { archives, tally: Mutex::default() }
    }

    pub(super) fn tally(&self) -> ArchiveTally {
        self.note(|tally| tally.clone())
    }

    fn note<T>(&self, with: impl FnOnce(&mut ArchiveTally) -> T) -> T {
        with(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn failed(&self, error: &LakeError) {
        let mut text = error.to_string();
        if let Some(cause) = std::error::Error::source(error) {
            text = format!("{text}: {cause}");
        }
        tracing::warn!(problem = text, "the shared archives");
        self.note(|tally| {
            if tally.problems.len() < MAX_PROBLEMS && !tally.problems.contains(&text) {
                tally.problems.push(text);
            }
        });
    }

    /// An archive that somebody has kept.
    pub(super) async fn take(&self, address: Option<&ContentAddress>, most: u64) -> Option<Vec<u8>> {
        let taken = self.archives.as_ref()?.get(address?, most).await;
        if let Err(error) = &taken {
            self.failed(error);
        }
        let bytes = taken.ok().flatten()?;
        self.note(|tally| tally.taken += 1);
        Some(bytes)
    }

    /// Keeps an archive that was fetched and checked.
    pub(super) async fn keep(&self, address: Option<&ContentAddress>, bytes: &[u8]) {
        let (Some(archives), Some(address)) = (&self.archives, address) else { return };
        match archives.keep(address, bytes).await {
            Ok(()) => self.note(|tally| tally.kept += 1),
            Err(error) => self.failed(&error),
        }
    }
}

/// What an archive is known by in a shared store: the strongest digest that is stated of it.
pub(super) fn address(hashes: &[Hash], package: &Package) -> Option<ContentAddress> {
    let stated = package.sha256.as_deref().and_then(Hash::sha256_hex);
    let all = || hashes.iter().chain(&stated);
    let longest = all().find_map(|hash| match hash {
        Hash::Sha512(digest) => <[u8; 64]>::try_from(digest.as_slice()).ok().map(ContentAddress::Sha512),
        _ => None,
    });
    longest.or_else(|| {
        all().find_map(|hash| match hash {
            Hash::Sha256(digest) => <[u8; 32]>::try_from(digest.as_slice()).ok().map(ContentAddress::Sha256),
            _ => None,
        })
    })
}
