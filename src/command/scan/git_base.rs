//! The repository of what is scanned as it was at another commit: a revision in, copies of single files out. Git is asked
//! for objects alone, from a neutral folder, and may start nothing and reach nobody, whatever the repository's own
//! configuration says. Nothing is checked out, nothing of the repository is written.

use crate::crawl::places::is_project_place;
use crate::report::visible;
use anyhow::{Context, anyhow, bail};
use mcpdex_process::{Call, Environment, LookedAt, ProgramError};
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use tempfile::TempDir;

/// Bytes of the names in a tree, and of a file, that are read.
const MOST: u64 = 64 << 20;

/// Nothing of the machine's or the user's settings, no question, nothing fetched: a repository may say that its objects
/// lie elsewhere and name a program that fetches them.
const QUIET: &[(&str, &str)] = &[
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" }),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_LITERAL_PATHSPECS", "1"),
];

/// A file of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TreeFile {
    mode: String,
    object: String,
}

/// A repository at a commit.
pub(super) struct GitBase {
    /// The folder that holds the repository, as a real path.
    root: PathBuf,
    pub(super) revision: String,
    pub(super) commit: String,
    /// Every file of the commit by its path below the root, with `/` between its parts.
    tree: BTreeMap<String, TreeFile>,
    environment: Environment,
    copies: TempDir,
}

impl GitBase {
    /// The commit that a revision names in the repository that holds the first of `paths`.
    ///
    /// # Errors
    /// There is no repository or no such commit in it, or git is not installed.
    pub(super) fn open(revision: &str, paths: &[PathBuf]) -> anyhow::Result<GitBase> {
        let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
        let root = real(first).ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
        let root = root.with_context(|| format!("{} lies in no git repository", first.display()))?;
        let environment = Environment::of_process(LookedAt::with(paths));
        let copies = environment.neutral_folder().context("cannot make a folder for the files of the base")?;
        let mut base = GitBase {
            root,
            revision: revision.to_owned(),
            commit: String::new(),
            tree: BTreeMap::new(),
            environment,
            copies,
        };
        let commit = format!("{revision}^{{commit}}");
        let named = base.git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).map_err(|why| {
            match why {
                ProgramError::Missing(_) => anyhow!("git is not installed, and --diff asks it for `{revision}`"),
                why => anyhow!(
                    "the repository {} holds no commit `{}` ({why}); fetch it first, in a pipeline with its whole history",
                    base.root.display(),
                    visible(revision)
                ),
            }
        })?;
        base.commit = String::from_utf8_lossy(&named).trim().to_owned();
        let listed = base.git(&["ls-tree", "-r", "-z", "--full-tree", &base.commit]);
        tracing::info!(revision, commit = base.commit, "the base is found");
        base.tree = read_tree(&listed.with_context(|| format!("cannot list the files of `{revision}`"))?)?;
        Ok(base)
    }

    fn git(&self, words: &[&str]) -> Result<Vec<u8>, ProgramError> {
        let folder = format!("--git-dir={}", self.root.join(".git").display());
        let arguments: Vec<&str> = [folder.as_str(), "--no-pager"].into_iter().chain(words.iter().copied()).collect();
        tracing::debug!(words = words.join(" "), "git is asked");
        let call = Call { set: QUIET, answer: MOST, ..Call::new(&["git"], &arguments) };
        let failed = |why: io::Error| ProgramError::Failed { command: "git".to_owned(), why: why.to_string() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        runtime.block_on(self.environment.run(call))
    }

    /// The path below the root; `None`: it lies elsewhere.
    fn inside(&self, path: &Path) -> Option<String> {
        // By the name that it has in the repository, if it has one: a link that a change plants leads where it likes.
        let named = plain(path);
        let folder =
            named.ancestors().filter(|folder| folder.canonicalize().is_ok_and(|real| real == self.root)).last();
        let below = folder.and_then(|folder| named.strip_prefix(folder).ok().map(Path::to_owned));
        let below = below.or_else(|| real(path).strip_prefix(&self.root).ok().map(Path::to_owned))?;
        let parts: Option<Vec<&str>> = below.components().map(|part| part.as_os_str().to_str()).collect();
        parts.map(|parts| parts.join("/"))
    }

    /// Whether a path lies in the repository.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.inside(path).is_some()
    }

    /// Where what a path means can be read as it was: a copy for what lies in the repository, the path itself for what
    /// does not.
    ///
    /// # Errors
    /// It was not there, or cannot be copied.
    pub(super) fn place(&self, path: &Path) -> io::Result<PathBuf> {
        let Some(inside) = self.inside(path) else { return Ok(path.to_owned()) };
        let below = format!("{inside}/");
        let is_wanted = |name: &str| name == inside || inside.is_empty() || name.starts_with(&below);
        let wanted: Vec<&str> = self.tree.keys().map(String::as_str).filter(|name| is_wanted(name)).collect();
        self.copy(&inside, &wanted)
    }

    /// The client configurations that a path named then: itself, or those in the usual places of a folder; each as it is
    /// called now and where its copy lies.
    ///
    /// # Errors
    /// One cannot be copied, or the path lies outside of the repository.
    pub(super) fn configurations(&self, named: &Path) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
        let Some(inside) = self.inside(named) else {
            bail!("{} lies outside of the repository {}", named.display(), self.root.display());
        };
        // A link says nothing of what it led to: what is found through it now is new.
        let is_plain = |name: &str| self.tree.get(name).is_some_and(|file| file.mode.starts_with("100"));
        if self.tree.contains_key(&inside) {
            let there = is_plain(&inside).then(|| self.place(named).map(|copy| (named.to_owned(), copy)));
            return Ok(there.transpose()?.into_iter().collect());
        }
        let below = if inside.is_empty() { String::new() } else { format!("{inside}/") };
        let placed = self.tree.keys().filter(|name| is_plain(name));
        let placed = placed.filter_map(|name| name.strip_prefix(&below).filter(|name| is_project_place(name)));
        placed
            .map(|name| {
                let path = name.split('/').fold(named.to_owned(), |path, part| path.join(part));
                Ok((path.clone(), self.place(&path)?))
            })
            .collect()
    }

    /// Whether a file or folder of the repository differs now from what it was.
    ///
    /// # Errors
    /// What it was cannot be read.
    pub(super) fn differs(&self, path: &Path) -> io::Result<bool> {
        let Some(inside) = self.inside(path) else { return Ok(false) };
        let was = match self.place(path) {
            Ok(copy) => contents(&copy)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        // What cannot be read now is not what it was.
        Ok(contents(&self.root.join(inside)).ok() != Some(was))
    }

    fn copy(&self, inside: &str, wanted: &[&str]) -> io::Result<PathBuf> {
        let place = self.copies.path().join("tree").join(inside);
        if wanted.is_empty() {
            let what = format!("it is not there at {}", self.revision);
            return Err(io::Error::new(io::ErrorKind::NotFound, what));
        }
        for name in wanted {
            let to = self.copies.path().join("tree").join(name);
            if to.exists() {
                continue;
            }
            let TreeFile { mode, object } = &self.tree[*name];
            if !mode.starts_with("100") {
                return Err(io::Error::other(format!("{name} is no plain file at {}", self.revision)));
            }
            let bytes = self.git(&["cat-file", "blob", object]).map_err(io::Error::other)?;
            if let Some(folder) = to.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&to, bytes)?;
        }
        Ok(place)
    }
}

/// An absolute path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// An absolute path without links in what is there of it.
fn real(path: &Path) -> PathBuf {
    let plain = plain(path);
    for folder in plain.ancestors() {
        if let (Ok(real), Ok(rest)) = (folder.canonicalize(), plain.strip_prefix(folder)) {
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    plain
}

/// What a file or the files of a folder hold, by their paths below it.
fn contents(path: &Path) -> io::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut all = BTreeMap::new();
    if path.is_file() {
        all.insert(PathBuf::new(), std::fs::read(path)?);
        return Ok(all);
    }
    if !path.exists() {
        return Ok(all);
    }
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let place = entry?.path();
            if place.is_dir() {
                folders.push(place);
            } else {
                let below = place.strip_prefix(path).unwrap_or(&place).to_owned();
                all.insert(below, std::fs::read(&place)?);
            }
        }
    }
    Ok(all)
}

/// The files of a tree as `git ls-tree -r -z` prints them.
fn read_tree(listed: &[u8]) -> anyhow::Result<BTreeMap<String, TreeFile>> {
    let mut tree = BTreeMap::new();
    for line in listed.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
        // A name that is no text is none of ours.
        let Ok(line) = std::str::from_utf8(line) else { continue };
        let (about, name) = line.split_once('\t').context("git lists a file without its name")?;
        let [mode, _, object] = about.split(' ').collect::<Vec<_>>()[..] else {
            bail!("git lists a file in a way that is not known: {}", visible(about));
        };
        if name.split('/').any(|part| matches!(part, "" | "." | "..")) || name.contains('\\') && cfg!(windows) {
            bail!("the tree holds a path that leads out of it: {}", visible(name));
        }
        tree.insert(name.to_owned(), TreeFile { mode: mode.to_owned(), object: object.to_owned() });
    }
    Ok(tree)
}
