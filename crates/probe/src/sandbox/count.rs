//! How many processes a program may have, held by the kernel where it can be: a control group where this user may make
//! one, and the user's own limit everywhere. [`watch`](super::watch) counts as well, but a program that forks without
//! end is faster than whoever counts.

use std::path::{Path, PathBuf};

/// Where control groups that count processes may be, oldest kind first.
const PLACES: [&str; 2] = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];

/// Puts this process, and whatever it becomes, into a control group of its own. Whether that was possible.
pub(super) fn join(name: &str, most: usize) -> bool {
    PLACES.iter().map(Path::new).any(|place| {
        let group = place.join(name);
        let counts = |place: &Path| place.join("pids.max").exists();
        std::fs::create_dir(&group).is_ok() && {
            let joined = counts(&group)
                && std::fs::write(group.join("pids.max"), most.to_string()).is_ok()
                && std::fs::write(group.join("cgroup.procs"), "0").is_ok();
            if !joined {
                let _ = std::fs::remove_dir(&group);
            }
            joined
        }
    })
}

/// Removes the group of a program that has gone. A group that still holds a process stays.
pub(super) fn leave(name: &str) {
    for place in PLACES {
        let _ = std::fs::remove_dir(Path::new(place).join(name));
    }
}

/// What this user runs already, threads counted, since that is what the user's own limit counts.
pub(super) fn running() -> u64 {
    use std::os::unix::fs::MetadataExt;
    let own = std::fs::metadata("/proc/self").map(|own| own.uid()).ok();
    let Ok(entries) = std::fs::read_dir("/proc") else { return 0 };
    let is_own = |path: &PathBuf| std::fs::metadata(path).map(|meta| meta.uid()).ok() == own;
    let threads = |path: PathBuf| std::fs::read_dir(path.join("task")).map_or(0, |tasks| tasks.count() as u64);
    entries.flatten().map(|entry| entry.path()).filter(is_own).map(threads).sum()
}
