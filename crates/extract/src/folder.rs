//! Reads a folder of source: a path in, the files that a reader can use out, under the limits of one package.
//!
//! Never writes, never follows a link, never leaves the folder. What other programs put there (repositories' own files,
//! environments, installed packages) is left out; a bundle keeps the packages that it carries along.

use super::{ReadLimits, is_wanted};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Why a folder was not read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("cannot read {path}")]
    Io { path: String, source: io::Error },
    #[error("the folder is too large: {0}")]
    TooLarge(String),
}

/// Folders that hold no source of the package.
const LEFT_OUT: [&str; 7] = [".git", ".hg", ".venv", "venv", "__pycache__", ".tox", "target"];

/// The files below `root` that a reader can use, by their paths below it with `/` between their parts.
///
/// # Errors
/// A folder cannot be listed, a file cannot be read, or a limit (files, bytes, depth) is exceeded.
pub fn read(root: &Path, limits: &ReadLimits) -> Result<BTreeMap<String, Vec<u8>>, FolderError> {
    let bundle = root.join("manifest.json").is_file();
    let mut files = BTreeMap::new();
    let mut pending = vec![(root.to_owned(), String::new(), 0usize)];
    let (mut seen, mut bytes) = (0usize, 0u64);
    while let Some((folder, prefix, depth)) = pending.pop() {
        if depth > limits.path_depth {
            return Err(FolderError::TooLarge(format!("folders are nested deeper than {}", limits.path_depth)));
        }
        let failed = |source| FolderError::Io { path: folder.display().to_string(), source };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            seen += 1;
            if seen > limits.entries {
                return Err(FolderError::TooLarge(format!("more than {} entries", limits.entries)));
            }
            // A name that is not text can be named by no import.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                if !LEFT_OUT.contains(&name.as_str()) && (bundle || name != "node_modules") {
                    pending.push((entry.path(), path, depth + 1));
                }
            } else if kind.is_file() && is_wanted(&path) {
                let read = content(&entry.path(), limits.unpacked_bytes - bytes).map_err(failed)?;
                bytes += read.len() as u64;
                if bytes >= limits.unpacked_bytes {
                    return Err(FolderError::TooLarge(format!("more than {} bytes", limits.unpacked_bytes)));
                }
                files.insert(path, read);
            }
        }
    }
    Ok(files)
}

/// The bytes of a file, `room` at most.
fn content(path: &Path, room: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(room).read_to_end(&mut bytes)?;
    Ok(bytes)
}
