//! A folder of pages on disk, and the note in it that says what its pages show. It touches nothing that it has not made.

use super::write::{SiteReport, WriteError};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The name of the note.
const NOTE: &str = "mcpdex-site.txt";
const HEAD: &str = "pages of mcpdex";

/// Which state of each server the pages of a folder show.
#[derive(Debug, Clone, Default)]
pub(super) struct Note {
    /// By the token of the server: its stamp, and how many pages it has.
    servers: BTreeMap<String, (u64, u64)>,
    /// Pages about more than one server.
    others: u64,
    /// Files outside of the folders of servers.
    files: BTreeSet<String>,
    /// It is of the edition that asked for it.
    is_same: bool,
}

impl Note {
    pub(super) fn stamp(&self, token: &str) -> Option<u64> {
        self.servers.get(token).map(|one| one.0)
    }

    pub(super) fn count(&self, token: &str) -> Option<u64> {
        self.servers.get(token).map(|one| one.1)
    }

    pub(super) fn has_exactly(&self, servers: usize) -> bool {
        self.servers.len() == servers
    }

    pub(super) fn others(&self) -> u64 {
        self.others
    }

    pub(super) fn set(&mut self, token: String, stamp: u64, count: u64) {
        self.servers.insert(token, (stamp, count));
    }

    pub(super) fn set_others(&mut self, others: u64) {
        self.others = others;
    }

    pub(super) fn pages(&self) -> u64 {
        self.others + self.servers.values().map(|one| one.1).sum::<u64>()
    }

    /// `None` for text that is no note. One of another edition vouches for nothing but the files that it names.
    fn parse(text: &str, edition: &str) -> Option<Note> {
        let mut lines = text.lines();
        let is_same = lines.next()?.strip_prefix(HEAD)?.trim() == edition;
        let mut note = Note { is_same, ..Note::default() };
        for line in lines {
            let mut words = line.split(' ');
            match (words.next(), words.next(), words.next(), words.next()) {
                (Some("server"), Some(token), Some(stamp), Some(count)) if is_same => {
                    let stamp = u64::from_str_radix(stamp, 16).ok()?;
                    note.servers.insert(token.to_owned(), (stamp, count.parse().ok()?));
                }
                (Some("others"), Some(count), None, None) if is_same => note.others = count.parse().ok()?,
                (Some("file"), Some(name), None, None) => {
                    note.files.insert(name.to_owned());
                }
                _ => {}
            }
        }
        Some(note)
    }

    fn text(&self, edition: &str) -> String {
        let mut out = format!("{HEAD} {edition}\nothers {}\n", self.others);
        // Text cannot fail to be written to.
        for (token, (stamp, count)) in &self.servers {
            let _ = writeln!(out, "server {token} {stamp:016x} {count}");
        }
        for file in &self.files {
            let _ = writeln!(out, "file {file}");
        }
        out
    }
}

/// The folder while it is written.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    edition: String,
    known: Note,
    /// Nothing lies in it that was not put.
    is_new: bool,
    /// Files outside of the folders of servers that were put.
    put: Mutex<BTreeSet<String>>,
    written: AtomicU64,
    bytes: AtomicU64,
    removed: AtomicU64,
}

fn fail(path: &Path) -> impl FnOnce(std::io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::File { path, source }
}

impl Folder {
    /// Opens a folder that is new, empty or has a note. `edition` changes when the same state is shown otherwise.
    pub(super) fn open(root: &Path, edition: &str) -> Result<Folder, WriteError> {
        let mut is_new = false;
        let known = match std::fs::read_to_string(root.join(NOTE)) {
            Ok(text) => Note::parse(&text, edition).ok_or_else(|| WriteError::Foreign(root.to_owned()))?,
            Err(_) => {
                let is_empty = match std::fs::read_dir(root) {
                    Ok(mut entries) => entries.next().is_none(),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
                    Err(error) => return Err(fail(root)(error)),
                };
                if !is_empty {
                    return Err(WriteError::Foreign(root.to_owned()));
                }
                is_new = true;
                Note::default()
            }
        };
        std::fs::create_dir_all(root).map_err(fail(root))?;
        let folder = Folder {
            root: root.to_owned(),
            edition: edition.to_owned(),
            known,
            is_new,
            put: Mutex::default(),
            written: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            removed: AtomicU64::new(0),
        };
        // From the first page on the folder is known for what it is.
        if !root.join(NOTE).exists() {
            let empty = Note::default().text("begun");
            std::fs::write(root.join(NOTE), empty).map_err(fail(&root.join(NOTE)))?;
        }
        Ok(folder)
    }

    pub(super) fn known(&self) -> &Note {
        &self.known
    }

    /// Writes a file below the folder where its bytes differ from what is there.
    pub(super) fn put(&self, address: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let path = self.root.join(address);
        if !address.starts_with("s/")
            && let Ok(mut put) = self.put.lock()
        {
            put.insert(address.to_owned());
        }
        if !self.is_new && is_same(&path, bytes) {
            return Ok(());
        }
        self.written.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        match std::fs::write(&path, bytes) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if let Some(parent) = path.parent() {
                    std::fs::create_dir_all(parent).map_err(fail(parent))?;
                }
                std::fs::write(&path, bytes).map_err(fail(&path))
            }
            written => written.map_err(fail(&path)),
        }
    }

    fn remove(&self, path: &Path) -> Result<(), WriteError> {
        match std::fs::remove_file(path) {
            Ok(()) => {
                self.removed.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(fail(path)(error)),
        }
    }

    /// Removes what lies in the folder of a server and is none of its files any more.
    pub(super) fn keep_only(&self, folder: &str, names: &[String]) -> Result<(), WriteError> {
        let folder = self.root.join(folder);
        let entries = std::fs::read_dir(&folder).map_err(fail(&folder))?;
        for entry in entries.filter_map(Result::ok) {
            if !names.iter().any(|name| entry.file_name().to_str() == Some(name)) {
                self.remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Removes the folders of servers that are no more.
    pub(super) fn forget_servers(&self, is_there: impl Fn(&str) -> bool) -> Result<(), WriteError> {
        for token in self.known.servers.keys().filter(|token| !is_there(token)) {
            let folder = format!("s/{token}");
            if self.root.join(&folder).is_dir() {
                self.keep_only(&folder, &[])?;
                std::fs::remove_dir(self.root.join(&folder)).ok();
            }
        }
        Ok(())
    }

    /// Removes files of before that no page needs any more, and writes the note.
    pub(super) fn close(self, note: &Note) -> Result<SiteReport, WriteError> {
        let put = self.put.lock().map(|put| put.clone()).unwrap_or_default();
        let mut note = note.clone();
        // Where only the shared files were looked at, the others are those of before.
        let all = put.contains("index.html");
        note.files = if all { put } else { self.known.files.union(&put).cloned().collect() };
        if self.known.is_same {
            // Pages that were passed over refer to them.
            note.files.extend(self.known.files.iter().filter(|name| name.starts_with("policy/")).cloned());
        }
        for name in self.known.files.difference(&note.files) {
            // A note is text that somebody may have changed.
            if name.split('/').all(|part| !part.is_empty() && part != "..") && !name.starts_with("s/") {
                self.remove(&self.root.join(name))?;
            }
        }
        let (text, path) = (note.text(&self.edition), self.root.join(NOTE));
        if !is_same(&path, text.as_bytes()) {
            let part = path.with_added_extension("part");
            std::fs::write(&part, text).map_err(fail(&part))?;
            std::fs::rename(&part, &path).map_err(fail(&path))?;
        }
        Ok(SiteReport {
            pages: note.pages(),
            written: self.written.into_inner(),
            bytes: self.bytes.into_inner(),
            removed: self.removed.into_inner(),
        })
    }
}

/// Whether a file holds exactly these bytes.
fn is_same(path: &Path, bytes: &[u8]) -> bool {
    let length = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
    length == Some(bytes.len() as u64) && std::fs::read(path).is_ok_and(|known| known == bytes)
}
