//! The configurations of clients that are on this machine: the table of places in, the files that are there out. Looks,
//! and reads nothing.

use mcpdex_source::client_config::{Base, ClientPlace, PLACES};
use std::path::{Path, PathBuf};

/// Files or folders of one folder that a star stands for; more are not looked at.
const MAX_MATCHES: usize = 1_000;

/// One place that is looked at, as a path that may hold stars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedFor {
    pub client: &'static str,
    pub path: PathBuf,
}

/// Every place that is looked at on this system: below the home, the system's folders and `project`.
pub fn looked_for(project: &Path) -> Vec<LookedFor> {
    let dirs = directories::BaseDirs::new();
    let path = |place: &ClientPlace| -> Option<PathBuf> {
        let base = match place.base {
            Base::Home => dirs.as_ref()?.home_dir().to_owned(),
            Base::Settings => dirs.as_ref()?.config_dir().to_owned(),
            Base::Machine => PathBuf::from(if cfg!(windows) { "C:\\" } else { "/" }),
            Base::Project => project.to_owned(),
        };
        Some(place.path.split('/').fold(base, |path, part| path.join(part)))
    };
    let here = PLACES.iter().filter(|place| place.system.is_here());
    here.filter_map(|place| Some(LookedFor { client: place.client, path: path(place)? })).collect()
}

/// The configurations that are there, the user's before the project's, each once.
pub fn client_files(project: &Path) -> Vec<PathBuf> {
    unique(looked_for(project).iter().flat_map(|place| matches(&place.path)).collect())
}

/// The configurations of one client that are there; those of its plugins only on request, since looking for them takes a
/// walk through folders.
pub fn files_of(client: &str, plugins: bool, project: &Path) -> Vec<PathBuf> {
    let is_meant = |place: &LookedFor| match place.client.strip_prefix(client) {
        Some("" | ", managed") => true,
        Some(" plugins" | " extensions") => plugins,
        _ => false,
    };
    unique(looked_for(project).iter().filter(|place| is_meant(place)).flat_map(|place| matches(&place.path)).collect())
}

/// The configurations that a folder holds as a project.
pub fn project_files(project: &Path) -> Vec<PathBuf> {
    let places = PLACES.iter().filter(|place| place.base == Base::Project);
    let path = |place: &ClientPlace| place.path.split('/').fold(project.to_owned(), |path, part| path.join(part));
    unique(places.flat_map(|place| matches(&path(place))).collect())
}

/// Whether a path below a project, with `/` between its parts, is one of those where a configuration is looked for.
pub fn is_project_place(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |(pattern, part): (&str, &&str)| match pattern.split_once('*') {
        Some((before, after)) => {
            part.len() >= before.len() + after.len() && part.starts_with(before) && part.ends_with(after)
        }
        None => pattern == *part,
    };
    PLACES.iter().filter(|place| place.base == Base::Project).any(|place| {
        let wanted = place.path.split('/');
        wanted.clone().count() == parts.len() && wanted.zip(&parts).all(fits)
    })
}

/// Each file once, whatever paths lead to it.
pub fn unique(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut seen = std::collections::BTreeSet::new();
    let real = |file: &PathBuf| file.canonicalize().unwrap_or_else(|_| file.clone());
    files.into_iter().filter(|file| seen.insert(real(file))).collect()
}

/// The files that a path with stars stands for, in order.
fn matches(path: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        let name = part.as_os_str().to_string_lossy();
        let Some((before, after)) = name.split_once('*') else {
            found.iter_mut().for_each(|path| path.push(part));
            continue;
        };
        let fits =
            |name: &str| name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after);
        found = found.iter().flat_map(|folder| entries(folder, &fits)).collect();
    }
    found.retain(|path| path.is_file());
    found
}

fn entries(folder: &Path, fits: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let fitting = entries.flatten().filter(|entry| fits(&entry.file_name().to_string_lossy()));
    let mut found: Vec<PathBuf> = fitting.take(MAX_MATCHES).map(|entry| entry.path()).collect();
    found.sort();
    found
}
