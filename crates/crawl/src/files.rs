//! Files on this machine: paths in, documents out. Reads, and writes nothing; a file that is too large or no text is an
//! error for its own sake and hides no other.

use mcpdex_model::{Outcome, Unpacking};
use mcpdex_source::document::{Document, Entry};
use mcpdex_source::{packed, page};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 1 << 30;
/// What may come out of a compressed one. It is held in memory whole.
const UNPACKING: Unpacking = Unpacking::documents(256 << 20);
/// Files of one folder, and folders within each other.
const MAX_FILES: usize = 100_000;
const MAX_DEPTH: usize = 32;

/// Endings of the files that are looked at in a folder; a file that is named is read whatever it is called.
const ENDINGS: [&str; 8] = [".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz", ".toml", ".md"];

/// The file, or the files of the folder, in the order of their names.
pub(super) fn below(path: &Path) -> Result<Vec<PathBuf>, String> {
    let about = std::fs::metadata(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if !about.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut folders = vec![(path.to_owned(), 0)];
    let mut files = Vec::new();
    while let Some((folder, depth)) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().to_ascii_lowercase());
            // Links are not followed: they may lead anywhere, and in circles.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => folders.push((path, depth + 1)),
                Ok(kind) if kind.is_file() && ENDINGS.iter().any(|end| name.ends_with(end)) => files.push(path),
                _ => {}
            }
        }
        if files.len() > MAX_FILES {
            return Err(format!("{} holds more than {MAX_FILES} files", path.display()));
        }
    }
    files.sort();
    Ok(files)
}

/// Why a document was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unread {
    #[error("{0}")]
    TooLarge(String),
    #[error("{0}")]
    Unreadable(String),
}

impl Unread {
    /// The outcome of the attempt.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Unread::TooLarge(_) => Outcome::TooLarge,
            Unread::Unreadable(_) => Outcome::Unreadable,
        }
    }

    fn of(error: &std::io::Error, doing: &str) -> Unread {
        match packed::excess_of(error) {
            Some(excess) => Unread::TooLarge(excess.to_string()),
            None => Unread::Unreadable(format!("{doing}: {error}")),
        }
    }
}

/// Reads one file.
pub(super) fn read_file(path: &Path, source: &str) -> Result<Document, Unread> {
    let mut bytes = Vec::new();
    let unread = |error: std::io::Error| Unread::of(&error, "cannot be read");
    let file = std::fs::File::open(path).map_err(unread)?;
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(unread)?;
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if [".md", ".markdown", ".html", ".htm"].iter().any(|end| name.ends_with(end)) {
        let text = String::from_utf8_lossy(&bytes);
        let listings = page::read(&text, None, source).map_err(|why| Unread::Unreadable(format!("the page {why}")))?;
        let mut document = Document::new(source, "");
        document.entries = listings.into_iter().map(|listing| Entry::of(listing, None)).collect();
        return Ok(document);
    }
    read_bytes(&bytes, source, &stem(&name))
}

/// Reads the bytes of a document, compressed or not.
pub(super) fn read_bytes(bytes: &[u8], source: &str, stem: &str) -> Result<Document, Unread> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(Unread::TooLarge(format!("it is larger than the limit of {MAX_FILE} bytes")));
    }
    let mut unpacked = Vec::new();
    let bytes = if packed::is_gzip(bytes) {
        packed::unpacked(bytes, UNPACKING)
            .and_then(|mut reader| reader.read_to_end(&mut unpacked))
            .map_err(|error| Unread::of(&error, "cannot be unpacked"))?;
        &unpacked
    } else {
        bytes
    };
    let mut document = Document::new(source, stem);
    document.bytes(bytes).map_err(|why| Unread::Unreadable(why.to_owned()))?;
    document.finish();
    Ok(document)
}

/// The name of a file without folders and endings.
pub(super) fn stem(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let end = ENDINGS.iter().filter(|end| name.ends_with(*end)).map(|end| end.len()).max().unwrap_or(0);
    name[..name.len() - end].to_owned()
}

/// Where MCP clients keep their configuration: the user's first, then the project's in the present folder.
pub(super) fn client_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Some(dirs) = directories::BaseDirs::new() {
        // On Linux, macOS and Windows these are ~/.config, ~/Library/Application Support and %APPDATA%.
        for file in ["Claude/claude_desktop_config.json", "Code/User/mcp.json", "Code/User/settings.json"] {
            places.push(dirs.config_dir().join(file));
        }
        for file in [
            ".claude.json",
            ".cursor/mcp.json",
            ".codeium/windsurf/mcp_config.json",
            ".codex/config.toml",
            ".gemini/settings.json",
        ] {
            places.push(dirs.home_dir().join(file));
        }
    }
    let here = std::env::current_dir().unwrap_or_default();
    for file in [".mcp.json", ".cursor/mcp.json", ".vscode/mcp.json", ".codex/config.toml", ".gemini/settings.json"] {
        let place = here.join(file);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_is_left_without_its_endings() {
        for (path, expected) in [("/a/kiln.jsonl.gz", "kiln"), ("kiln.json", "kiln"), ("kiln", "kiln"), ("/", "")] {
            assert_eq!(stem(path), expected);
        }
    }
}
