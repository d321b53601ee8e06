//! Where the package starts: `package.json` (or a bundle's `manifest.json`) in, entry files out, best first.

use super::resolve::{find_module, join};
use super::schema::Dialect;
use super::source::{FileId, Sources};
use serde_json::{Map, Value};

/// What the package says of itself.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) dialect: Dialect,
    /// Groups of entry files; a later group counts only when no earlier one leads to a tool.
    pub(super) entries: Vec<Vec<FileId>>,
    dependencies: Vec<String>,
    manifest: Map<String, Value>,
}

impl Package {
    pub(super) fn read(sources: &Sources<'_>, name: &str) -> Self {
        let object = |path: &str| -> Map<String, Value> {
            let text = sources.find(path).map(|file| sources.text(file)).unwrap_or_default();
            serde_json::from_str(text).unwrap_or_default()
        };
        let manifest = object("package.json");
        let bundle = object("manifest.json");
        let mut package = Package {
            name: manifest.get("name").and_then(Value::as_str).unwrap_or(name).to_owned(),
            dialect: Dialect::Four,
            entries: Vec::new(),
            dependencies: ["dependencies", "peerDependencies"]
                .into_iter()
                .filter_map(|group| manifest.get(group)?.as_object())
                .flat_map(|group| group.keys().cloned())
                .collect(),
            manifest,
        };
        package.dialect = package.zod_dialect();
        package.entries = package.find_entries(sources, &bundle);
        package
    }

    /// The packages that it depends on.
    pub(super) fn dependencies(&self) -> &[String] {
        &self.dependencies
    }

    /// The packages that it uses where they can be installed.
    pub(super) fn optional(&self) -> impl Iterator<Item = &str> {
        let optional = self.manifest.get("optionalDependencies").and_then(Value::as_object);
        optional.into_iter().flat_map(|optional| optional.keys().map(String::as_str))
    }

    /// The folder of commands that the framework oclif loads.
    pub(super) fn command_folder(&self) -> Option<String> {
        let commands = self.manifest.get("oclif")?.get("commands")?;
        let path = commands.as_str().or_else(|| commands.get("target").and_then(Value::as_str))?;
        Some(join("", path))
    }

    fn find_entries(&self, sources: &Sources<'_>, bundle: &Map<String, Value>) -> Vec<Vec<FileId>> {
        let field = |name: &str| paths(self.manifest.get(name));
        let mut programs: Vec<String> = Vec::new();
        if let Some(Value::String(path)) = bundle.get("server").and_then(|server| server.get("entry_point")) {
            programs.push(path.clone());
        }
        programs.extend(field("bin"));
        let libraries: Vec<String> =
            ["main", "module", "exports"].into_iter().flat_map(field).filter(|path| !path.contains('*')).collect();
        let usual = ["index", "server", "src/index", "src/server", "src/main", "src/cli", "dist/index", "build/index"];
        let usual: Vec<String> = usual.iter().map(|path| (*path).to_owned()).collect();
        let mut groups = Vec::new();
        for group in [programs, libraries, usual] {
            let mut files: Vec<FileId> = Vec::new();
            for path in group {
                if let Some(file) = find_entry(sources, &path)
                    && !files.contains(&file)
                    && !sources.path(file).ends_with(".json")
                {
                    files.push(file);
                }
            }
            if !files.is_empty() {
                groups.push(files);
            }
        }
        groups
    }

    /// The generation of zod that the package asks for.
    fn zod_dialect(&self) -> Dialect {
        for group in ["dependencies", "peerDependencies", "devDependencies"] {
            let version = self.manifest.get(group).and_then(|group| group.get("zod")).and_then(Value::as_str);
            if let Some(version) = version {
                let major = version.trim_start_matches(|c: char| !c.is_ascii_digit());
                return if major.starts_with('3') { Dialect::Three } else { Dialect::Four };
            }
        }
        Dialect::Four
    }
}

/// Every path in a field of `package.json`: a text, or the texts of an object, declarations left out.
fn paths(field: Option<&Value>) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending: Vec<&Value> = field.into_iter().collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::String(path) if !path.ends_with(".d.ts") && !path.ends_with(".css") => found.push(path.clone()),
            Value::Object(members) => {
                let wanted = |name: &str| name != "types" && name != "./package.json";
                pending.extend(members.iter().filter(|(name, _)| wanted(name)).map(|(_, value)| value).rev());
            }
            Value::Array(elements) => pending.extend(elements.iter().rev()),
            _ => {}
        }
    }
    found
}

/// The file of an entry. A source tree that was not built has it under `src`.
fn find_entry(sources: &Sources<'_>, path: &str) -> Option<FileId> {
    find_entry_below(sources, "", path)
}

/// The same for the package in the folder `base`.
pub(super) fn find_entry_below(sources: &Sources<'_>, base: &str, path: &str) -> Option<FileId> {
    find_module(sources, &join(base, path)).or_else(|| {
        let path = join("", path);
        let (folder, rest) = path.split_once('/')?;
        if !matches!(folder, "dist" | "build" | "lib" | "out" | "bin") {
            return None;
        }
        let rest = rest.strip_prefix("src/").unwrap_or(rest);
        find_module(sources, &join(base, &format!("src/{rest}")))
    })
}
