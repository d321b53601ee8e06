//! Skills among what is scanned: files called `SKILL.md`, those named and those below named folders.

use crate::query::SkillFile;
use crate::source::skill;
use std::path::{Path, PathBuf};

/// Folders within each other that are looked into.
const MAX_DEPTH: usize = 6;
/// Skills of one folder.
const MAX_SKILLS: usize = 2_000;
/// Folders that hold what others wrote for other purposes.
const ASIDE: [&str; 3] = ["node_modules", ".git", "target"];

/// What was found of skills, and what is left to look at as configurations.
#[derive(Debug, Default)]
pub(super) struct Skills {
    pub(super) files: Vec<SkillFile>,
    /// Files that are none, or that cannot be read.
    pub(super) problems: Vec<(PathBuf, String)>,
    /// Named files and folders that are no skills and hold more than skills.
    pub(super) rest: Vec<PathBuf>,
}

impl Skills {
    /// Finds the skills among what was named. Without a name nothing is looked for.
    pub(super) fn find(named: &[PathBuf], has_configurations: impl Fn(&Path) -> bool) -> Skills {
        let mut found = Skills::default();
        for path in named {
            if is_skill(path) && path.is_file() {
                found.read(path);
                continue;
            }
            let before = found.files.len() + found.problems.len();
            if path.is_dir() {
                found.below(path, 0);
            }
            let any = found.files.len() + found.problems.len() > before;
            if !any || has_configurations(path) {
                found.rest.push(path.clone());
            }
        }
        found
    }

    /// Whether nothing else than skills was named.
    pub(super) fn alone(&self) -> bool {
        self.rest.is_empty() && !(self.files.is_empty() && self.problems.is_empty())
    }

    fn below(&mut self, folder: &Path, depth: usize) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            // Links are not followed: they may lead anywhere.
            if kind.is_dir() && depth < MAX_DEPTH && !ASIDE.iter().any(|name| entry.file_name() == *name) {
                self.below(&path, depth + 1);
            } else if kind.is_file() && is_skill(&path) && self.files.len() < MAX_SKILLS {
                self.read(&path);
            }
        }
    }

    fn read(&mut self, path: &Path) {
        let text = std::fs::metadata(path).and_then(|about| match about.len() > skill::MAX_BYTES as u64 {
            true => Err(std::io::Error::other(format!("it is longer than {} bytes", skill::MAX_BYTES))),
            false => std::fs::read(path),
        });
        let read = text
            .map_err(|error| format!("cannot be read: {error}"))
            .and_then(|bytes| skill::read(&String::from_utf8_lossy(&bytes)).map_err(|why| format!("the skill {why}")));
        match read {
            Ok(skill) => {
                self.problems.extend(skill.problems.iter().map(|what| (path.to_owned(), what.clone())));
                self.files.push(SkillFile { file: path.to_owned(), skill });
            }
            Err(why) => self.problems.push((path.to_owned(), why)),
        }
    }
}

fn is_skill(path: &Path) -> bool {
    path.file_name().is_some_and(|name| skill::is_skill(&name.to_string_lossy()))
}
