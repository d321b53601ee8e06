//! What the commands that judge share: which rules, which overrides, which input.

use super::{named, time};
use anyhow::Context;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::classify::{Overrides, Ruleset};
use crate::cli::{Global, RulesArgs};
use crate::model::Unpacking;
use crate::report::visible;
use crate::source::packed;

impl RulesArgs {
    /// Loads them, after those of the settings.
    ///
    /// # Errors
    /// A folder cannot be read or holds a rule that does not compile: nothing is judged by half of the rules.
    pub(super) fn load(&self, global: &Global) -> anyhow::Result<Ruleset> {
        let folders: Vec<&PathBuf> = global.settings.rule_folders.iter().chain(&self.rules).collect();
        rules_of(&folders)
    }
}

/// The embedded rules with those of `folders`, which are compiled once and kept in the user's cache folder.
///
/// # Errors
/// A folder cannot be read or holds a rule that does not compile.
pub(super) fn rules_of<P: AsRef<Path>>(folders: &[P]) -> anyhow::Result<Ruleset> {
    let own = directories::ProjectDirs::from("", "", "mcpdex").map(|own| own.cache_dir().join("rules"));
    Ruleset::load_kept(folders, own.as_deref()).context("loading the rules")
}

/// The embedded overrides, those of the settings and those of `files`; of several about one tool the last counts. Those
/// that have expired are reported.
///
/// # Errors
/// A file cannot be read or is not a file of overrides.
pub(super) fn overrides(global: &Global, files: &[PathBuf]) -> anyhow::Result<Overrides> {
    let today = time::local_today();
    let mut overrides = Overrides::builtin(&today)?;
    let read = |path: &Path| {
        std::fs::read_to_string(path).with_context(|| format!("reading overrides from {}", path.display()))
    };
    for said in &global.settings.overrides {
        overrides.add(&said.from.display().to_string(), &said.text, &today)?;
    }
    for path in files {
        overrides.add(&path.display().to_string(), &read(path)?, &today)?;
    }
    for expired in overrides.expired() {
        warn!("{}", visible(&expired));
    }
    Ok(overrides)
}

/// What may come out of a compressed input: it is read row by row, so only its ratio counts.
const UNPACKING: Unpacking = Unpacking::documents(u64::MAX);

/// Opens a file, or stdin for `None` and `-`; gzip is unpacked, and what is not UTF-8 by its first
/// bytes is written as that.
///
/// # Errors
/// The file cannot be opened or read.
pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Box<dyn BufRead>> {
    let input: Box<dyn BufRead> = match path {
        Some(path) if path != Path::new("-") => {
            let file = named::file(File::open(path)).with_context(|| format!("opening {}", path.display()))?;
            Box::new(BufReader::with_capacity(1 << 18, file))
        }
        _ => Box::new(BufReader::with_capacity(1 << 18, std::io::stdin())),
    };
    packed::unpacked(input, UNPACKING).and_then(packed::as_utf8).context("reading the input")
}

/// Reads a small file whole, gzip unpacked.
///
/// # Errors
/// The file cannot be read or is not UTF-8.
pub(super) fn read_text(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    open(Some(path))?.read_to_string(&mut text).with_context(|| format!("reading {}", path.display()))?;
    Ok(text)
}

/// Runs `work` on `threads` threads, or as many as the machine has.
///
/// # Errors
/// The threads cannot be started, or `work` fails.
pub(super) fn on_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> anyhow::Result<T> + Send,
) -> anyhow::Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build().context("starting threads")?;
    pool.install(work)
}
