//! What a program has to be able to read: its path in, the files and folders that belong to it out. Follows links
//! without resolving them away (the python of a virtual environment finds its packages by the name that it was started
//! under), and never opens a home or a top folder to a stranger.

use super::bubblewrap::SYSTEM;
use std::path::{Path, PathBuf};

/// Links from one name to the next; more are a circle.
const LINKS: usize = 40;
/// A first line longer than this names no interpreter.
const FIRST_LINE: u64 = 512;

/// The program that a name means, as an absolute path that needs no further look-up.
pub(in super::super) fn locate(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return std::path::absolute(name).ok().filter(|path| path.is_file());
    }
    let path = std::env::var_os("PATH")?;
    // Relative entries mean the present folder, whoever's that is.
    let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// What of the file system belongs to a file or folder: nothing where the system's own folders hold it, else the folder
/// that it was installed into, or the file alone where that folder is somebody's home. Of a script also what its first
/// line names, and of a virtual environment the Python that made it.
pub(super) fn needed(path: &Path) -> Vec<PathBuf> {
    let mut needed = homes(path);
    if let Some(interpreter) = interpreter(path) {
        needed.extend(homes(&interpreter));
        needed.extend(base_of(&interpreter));
    }
    needed.extend(base_of(path));
    needed
}

/// The homes of a path and of everything that it leads to by links.
fn homes(path: &Path) -> Vec<PathBuf> {
    let mut names = vec![path.to_owned()];
    while let Some(next) = names.last().and_then(|last| target(last)).filter(|_| names.len() < LINKS) {
        names.push(next);
    }
    names.extend(path.canonicalize());
    names.iter().filter_map(|name| home_of(name)).collect()
}

/// Where a link leads, one step on.
fn target(link: &Path) -> Option<PathBuf> {
    let target = std::fs::read_link(link).ok()?;
    std::path::absolute(link.parent()?.join(target)).ok()
}

fn home_of(path: &Path) -> Option<PathBuf> {
    if SYSTEM.iter().any(|system| path.starts_with(system)) || path.is_dir() && is_too_much(path) {
        return None;
    }
    let folder = match path.parent() {
        Some(parent) if path.is_file() && parent.file_name().is_some_and(|name| name == "bin") => parent.parent(),
        Some(parent) if path.is_file() => Some(parent),
        _ => Some(path),
    };
    Some(folder.filter(|folder| !is_too_much(folder)).unwrap_or(path).to_owned())
}

/// Whether letting a program read a folder would show it what the sandbox is there to hide.
pub(super) fn is_too_much(folder: &Path) -> bool {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    folder.components().count() < 3 || home.is_some_and(|home| home.starts_with(folder))
}

/// What the first line of a script names, where that is a file.
fn interpreter(script: &Path) -> Option<PathBuf> {
    use std::io::{BufRead, BufReader, Read};
    let mut line = Vec::new();
    BufReader::new(std::fs::File::open(script).ok()?.take(FIRST_LINE)).read_until(b'\n', &mut line).ok()?;
    let line = String::from_utf8(line).ok()?;
    let word = line.strip_prefix("#!")?.split_ascii_whitespace().next()?;
    Some(PathBuf::from(word)).filter(|path| path.is_absolute() && path.is_file())
}

/// Where the Python lives from which the virtual environment of a program was made.
fn base_of(program: &Path) -> Option<PathBuf> {
    python_home(program.parent()?.parent()?)
}

/// Where the Python that made a virtual environment lives.
pub(super) fn python_home(environment: &Path) -> Option<PathBuf> {
    let settings = std::fs::read_to_string(environment.join("pyvenv.cfg")).ok()?;
    let (_, bin) = settings.lines().filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim() == "home")?;
    let home = Path::new(bin.trim()).canonicalize().ok()?.parent()?.to_owned();
    (home.is_absolute() && !is_too_much(&home)).then_some(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_shows_the_sandbox_its_own_folder_and_never_a_home() {
        let home = PathBuf::from(std::env::var_os("HOME").expect("tests have a home"));
        assert!(is_too_much(&home) && is_too_much(Path::new("/")) && is_too_much(Path::new("/tmp")));
        assert!(!is_too_much(&home.join("project/dist")));
        assert!(homes(Path::new("/usr/bin/env")).is_empty());
    }

    #[test]
    fn a_circle_of_links_ends() {
        let folder = super::super::PrivateFolder::new().expect("there is a temporary folder");
        let (a, b) = (folder.path.join("a"), folder.path.join("b"));
        std::os::unix::fs::symlink(&a, &b).and_then(|()| std::os::unix::fs::symlink(&b, &a)).expect("it is writable");
        assert!(needed(&a).len() <= LINKS + 1);
    }
}
