//! Snapshots: the whole database as files that can be copied, looked at with other tools, signed and taken in elsewhere.
//!
//! A snapshot is a folder, or what lies below a prefix in a bucket ([`lake`](crate::lake)). `snapshot.json`, the manifest, names every file with its hash and size; a detached signature of
//! minisign's format (`snapshot-HASH.minisig`, HASH being that of the manifest) vouches for it. Files are named after their
//! content and never written over: whoever publishes writes the new ones beside the old, then replaces the manifest, if it is
//! still the one that was there, so that there is one whole snapshot at every moment.
//!
//! What is read back is foreign: nothing is taken from a file before its name, size and hash are those of the manifest.

mod fetch;
mod manifest;
#[cfg(feature = "parquet")]
mod publish;
mod read;
mod signature;

pub use fetch::{FetchedSnapshot, fetch};
pub use manifest::{FileContent, SnapshotCounts, SnapshotFile, SnapshotManifest};
#[cfg(feature = "parquet")]
pub use publish::{PublishedSnapshot, publish};
pub use read::{Snapshot, SnapshotError};
pub use signature::{KeyError, SIGNED_FILE, SignatureError, SigningKey, VerifyingKey, secret_key_needs_password};

/// The manifest's name in its folder.
pub const MANIFEST: &str = "snapshot.json";

/// The name of the signature of a manifest with this hash.
fn signature_name(manifest_sha256: &str) -> String {
    format!("snapshot-{manifest_sha256}.minisig")
}
