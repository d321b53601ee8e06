//! The archive of a package as an index names it: where it is, and the hash it must have.

use base64::Engine;
use mcpdex_model::text::hex;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use url::Url;

/// A page that could not be understood, or that does not name what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    #[error("the page of {what} cannot be read: {why}")]
    Unreadable { what: String, why: String },
    /// The package is there, the version is not.
    #[error("{0}")]
    NoSuchVersion(String),
    /// There are versions, and none has an archive that could be read.
    #[error("{0}")]
    NoArchive(String),
}

/// A published hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hash {
    Sha512(Vec<u8>),
    Sha256(Vec<u8>),
    /// Old npm packages state nothing better; it guards against broken transfers, not against an attacker.
    Sha1(Vec<u8>),
}

/// One archive of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    pub version: String,
    /// Where the index says it is.
    pub url: Url,
    /// Its file name, by whose ending its format is told.
    pub file: String,
    /// All of them must fit; empty where the index publishes none.
    pub hashes: Vec<Hash>,
}

/// An archive is not the one that was published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("hash mismatch: {algorithm} is {actual}, published is {published}")]
pub struct HashMismatch {
    pub algorithm: &'static str,
    pub actual: String,
    pub published: String,
}

impl Hash {
    /// A SHA-256 in hexadecimal; `None` where the text is not one.
    pub fn sha256_hex(text: &str) -> Option<Hash> {
        unhex(text, 32).map(Hash::Sha256)
    }

    /// A SHA-1 in hexadecimal; `None` where the text is not one.
    pub fn sha1_hex(text: &str) -> Option<Hash> {
        unhex(text, 20).map(Hash::Sha1)
    }

    /// The strongest hash of a Subresource Integrity string (`sha512-… sha1-…`).
    pub fn of_integrity(text: &str) -> Option<Hash> {
        let read = |algorithm: &str, length: usize| {
            text.split_ascii_whitespace().find_map(|item| {
                let encoded = item.strip_prefix(algorithm)?.strip_prefix('-')?;
                // Options may follow a question mark.
                let encoded = encoded.split('?').next()?;
                let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
                (bytes.len() == length).then_some(bytes)
            })
        };
        read("sha512", 64)
            .map(Hash::Sha512)
            .or_else(|| read("sha256", 32).map(Hash::Sha256))
            .or_else(|| read("sha1", 20).map(Hash::Sha1))
    }

    /// Checks that `bytes` have this hash.
    ///
    /// # Errors
    /// They do not.
    pub fn verify(&self, bytes: &[u8]) -> Result<(), HashMismatch> {
        let (algorithm, published, actual) = match self {
            Hash::Sha512(published) => ("sha512", published, Sha512::digest(bytes).to_vec()),
            Hash::Sha256(published) => ("sha256", published, Sha256::digest(bytes).to_vec()),
            Hash::Sha1(published) => ("sha1", published, Sha1::digest(bytes).to_vec()),
        };
        if *published == actual {
            return Ok(());
        }
        Err(HashMismatch { algorithm, actual: hex(&actual), published: hex(published) })
    }
}

/// The SHA-256 of `bytes` in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn unhex(text: &str, length: usize) -> Option<Vec<u8>> {
    let text = text.trim();
    if text.len() != length * 2 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..length).map(|i| u8::from_str_radix(&text[i * 2..i * 2 + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_published_hash_accepts_its_bytes_and_no_others() {
        let integrity =
            "sha1-0000 sha512-7iaw3Ur350mqGo7jwQrpkj9hiYB3Lkc/iBml1JQODbJ6wYX4oOHV+E+IvIh/1nsUNzLDBMxfqa2Ob1f1ACio/w==";
        let hashes = [
            Hash::of_integrity(integrity).expect("an integrity string"),
            Hash::sha256_hex("2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE").expect("a hash"),
            Hash::sha1_hex("0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33").expect("a hash"),
        ];
        for (hash, right) in hashes.iter().zip(["test", "foo", "foo"]) {
            assert_eq!(hash.verify(right.as_bytes()), Ok(()));
            let error = hash.verify(b"something else").expect_err("other bytes");
            assert!(error.to_string().starts_with("hash mismatch: "));
        }
    }

    #[test]
    fn text_that_is_no_hash_is_none() {
        assert_eq!(Hash::sha256_hex("abc"), None);
        assert_eq!(Hash::sha256_hex(&"é".repeat(32)), None);
        assert_eq!(Hash::of_integrity("sha512-AAAA"), None);
        assert_eq!(Hash::of_integrity("md5-AAAA"), None);
    }
}
