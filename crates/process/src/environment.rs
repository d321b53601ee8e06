//! The environment that programs of others run in: the user's variables in, the same without what leads into a folder
//! that is looked at out, and the programs that its search path holds.

use crate::looked_at::LookedAt;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The user's variables, cleaned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    looked_at: LookedAt,
}

/// Variables that make an interpreter or git load code or a repository from a place of their choice, and those that say
/// where somebody else's process was.
const DROPPED: [&str; 22] = [
    "NODE_PATH",
    "NODE_OPTIONS",
    "BASH_ENV",
    "ENV",
    "PERL5LIB",
    "PERL5OPT",
    "RUBYLIB",
    "RUBYOPT",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_TEMPLATE_DIR",
    "GIT_EXEC_PATH",
    "GIT_CEILING_DIRECTORIES",
    "PWD",
    "OLDPWD",
    "INIT_CWD",
    "PYENV_DIR",
];

/// What children search where the user's own path has nothing left.
const PATH_OF_LAST_RESORT: &str = "/usr/local/bin:/usr/bin:/bin";

impl Environment {
    /// The environment of this process.
    pub fn of_process(looked_at: LookedAt) -> Self {
        // A variable that is not Unicode is neither a URL nor a path that the clients take.
        let variables = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        let mut environment = Environment { variables: BTreeMap::new(), looked_at };
        for (name, value) in variables {
            environment.set(&name, &value);
        }
        environment
    }

    /// Sets a variable, where it does not lead into a folder that is looked at.
    pub fn set(&mut self, name: &str, value: &str) {
        let upper = name.to_ascii_uppercase();
        if upper.starts_with("PYTHON") || DROPPED.contains(&upper.as_str()) {
            return;
        }
        let path = upper == "PATH";
        let name = if path { "PATH" } else { name };
        let entries: Vec<PathBuf> = std::env::split_paths(value).collect();
        let leads = |entry: &PathBuf| entry.is_absolute() && self.looked_at.holds(entry);
        // Relative entries of a search path mean the folder that a program happens to be in.
        let stays = |entry: &PathBuf| !leads(entry) && (!path || entry.is_absolute());
        if entries.iter().all(stays) {
            self.variables.insert(name.to_owned(), value.to_owned());
            return;
        }
        let left = std::env::join_paths(entries.iter().filter(|entry| stays(entry)));
        match left.ok().and_then(|left| left.into_string().ok()).filter(|left| !left.is_empty()) {
            Some(left) => self.variables.insert(name.to_owned(), left),
            None => self.variables.remove(name),
        };
    }

    /// A variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// A file or folder that a variable names; `None` where that depends on the present folder or lies in one that is
    /// looked at.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let path = self.get(name).map(PathBuf::from)?;
        (path.is_absolute() && !self.is_looked_at(&path)).then_some(path)
    }

    /// Whether a path lies in a folder that is looked at.
    pub fn is_looked_at(&self, path: &Path) -> bool {
        self.looked_at.holds(path)
    }

    /// All variables, with a search path always: without one, systems search where they like.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let last = (!self.variables.contains_key("PATH")).then_some(("PATH", PATH_OF_LAST_RESORT));
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(last)
    }

    /// The program of a name, or at an absolute path, as an absolute path outside of the folders that are looked at.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        let fits = |file: &PathBuf| is_program(file) && !self.is_looked_at(file);
        if Path::new(name).is_absolute() {
            return Some(PathBuf::from(name)).filter(fits);
        }
        if name.is_empty() || name.contains(['/', '\\']) {
            return None;
        }
        let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
        let folders = std::env::split_paths(self.get("PATH")?);
        folders.flat_map(|folder| endings.iter().map(move |end| folder.join(format!("{name}{end}")))).find(fits)
    }
}

fn is_program(file: &Path) -> bool {
    let Ok(about) = std::fs::metadata(file) else { return false };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    about.is_file() && may_run
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn program(path: &Path, mode: u32) {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, "#!/bin/sh\n").expect("a file");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a file of ours");
    }

    #[test]
    fn nothing_is_found_in_a_folder_that_is_looked_at_or_relative_to_one() {
        let place = tempfile::tempdir().expect("a folder");
        let root = place.path().canonicalize().expect("a folder");
        for (file, mode) in
            [("checkout/bin/npm", 0o755), ("plain/npm", 0o644), ("good/npm", 0o755), ("good/env", 0o755)]
        {
            program(&root.join(file), mode);
        }
        std::os::unix::fs::symlink(root.join("checkout/bin"), root.join("link")).expect("a link");
        std::fs::create_dir(root.join("linked")).expect("a folder");
        std::os::unix::fs::symlink(root.join("checkout/bin/npm"), root.join("linked/npm")).expect("a link");
        let mut environment =
            Environment { looked_at: LookedAt::with(&[root.join("checkout")]), ..Environment::default() };
        let at = |folder: &str| root.join(folder).display().to_string();
        let path =
            [".", "", "node_modules/.bin", &at("checkout/bin"), &at("link"), &at("linked"), &at("plain"), &at("good")];
        environment.set("PATH", &path.join(":"));
        assert_eq!(environment.find("npm"), Some(root.join("good/npm")));
        assert_eq!(environment.get("PATH"), Some([at("linked"), at("plain"), at("good")].join(":").as_str()));
        assert_eq!(environment.find(&at("checkout/bin/npm")), None);
        assert_eq!((environment.find("../good/npm"), environment.find("")), (None, None));
        environment.set("PATH", ".:");
        assert_eq!(environment.find("npm"), None);
        assert!(environment.variables().any(|(name, value)| name == "PATH" && value == PATH_OF_LAST_RESORT));
    }

    #[test]
    fn variables_that_load_code_or_lead_into_such_a_folder_are_not_handed_on() {
        let place = tempfile::tempdir().expect("a folder");
        let inside = place.path().join("pip.conf").display().to_string();
        let mut environment = Environment { looked_at: LookedAt::with(&[place.path()]), ..Environment::default() };
        for (name, value) in [
            ("PYTHONPATH", "/srv"),
            ("PYTHONSTARTUP", "/srv/x.py"),
            ("NODE_OPTIONS", "--require /srv/x.js"),
            ("GIT_DIR", "/srv/x.git"),
            ("PWD", "/srv"),
            ("PIP_CONFIG_FILE", &inside),
            ("LIST", &format!("/srv:{inside}")),
            ("PIP_INDEX_URL", "https://packages.example/simple"),
            ("VIRTUAL_ENV", "venv"),
        ] {
            environment.set(name, value);
        }
        let left: Vec<_> = environment.variables().filter(|(name, _)| *name != "PATH").collect();
        let index = ("PIP_INDEX_URL", "https://packages.example/simple");
        assert_eq!(left, [("LIST", "/srv"), index, ("VIRTUAL_ENV", "venv")]);
        assert_eq!(environment.path("VIRTUAL_ENV"), None, "it depends on the present folder");
    }
}
