//! What a package leads to beyond itself: the dependencies that its own source hands over to, the repository that its
//! manifest names, and whether it is a compiled program. Files in, names out; fetches nothing.
//!
//! Libraries that servers are written with are never among the dependencies: they hold no tools of their own.

use super::INSTALLED;
use crate::program::source::is_aside;
use crate::{SourceTree, last_part};
use mcpdex_model::{Ecosystem, pypi_name};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// A dependency that may provide tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub name: String,
    /// What the manifest asks for, as it writes it: a range of versions, `None` for any.
    pub wanted: Option<String>,
}

/// Beginnings of names of libraries: what servers are written with, not what they are.
const LIBRARIES: [&str; 58] = [
    "@modelcontextprotocol/",
    "zod",
    "express",
    "fastmcp",
    "mcp-framework",
    "@types/",
    "dotenv",
    "commander",
    "yargs",
    "ws",
    "axios",
    "node-fetch",
    "undici",
    "cors",
    "hono",
    "@hono/",
    "pino",
    "winston",
    "chalk",
    "typescript",
    "tslib",
    "uuid",
    "ajv",
    "lodash",
    "mcp",
    "pydantic",
    "httpx",
    "requests",
    "click",
    "typer",
    "uvicorn",
    "starlette",
    "fastapi",
    "anyio",
    "aiohttp",
    "python-dotenv",
    "rich",
    "pyyaml",
    "loguru",
    "numpy",
    "pandas",
    "sqlalchemy",
    "openai",
    "anthropic",
    "boto3",
    "@aws-sdk/",
    "googleapis",
    "playwright",
    "puppeteer",
    "cheerio",
    "jsdom",
    "open",
    "semver",
    "glob",
    "minimist",
    "tsx",
    "mcp-proxy",
    "jinja2",
];

/// Bytes of source below which a package that starts a program is taken for a wrapper around it.
const WRAPPER: usize = 30_000;

/// Dependencies of one package that are named at most.
const MAX_NEEDS: usize = 3;

/// The dependencies that the package's own source leads to, the likeliest first.
pub fn needs(tree: &SourceTree) -> Vec<Need> {
    let (declared, is_npm) = match tree.package.ecosystem {
        Ecosystem::Npm => (of_package_json(tree), true),
        Ecosystem::Pypi => (of_metadata(tree), false),
        _ => return Vec::new(),
    };
    let ending = |path: &str| {
        let endings: &[&str] = if is_npm { &[".js", ".mjs", ".cjs", ".ts"] } else { &[".py", "entry_points.txt"] };
        endings.iter().any(|ending| path.ends_with(ending))
    };
    let own: Vec<&str> = tree
        .files
        .iter()
        .filter(|(path, _)| ending(path) && !path.contains("node_modules/") && !path.starts_with(INSTALLED))
        .filter(|(path, _)| !is_aside(path))
        .filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok())
        .collect();
    let is_shim = own.iter().map(|text| text.len()).sum::<usize>() < 20_000;
    let words = words(&tree.package.name);
    let mut found: Vec<(usize, Need)> = Vec::new();
    for need in declared {
        let is_library =
            LIBRARIES.iter().any(|known| *known == need.name || (known.ends_with('/') && need.name.starts_with(known)));
        let word = if is_npm { need.name.clone() } else { pypi_name(&need.name).replace('-', "_") };
        let ecosystem = tree.package.ecosystem;
        if is_library || !own.iter().any(|text| super::mentions(text, &word, ecosystem)) {
            continue;
        }
        let shared = self::words(&need.name).intersection(&words).filter(|word| word.len() > 3).count();
        let score = shared * 3 + usize::from(need.name.contains("mcp")) * 2 + usize::from(is_shim) * 2;
        if score > 0 {
            found.push((score, need));
        }
    }
    found.sort_by(|a, b| (b.0, &a.1.name).cmp(&(a.0, &b.1.name)));
    found.into_iter().take(MAX_NEEDS).map(|(_, need)| need).collect()
}

/// The words of a package's name, its scope included.
fn words(name: &str) -> BTreeSet<String> {
    let words = name.split(['@', '/', '-', '_', '.']).map(str::to_lowercase);
    words.filter(|word| !matches!(word.as_str(), "" | "mcp" | "server" | "core" | "node" | "python")).collect()
}

fn of_package_json(tree: &SourceTree) -> Vec<Need> {
    let manifest = manifest(tree);
    let listed = ["dependencies", "optionalDependencies"].into_iter().filter_map(|key| manifest.get(key)?.as_object());
    let need = |(name, wanted): (&String, &Json)| {
        let wanted = wanted.as_str().unwrap_or_default();
        // An alias names the package that is meant; other addresses are none of a registry's.
        let (name, wanted) = match wanted.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')) {
            Some((real, range)) => (real, range),
            None if wanted.contains(['/', ':']) => return None,
            None => (name.as_str(), wanted),
        };
        let wanted = (!matches!(wanted, "" | "*")).then(|| wanted.to_owned());
        Some(Need { name: name.to_owned(), wanted })
    };
    listed.flatten().filter_map(need).collect()
}

fn manifest(tree: &SourceTree) -> Json {
    let text = tree.files.get("package.json").map(Vec::as_slice).unwrap_or_default();
    serde_json::from_slice(text).unwrap_or_default()
}

/// The file that says what a Python package is.
fn metadata(tree: &SourceTree) -> Option<&str> {
    let is_one = |path: &str| path.ends_with(".dist-info/METADATA") || path == "PKG-INFO";
    let (_, bytes) = tree.files.iter().find(|(path, _)| is_one(path) && !path.starts_with(INSTALLED))?;
    std::str::from_utf8(bytes).ok()
}

fn of_metadata(tree: &SourceTree) -> Vec<Need> {
    let text = metadata(tree).unwrap_or_default();
    let head = text.split("\n\n").next().unwrap_or(text);
    let stated = head.lines().filter_map(|line| line.strip_prefix("Requires-Dist:"));
    stated.filter_map(requirement).collect()
}

/// `name[extra] >=1,<2; marker`; what only an extra asks for is not installed.
fn requirement(text: &str) -> Option<Need> {
    let (what, marker) = text.split_once(';').unwrap_or((text, ""));
    if marker.contains("extra") || what.contains('@') {
        return None;
    }
    let what = what.trim();
    let end = what.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(what.len());
    let (name, rest) = what.split_at(end);
    let rest = rest.trim();
    let rest = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |(_, rest)| rest);
    let wanted: String = rest.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')')).collect();
    (!name.is_empty()).then(|| Need { name: pypi_name(name), wanted: (!wanted.is_empty()).then_some(wanted) })
}

/// Lays the files of a dependency where an installation would put them.
pub fn install(tree: &mut SourceTree, other: SourceTree) {
    let name = other.package.name;
    for (path, bytes) in other.files {
        let place = match tree.package.ecosystem {
            Ecosystem::Npm => format!("node_modules/{name}/{path}"),
            // Its metadata would be taken for the package's own.
            _ if path.ends_with(".py") || path.ends_with(".json") => {
                format!("{INSTALLED}{}", path.strip_prefix("src/").unwrap_or(&path))
            }
            _ => continue,
        };
        tree.files.entry(place).or_insert(bytes);
    }
}

/// Whether a place lies in a dependency: below its folder, or below one of its modules.
pub fn is_provided(path: &str) -> bool {
    path.starts_with("node_modules/") || path.starts_with(INSTALLED)
}

/// Whether the package is a wrapper around a program that was compiled elsewhere: its own source speaks of no MCP library
/// and starts a program, or holds no source at all.
pub fn is_compiled(tree: &SourceTree) -> bool {
    let is_source = |path: &str| [".js", ".mjs", ".cjs", ".py"].iter().any(|ending| path.ends_with(ending));
    let own = tree.files.iter().filter(|(path, _)| is_source(path) && !path.contains("node_modules/"));
    let texts: Vec<&str> = own.filter_map(|(_, bytes)| std::str::from_utf8(bytes).ok()).collect();
    let speaks = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
    if speaks(&["modelcontextprotocol", "fastmcp", "FastMCP", "mcp.server", "tools/list", "McpServer"]) {
        return false;
    }
    let starts = ["spawn", "execFile", "execve", "os.exec", "subprocess", "child_process"];
    let manifest = manifest(tree);
    let platforms = manifest.get("optionalDependencies").and_then(Json::as_object).is_some_and(|all| {
        all.keys().any(|name| ["linux", "darwin", "win32"].iter().any(|system| name.contains(system)))
    });
    let size = texts.iter().map(|text| text.len()).sum::<usize>();
    platforms || (size < WRAPPER && (texts.is_empty() || speaks(&starts)))
}

/// The repository on GitHub that the manifest names, as `OWNER/NAME`.
pub fn repository(tree: &SourceTree) -> Option<String> {
    let manifest = manifest(tree);
    let stated = manifest.get("repository").and_then(|stated| stated.get("url").unwrap_or(stated).as_str());
    let of_npm = stated.into_iter().chain(manifest.get("homepage").and_then(Json::as_str)).map(str::to_owned);
    let head = metadata(tree).map(|text| text.split("\n\n").next().unwrap_or(text)).unwrap_or_default();
    let of_pypi = head.lines().filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        matches!(key, "Home-page" | "Project-URL" | "Download-URL").then(|| value.trim().to_owned())
    });
    of_npm.chain(of_pypi).find_map(|text| on_github(&text))
}

fn on_github(text: &str) -> Option<String> {
    let rest = match text.split_once("github.com") {
        Some((_, rest)) => rest.trim_start_matches([':', '/']),
        None => text.strip_prefix("github:")?,
    };
    let mut parts = rest.split(['/', '#', '?']);
    let (owner, name) = (parts.next()?, parts.next()?);
    let name = name.strip_suffix(".git").unwrap_or(name);
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    (plain(owner) && plain(name)).then(|| format!("{owner}/{}", last_part(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PackageInfo;

    fn tree(ecosystem: Ecosystem, name: &str, files: &[(&str, &str)]) -> SourceTree {
        let package = PackageInfo { ecosystem, name: name.to_owned(), version: Some("1.0.0".to_owned()) };
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        SourceTree { package, files }
    }

    #[test]
    fn a_shim_leads_to_the_package_that_it_starts_and_not_to_libraries() {
        let manifest = r#"{"dependencies": {"@clay/kiln-core": "^2.1.0", "zod": "^3", "left": "1", "pots": "npm:@clay/pots@~4"},
            "repository": {"url": "git+https://github.com/clay/kiln.git"}}"#;
        let source = "import { start } from '@clay/kiln-core/cli'; import { z } from 'zod'; start();";
        let shim = tree(Ecosystem::Npm, "@clay/kiln-mcp", &[("package.json", manifest), ("index.js", source)]);
        let need = Need { name: "@clay/kiln-core".to_owned(), wanted: Some("^2.1.0".to_owned()) };
        assert_eq!(needs(&shim), [need]);
        assert_eq!(repository(&shim).as_deref(), Some("clay/kiln"));
        assert!(!is_compiled(&shim));
    }

    #[test]
    fn requirements_of_extras_are_not_installed_and_ranges_are_kept() {
        let metadata = "Name: kiln\nRequires-Dist: kiln_core[cli] (>=1.2,<2) ; python_version > '3'\nRequires-Dist: \
                        kiln-extra>1; extra == 'x'\nProject-URL: Source, https://github.com/clay/kiln/tree/main\n\nabout";
        let files = [("kiln-1.dist-info/METADATA", metadata), ("kiln/__init__.py", "from kiln_core import main")];
        let package = tree(Ecosystem::Pypi, "kiln", &files);
        assert_eq!(needs(&package), [Need { name: "kiln-core".to_owned(), wanted: Some(">=1.2,<2".to_owned()) }]);
        assert_eq!(repository(&package).as_deref(), Some("clay/kiln"));
    }

    #[test]
    fn a_wrapper_around_a_program_is_told_from_a_server() {
        let wrapper = "const { spawnSync } = require('child_process'); spawnSync(binary(), process.argv.slice(2));";
        let manifest = r#"{"optionalDependencies": {"kiln-linux-x64": "1.0.0"}, "repository": "github:clay/kiln"}"#;
        let package = tree(Ecosystem::Npm, "kiln", &[("package.json", manifest), ("bin.js", wrapper)]);
        assert!(is_compiled(&package));
        assert_eq!(repository(&package).as_deref(), Some("clay/kiln"));
        let server = format!("{wrapper} import '@modelcontextprotocol/sdk';");
        assert!(!is_compiled(&tree(Ecosystem::Npm, "kiln", &[("bin.js", &server)])));
        for text in
            ["https://gitlab.example/clay/kiln", "github:clay", "https://github.com/", "git@github.com:clay/k;n"]
        {
            assert_eq!(on_github(text), None, "{text}");
        }
    }

    #[test]
    fn dependencies_lie_where_an_installation_puts_them() {
        let mut shim = tree(Ecosystem::Npm, "kiln", &[("index.js", "own")]);
        install(&mut shim, tree(Ecosystem::Npm, "@clay/core", &[("package.json", "{}")]));
        assert!(shim.files.contains_key("node_modules/@clay/core/package.json"));
        let mut shim = tree(Ecosystem::Pypi, "kiln", &[]);
        install(&mut shim, tree(Ecosystem::Pypi, "core", &[("src/core/a.py", ""), ("core-1.dist-info/METADATA", "")]));
        assert_eq!(shim.files.keys().collect::<Vec<_>>(), ["site-packages/core/a.py"]);
        assert!(is_provided("site-packages/core/a.py") && !is_provided("core/a.py"));
    }
}
