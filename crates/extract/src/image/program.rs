//! Which of an image's files are its program: what its command names, with the package around it.

use super::Layers;
use crate::archive::{self, ArchiveKind};
use crate::{LANGUAGES, PackageInfo, ReadLimits, last_part};
use mcpdex_model::Ecosystem;
use std::collections::{BTreeMap, BTreeSet};

/// What an image starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// Its entry point and the arguments to it.
    pub words: Vec<String>,
    /// The folder that it is started in.
    pub folder: String,
    /// Folders of programs (`PATH`), the usual ones where the image names none.
    pub path: Vec<String>,
}

/// The files of the program, below the folder of its package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Program {
    pub files: BTreeMap<String, Vec<u8>>,
    /// Where that folder is in the image.
    pub folder: String,
    /// What can be said of how it was found, or why nothing was.
    pub notes: Vec<String>,
}

/// Files that stand at the root of a package.
const MANIFESTS: [&str; 8] =
    ["package.json", "pyproject.toml", "setup.py", "setup.cfg", "go.mod", "Cargo.toml", "pom.xml", "build.gradle"];
/// Folders of installed packages.
const INSTALLED: [&str; 2] = ["/site-packages/", "/dist-packages/"];
const MODULES: &str = "/node_modules/";
/// Archives within the image that are looked into.
const MAX_JARS: usize = 8;

impl Program {
    /// Finds what `start` starts among the files of `layers`.
    pub fn find(layers: &Layers, start: &Start) -> Program {
        let mut program = Program::default();
        let words = shell_words(&start.words);
        let main = main_file(layers, start, &words);
        let Some(main) = main else {
            let folder = layers.resolve(&start.folder).unwrap_or_default();
            if !folder.is_empty() {
                program.take(layers, &folder, |_| true);
            }
            let why = match program.files.is_empty() {
                true => "no file that its command names was found in its layers",
                false => "its command names no file that was found; the folder that it is started in was read",
            };
            program.notes.push(why.to_owned());
            return program;
        };
        if let Some((root, module)) = installed(&main) {
            let parts = distribution(layers, &root, &module);
            program.take(layers, &root, |path| parts.contains(path.split('/').next().unwrap_or_default()));
        } else if let Some(root) = node_package(&main) {
            program.take(layers, &root, |path| !path.contains("node_modules/"));
        } else {
            let root = package_root(layers, &main, &layers.resolve(&start.folder).unwrap_or_default());
            let is_foreign = |path: &str| INSTALLED.iter().any(|part| format!("/{path}").contains(part));
            program.take(layers, &root, |path| !is_foreign(path));
        }
        if main.ends_with(".jar") {
            program.open_jars(&main);
        } else if main.ends_with(".dll") || main.ends_with(".exe") {
            program.notes.push(format!("it starts {}, which is compiled and not read", last_part(&main)));
        }
        program
    }

    /// Takes the files below a folder whose path from there is wanted.
    fn take(&mut self, layers: &Layers, folder: &str, is_wanted: impl Fn(&str) -> bool) {
        folder.clone_into(&mut self.folder);
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = layers.files().range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        for (path, bytes) in below {
            let path = &path[prefix.len()..];
            if is_wanted(path) {
                self.files.insert(path.to_owned(), bytes.clone());
            }
        }
    }

    /// Lays the source in archives of Java beside them; what is compiled in them is not read, and that is said.
    fn open_jars(&mut self, main: &str) {
        let jars: Vec<(String, Vec<u8>)> = self
            .files
            .iter()
            .filter(|(path, _)| path.ends_with(".jar"))
            .take(MAX_JARS)
            .map(|(path, bytes)| (path.clone(), bytes.clone()))
            .collect();
        let mut any = false;
        for (path, bytes) in jars {
            let info = PackageInfo { ecosystem: Ecosystem::Oci, name: path.clone(), version: None };
            match archive::read(ArchiveKind::Zip, &bytes, info, &ReadLimits::default()) {
                Ok(tree) => {
                    for (inner, bytes) in tree.files {
                        any |= LANGUAGES.iter().any(|language| language.owns(&inner));
                        self.files.insert(format!("{}/{inner}", path.trim_end_matches(".jar")), bytes);
                    }
                }
                Err(error) => self.notes.push(format!("{path}: {error}")),
            }
        }
        self.files.retain(|path, _| !path.ends_with(".jar"));
        if !any {
            self.notes.push(format!("it starts {}, which is compiled and not read", last_part(main)));
        }
    }
}

/// The words of a command that a shell is told as one text, too.
fn shell_words(words: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    let is_shell = |word: &String| matches!(last_part(word), "sh" | "bash" | "ash" | "dash");
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if is_shell(word) && rest.clone().next().is_some_and(|flag| flag.starts_with('-') && flag.ends_with('c')) {
            rest.next();
            let text = rest.next().map(String::as_str).unwrap_or_default();
            all.extend(
                text.split(|c: char| c.is_whitespace() || ";&|()".contains(c))
                    .filter(|word| !word.is_empty())
                    .map(|word| word.trim_matches(['"', '\'']).to_owned()),
            );
        } else {
            all.push(word.clone());
        }
    }
    all
}

/// The file that the words start, by its path in the image.
fn main_file(layers: &Layers, start: &Start, words: &[String]) -> Option<String> {
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if word == "-m"
            && let Some(found) = words.peek().and_then(|module| module_file(layers, start, module))
        {
            return Some(found);
        }
        if word.starts_with('-') || word.contains("://") {
            continue;
        }
        let places: Vec<String> = match word.contains('/') || has_ending(word) {
            true => vec![absolute(&start.folder, word)],
            false => start.path.iter().map(|folder| absolute(folder, word)).collect(),
        };
        for place in places {
            let Some(path) = layers.resolve(&place) else { continue };
            if path.ends_with(".dll") {
                return Some(path);
            }
            let Some(bytes) = layers.files().get(&path) else { continue };
            if has_ending(&path) {
                return Some(path);
            }
            // A script that only leads on: the module that it imports, or the program that it names in turn.
            let text = String::from_utf8_lossy(bytes);
            if let Some(found) = imported(&text).iter().find_map(|module| module_file(layers, start, module)) {
                return Some(found);
            }
            if text.starts_with("#!") {
                let first = text.lines().next().unwrap_or_default();
                if first.contains("node") || first.contains("python") {
                    return Some(path);
                }
                let named: Vec<&str> = text
                    .lines()
                    .skip(1)
                    .filter(|line| line.trim_start().starts_with("exec "))
                    .flat_map(str::split_whitespace)
                    .collect();
                let inner = named
                    .iter()
                    .map(|word| absolute(&start.folder, word.trim_matches(['"', '\''])))
                    .filter(|path| has_ending(path));
                if let Some(found) =
                    inner.filter_map(|path| layers.resolve(&path)).find(|path| layers.files().contains_key(path))
                {
                    return Some(found);
                }
            }
        }
    }
    None
}

fn has_ending(path: &str) -> bool {
    path.ends_with(".jar") || path.ends_with(".dll") || LANGUAGES.iter().any(|language| language.owns(path))
}

fn absolute(folder: &str, word: &str) -> String {
    if word.starts_with('/') { word.to_owned() } else { format!("{folder}/{word}") }
}

/// Modules that a small script of Python imports.
fn imported(text: &str) -> Vec<String> {
    let of = |line: &str| {
        line.trim().strip_prefix("from ").and_then(|rest| Some(rest.split_once(" import ")?.0.trim().to_owned()))
    };
    text.lines()
        .take(50)
        .filter_map(of)
        .filter(|module| !matches!(module.as_str(), "importlib.metadata" | "sys" | "re"))
        .collect()
}

/// The file of a module of Python, in the folder that the image starts in or among what is installed.
fn module_file(layers: &Layers, start: &Start, module: &str) -> Option<String> {
    let path = module.replace('.', "/");
    let names = [format!("{path}/__main__.py"), format!("{path}.py"), format!("{path}/__init__.py")];
    let own = layers.resolve(&start.folder).unwrap_or_default();
    let ends: Vec<String> =
        names.iter().flat_map(|name| INSTALLED.iter().map(move |folder| format!("{folder}{name}"))).collect();
    let here = |folder: &str| {
        names
            .iter()
            .map(|name| format!("{folder}/{name}").trim_start_matches('/').to_owned())
            .find(|path| layers.files().contains_key(path))
    };
    here(&own)
        .or_else(|| here(&format!("{own}/src")))
        .or_else(|| layers.files().keys().find(|path| ends.iter().any(|end| path.ends_with(end.as_str()))).cloned())
}

/// The folder of installed packages that a file lies in, and the module there that it belongs to.
fn installed(main: &str) -> Option<(String, String)> {
    let (at, part) = INSTALLED.iter().filter_map(|part| Some((main.rfind(part)?, part))).max()?;
    let root = main[..at + part.len() - 1].to_owned();
    let module = main[at + part.len()..].split('/').next().unwrap_or_default();
    Some((root, module.trim_end_matches(".py").to_owned()))
}

/// The names at the top of a folder of installed packages that belong to the distribution of a module.
fn distribution(layers: &Layers, root: &str, module: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::from([module.to_owned(), format!("{module}.py")]);
    let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '.'], "_");
    let prefix = format!("{root}/");
    for (path, bytes) in layers.files().range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix)) {
        let Some((folder, file)) = path[prefix.len()..].split_once('/') else { continue };
        let Some(name) = folder.strip_suffix(".dist-info") else { continue };
        let name = name.split('-').next().unwrap_or_default();
        let mentions = file == "entry_points.txt" && String::from_utf8_lossy(bytes).contains(module);
        if plain(name) == plain(module) || mentions {
            names.insert(folder.to_owned());
        }
    }
    names
}

/// The folder of the installed package of JavaScript that a file lies in.
fn node_package(main: &str) -> Option<String> {
    let at = main.rfind(MODULES)? + MODULES.len();
    let mut parts = main[at..].split('/');
    let first = parts.next()?;
    let name = if first.starts_with('@') { format!("{first}/{}", parts.next()?) } else { first.to_owned() };
    Some(format!("{}{name}", &main[..at]))
}

/// The nearest folder above a file that states a package, else the one that the image starts in, else the file's own.
fn package_root(layers: &Layers, main: &str, started_in: &str) -> String {
    let mut folder = main;
    while let Some((above, _)) = folder.rsplit_once('/') {
        if MANIFESTS.iter().any(|name| layers.files().contains_key(&format!("{above}/{name}"))) {
            return above.to_owned();
        }
        folder = above;
    }
    let own = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_above = !started_in.is_empty() && main.starts_with(&format!("{started_in}/"));
    if is_above { started_in.to_owned() } else { own.to_owned() }
}
