//! What a module specifier names: a file of the package, or another package. Pure look-up in the tree.

use super::machine::Machine;
use super::source::{FileId, Sources};
use super::value::Text;

/// Endings that a specifier may leave out, in the order in which they are tried.
const ENDINGS: [&str; 9] = [".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".mts", ".cts", ".json"];

/// What a specifier leads to.
#[derive(Debug, Clone)]
pub(super) enum Target {
    File(FileId),
    /// The text of a JSON file.
    Data(Text),
    /// Another package or a module of the runtime, by name.
    Package(Text),
}

impl<'t> Machine<'t> {
    /// What `specifier` names when `from` imports it.
    pub(super) fn resolve(&self, from: FileId, specifier: &str) -> Target {
        let specifier = specifier.split(['?', '\0']).next().unwrap_or_default();
        let from = self.sources.path(from);
        let package = self.package.as_ref();
        let path = if specifier.starts_with("./") || specifier.starts_with("../") || matches!(specifier, "." | "..") {
            Some(join(&folder_of(from), specifier))
        } else if let Some(absolute) = specifier.strip_prefix("file:///").or_else(|| specifier.strip_prefix('/')) {
            Some(join("", absolute))
        } else {
            let own = specifier.strip_prefix(package).and_then(|rest| rest.strip_prefix('/'));
            own.map(str::to_owned)
        };
        let found = match path {
            Some(path) => find_module(self.sources, &path),
            None => {
                let alias = self.aliases(specifier).iter().find_map(|path| find_module(self.sources, path));
                alias.or_else(|| super::dependency::find(self.sources, from, specifier))
            }
        };
        match found {
            Some(file) if self.sources.path(file).ends_with(".json") => Target::Data(self.sources.text(file).into()),
            Some(file) => Target::File(file),
            None => Target::Package(specifier.into()),
        }
    }

    /// Where the usual aliases of source trees lead: `@/x`, `~/x`, `#x` and `src/x`.
    fn aliases(&self, specifier: &str) -> Vec<String> {
        for prefix in ["@/", "~/", "#/", "#"] {
            if let Some(rest) = specifier.strip_prefix(prefix) {
                return ["src/", "dist/", "build/", "lib/", ""].iter().map(|base| format!("{base}{rest}")).collect();
            }
        }
        if specifier.starts_with("src/") { vec![specifier.to_owned()] } else { Vec::new() }
    }
}

/// The file that `path`, possibly without its ending, names.
pub(super) fn find_module(sources: &Sources<'_>, path: &str) -> Option<FileId> {
    let is_source = |path: &str| ENDINGS.iter().any(|ending| path.ends_with(ending));
    if is_source(path)
        && let Some(file) = sources.find(path)
    {
        return Some(file);
    }
    // TypeScript names the file that the compiler will write.
    for (written, sources_of) in
        [(".js", [".ts", ".tsx"]), (".jsx", [".tsx", ".ts"]), (".mjs", [".mts", ".ts"]), (".cjs", [".cts", ".ts"])]
    {
        if let Some(stem) = path.strip_suffix(written)
            && let Some(file) = sources_of.iter().find_map(|ending| sources.find(&format!("{stem}{ending}")))
        {
            return Some(file);
        }
    }
    let path = path.trim_end_matches('/');
    ENDINGS.iter().find_map(|ending| sources.find(&format!("{path}{ending}"))).or_else(|| {
        let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
        ENDINGS.iter().find_map(|ending| sources.find(&format!("{folder}index{ending}")))
    })
}

/// The folder of a path; empty for the root.
pub(super) fn folder_of(path: &str) -> String {
    path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
}

/// `path` seen from `folder`, with `.` and `..` resolved; `..` never leads above the root.
pub(super) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_inside_of_the_package() {
        assert_eq!(join("dist/tools", "../lib/./a.js"), "dist/lib/a.js");
        assert_eq!(join("dist", "../../../../a.js"), "a.js");
        assert_eq!(folder_of("a.js"), "");
    }
}
