//! Files on this machine: paths in, documents out. Reads, and writes nothing; a file that is too large or no text is an
//! error for its own sake and hides no other.

use super::bundle;
use mcpdex_model::{Listing, Outcome, ServerId, Unpacking};
use mcpdex_source::document::{Document, Entry};
use mcpdex_source::row_file::{RowEntry, RowFile, RowRemarks};
use mcpdex_source::{catalogue, packed, page, skill};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The largest file that is read whole, in bytes; one of rows may have any size.
const MAX_FILE: u64 = 1 << 30;
/// The largest `server.yaml`, in bytes.
const MAX_ENTRY: u64 = 1 << 20;
/// What may come out of a compressed one. It is held in memory whole.
const UNPACKING: Unpacking = Unpacking::documents(256 << 20);
/// What may come out of a compressed file. It lies on the disk.
const UNPACKING_ROWS: Unpacking = Unpacking::documents(16 << 30);
/// Files of one folder, and folders within each other.
const MAX_FILES: usize = 100_000;
const MAX_DEPTH: usize = 32;

/// Endings of the files that are looked at in a folder; a file that is named is read whatever it is called.
const ENDINGS: [&str; 10] =
    [".json", ".jsonc", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz", ".toml", ".md", ".code-workspace"];
/// Endings of files that are never rows.
const WHOLE: [&str; 9] = [".md", ".markdown", ".html", ".htm", ".toml", ".yaml", ".yml", ".jsonc", ".code-workspace"];
/// Endings of bundles, whose manifest may state tools.
const BUNDLES: [&str; 2] = [".mcpb", ".dxt"];
/// Endings of files in YAML.
const YAML: [&str; 2] = [".yaml", ".yml"];
/// Files in YAML of a folder that say so by their name when they cannot be read: most others are no list of servers.
const IN_YAML: [&str; 8] = [
    "server.yaml",
    "server.yml",
    "catalog.yaml",
    "catalog.yml",
    "librechat.yaml",
    "librechat.yml",
    "mcp.yaml",
    "mcp.yml",
];
/// Names of files that say nothing of whose list they hold: the folder does.
const GENERIC: [&str; 10] =
    ["tools", "tool", "server", "servers", "list", "tools-list", "tools_list", "mcp", "index", "manifest"];

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
                Ok(kind) if kind.is_file() && is_looked_at(&name) => files.push(path),
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

fn is_looked_at(name: &str) -> bool {
    ENDINGS.iter().chain(&BUNDLES).chain(&YAML).any(|end| name.ends_with(end))
}

/// What a list is called that names no server: by its place below the folder that was named, so that files of one name
/// in several folders stay apart; a file whose name says nothing by the folder that it lies in.
pub(super) fn called(file: &Path, named: &Path) -> String {
    let parts: Vec<String> = match file.strip_prefix(named) {
        Ok(below) if below.components().next().is_some() => {
            below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
        }
        _ => return stem(&file.to_string_lossy()),
    };
    let last = stem(parts.last().map_or("", String::as_str));
    let folders = &parts[..parts.len() - 1];
    if GENERIC.contains(&last.to_ascii_lowercase().as_str()) && !folders.is_empty() {
        return folders.join("/");
    }
    folders.iter().cloned().chain([last]).collect::<Vec<_>>().join("/")
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

/// What a file turned out to be.
pub(super) enum FileContent {
    /// Read whole.
    Whole(Document),
    /// What the manifest of a bundle states; the program in it was not looked at.
    Bundle(Document),
    /// Rows, which are read one server at a time.
    Rows(Box<Rows>),
}

/// A file of rows, and what the file beside it says of the server that has no name of its own.
pub(super) struct Rows {
    rows: RowFile<File>,
    unnamed: String,
    beside: Option<Listing>,
}

impl Rows {
    /// The next server, see [`RowFile::next_entry`].
    pub(super) fn next_entry(&mut self, is_seen: &dyn Fn(&str, &str) -> bool) -> std::io::Result<Option<RowEntry>> {
        let mut found = self.rows.next_entry(is_seen)?;
        if let Some(found) = &mut found {
            describe(&mut found.entry, &self.unnamed, self.beside.as_ref());
        }
        Ok(found)
    }

    pub(super) fn finish(self) -> RowRemarks {
        self.rows.finish()
    }
}

/// Reads one file below `named`, or that itself.
pub(super) fn read_file(path: &Path, named: &Path, source: &str) -> Result<FileContent, Unread> {
    let unread = |error: std::io::Error| Unread::of(&error, "cannot be read");
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let called = called(path, named);
    let mut file = File::open(path).map_err(unread)?;
    // In a catalogue with a folder for each server, the file beside the list says whose it is.
    let (unnamed, beside) = (format!("file:{called}"), beside(path, source));
    if !WHOLE.iter().chain(&BUNDLES).any(|end| name.ends_with(end)) {
        // What is no regular file cannot be read twice.
        if file.metadata().is_ok_and(|about| about.is_file()) {
            file = unpacked(file)?;
            match RowFile::open(file, source, &called).map_err(unread)? {
                Ok(rows) => return Ok(FileContent::Rows(Box::new(Rows { rows, unnamed, beside }))),
                Err(other) => file = other,
            }
        }
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(unread)?;
    if [".md", ".markdown", ".html", ".htm"].iter().any(|end| name.ends_with(end)) {
        let text = String::from_utf8_lossy(&bytes);
        let page = page::read(&text, None, source).map_err(|why| Unread::Unreadable(format!("the page {why}")))?;
        let mut document = Document::new(source, "");
        document.problems = page.problems;
        if skill::is_skill(&name) {
            document.problems.extend(of_skill(&text));
        }
        document.entries = page.listings.into_iter().map(|listing| Entry::of(listing, None)).collect();
        return Ok(FileContent::Whole(document));
    }
    if BUNDLES.iter().any(|end| name.ends_with(end)) {
        return bundle::read_manifest(&bytes, source, &called).map(FileContent::Bundle);
    }
    if matches!(name.as_str(), "server.yaml" | "server.yml") {
        let text = String::from_utf8_lossy(&bytes);
        if let Some(listing) = catalogue::folder_entry(&text, source) {
            let mut document = Document::new(source, "");
            document.entries.push(Entry::of(Listing { server: ServerId(unnamed), ..listing }, None));
            return Ok(FileContent::Whole(document));
        }
    }
    let is_yaml = YAML.iter().any(|end| name.ends_with(end));
    let text = if is_yaml { String::from_utf8_lossy(&bytes) } else { "".into() };
    let tools = beside.as_ref().and_then(|_| catalogue::folder_tools(&text));
    if is_yaml && path != named && !IN_YAML.contains(&&*name) && tools.is_none() && !catalogue::is_yaml_entry(&text) {
        // Whatever else it is, it lists no server.
        return Ok(FileContent::Whole(Document::new(source, "")));
    }
    let mut document = read_bytes(tools.as_deref().map_or(&bytes, str::as_bytes), source, &called)?;
    for entry in &mut document.entries {
        describe(entry, &unnamed, beside.as_ref());
    }
    Ok(FileContent::Whole(document))
}

/// What a skill says beside the packages, addresses and repositories that it links to: the servers whose tools it names.
/// Which ones they are, a client's configuration says; a guess by the name would give one server's tools to another.
fn of_skill(text: &str) -> Vec<String> {
    let read = match skill::read(text) {
        Ok(read) => read,
        Err(why) => return vec![format!("the skill {why}")],
    };
    let servers = read.servers().into_iter().map(|(server, tools)| {
        let tools: Vec<String> = tools.into_iter().map(|tool| format!("`{tool}`")).collect();
        let tools = if tools.is_empty() { "tools".to_owned() } else { tools.join(", ") };
        format!("the skill names {tools} of a server that it calls `{server}`, and does not say which that is")
    });
    read.problems.iter().cloned().chain(servers).collect()
}

/// Says of the server without a name what is known of it from beside its list.
fn describe(entry: &mut Entry, unnamed: &str, beside: Option<&Listing>) {
    if let Some(listing) = beside.filter(|_| entry.listing.server.0 == unnamed) {
        entry.listing = Listing { server: entry.listing.server.clone(), ..listing.clone() };
    }
}

/// What a compressed file holds, in a file that is gone when it is closed; any other file as it is.
fn unpacked(mut file: File) -> Result<File, Unread> {
    let unread = |error: std::io::Error| Unread::of(&error, "cannot be unpacked");
    let mut first = [0; 2];
    let read = file.read(&mut first).map_err(unread)?;
    file.seek(SeekFrom::Start(0)).map_err(unread)?;
    if !packed::is_gzip(&first[..read]) {
        return Ok(file);
    }
    let mut plain = tempfile::tempfile().map_err(unread)?;
    let mut reader = packed::unpacked(BufReader::new(file), UNPACKING_ROWS).map_err(unread)?;
    std::io::copy(&mut reader, &mut plain).map_err(unread)?;
    plain.seek(SeekFrom::Start(0)).map_err(unread)?;
    Ok(plain)
}

/// What the `server.yaml` beside a list says of its server.
fn beside(list: &Path, source: &str) -> Option<Listing> {
    let folder = list.parent()?;
    let file = ["server.yaml", "server.yml"].iter().map(|name| folder.join(name)).find(|path| path.is_file())?;
    std::fs::symlink_metadata(&file).ok().filter(|about| about.is_file() && about.len() <= MAX_ENTRY)?;
    catalogue::folder_entry(&std::fs::read_to_string(file).ok()?, source)
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
    let end = ENDINGS
        .iter()
        .chain(&BUNDLES)
        .chain(&YAML)
        .filter(|end| name.ends_with(*end))
        .map(|end| end.len())
        .max()
        .unwrap_or(0);
    name[..name.len() - end].to_owned()
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
