//! A server as a source lists it: who it is, and where its tools can be learnt.

use crate::words;
use serde::{Deserialize, Serialize};

/// The word that a listing's `status` holds when its source has deleted the server.
pub const DELETED: &str = "deleted";

/// What stands where a secret was taken out of what a source says.
pub const REDACTED: &str = "[redacted]";

/// A status in the spelling of the official registry: whatever means that the source no longer offers the server is
/// [`DELETED`]; any other word stays as it is.
pub fn status(word: &str) -> &str {
    let plain = word.trim();
    match ["deleted", "removed", "delisted", "withdrawn", "unpublished"].iter().any(|w| plain.eq_ignore_ascii_case(w)) {
        true => DELETED,
        false => word,
    }
}

/// A Python project's name in the one spelling that indexes compare (PEP 503): lower case, runs of `.`, `_` and `-` as one
/// `-`.
pub fn pypi_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '.' | '_' | '-' if normal.ends_with('-') => {}
            '.' | '_' | '-' => normal.push('-'),
            other => normal.extend(other.to_lowercase()),
        }
    }
    normal
}

/// The identity of a server: its registry name (`io.github.owner/name`) or, lacking one, its origin
/// (`npm:NAME`, `pypi:NAME`, a URL, a configuration entry).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(pub String);

impl ServerId {
    /// The identity of a server that is known only by its package.
    pub fn of_package(ecosystem: Ecosystem, name: &str) -> Self {
        ServerId(match ecosystem {
            Ecosystem::Pypi => format!("{ecosystem}:{}", pypi_name(name)),
            _ => format!("{ecosystem}:{name}"),
        })
    }

    /// The text of the identity.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ServerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

words! {
    /// A kind of package registry, spelled as `registryType` in `server.json`.
    Ecosystem, "package type" {
        Npm = "npm",
        Pypi = "pypi",
        Oci = "oci",
        Nuget = "nuget",
        Mcpb = "mcpb",
        Cargo = "cargo",
    }
}

words! {
    /// How a server is spoken to.
    Transport, "transport" {
        Stdio = "stdio",
        StreamableHttp = "streamable-http",
        Sse = "sse",
    }
}

/// One package of a server, as its manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    pub ecosystem: Ecosystem,
    /// Package name, image reference or download URL.
    pub identifier: String,
    /// The exact version; `None` means the newest release.
    pub version: Option<String>,
    /// `registryBaseUrl` of the manifest: untrusted, used only through the address guard and only when nothing that
    /// the user configured names that registry.
    pub registry_base: Option<String>,
    /// SHA-256 in hexadecimal, where the manifest states one.
    pub sha256: Option<String>,
    pub transport: Option<Transport>,
}

impl Package {
    /// A package known by name alone. A Python project's is kept in its normal spelling.
    pub fn named(ecosystem: Ecosystem, identifier: impl Into<String>, version: Option<String>) -> Self {
        let identifier = identifier.into();
        Package {
            ecosystem,
            identifier: if ecosystem == Ecosystem::Pypi { pypi_name(&identifier) } else { identifier },
            version,
            registry_base: None,
            sha256: None,
            transport: None,
        }
    }
}

impl Package {
    /// What the package is known by, whatever the version.
    pub fn key(&self) -> String {
        format!("{}:{}", self.ecosystem, self.identifier)
    }
}

impl std::fmt::Display for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.ecosystem, self.identifier)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

/// One endpoint where a server answers over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    pub transport: Transport,
    pub url: String,
}

/// A server as one source lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    pub server: ServerId,
    /// The source, as given on the command line (`registry:URL`, `pypi:NAME`, `sample`).
    pub source: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub version: Option<String>,
    /// Repository URL, as claimed by the manifest.
    pub repository: Option<String>,
    /// `active`, `deprecated` or `deleted` where the source says so.
    pub status: Option<String>,
    pub packages: Vec<Package>,
    pub remotes: Vec<Remote>,
    /// The manifest as compact JSON, secrets redacted by whoever reads the source; `None` when there is none.
    pub manifest: Option<String>,
    /// What the registry itself notes beside the manifest (its `_meta`: status, times, which version is the latest), as
    /// compact JSON.
    pub meta: Option<String>,
    /// What could not be understood of the manifest, one sentence each. Nothing is dropped silently.
    pub problems: Vec<String>,
    /// The name that the source gives, where `server` is another: that name is another server's.
    pub claimed: Option<ServerId>,
}

impl Listing {
    /// A server of which no more than its identity is known.
    pub fn bare(server: ServerId, source: impl Into<String>) -> Self {
        Listing {
            server,
            source: source.into(),
            title: None,
            description: None,
            version: None,
            repository: None,
            status: None,
            packages: Vec::new(),
            remotes: Vec::new(),
            manifest: None,
            meta: None,
            problems: Vec::new(),
            claimed: None,
        }
    }

    /// A listing of a server that is known only by its package.
    pub fn of_package(package: Package, source: impl Into<String>) -> Self {
        let server = ServerId::of_package(package.ecosystem, &package.identifier);
        Listing { version: package.version.clone(), packages: vec![package], ..Listing::bare(server, source) }
    }
}
