//! Package archives by what they hold: whoever has fetched one keeps it under its digest, and whoever needs one that the
//! index names by digest looks here first. What lies under another's name is refused.

use crate::error::LakeError;
use crate::store::{Store, When};
use mcpdex_model::text::hex;
use sha2::{Digest, Sha256, Sha512};
use std::path::Path;

/// What an archive is known by: its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentAddress {
    Sha512([u8; 64]),
    Sha256([u8; 32]),
}

impl ContentAddress {
    /// The name of what has this digest.
    pub fn name(&self) -> String {
        let (algorithm, digest) = match self {
            ContentAddress::Sha512(digest) => ("sha512", hex(digest)),
            ContentAddress::Sha256(digest) => ("sha256", hex(digest)),
        };
        // Folders of which none grows without end.
        format!("archives/{algorithm}/{}/{digest}", &digest[..2])
    }

    /// Whether bytes have this digest.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        match self {
            ContentAddress::Sha512(digest) => Sha512::digest(bytes)[..] == digest[..],
            ContentAddress::Sha256(digest) => Sha256::digest(bytes)[..] == digest[..],
        }
    }
}

/// A store of archives that several crawlers share.
#[derive(Debug)]
pub struct Archives {
    store: Store,
}

impl Archives {
    /// Opens the store at an address, as [`Lake::open`](crate::Lake::open) does.
    ///
    /// # Errors
    /// The address is none, this build does not know the kind, or what it needs of the environment is not there.
    pub fn open(place: &Path) -> Result<Archives, LakeError> {
        Ok(Archives { store: Store::open(place)? })
    }

    /// How it is called in messages.
    pub fn shown(&self) -> &str {
        self.store.shown()
    }

    /// An archive of at most `most` bytes; `None` where nobody has kept it.
    ///
    /// # Errors
    /// It cannot be read, is larger, or its bytes have another digest ([`LakeError::OtherContent`]).
    pub async fn get(&self, address: &ContentAddress, most: u64) -> Result<Option<Vec<u8>>, LakeError> {
        let name = address.name();
        let Some((bytes, _)) = self.store.read(&name, most).await? else { return Ok(None) };
        if !address.is_of(&bytes) {
            return Err(LakeError::OtherContent { name, shown: self.shown().to_owned() });
        }
        Ok(Some(bytes))
    }

    /// Keeps an archive, over whatever was there under its name.
    ///
    /// # Errors
    /// The bytes have another digest, or cannot be written.
    pub async fn keep(&self, address: &ContentAddress, bytes: &[u8]) -> Result<(), LakeError> {
        let name = address.name();
        if !address.is_of(bytes) {
            return Err(LakeError::OtherContent { name, shown: self.shown().to_owned() });
        }
        self.store.write(&name, bytes.to_vec(), When::Always).await.map(drop)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_lies_under_anothers_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let archives = Archives::open(folder.path()).unwrap();
        for address in [
            ContentAddress::Sha256(Sha256::digest(b"archive").into()),
            ContentAddress::Sha512(Sha512::digest(b"archive").into()),
        ] {
            assert_eq!(archives.get(&address, 99).await.unwrap(), None);
            assert!(matches!(archives.keep(&address, b"other").await, Err(LakeError::OtherContent { .. })));
            archives.keep(&address, b"archive").await.unwrap();
            assert_eq!(archives.get(&address, 99).await.unwrap().unwrap(), b"archive");
            assert!(matches!(archives.get(&address, 6).await, Err(LakeError::TooLarge { .. })));
            std::fs::write(folder.path().join(address.name()), b"archivf").unwrap();
            assert!(matches!(archives.get(&address, 99).await, Err(LakeError::OtherContent { .. })));
            archives.keep(&address, b"archive").await.unwrap();
            assert!(archives.get(&address, 99).await.unwrap().is_some());
        }
    }
}
