//! A source as it is named on the command line.

use super::address::address;
use super::curated::{self, Curated, CuratedKind};
use super::given;
use super::well_known;
use mcpdex_model::{Ecosystem, Package};
use std::path::{Path, PathBuf};
use url::Url;

/// One source to crawl.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceSpec {
    /// `npm:NAME[@VERSION]`, `pypi:NAME[@VERSION]` or `crate:NAME[@VERSION]`.
    Package(Package),
    /// `registry:URL`: a server of the official MCP registry's API.
    Registry(Url),
    /// `directory:NAME` or `directory:URL`: a directory with an API or an index of its own.
    Directory(Url),
    /// `sample`: the embedded page.
    Sample,
    /// `https://…`: one server that answers there.
    Server(Url),
    /// A URL that ends in `.json`, `.jsonl` or `.toml`, compressed or not: what a file of that kind would hold.
    Document(Url),
    /// `list:URL`, or a URL that ends in `.md` or `.html`: a page that names servers.
    List(Url),
    /// `well-known:HOST`, `well-known:URL`, or the URL of a document below `/.well-known/`: what a host says of its servers.
    WellKnown(Url),
    /// A file or folder: manifests, recorded tool lists, client configurations, list pages.
    File(PathBuf),
    /// `clients`: the configurations of MCP clients, in their usual places.
    Clients,
}

impl SourceSpec {
    /// Whether the user has named one server, rather than a place where many are listed.
    pub fn is_one_server(&self) -> bool {
        matches!(self, SourceSpec::Package(_) | SourceSpec::Server(_) | SourceSpec::Sample)
    }

    /// The file or folder that it names.
    pub fn path(&self) -> Option<&Path> {
        if let SourceSpec::File(path) = self { Some(path) } else { None }
    }
}

/// A word that names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error(
        "`{0}` names no source; expected npm:NAME[@VERSION], pypi:NAME[@VERSION], crate:NAME[@VERSION], registry[:URL], \
         oci:IMAGE, directory:NAME, catalogue:NAME, well-known:HOST, list:URL, a URL, a file or folder, clients or sample"
    )]
    Unknown(String),
    #[error("`{word}` names no {ecosystem} package: {why}")]
    Package { word: String, ecosystem: Ecosystem, why: &'static str },
    #[error("`{word}` names no {kind}; known are {known}, or give its address: {kind}:URL")]
    Name { word: String, kind: &'static str, known: String },
    #[error("`{word}` is not the address of a source: {why}")]
    Address { word: String, why: String },
}

impl std::str::FromStr for SourceSpec {
    type Err = SpecError;

    /// Reads a word by the names that are built in.
    fn from_str(word: &str) -> Result<Self, SpecError> {
        SourceSpec::read(word, Curated::embedded())
    }
}

impl SourceSpec {
    /// Reads a word of the command line. `curated` has the names that stand for addresses.
    ///
    /// # Errors
    /// It names no source.
    pub fn read(word: &str, curated: &Curated) -> Result<Self, SpecError> {
        if word == "sample" {
            return Ok(SourceSpec::Sample);
        }
        if word == "clients" {
            return Ok(SourceSpec::Clients);
        }
        if word == "registry" {
            return registry(curated::OFFICIAL, curated);
        }
        match word.split_once(':') {
            Some(("npm", name)) => package(Ecosystem::Npm, word, name),
            Some(("pypi", name)) => package(Ecosystem::Pypi, word, name),
            Some(("crate" | "cargo", name)) => package(Ecosystem::Cargo, word, name),
            Some(("registry", url)) => registry(url, curated),
            Some(("directory", url)) if is_web(url) => web(url).map(SourceSpec::Directory),
            Some(("catalogue", url)) if is_web(url) => web(url).map(SourceSpec::Document),
            Some(("directory", name)) => named(CuratedKind::Directory, name, word, curated),
            Some(("catalogue", name)) => named(CuratedKind::Catalogue, name, word, curated),
            Some(("list", name)) if curated.source(CuratedKind::List, name).is_some() => {
                named(CuratedKind::List, name, word, curated)
            }
            Some(("oci", name)) => image(word, name),
            Some(("well-known", url)) if is_web(url) => Ok(SourceSpec::WellKnown(web(url)?)),
            Some(("well-known", host)) if !host.is_empty() => {
                web(&format!("https://{host}")).map(SourceSpec::WellKnown)
            }
            Some(("list", url)) if is_web(url) => web(url).map(SourceSpec::List),
            Some(("list" | "file", path)) if !path.is_empty() => Ok(SourceSpec::File(PathBuf::from(path))),
            Some(("http" | "https", _)) => page(web(word)?),
            _ if is_path(word) => Ok(SourceSpec::File(PathBuf::from(word))),
            _ => Err(SpecError::Unknown(given::name(word))),
        }
    }
}

impl std::fmt::Display for SourceSpec {
    /// The one spelling by which the source is remembered. Holds no credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SourceSpec::Package(package) => package.fmt(f),
            SourceSpec::Registry(url) => write!(f, "registry:{}", bare(url).trim_end_matches('/')),
            SourceSpec::Directory(url) => write!(f, "directory:{}", bare(url)),
            SourceSpec::Sample => f.write_str("sample"),
            // What follows the path may hold a key.
            SourceSpec::Server(url) => {
                let mut path = url.clone();
                path.set_query(None);
                f.write_str(&bare(&path))
            }
            SourceSpec::Document(url) => f.write_str(&bare(url)),
            SourceSpec::List(url) => write!(f, "list:{}", bare(url)),
            SourceSpec::WellKnown(url) => write!(f, "well-known:{}", bare(url)),
            SourceSpec::File(path) => write!(f, "file:{}", path.display()),
            SourceSpec::Clients => f.write_str("clients"),
        }
    }
}

/// A URL without its credentials and without what may be one.
fn bare(url: &Url) -> String {
    let mut bare = url.clone();
    // These fail for URLs without a host only, and those are refused when they are read.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    address(bare.as_str()).text
}

/// The source that a name stands for.
fn named(kind: CuratedKind, name: &str, word: &str, curated: &Curated) -> Result<SourceSpec, SpecError> {
    let known = || curated.names(kind).collect::<Vec<_>>().join(", ");
    let source = curated.source(kind, name).map(curated::CuratedSource::spec);
    source.ok_or_else(|| SpecError::Name { word: given::name(word), kind: kind.word(), known: known() })
}

fn is_web(word: &str) -> bool {
    word.starts_with("http://") || word.starts_with("https://")
}

/// What a URL that was given alone stands for: the end of its path tells.
fn page(url: Url) -> Result<SourceSpec, SpecError> {
    if well_known::is_document(&url) {
        return Ok(SourceSpec::WellKnown(url));
    }
    let path = url.path().trim_end_matches(".gz").to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
    Ok(if ends(&[".json", ".jsonc", ".jsonl", ".ndjson", ".toml", ".yaml", ".yml"]) {
        SourceSpec::Document(url)
    } else if ends(&[".md", ".markdown", ".html", ".htm"]) {
        SourceSpec::List(url)
    } else {
        return server(url);
    })
}

fn server(mut url: Url) -> Result<SourceSpec, SpecError> {
    if !url.username().is_empty() || url.password().is_some() {
        let word = bare(&url);
        return Err(SpecError::Address { word, why: "it holds a user name or password".to_owned() });
    }
    url.set_fragment(None);
    Ok(SourceSpec::Server(url))
}

fn is_path(word: &str) -> bool {
    let known = [
        ".json",
        ".jsonc",
        ".jsonl",
        ".ndjson",
        ".gz",
        ".toml",
        ".yaml",
        ".yml",
        ".code-workspace",
        ".mcpb",
        ".dxt",
        ".md",
        ".markdown",
        ".html",
        ".htm",
    ];
    let named = known.iter().any(|end| word.to_ascii_lowercase().ends_with(end));
    let drive = word.as_bytes().get(1) == Some(&b':') && word.as_bytes()[0].is_ascii_alphabetic();
    (!word.contains(':') || drive) && (named || word.contains(['/', '\\']) || word.starts_with('.'))
}

fn package(ecosystem: Ecosystem, word: &str, text: &str) -> Result<SourceSpec, SpecError> {
    // A scope begins with `@` as well; the version's `@` is never the first character.
    let at = text.char_indices().skip(1).filter(|(_, c)| *c == '@').last();
    let (name, version) = match (at, text.split_once("==")) {
        (_, Some((name, version))) if ecosystem == Ecosystem::Pypi => (name, Some(version)),
        (Some((at, _)), _) => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    };
    let fail = |why| Err(SpecError::Package { word: given::name(word), ecosystem, why });
    if let Err(why) = check_name(ecosystem, name) {
        return fail(why);
    }
    if version.is_some_and(|version| version.trim().is_empty() || version.len() > MAX_VERSION) {
        return fail("the version after `@` is empty or too long");
    }
    Ok(SourceSpec::Package(Package::named(ecosystem, name, version.map(str::to_owned))))
}

/// An image, with its tag or digest.
fn image(word: &str, name: &str) -> Result<SourceSpec, SpecError> {
    match check_name(Ecosystem::Oci, name) {
        Ok(()) => Ok(SourceSpec::Package(Package::named(Ecosystem::Oci, name, None))),
        Err(why) => Err(SpecError::Package { word: given::name(word), ecosystem: Ecosystem::Oci, why }),
    }
}

const MAX_NAME: usize = 214;
const MAX_VERSION: usize = 256;

/// Checks that a package name is one: what passes holds nothing that a URL, a path or a command line could misread.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(ecosystem: Ecosystem, name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("the name is empty");
    }
    if name.len() > MAX_NAME {
        return Err("the name is longer than 214 characters");
    }
    let fits = match ecosystem {
        Ecosystem::Npm => match name.strip_prefix('@') {
            Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| is_npm_part(scope) && is_npm_part(name)),
            None => is_npm_part(name),
        },
        Ecosystem::Pypi => {
            let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
                && end(name.chars().next())
                && end(name.chars().last())
        }
        Ecosystem::Oci => is_image(name),
        Ecosystem::Cargo => {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
        }
        _ => return Ok(()),
    };
    if fits { Ok(()) } else { Err("the name holds characters that names there cannot have") }
}

/// `[HOST[:PORT]/]PATH[:TAG][@ALGORITHM:DIGEST]`; an `@` of anything else parts a user from a host.
fn is_image(name: &str) -> bool {
    let (path, digest) = name.split_once('@').map_or((name, None), |(path, digest)| (path, Some(digest)));
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/:".contains(c));
    let digest = digest.is_none_or(|digest| digest.starts_with("sha") && digest.contains(':') && plain(digest));
    path.starts_with(|c: char| c.is_ascii_alphanumeric()) && plain(path) && !path.contains("//") && digest
}

fn is_npm_part(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with(['.', '-'])
        && part.chars().all(|c| c.is_ascii_alphanumeric() || "._~-".contains(c))
}

fn registry(text: &str, curated: &Curated) -> Result<SourceSpec, SpecError> {
    match curated.source(CuratedKind::Registry, text) {
        Some(source) => Ok(source.spec()),
        None => web(text).map(SourceSpec::Registry),
    }
}

fn web(text: &str) -> Result<Url, SpecError> {
    let fail = |why: String| SpecError::Address { word: address(text).text, why };
    let url = Url::parse(text).map_err(|error| fail(error.to_string()))?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(host)) if !host.is_empty() => Ok(url),
        ("http" | "https", _) => Err(fail("the URL has no host".to_owned())),
        (scheme, _) => Err(fail(format!("only http and https are fetched, not `{scheme}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(word: &str) -> String {
        match word.parse::<SourceSpec>() {
            Ok(spec) => spec.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn packages_are_named_with_and_without_scope_and_version() {
        for (word, expected) in [
            ("npm:kiln", "npm:kiln"),
            ("npm:@clay/kiln", "npm:@clay/kiln"),
            ("npm:@clay/kiln@1.2.3", "npm:@clay/kiln@1.2.3"),
            ("npm:kiln@^2", "npm:kiln@^2"),
            ("pypi:clay.kiln-server", "pypi:clay-kiln-server"),
            ("pypi:kiln@0.3", "pypi:kiln@0.3"),
            ("pypi:kiln==0.3", "pypi:kiln@0.3"),
            ("crate:kiln_server@0.3.1", "cargo:kiln_server@0.3.1"),
            ("cargo:kiln", "cargo:kiln"),
            ("sample", "sample"),
            ("clients", "clients"),
            ("./lists", "file:./lists"),
            ("tools.jsonl.gz", "file:tools.jsonl.gz"),
            ("file:kiln", "file:kiln"),
            ("https://kiln.example/mcp", "https://kiln.example/mcp"),
            ("https://kiln.example/mcp?api_key=abc1#there", "https://kiln.example/mcp"),
            ("https://kiln.example/servers.json.gz", "https://kiln.example/servers.json.gz"),
            ("https://kiln.example/README.md", "list:https://kiln.example/README.md"),
            ("list:https://kiln.example/all", "list:https://kiln.example/all"),
            ("registry:https://registry.example/", "registry:https://registry.example"),
            ("registry:https://me:pw@registry.example/v0", "registry:https://registry.example/v0"),
            ("registry:https://r.example/v0?any=planted#planted", "registry:https://r.example/v0?any=[redacted]"),
            ("https://kiln.example/planted5abcdefghijklmnop0123456789/mcp", "https://kiln.example/[redacted]/mcp"),
            ("list:https://kiln.example/all?any=planted", "list:https://kiln.example/all?any=[redacted]"),
        ] {
            assert_eq!(parsed(word), expected);
        }
    }

    #[test]
    fn what_names_no_source_is_refused_with_the_words_that_would() {
        for word in [
            "",
            "kiln",
            "docker:kiln",
            "https://",
            "npm:",
            "npm:../x",
            "npm:@clay",
            "npm:a/b",
            "npm:-g",
            "crate:--git",
            "crate:a/b",
            "crate:",
        ] {
            assert!(parsed(word).starts_with("error: "), "{word}: {}", parsed(word));
        }
        for word in ["pypi:--index-url", "pypi:a b", "pypi:a/b", "pypi:kiln@", "registry:ftp://x.example", "registry:x"]
        {
            assert!(parsed(word).starts_with("error: "), "{word}: {}", parsed(word));
        }
        assert!(parsed("kiln").contains("npm:NAME"));
        let refused = parsed("https://me:planted@kiln.example/mcp");
        assert!(refused.contains("holds a user name") && !refused.contains("planted"), "{refused}");
        for word in [
            "registry:ftp://me:planted@h.example/?k=planted",
            "list:https://me:planted@",
            "npm:kiln --token=https://h.example?k=planted",
            "KEY=planted",
        ] {
            assert!(parsed(word).starts_with("error: ") && !parsed(word).contains("planted"), "{}", parsed(word));
        }
    }
}
