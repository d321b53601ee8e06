//! Where a Python package starts and where its modules are: file names and metadata in, entry points and paths out.

use super::ast::{Arg, Block, Ex, Expr, Name, St};
use super::docstring::Split;
use super::lower;
use crate::workspace::INSTALLED;
use crate::{Budget, SourceTree, last_part, syntax};
use mcpdex_model::Partial;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use tree_sitter::Tree;

/// One package and the folders that its modules are looked up in.
pub(super) struct Package<'t> {
    pub tree: &'t SourceTree,
    /// Module files by the last part of their name without `.py`; packages by the name of their folder.
    by_name: BTreeMap<&'t str, Vec<&'t str>>,
    /// What it says about the frameworks that it needs.
    needs: Needs,
    /// What was parsed: several walks go through the same files.
    parsed: RefCell<HashMap<String, Parsed>>,
    /// The syntax trees of what was parsed, for whoever looks at the files afterwards.
    trees: RefCell<HashMap<String, Tree>>,
}

/// The statements of a file, or why there are none.
type Parsed = Result<Rc<Block>, Partial>;

/// Which MCP frameworks a package depends on.
#[derive(Debug, Clone, Copy, Default)]
struct Needs {
    fastmcp: bool,
    /// What the newest version of FastMCP that may be installed does with docstrings.
    split: Split,
    sdk: bool,
}

/// A place where the package starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Dotted name of the module.
    pub module: Vec<Name>,
    /// What is called in it (`main`, `app.run`); `None` when the file itself is run.
    pub call: Option<String>,
    /// The script's name, where it has one.
    pub script: String,
}

impl<'t> Package<'t> {
    pub(super) fn new(tree: &'t SourceTree) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in tree.files.keys().filter(|path| path.ends_with(".py")) {
            let module = path.strip_suffix("/__init__.py").or_else(|| path.strip_suffix(".py")).unwrap_or(path);
            by_name.entry(last_part(module)).or_default().push(path);
        }
        // The file that lies highest is meant, where several could be.
        for paths in by_name.values_mut() {
            paths.sort_by_key(|path| (path.starts_with(INSTALLED), path.matches('/').count(), *path));
        }
        Package { tree, by_name, needs: needs(tree), parsed: RefCell::default(), trees: RefCell::default() }
    }

    /// How servers of the FastMCP framework show docstrings, given the versions that may be installed.
    pub(super) fn split(&self) -> Split {
        self.needs.split
    }

    /// The statements of the file at `path`, parsed at its first mention.
    ///
    /// # Errors
    /// The file was refused; the reason is ready to be reported.
    pub(super) fn parse(&self, path: &str, budget: &Budget) -> Parsed {
        if let Some(known) = self.parsed.borrow().get(path) {
            return known.clone();
        }
        let source = self.tree.files.get(path).map(Vec::as_slice).unwrap_or_default();
        let parsed = syntax::parse(&tree_sitter_python::LANGUAGE.into(), path, source, budget);
        // `parse` accepts only UTF-8.
        let text = std::str::from_utf8(source).unwrap_or_default();
        let lowered = parsed.map(|tree| {
            let block = Rc::new(lower::module(tree.root_node(), text));
            self.trees.borrow_mut().insert(path.to_owned(), tree);
            block
        });
        self.parsed.borrow_mut().insert(path.to_owned(), lowered.clone());
        lowered
    }

    /// The syntax tree of every file that was parsed, by its path.
    pub(super) fn into_trees(self) -> HashMap<String, Tree> {
        self.trees.into_inner()
    }

    /// Whether a server that could not be followed can only be one of the FastMCP framework.
    pub(super) fn requires_fastmcp_only(&self) -> bool {
        self.needs.fastmcp && !self.needs.sdk
    }

    /// The file of the module called `name`, wherever the package keeps its source.
    pub(super) fn find(&self, name: &[Name]) -> Option<String> {
        let joined = name.join("/");
        let candidates = self.by_name.get(&**name.last()?)?;
        let endings = [format!("{joined}/__init__.py"), format!("{joined}.py")];
        endings.iter().find_map(|ending| {
            candidates
                .iter()
                .filter(|path| path.strip_suffix(ending.as_str()).is_some_and(|root| self.is_root(root)))
                .map(|path| (*path).to_owned())
                .next()
        })
    }

    /// Whether modules may be looked up from `root` (empty, or a folder with a slash at its end): no folder inside of a
    /// package is such a place, so that `json` in a package's folder is not taken for Python's own.
    fn is_root(&self, root: &str) -> bool {
        root.is_empty()
            || (root.ends_with('/')
                && !is_aside(root)
                && !self.tree.files.contains_key(&format!("{root}__init__.py"))
                && root.matches('/').count() <= 4)
    }

    /// The dotted name of the module in `path`, from the highest folder that is a package.
    pub(super) fn name_of(&self, path: &str) -> Vec<Name> {
        let mut parts: Vec<&str> = path.strip_suffix(".py").unwrap_or(path).split('/').collect();
        let mut from = parts.len() - 1;
        while from > 0 && self.tree.files.contains_key(&format!("{}/__init__.py", parts[..from].join("/"))) {
            from -= 1;
        }
        if parts.last() == Some(&"__init__") && parts.len() > from + 1 {
            parts.pop();
        }
        parts[from..].iter().map(|part| Rc::from(*part)).collect()
    }

    /// The entry points that the package's metadata states, the one named after the package first.
    pub(super) fn entries(&self, budget: &Budget) -> Vec<Entry> {
        let mut found = BTreeSet::new();
        for (path, bytes) in &self.tree.files {
            let Ok(text) = std::str::from_utf8(bytes) else { continue };
            match last_part(path) {
                "entry_points.txt" => sections(text, &["console_scripts", "gui_scripts"], &mut found),
                "setup.cfg" if !path.contains('/') => sections_nested(text, &mut found),
                "pyproject.toml" if !path.contains('/') => project_scripts(text, &mut found),
                "setup.py" if !path.contains('/') => setup_scripts(path, bytes, budget, &mut found),
                _ => {}
            }
        }
        let mut entries: Vec<Entry> = found.into_iter().collect();
        let own = normal(&self.tree.package.name);
        entries.sort_by_key(|entry| (normal(&entry.script) != own, !entry.script.contains("mcp"), entry.clone()));
        entries
    }

    /// Files that are run where no metadata says what is: `__main__.py`, then the usual names, the highest first.
    pub(super) fn usual_starts(&self) -> Vec<&'t str> {
        let mut starts: Vec<(usize, usize, &str)> = Vec::new();
        for (rank, name) in ["__main__", "main", "server", "mcp_server", "app", "__init__"].iter().enumerate() {
            for path in self.by_name.get(*name).into_iter().flatten().filter(|path| is_own(path)) {
                starts.push((rank, path.matches('/').count(), path));
            }
        }
        // `name/__main__.py` is filed under the file's own name, `name/__init__.py` under its folder's.
        starts.sort_unstable();
        starts.into_iter().map(|(_, _, path)| path).collect()
    }

    /// Whether a file may define tools of an MCP server, by its text.
    pub(super) fn is_likely(&self, path: &str) -> bool {
        let text = self.tree.files.get(path).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        (text.contains("tool") || text.contains("Tool(")) && (text.contains("mcp") || text.contains("MCP"))
    }

    /// Every file that could be part of the server, tests and examples left out.
    pub(super) fn all(&self) -> impl Iterator<Item = &'t str> + '_ {
        self.tree.files.keys().map(String::as_str).filter(|path| path.ends_with(".py") && is_own(path))
    }
}

/// Whether a path is the package's own, and neither set aside nor another package's.
fn is_own(path: &str) -> bool {
    !is_aside(path) && !path.starts_with(INSTALLED)
}

/// Reads the requirements that the package's metadata or project file states.
fn needs(tree: &SourceTree) -> Needs {
    let mut needs = Needs::default();
    for (path, bytes) in &tree.files {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        match last_part(path) {
            "METADATA" | "PKG-INFO" => {
                for line in text.lines().filter_map(|line| line.strip_prefix("Requires-Dist:")) {
                    needs.add(line.trim());
                }
            }
            "pyproject.toml" if !path.contains('/') => {
                let Ok(project) = text.parse::<toml::Table>() else { continue };
                let listed = project.get("project").and_then(|project| project.get("dependencies")?.as_array());
                listed.into_iter().flatten().filter_map(toml::Value::as_str).for_each(|line| needs.add(line));
            }
            _ => {}
        }
    }
    needs
}

impl Needs {
    /// `requirement` as in PEP 508: a name, extras, versions, a marker.
    fn add(&mut self, requirement: &str) {
        let requirement = requirement.split(';').next().unwrap_or_default();
        let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
        let (name, rest) = requirement.split_at(end.unwrap_or(requirement.len()));
        match &*normal(name) {
            "mcp" => self.sdk = true,
            "fastmcp" | "fastmcp-slim" => {
                self.fastmcp = true;
                let versions = rest.split_once(']').map_or(rest, |(_, versions)| versions).trim();
                let versions = versions.trim_start_matches('(').trim_end_matches(')');
                self.split = self.split.max(split_of(versions));
            }
            _ => {}
        }
    }
}

/// Versions of FastMCP from the one on that splits at parameters, and from the one on that splits at any section;
/// some later ones each, because a requirement may stop short of them.
const SPLITTING: &[(&str, Split)] = &[
    ("3.3.0", Split::AtParameters),
    ("3.4.0", Split::AtParameters),
    ("3.9.0", Split::AtParameters),
    ("4.0.0", Split::AtParameters),
    ("4.1.0", Split::AtSections),
    ("4.2.0", Split::AtSections),
    ("4.9.0", Split::AtSections),
    ("5.0.0", Split::AtSections),
];

/// What the newest version that `versions` allows does with docstrings.
fn split_of(versions: &str) -> Split {
    let Ok(allowed) = versions.parse::<pep440_rs::VersionSpecifiers>() else { return Split::Never };
    let known = SPLITTING.iter().filter_map(|(version, split)| Some((version.parse().ok()?, *split)));
    let known: Vec<(pep440_rs::Version, Split)> = known.collect();
    // An exact version lies between those of the list.
    let exact = allowed.iter().find(|one| *one.operator() == pep440_rs::Operator::Equal).map(|one| one.version());
    let fits = |version: &pep440_rs::Version| match exact {
        Some(exact) => version <= exact,
        None => allowed.contains(version),
    };
    known.iter().filter(|(version, _)| fits(version)).map(|(_, split)| *split).max().unwrap_or_default()
}

/// Whether a path lies among tests, examples or documentation.
pub(super) fn is_aside(path: &str) -> bool {
    path.split('/').any(|part| {
        let part = part.strip_suffix(".py").unwrap_or(part);
        matches!(
            part,
            "test"
                | "tests"
                | "testing"
                | "example"
                | "examples"
                | "docs"
                | "doc"
                | "samples"
                | "sample"
                | "benchmarks"
                | "conftest"
                | "setup"
                | "fixtures"
                | "scripts"
                | "noxfile"
                | "demo"
                | "demos"
        ) || part.starts_with("test_")
            || part.ends_with("_test")
    })
}

/// Package names are the same whatever stands between their words.
fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

fn entry(script: &str, target: &str) -> Option<Entry> {
    let target = target.split_whitespace().next()?.split('[').next()?;
    let (module, call) = target.split_once(':')?;
    let module: Vec<Name> = module.split('.').map(Rc::from).collect();
    let fits = module.iter().all(|part| !part.is_empty()) && !call.is_empty();
    fits.then(|| Entry { module, call: Some(call.to_owned()), script: script.trim().to_owned() })
}

/// `[section]` headings with `name = module:function` lines.
fn sections(text: &str, wanted: &[&str], found: &mut BTreeSet<Entry>) {
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = wanted.contains(&name.trim());
        } else if inside && let Some((script, target)) = line.split_once('=') {
            found.extend(entry(script, target));
        }
    }
}

/// `setup.cfg`: the same lines, indented below `console_scripts =` in `[options.entry_points]`.
fn sections_nested(text: &str, found: &mut BTreeSet<Entry>) {
    let (mut inside, mut scripts) = (false, false);
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            inside = trimmed == "[options.entry_points]";
        } else if inside && let Some((name, value)) = trimmed.split_once('=') {
            if line.starts_with([' ', '\t']) {
                found.extend(entry(name, value).filter(|_| scripts));
            } else {
                scripts = name.trim() == "console_scripts";
                found.extend(entry(name, value).filter(|_| false));
            }
        }
    }
}

fn project_scripts(text: &str, found: &mut BTreeSet<Entry>) {
    let Ok(project) = text.parse::<toml::Table>() else { return };
    let tables = [
        project.get("project").and_then(|project| project.get("scripts")),
        project.get("tool").and_then(|tool| tool.get("poetry")?.get("scripts")),
        project.get("tool").and_then(|tool| tool.get("flit")?.get("scripts")),
        project.get("project").and_then(|project| project.get("entry-points")?.get("mcp.server")),
    ];
    for (script, target) in tables.into_iter().flatten().filter_map(toml::Value::as_table).flatten() {
        let target = target.as_str().or_else(|| target.get("callable")?.as_str());
        found.extend(target.and_then(|target| entry(script, target)));
    }
}

/// The literal `entry_points={"console_scripts": ["name = module:function"]}` of a `setup.py`.
fn setup_scripts(path: &str, source: &[u8], budget: &Budget, found: &mut BTreeSet<Entry>) {
    let Ok(tree) = syntax::parse(&tree_sitter_python::LANGUAGE.into(), path, source, budget) else { return };
    let body = lower::module(tree.root_node(), std::str::from_utf8(source).unwrap_or_default());
    for statement in &body {
        let St::Expr(expr) = &statement.kind else { continue };
        let Ex::Call(_, args) = &*expr.kind else { continue };
        for arg in args {
            if let Arg::Named(name, value) = arg
                && &**name == "entry_points"
                && let Ex::Dict(pairs) = &*value.kind
            {
                for (_, list) in pairs.iter().filter(|(key, _)| text(key.as_ref()) == Some("console_scripts")) {
                    let Ex::List(lines) = &*list.kind else { continue };
                    for line in lines.iter().filter_map(|line| text(Some(line))) {
                        found.extend(line.split_once('=').and_then(|(script, target)| entry(script, target)));
                    }
                }
            }
        }
    }
}

fn text(expr: Option<&Expr>) -> Option<&str> {
    match &*expr?.kind {
        Ex::Str(text) => Some(text),
        _ => None,
    }
}
