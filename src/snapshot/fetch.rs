//! A snapshot out of a bucket: copied into a folder of this machine, where it is held against its manifest as any other. The
//! signature comes first: nothing that an unsigned manifest names is asked for where a key was given.

use super::manifest::MAX_MANIFEST;
use super::signature::MAX_TEXT;
use super::{MANIFEST, Snapshot, SnapshotError, VerifyingKey, signature_name};
use crate::lake::{Lake, LakeError};
use crate::model::text::hex;
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::Path;
use tempfile::TempDir;

/// A snapshot in a folder that goes away with this.
#[derive(Debug)]
pub struct FetchedSnapshot {
    folder: TempDir,
}

impl FetchedSnapshot {
    /// Where it lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Copies a snapshot out of a lake, each file to the size that the manifest states and no further; `check` is asked again
/// and again whether to go on. What the files hold, [`Snapshot::check`] tells.
///
/// # Errors
/// The manifest or its signature is missing, not accepted or not understood; a file is missing or larger; or `check` says no.
pub fn fetch(
    lake: &Lake,
    key: Option<&VerifyingKey>,
    check: &dyn Fn() -> anyhow::Result<()>,
) -> anyhow::Result<FetchedSnapshot> {
    let folder =
        tempfile::Builder::new().prefix("mcpdex-import-").tempdir().context("cannot make a folder to copy into")?;
    let missing = |path: &str| SnapshotError::Missing { path: path.to_owned() };
    let (manifest, _) = lake.read(MANIFEST, MAX_MANIFEST)?.ok_or_else(|| missing(MANIFEST))?;
    let keep = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).with_context(|| format!("cannot write down {name}"))
    };
    keep(MANIFEST, &manifest)?;
    if key.is_some() {
        let name = signature_name(&hex(&Sha256::digest(&manifest)));
        // Without it the snapshot is refused as unsigned.
        if let Some((signature, _)) = lake.read(&name, MAX_TEXT)? {
            keep(&name, &signature)?;
        }
    }
    let snapshot = Snapshot::open(folder.path(), key)?;
    for file in &snapshot.manifest().files {
        let place = folder.path().join(&file.path);
        if let Some(above) = place.parent() {
            std::fs::create_dir_all(above).with_context(|| format!("cannot make room for {}", file.path))?;
        }
        let mut into = File::create(place).with_context(|| format!("cannot make room for {}", file.path))?;
        match lake.read_into(&file.path, file.bytes, &mut into, &|| check().is_ok()) {
            Err(LakeError::Stopped) => {
                // It knows why.
                check()?;
                return Err(LakeError::Stopped.into());
            }
            copied => copied?.ok_or_else(|| missing(&file.path))?,
        };
    }
    Ok(FetchedSnapshot { folder })
}
