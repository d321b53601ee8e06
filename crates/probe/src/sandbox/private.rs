//! The folder that a program may write in, and what it finds there: a place out, and its disappearance afterwards,
//! whatever the program did to it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder of our own in the system's temporary folder, removed when dropped.
#[derive(Debug)]
pub struct PrivateFolder {
    /// Where it is.
    pub path: PathBuf,
}

/// Variables that name places to write, with the folder of each below the one that holds them all.
pub(super) const PLACES: [(&str, &str); 7] = [
    ("HOME", "user"),
    ("TMPDIR", "tmp"),
    ("XDG_CACHE_HOME", "xdg/cache"),
    ("XDG_CONFIG_HOME", "xdg/config"),
    ("XDG_DATA_HOME", "xdg/data"),
    ("XDG_RUNTIME_DIR", "xdg/run"),
    ("XDG_STATE_HOME", "xdg/state"),
];

static NEXT: AtomicU64 = AtomicU64::new(0);

impl PrivateFolder {
    /// Makes one that only this user can enter.
    ///
    /// # Errors
    /// The temporary folder cannot be written.
    pub fn new() -> std::io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let base = std::env::temp_dir().canonicalize()?;
        for _ in 0..1_000 {
            // No name comes twice in one process: whoever removes a folder late removes no other one's.
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = base.join(format!("mcpdex-{}-{number}", std::process::id()));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(PrivateFolder { path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::Error::other("the temporary folder is full of folders of earlier runs"))
    }

    /// Makes the folders of [`PLACES`], each for this user alone.
    ///
    /// # Errors
    /// The disk is full, or the folder has gone.
    pub(super) fn furnish(&self) -> std::io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;
        PLACES.iter().try_for_each(|(_, place)| {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(self.path.join(place))
        })
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        vanish(&self.path);
    }
}

/// Removes a folder with all that is in it, folders that the program closed to everybody included.
pub(super) fn vanish(folder: &Path) {
    if std::fs::remove_dir_all(folder).is_err() && folder.exists() {
        open(folder);
        // What still cannot be removed is the temporary folder's problem.
        let _ = std::fs::remove_dir_all(folder);
    }
}

fn open(top: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        let _ = std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700));
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        // The type of the entry itself: a link to a folder elsewhere is none.
        folders.extend(entries.flatten().filter(|e| e.file_type().is_ok_and(|t| t.is_dir())).map(|e| e.path()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_closed_from_within_goes_all_the_same_and_what_a_link_leads_to_stays() {
        use std::os::unix::fs::{DirBuilderExt, symlink};
        let outside = PrivateFolder::new().expect("there is a temporary folder");
        let private = PrivateFolder::new().expect("there is a temporary folder");
        let path = private.path.clone();
        let made = std::fs::create_dir(path.join("a"))
            .and_then(|()| std::fs::write(path.join("a/file"), "x"))
            .and_then(|()| symlink(&outside.path, path.join("a/link")))
            .and_then(|()| std::fs::DirBuilder::new().mode(0o000).create(path.join("a/closed")));
        made.expect("the folder is ours");
        drop(private);
        assert!(!path.exists() && outside.path.exists());
    }
}
