//! The rule files that come with mcpdex, embedded: the build script lists whatever lies in `rules/`.

use crate::rules::source_file::SourceFile;

/// Path below `rules/` and text of each file, in the order of the paths.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The embedded files.
pub(crate) fn files() -> Vec<SourceFile> {
    FILES.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

/// The paths of the embedded files below `rules/`.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path)
}
