//! Source that the user's own clients fetch: git for a repository, cargo for a crate. A name in, a folder or an archive
//! out. The clients run with the user's configuration and build nothing; a repository's hooks, filters and submodules
//! are not run or followed.

use super::options::Surroundings;
use super::package::PackageArchive;
use mcpdex_extract::PackageInfo;
use mcpdex_extract::archive::ArchiveKind;
use mcpdex_model::Ecosystem;
use mcpdex_process::{Call, Place, ProgramError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long git or cargo may work.
const PATIENCE: Duration = Duration::from_secs(300);

/// Why source could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    #[error("`{0}` names no repository; expected github:OWNER/NAME, with @BRANCH-OR-TAG at its end where wanted")]
    Repository(String),
    #[error("`{0}` names no crate; expected crate:NAME[@VERSION]")]
    Crate(String),
    #[error("{0}; it is needed to fetch this")]
    Program(#[from] ProgramError),
    #[error("cargo fetched {0} and left no archive of it that could be found")]
    NoArchive(String),
}

/// A repository on GitHub and what of it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    pub owner: String,
    pub name: String,
    /// A branch or tag; `None` for what the repository shows by default.
    pub reference: Option<String>,
}

impl std::str::FromStr for Repository {
    type Err = CheckoutError;

    /// `OWNER/NAME[@REFERENCE]`. Whatever passes can be no option and no other address.
    fn from_str(word: &str) -> Result<Self, CheckoutError> {
        let (path, reference) = match word.split_once('@') {
            Some((path, reference)) => (path, Some(reference)),
            None => (word, None),
        };
        let plain = |text: &str, more: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            !text.is_empty() && text.len() <= 200 && text.chars().all(fits) && !text.starts_with(['-', '.'])
        };
        let fail = || CheckoutError::Repository(word.to_owned());
        let (owner, name) = path.split_once('/').ok_or_else(fail)?;
        let name = name.strip_suffix(".git").unwrap_or(name);
        if !plain(owner, "-_") || !plain(name, "-_.") || !reference.is_none_or(|r| plain(r, "-_./")) {
            return Err(fail());
        }
        Ok(Repository { owner: owner.to_owned(), name: name.to_owned(), reference: reference.map(str::to_owned) })
    }
}

impl Repository {
    /// Clones the newest commit into `folder`, which must not be there yet.
    ///
    /// # Errors
    /// There is no git, or it failed.
    pub async fn clone_into(&self, folder: &Path, around: &Surroundings) -> Result<(), CheckoutError> {
        let address = format!("https://github.com/{}/{}.git", self.owner, self.name);
        let folder = folder.to_string_lossy();
        // What a repository brings along must not run: no hooks, no links out of the folder, no large-file filter.
        let mut line = vec!["-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", "-c", "filter.lfs.smudge="];
        line.extend(["-c", "filter.lfs.process=", "-c", "filter.lfs.required=false", "-c", "core.fsmonitor=false"]);
        line.extend(["clone", "--quiet", "--depth", "1", "--single-branch", "--no-tags"]);
        if let Some(reference) = &self.reference {
            line.extend(["--branch", reference]);
        }
        line.extend(["--", &address, &folder]);
        let set = [("GIT_TERMINAL_PROMPT", "0"), ("GIT_LFS_SKIP_SMUDGE", "1")];
        let call = Call { set: &set, patience: PATIENCE, ..Call::new(&["git"], &line) };
        around.environment.run(call).await.map(drop).map_err(CheckoutError::from)
    }
}

/// Has cargo fetch a crate (`NAME` or `NAME@VERSION`) and reads the archive that it keeps.
///
/// # Errors
/// The name is none, there is no cargo, it failed, or its archive is not where cargo keeps them.
pub async fn crate_archive(word: &str, around: &Surroundings) -> Result<PackageArchive, CheckoutError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_@.+".contains(c);
    if word.is_empty() || !word.starts_with(|c: char| c.is_ascii_alphabetic()) || !word.chars().all(plain) {
        return Err(CheckoutError::Crate(word.to_owned()));
    }
    // Outside of any project, whose lock file would decide the version and whose settings cargo would take.
    let line = ["info", "--color", "never", word];
    let call = Call { place: Place::Root, patience: PATIENCE, ..Call::new(&["cargo"], &line) };
    let told = String::from_utf8_lossy(&around.environment.run(call).await?).into_owned();
    let field = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let version = field("version:").and_then(|text| text.split_whitespace().next()).map(str::to_owned);
    let name = word.split('@').next().unwrap_or(word).to_owned();
    let lost = || CheckoutError::NoArchive(word.to_owned());
    let version = version.ok_or_else(lost)?;
    let path = kept_archive(&format!("{name}-{version}.crate"), around).ok_or_else(lost)?;
    let bytes = std::fs::read(path).map_err(|_| lost())?;
    let package = PackageInfo { ecosystem: Ecosystem::Cargo, name, version: Some(version) };
    Ok(PackageArchive { package, kind: ArchiveKind::TarGz, bytes })
}

/// The archive called `file` in the folder where cargo keeps those of every registry.
fn kept_archive(file: &str, around: &Surroundings) -> Option<PathBuf> {
    let home = match around.environment.path("CARGO_HOME") {
        Some(home) => home,
        None => directories::BaseDirs::new()?.home_dir().join(".cargo"),
    };
    let mut registries: Vec<PathBuf> =
        std::fs::read_dir(home.join("registry/cache")).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    registries.sort();
    registries.into_iter().map(|registry| registry.join(file)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_an_owner_and_a_name_and_nothing_else() {
        let read = |word: &str| word.parse::<Repository>().ok().map(|r| (r.owner, r.name, r.reference));
        assert_eq!(read("clay/kiln"), Some(("clay".into(), "kiln".into(), None)));
        assert_eq!(read("clay/kiln.git@v1/x"), Some(("clay".into(), "kiln".into(), Some("v1/x".into()))));
        for word in ["", "clay", "clay/", "/kiln", "clay/kiln/more", "-c/kiln", "clay/..", "clay/kiln@--upload-pack=x"]
        {
            assert_eq!(read(word), None, "{word}");
        }
    }
}
