//! The digest of a set of rule files. The build script works out that of the embedded ones with the same code, so it
//! depends on nothing of this crate.

use sha2::{Digest, Sha256};

/// The first 16 hexadecimal digits of the SHA-256 of files, each with its path; their order does not count.
pub(crate) fn of<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> String {
    let mut sorted: Vec<(&str, &str)> = files.collect();
    sorted.sort_unstable();
    let mut hash = Sha256::new();
    for part in sorted.iter().flat_map(|(path, text)| [path, text]) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
