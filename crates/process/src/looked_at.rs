//! The folders that are looked at: named files and folders in, whether a path lies among what is only data out. Starts
//! nothing.

use std::path::{Path, PathBuf};

/// The present folder and those of all that was named to be read. Whatever lies in them is data: it starts nothing and
/// configures nothing.
///
/// A folder counts up to the root of its repository. The user's home and what lies above it are nobody's checkout: they
/// do not count, only what lies deeper and was named or is present.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// Real paths.
    folders: Vec<PathBuf>,
}

impl LookedAt {
    /// The present folder alone.
    pub fn here() -> Self {
        Self::with::<&Path>(&[])
    }

    /// The present folder and those of `named`: a folder itself, or the one that a file lies in.
    pub fn with<P: AsRef<Path>>(named: &[P]) -> Self {
        Self::of(std::env::current_dir().ok().as_deref(), named, &own_folders())
    }

    fn of<P: AsRef<Path>>(here: Option<&Path>, named: &[P], own: &[PathBuf]) -> Self {
        let folder_of = |path: &Path| match path.is_dir() {
            true => Some(path.to_owned()),
            false => std::path::absolute(path).ok()?.parent().map(Path::to_owned),
        };
        let named = named.iter().filter_map(|path| folder_of(path.as_ref()));
        let mut folders = Vec::new();
        for folder in here.map(Path::to_owned).into_iter().chain(named) {
            if let Some(folder) = root_of(&folder, own).filter(|folder| !folders.contains(folder)) {
                folders.push(folder);
            }
        }
        LookedAt { folders }
    }

    /// Whether a path lies in such a folder, or leads into one.
    pub fn holds(&self, path: &Path) -> bool {
        let real = path.canonicalize();
        let inside = |path: &Path| self.folders.iter().any(|folder| path.starts_with(folder));
        inside(path) || real.is_ok_and(|real| inside(&real))
    }
}

/// Where the user's own files are, as real paths.
fn own_folders() -> Vec<PathBuf> {
    let Some(dirs) = directories::BaseDirs::new() else { return Vec::new() };
    let own = [dirs.home_dir(), dirs.config_dir(), dirs.data_dir(), dirs.cache_dir()];
    own.iter().map(|folder| folder.canonicalize().unwrap_or_else(|_| (*folder).to_owned())).collect()
}

/// The whole of what a folder is part of; `None`: it is the user's own.
fn root_of(folder: &Path, own: &[PathBuf]) -> Option<PathBuf> {
    let real = folder.canonicalize().ok()?;
    let strange = |folder: &&Path| !own.iter().any(|own| own.starts_with(folder));
    let above = || real.ancestors().take_while(strange);
    let repository = above().filter(|folder| folder.join(".git").exists()).last();
    // Clients keep a project's settings in folders of their own, such as `.cursor`.
    let hidden = |folder: &&Path| folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    let root = repository.or_else(|| above().find(|folder| !hidden(folder))).or_else(|| above().next());
    root.map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_counts_whole_and_a_home_does_not() {
        let place = tempfile::tempdir().expect("a folder");
        let root = place.path().canonicalize().expect("a folder");
        for folder in ["home/code/kiln/.git", "home/code/kiln/src/deep", "home/other/.cursor", "away"] {
            std::fs::create_dir_all(root.join(folder)).expect("a folder");
        }
        std::fs::write(root.join("home/other/.cursor/mcp.json"), "{}").expect("a file");
        let own = [root.join("home")];
        let of = |here: &str, named: &[PathBuf]| LookedAt::of(Some(&root.join(here)), named, &own);
        let kiln = of("home/code/kiln/src/deep", &[]);
        assert!(kiln.holds(&root.join("home/code/kiln/bin/npm")) && !kiln.holds(&root.join("home/.npmrc")));
        assert_eq!((of("home", &[]), of(".", &[])), (LookedAt::default(), LookedAt::default()));
        let named = of("home", &[root.join("home/other/.cursor/mcp.json"), root.join("away")]);
        assert!(named.holds(&root.join("home/other/npm")) && named.holds(&root.join("away")));
        assert!(!named.holds(&root.join("home/code")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("away"), root.join("home/link")).expect("a link");
            assert!(named.holds(&root.join("home/link")), "a link leads there");
        }
    }
}
