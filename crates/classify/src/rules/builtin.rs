//! The rule files that come with mcpdex, embedded: the build script lists whatever lies in `rules/`.

use crate::rules::error::RulesError;
use crate::rules::source_file::{SourceFile, read_folder};
use std::path::Path;

/// Path below `rules/` and text of each file, in the order of the paths.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// What they come to, compiled by the build script.
pub(crate) const PACK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.pack"));

/// The embedded files.
pub(crate) fn files() -> Vec<SourceFile> {
    FILES.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

/// The paths of the embedded files below `rules/`.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path)
}

/// The embedded files with those of folders in the place of their namesakes.
pub(crate) fn files_with<P: AsRef<Path>>(dirs: &[P]) -> Result<Vec<SourceFile>, RulesError> {
    let mut files = files();
    for dir in dirs {
        let dir = dir.as_ref();
        let found = read_folder(dir, "")?;
        if found.is_empty() {
            return Err(RulesError::Empty(dir.display().to_string()));
        }
        for file in found {
            files.retain(|known| known.path != file.path);
            files.push(file);
        }
    }
    Ok(files)
}
