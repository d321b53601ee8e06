//! Learns tools from packages and source without running them: archive bytes in, tool objects with file and line out.
//! Never executes anything of a package, never writes to disk, and does its parsing in a worker process that may die.
//!
//! - [`archive`] turns the bytes of a tarball, sdist, wheel or bundle into a [`SourceTree`], under [`ReadLimits`].
//! - [`image`] turns the layers of a container image into the files of its program.
//! - [`extract`] asks every reader of [`LANGUAGES`] that finds files of its own in the tree.
//! - [`worker`] does both in a child process of the same binary. Everything outside of this room calls the worker:
//!   tree-sitter can overflow the C stack and end the process on hostile source.
//!
//! To add a language: one module with a function of the type [`LanguageReader`], one line in [`LANGUAGES`].
//!
//! ```
//! use mcpdex_extract::{Budget, PackageInfo, ReadLimits, SourceTree, extract};
//! use mcpdex_model::Ecosystem;
//!
//! let files = [
//!     ("pyproject.toml", "[project]\nname = \"kiln\"\n[project.scripts]\nkiln = \"kiln:main\"\n"),
//!     (
//!         "kiln.py",
//!         "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('kiln')\n\n@mcp.tool()\n\
//!          def fire(cone: int) -> str:\n    'Fires the kiln.'\n\ndef main():\n    mcp.run()\n",
//!     ),
//! ];
//! let package = PackageInfo { ecosystem: Ecosystem::Pypi, name: "kiln".into(), version: None };
//! let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
//! let found = extract(&SourceTree { package, files: files.into() }, &Budget::start(ReadLimits::default()))?;
//! assert_eq!(found.tools[0].site.line, 4);
//! assert!(found.tools[0].json.contains(r#""name":"fire""#) && found.partial.is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```

mod engine;
mod handler;
mod program;
mod syntax;

pub mod archive;
pub mod csharp;
pub mod folder;
pub mod go;
pub mod image;
pub mod java;
pub mod javascript;
mod jvm;
pub mod kotlin;
pub mod measure;
pub mod openapi;
pub mod python;
pub mod rust;
pub mod worker;
pub mod workspace;

pub use engine::budget::{Budget, Limit, ReadLimits, Spent};
use mcpdex_model::{CodeSeen, Ecosystem, Partial, PartialKind, PartialReason, ToolCondition, ToolOrigin, ToolSite};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which package a tree was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageInfo {
    pub ecosystem: Ecosystem,
    /// The package's name in its registry (`@scope/name`, `dotted.name`).
    pub name: String,
    pub version: Option<String>,
}

/// The files of one package that can matter to a reader, in memory.
///
/// Paths are relative to the root of the package, with `/` between their parts; the one folder that npm tarballs
/// (`package/`) and sdists (`name-version/`) wrap everything in is removed. No path is absolute or holds `..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTree {
    pub package: PackageInfo,
    pub files: BTreeMap<String, Vec<u8>>,
}

/// One tool that was found in source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTool {
    /// One tool object as `tools/list` would give it: `name`, `title`, `description`, `inputSchema`, `outputSchema`,
    /// `annotations`; only what the author set, never a default of an SDK.
    pub json: String,
    /// Where it is registered.
    pub site: ToolSite,
    /// What of this tool could not be read; the fields it names are absent from `json`, never guessed. Every one is of
    /// the kind [`PartialKind::InexactField`].
    pub partial: Vec<Partial>,
    /// [`ToolOrigin::Static`] where its registration was reached, [`ToolOrigin::Defined`] where only its definition
    /// stands in the package's own source.
    pub origin: ToolOrigin,
    /// What must be set for the tool to be there; `None` where nothing is known to guard it.
    #[serde(default)]
    pub condition: Option<ToolCondition>,
    /// What its handler was seen to reach; `None` where no handler was found.
    #[serde(default)]
    pub code: Option<CodeSeen>,
}

impl SourceTool {
    /// A registered tool out of its object, without a condition. What is missing of it costs its exactness only.
    pub fn new(tool: &serde_json::Map<String, serde_json::Value>, site: ToolSite, mut partial: Vec<Partial>) -> Self {
        partial.iter_mut().for_each(|partial| partial.kind = PartialKind::InexactField);
        // Formatting a `Value` as JSON cannot fail: its keys are text and it holds no foreign type.
        let json = serde_json::Value::Object(tool.clone()).to_string();
        SourceTool { json, site, partial, origin: ToolOrigin::Static, condition: None, code: None }
    }

    /// The same tool where `condition` must hold too.
    pub fn under(mut self, condition: Option<ToolCondition>) -> Self {
        self.condition = ToolCondition::and(condition, self.condition.take());
        self
    }

    /// Whether its own fields are certain.
    pub fn is_exact(&self) -> bool {
        self.partial.is_empty()
    }
}

/// What the readers found in one package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extraction {
    /// In the order of registration as far as the source tells it.
    pub tools: Vec<SourceTool>,
    /// What may be missing from the list as a whole, and remarks; see [`PartialKind`].
    pub partial: Vec<Partial>,
}

impl Extraction {
    /// Whether no tool is known to be missing: every construct that could add, drop or rename one was understood.
    pub fn is_complete(&self) -> bool {
        self.partial.iter().all(|partial| partial.kind != PartialKind::MissingTool)
    }
}

/// Reads the tools of one language out of a package. Never panics, whatever the files hold; what it cannot follow it
/// says in a [`Partial`].
pub type LanguageReader = fn(&SourceTree, &Budget) -> Extraction;

/// One language that servers are written in.
#[derive(Debug, Clone, Copy)]
pub struct Language {
    pub name: &'static str,
    /// Endings of the source files, without the dot.
    pub endings: &'static [&'static str],
    /// Other files, by their last path part, that the reader wants to see.
    pub companions: &'static [&'static str],
    pub read: LanguageReader,
}

impl Language {
    /// Whether `path` is source of this language.
    pub fn owns(&self, path: &str) -> bool {
        last_part(path).rsplit_once('.').is_some_and(|(_, ending)| self.endings.contains(&ending))
    }
}

/// Every language that can be read. The one place to add another.
pub const LANGUAGES: &[Language] = &[
    Language {
        name: "python",
        endings: &["py"],
        companions: &["pyproject.toml", "setup.cfg", "entry_points.txt", "METADATA", "PKG-INFO", "top_level.txt"],
        read: python::extract,
    },
    Language {
        name: "javascript",
        endings: &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"],
        companions: &["package.json", "manifest.json", "tsconfig.json"],
        read: javascript::extract,
    },
    Language { name: "go", endings: &["go"], companions: &["go.mod"], read: go::extract },
    Language { name: "java", endings: &["java"], companions: &[], read: java::extract },
    Language { name: "rust", endings: &["rs"], companions: &["Cargo.toml"], read: rust::extract },
    Language { name: "csharp", endings: &["cs"], companions: &[], read: csharp::extract },
    Language { name: "kotlin", endings: &["kt"], companions: &[], read: kotlin::extract },
];

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Languages that servers are written in and that no reader knows, with the endings of their files. Less than one server in
/// a hundred is.
const UNREAD: [(&str, &str); 2] = [("PHP", "php"), ("Ruby", "rb")];

/// Says that a server is written in a language that is not read, where its files name MCP.
fn unread(tree: &SourceTree) -> Option<Partial> {
    let names_mcp = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
        ["modelcontextprotocol", "model_context_protocol", "mcp::", "mcp\\", "mcptool"]
            .iter()
            .any(|word| text.contains(word))
    };
    UNREAD.iter().find_map(|(name, ending)| {
        let is_one = |path: &str| path.rsplit_once('.').is_some_and(|(_, own)| own == *ending);
        let (path, _) = tree.files.iter().find(|(path, bytes)| is_one(path) && names_mcp(bytes))?;
        let site = ToolSite { file: path.clone(), line: 1 };
        let detail = format!("the server is written in {name}, which is not read");
        Some(Partial::missing(PartialReason::UnparsedFile, detail, Some(site)))
    })
}

/// Endings of files that programs read descriptions and schemas from while they start.
const DATA: [&str; 5] = [".json", ".md", ".txt", ".yaml", ".yml"];

/// Whether any reader can use the file at `path`; the rest of an archive is not kept.
pub fn is_wanted(path: &str) -> bool {
    LANGUAGES.iter().any(|language| language.owns(path) || language.companions.contains(&last_part(path)))
        || DATA.iter().any(|ending| path.ends_with(ending))
        || UNREAD.iter().any(|(_, ending)| path.rsplit_once('.').is_some_and(|(_, own)| own == *ending))
}

/// Bytes of stack for the readers: parsers and walkers recurse. Reserved address space, of which only what is used
/// becomes memory.
const STACK_BYTES: usize = 256 << 20;

/// Reads the tools of a package, in every language that the tree holds, in the order of [`LANGUAGES`].
///
/// Call it through [`worker`]: hostile source can end the process that parses it.
///
/// # Errors
/// No thread with a large stack could be started.
pub fn extract(tree: &SourceTree, budget: &Budget) -> std::io::Result<Extraction> {
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || read_all(tree, &budget.on_this_thread()))?;
        reader.join().map_err(|_| std::io::Error::other("a reader panicked"))
    })
}

fn read_all(tree: &SourceTree, budget: &Budget) -> Extraction {
    let mut read: Vec<(&Language, Extraction)> = Vec::new();
    for language in LANGUAGES {
        if tree.files.keys().any(|path| language.owns(path)) {
            read.push((language, (language.read)(tree, budget)));
        }
    }
    let main = main_language(tree, &read);
    let any = read.iter().any(|(_, found)| !found.tools.is_empty());
    let mut all = Extraction::default();
    for (language, found) in read {
        // A language that the package only ships files of has no say in why there is nothing, nor in what is missing.
        let has_say = !found.tools.is_empty() || Some(language.name) == main && !any;
        if has_say || found.partial.iter().any(|partial| partial.reason == PartialReason::MountedServer && any) {
            all.tools.extend(found.tools);
            all.partial.extend(found.partial);
        }
    }
    if all.tools.is_empty() && all.is_complete() {
        let detail = match main {
            Some(name) => format!("no MCP server was found in the package's {name} source"),
            None => "the package holds no source of a language that is read".to_owned(),
        };
        all.partial.push(Partial::missing(PartialReason::UnresolvedValue, detail, None));
    }
    if all.tools.is_empty() {
        all.partial.extend(unread(tree));
    }
    if all.tools.len() > budget.limits.tools {
        all.tools.truncate(budget.limits.tools);
        all.partial.push(Partial::missing(
            PartialReason::LimitReached,
            format!("more than {} tools; the rest is left out", budget.limits.tools),
            None,
        ));
    }
    all
}

/// The language that the package is written in: that of its registry, else the one with the most source.
fn main_language(tree: &SourceTree, read: &[(&Language, Extraction)]) -> Option<&'static str> {
    let of_registry = match tree.package.ecosystem {
        Ecosystem::Npm => Some("javascript"),
        Ecosystem::Pypi => Some("python"),
        _ => None,
    };
    if let Some(name) = of_registry.filter(|name| read.iter().any(|(language, _)| language.name == *name)) {
        return Some(name);
    }
    let weight = |language: &Language| -> usize {
        tree.files.iter().filter(|(path, _)| language.owns(path)).map(|(_, bytes)| bytes.len()).sum()
    };
    read.iter().map(|(language, _)| *language).max_by_key(|language| weight(language)).map(|language| language.name)
}
