//! Which file a module's name stands for, as each language finds it.

use super::forest::Forest;
use super::program::{Scoping, folder};
use std::collections::HashMap;

/// The files of a package by what an import may call them.
pub(super) struct Modules {
    by_path: HashMap<String, usize>,
    /// By the last part without its ending.
    by_stem: HashMap<String, Vec<usize>>,
    by_folder: HashMap<String, usize>,
}

const ENDINGS: [&str; 8] = ["ts", "js", "mjs", "cjs", "tsx", "jsx", "mts", "cts"];

impl Modules {
    pub(super) fn of(forest: &dyn Forest) -> Modules {
        let (mut by_path, mut by_stem, mut by_folder) = (HashMap::new(), HashMap::new(), HashMap::new());
        for at in (0..forest.files()).filter(|at| forest.whole(*at) == *at) {
            let path = forest.path(at);
            by_path.insert(path.to_owned(), at);
            by_stem.entry(stem(path)).or_insert_with(Vec::new).push(at);
            by_folder.entry(folder(path).to_owned()).or_insert(at);
        }
        Modules { by_path, by_stem, by_folder }
    }

    pub(super) fn at(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// A file by its last part without ending.
    pub(super) fn stem(&self, name: &str) -> Option<usize> {
        self.by_stem.get(name).and_then(|all| all.first()).copied()
    }

    /// The file that `module` stands for where the file `from` imports it.
    pub(super) fn find(&self, scoping: Scoping, forest: &dyn Forest, from: usize, module: &str) -> Option<usize> {
        match scoping {
            Scoping::Python => self.python(forest, forest.path(from), module),
            Scoping::JavaScript => self.javascript(forest.path(from), module),
            Scoping::Folders => {
                // The standard library has no dot in its first part.
                let first = module.split('/').next().unwrap_or_default();
                let mut rest = module.split_once('/').map(|(_, rest)| rest).filter(|_| first.contains('.'))?;
                loop {
                    if let Some(at) = self.by_folder.get(rest) {
                        return Some(*at);
                    }
                    rest = rest.split_once('/')?.1;
                }
            }
            Scoping::Rust | Scoping::Everywhere => None,
        }
    }

    fn python(&self, forest: &dyn Forest, from: &str, module: &str) -> Option<usize> {
        let bare = module.trim_start_matches('.');
        let dots = module.len() - bare.len();
        if dots > 0 {
            let mut at = folder(from);
            for _ in 1..dots {
                at = folder(at);
            }
            let path = bare.replace('.', "/");
            let path = [at, &path].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/");
            return self.at(&format!("{path}.py")).or_else(|| self.at(&format!("{path}/__init__.py")));
        }
        let path = bare.replace('.', "/");
        let last = bare.rsplit('.').next()?;
        let ends = |at: &&usize| {
            let own = forest.path(**at);
            let own = own.strip_suffix("/__init__.py").or_else(|| own.strip_suffix(".py")).unwrap_or(own);
            own == path || own.strip_suffix(&path).is_some_and(|before| before.ends_with('/'))
        };
        self.by_stem.get(last).and_then(|all| all.iter().find(ends)).copied()
    }

    fn javascript(&self, from: &str, module: &str) -> Option<usize> {
        let path = match module.strip_prefix("@/").or_else(|| module.strip_prefix("~/")) {
            Some(rest) => format!("src/{rest}"),
            None if module.starts_with('.') => {
                let mut parts: Vec<&str> = folder(from).split('/').filter(|part| !part.is_empty()).collect();
                for part in module.split('/') {
                    match part {
                        "." | "" => {}
                        ".." => drop(parts.pop()),
                        part => parts.push(part),
                    }
                }
                parts.join("/")
            }
            None => return None,
        };
        let bare = ENDINGS.iter().find_map(|ending| path.strip_suffix(&format!(".{ending}"))).unwrap_or(&path);
        let exact = self.at(&path);
        let beside = || ENDINGS.iter().find_map(|ending| self.at(&format!("{bare}.{ending}")));
        let below = || ENDINGS.iter().find_map(|ending| self.at(&format!("{path}/index.{ending}")));
        exact.or_else(beside).or_else(below)
    }
}

/// The last part of a path without its ending; of a package the name of its folder.
fn stem(path: &str) -> String {
    let path = path.strip_suffix("/__init__.py").or_else(|| path.strip_suffix("/mod.rs")).unwrap_or(path);
    let last = path.rsplit('/').next().unwrap_or(path);
    last.split_once('.').map_or(last, |(stem, _)| stem).to_owned()
}
