//! What the manifests of packages say: a file's name and bytes in, identity, dependencies and starts out.

use mcpdex_model::Ecosystem;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// What is known of one package.
#[derive(Debug, Clone)]
pub(super) struct Manifest {
    pub(super) ecosystem: Ecosystem,
    /// The word before the name in its identity.
    kind: &'static str,
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// Names of packages that it needs.
    dependencies: BTreeSet<String>,
    /// States a program or service of its own.
    pub(super) starts: bool,
    /// How far the file is to be believed on the package's name.
    rank: u8,
    /// Stands for the files that lie below no manifest.
    pub(super) loose: bool,
}

impl Manifest {
    fn new(ecosystem: Ecosystem, kind: &'static str, name: &str) -> Self {
        Manifest {
            ecosystem,
            kind,
            name: name.to_owned(),
            version: None,
            dependencies: BTreeSet::new(),
            starts: false,
            rank: 2,
            loose: false,
        }
    }

    /// A folder of which no manifest says anything.
    pub(super) fn unstated(name: &str) -> Self {
        Manifest::new(Ecosystem::Mcpb, "folder", name)
    }

    /// Reads the file called `file` of the folder called `folder`; `None` where it makes no package.
    pub(super) fn read(file: &str, bytes: &[u8], folder: &str) -> Option<Self> {
        let text = || std::str::from_utf8(bytes).ok();
        match file {
            "package.json" => package_json(text()?),
            "pyproject.toml" => pyproject(text()?, folder),
            "PKG-INFO" | "METADATA" => metadata(text()?),
            // Its name is computed; the folder's is as good.
            "setup.py" if text()?.contains("setup(") => {
                let starts = text()?.contains("console_scripts");
                Some(Manifest { starts, rank: 1, ..Manifest::new(Ecosystem::Pypi, "pypi", folder) })
            }
            "entry_points.txt" => {
                let starts = text()?.contains("console_scripts");
                Some(Manifest { starts, rank: 0, ..Manifest::new(Ecosystem::Pypi, "pypi", folder) })
            }
            "Cargo.toml" => cargo(text()?),
            "go.mod" => {
                let module = text()?.lines().find_map(|line| line.trim().strip_prefix("module "))?;
                Some(Manifest { starts: true, ..Manifest::new(Ecosystem::Mcpb, "go", module.trim().trim_matches('"')) })
            }
            "pom.xml" | "build.gradle" | "build.gradle.kts" => {
                Some(Manifest { starts: true, ..Manifest::new(Ecosystem::Mcpb, "java", folder) })
            }
            "manifest.json" => bundle(text()?),
            file => {
                let project = file.strip_suffix(".csproj")?;
                Some(Manifest { starts: true, ..Manifest::new(Ecosystem::Nuget, "nuget", project) })
            }
        }
    }

    /// Takes in another manifest of the same folder. Of two kinds the one that states a start gives the identity, of one
    /// kind the better file.
    pub(super) fn merge(&mut self, other: Manifest) {
        let stronger = match self.kind == other.kind {
            true => other.rank > self.rank,
            false => (other.starts, other.rank) > (self.starts, self.rank),
        };
        let (mut kept, given) = if stronger { (other, self.clone()) } else { (self.clone(), other) };
        kept.dependencies.extend(given.dependencies);
        if kept.kind == given.kind {
            kept.starts |= given.starts;
            kept.version = kept.version.or(given.version);
        }
        *self = kept;
    }

    /// `npm:NAME` and the like.
    pub(super) fn identity(&self) -> String {
        format!("{}:{}", self.kind, self.name)
    }

    pub(super) fn depends_on(&self, other: &Manifest) -> bool {
        self.dependencies.contains(&normal(other.ecosystem, &other.name))
    }

    /// The name that source imports it by.
    pub(super) fn import_name(&self) -> Option<String> {
        match self.ecosystem {
            Ecosystem::Pypi => Some(normal(Ecosystem::Pypi, &self.name).replace('-', "_")),
            Ecosystem::Npm => Some(self.name.clone()),
            _ => None,
        }
    }

    fn needs(&mut self, name: &str) {
        self.dependencies.insert(normal(self.ecosystem, name));
    }

    /// A requirement as in PEP 508.
    fn requires(&mut self, requirement: &str) {
        let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
        self.needs(&requirement[..end.unwrap_or(requirement.len())]);
    }
}

/// Python's package names are the same whatever stands between their words.
fn normal(ecosystem: Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::Pypi => name.to_ascii_lowercase().replace(['_', '.'], "-"),
        _ => name.to_owned(),
    }
}

fn package_json(text: &str) -> Option<Manifest> {
    let json: Json = serde_json::from_str(text).ok()?;
    // Compilers write files without a name to say which module system a folder uses.
    let mut manifest = Manifest::new(Ecosystem::Npm, "npm", json.get("name")?.as_str()?);
    manifest.version = json.get("version").and_then(Json::as_str).map(str::to_owned);
    manifest.starts = json.get("bin").is_some();
    for group in ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"] {
        for (name, _) in json.get(group).and_then(Json::as_object).into_iter().flatten() {
            manifest.needs(name);
        }
    }
    Some(manifest)
}

fn pyproject(text: &str, folder: &str) -> Option<Manifest> {
    let table = text.parse::<toml::Table>().ok()?;
    let project = table.get("project").and_then(toml::Value::as_table);
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry")?.as_table());
    if project.is_none() && poetry.is_none() && !table.contains_key("build-system") {
        return None;
    }
    let field = |name: &str| {
        let of = |table: Option<&toml::Table>| table?.get(name)?.as_str().map(str::to_owned);
        of(project).or_else(|| of(poetry))
    };
    let name = field("name");
    let mut manifest = Manifest::new(Ecosystem::Pypi, "pypi", name.as_deref().unwrap_or(folder));
    manifest.version = field("version");
    manifest.starts = ["scripts", "gui-scripts", "entry-points"]
        .iter()
        .any(|key| [project, poetry].into_iter().flatten().any(|table| table.contains_key(*key)));
    let listed = project.and_then(|project| project.get("dependencies")?.as_array());
    for requirement in listed.into_iter().flatten().filter_map(toml::Value::as_str) {
        manifest.requires(requirement);
    }
    let listed = poetry.and_then(|poetry| poetry.get("dependencies")?.as_table());
    for name in listed.into_iter().flat_map(toml::Table::keys) {
        manifest.needs(name);
    }
    Some(manifest)
}

/// The metadata of an sdist or an installed package.
fn metadata(text: &str) -> Option<Manifest> {
    let head = text.split("\n\n").next().unwrap_or(text);
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let mut manifest = Manifest::new(Ecosystem::Pypi, "pypi", field("Name:")?);
    manifest.version = field("Version:").map(str::to_owned);
    for requirement in head.lines().filter_map(|line| line.strip_prefix("Requires-Dist:")) {
        manifest.requires(requirement.trim());
    }
    Some(manifest)
}

fn cargo(text: &str) -> Option<Manifest> {
    let table = text.parse::<toml::Table>().ok()?;
    let package = table.get("package")?;
    let mut manifest = Manifest::new(Ecosystem::Cargo, "cargo", package.get("name")?.as_str()?);
    manifest.version = package.get("version").and_then(toml::Value::as_str).map(str::to_owned);
    manifest.starts = true;
    Some(manifest)
}

/// The manifest of a bundle; other programs call their files so, too.
fn bundle(text: &str) -> Option<Manifest> {
    let json: Json = serde_json::from_str(text).ok()?;
    json.get("server").and_then(|server| server.get("entry_point").or_else(|| server.get("mcp_config")))?;
    let mut manifest = Manifest::new(Ecosystem::Mcpb, "mcpb", json.get("name")?.as_str()?);
    manifest.version = json.get("version").and_then(Json::as_str).map(str::to_owned);
    manifest.starts = true;
    Some(manifest)
}
