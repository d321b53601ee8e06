//! A file of rules before it is parsed, and the folders that such files are read from.

use crate::rules::error::RulesError;
use std::path::{Path, PathBuf};

/// A file of rules or of a language, as text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path below the folder of rules, with `/`.
    pub path: String,
    pub text: String,
}

/// The rule files of a folder, and of `language/` in it.
pub(crate) fn read_folder(dir: &Path, below: &str) -> Result<Vec<SourceFile>, RulesError> {
    let io = |source| RulesError::Io { path: dir.to_path_buf(), source };
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)
        .map_err(io)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()
        .map_err(io)?;
    entries.sort();
    let mut files = Vec::new();
    for path in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && below.is_empty() && name == "language" {
            files.extend(read_folder(&path, "language/")?);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text =
                std::fs::read_to_string(&path).map_err(|source| RulesError::Io { path: path.clone(), source })?;
            files.push(SourceFile { path: format!("{below}{name}"), text });
        }
    }
    Ok(files)
}
