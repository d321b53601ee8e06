//! What a server can be known by beside its name: a package, an address, a repository; each in the one spelling in which
//! its own clients compare it.

use crate::{Ecosystem, Package, REDACTED, pypi_name};
use url::Url;

/// Forges whose owners and repositories are the same in any letter case.
const FORGES: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];
/// The registry of images that is meant where none is named.
const IMAGES: &str = "docker.io";

/// A place that a server's code or its answers come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A package, whatever the version; a bundle by the repository that released it and its name there, else by its
    /// address.
    Package(Ecosystem, String),
    /// An address that answers.
    Endpoint(String),
}

/// A repository of source code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeRepository {
    pub host: String,
    /// Owner and name, and the groups between them where there are any.
    pub path: String,
    /// The folder of the server, where the repository holds several.
    pub folder: Option<String>,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Package(ecosystem, name) => write!(f, "{ecosystem}:{name}"),
            Key::Endpoint(url) => f.write_str(url),
        }
    }
}

impl std::fmt::Display for CodeRepository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "https://{}/{}", self.host, self.path)?;
        self.folder.as_ref().map_or(Ok(()), |folder| write!(f, " ({folder})"))
    }
}

impl Key {
    /// The key of a package; `None` for one without a name.
    pub fn of_package(package: &Package) -> Option<Key> {
        let said = package.identifier.trim();
        let name = match package.ecosystem {
            // Old names with capitals are packages of their own.
            Ecosystem::Npm => without_version(said).to_owned(),
            Ecosystem::Pypi => {
                pypi_name(said.split(['[', '=', '<', '>', '~', '!', '@', ';', ' ']).next().unwrap_or(said))
            }
            Ecosystem::Oci => image(said),
            Ecosystem::Nuget => without_version(said).to_lowercase(),
            Ecosystem::Cargo => without_version(said).to_lowercase().replace('_', "-"),
            Ecosystem::Mcpb => bundle(said),
        };
        (!name.is_empty()).then_some(Key::Package(package.ecosystem, name))
    }

    /// The key of an address. What is no address (a template, say) is compared as it stands; `None` for one of which a
    /// secret was taken out, since that may be what tells it from another.
    pub fn of_endpoint(url: &str) -> Option<Key> {
        let said = url.trim();
        // In front of the host it is a login, which is no part of who answers.
        if said.rsplit('@').next().is_some_and(|place| place.contains(REDACTED)) {
            return None;
        }
        let normal = match Url::parse(said) {
            Ok(mut url) => {
                url.set_fragment(None);
                // Neither is part of who answers.
                let _ = url.set_username("").and_then(|()| url.set_password(None));
                let path = url.path().trim_end_matches('/').to_owned();
                url.set_path(&path);
                url.to_string().trim_end_matches('/').to_owned()
            }
            Err(_) => said.to_owned(),
        };
        (!normal.is_empty()).then_some(Key::Endpoint(normal))
    }

    /// The repository that has released a bundle, which the forge vouches for.
    pub fn released_by(&self) -> Option<CodeRepository> {
        let Key::Package(Ecosystem::Mcpb, name) = self else { return None };
        let (path, _) = name.split_once("/releases/")?;
        let (host, path) = path.split_once('/')?;
        FORGES.contains(&host).then(|| CodeRepository { host: host.to_owned(), path: path.to_owned(), folder: None })
    }

    /// The last part of its name in lower case, without the words that tell no server from another.
    pub fn stem(&self) -> Option<String> {
        match self {
            Key::Package(Ecosystem::Nuget, name) => Some(stem(name.rsplit('.').next()?)),
            Key::Package(_, name) => Some(stem(name.rsplit('/').next()?)),
            Key::Endpoint(_) => None,
        }
    }
}

impl CodeRepository {
    /// The repository that a manifest or a list names: a URL, `git@HOST:PATH`, `github:OWNER/NAME`.
    pub fn read(text: &str) -> Option<CodeRepository> {
        let said = text.trim().trim_start_matches("git+");
        let url = match said.split_once(':') {
            Some(("github", path)) => format!("https://github.com/{path}"),
            Some(("gitlab", path)) => format!("https://gitlab.com/{path}"),
            _ if said.contains("://") => said.to_owned(),
            Some((login, path)) if login.contains('@') => format!("ssh://{login}/{path}"),
            _ => return None,
        };
        let url = Url::parse(&url).ok()?;
        let host = url.host_str()?.to_lowercase();
        let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
        let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        // `/-/tree/REF/folder` and `/tree/REF/folder`: what stands behind the repository itself.
        let end = parts.iter().position(|part| matches!(*part, "-" | "tree" | "blob" | "src")).filter(|at| *at >= 2);
        let own = &parts[..end.unwrap_or(parts.len())];
        // Groups within groups are GitLab's alone.
        let own = if host == "gitlab.com" || !FORGES.contains(&host.as_str()) { own } else { own.get(..2)? };
        if own.len() < 2 {
            return None;
        }
        let path = own.join("/");
        let path = path.strip_suffix(".git").unwrap_or(&path);
        let behind = end.map(|at| &parts[at..]).unwrap_or_default();
        let behind = behind.strip_prefix(&["-"]).unwrap_or(behind);
        Some(
            CodeRepository {
                path: if FORGES.contains(&host.as_str()) { path.to_lowercase() } else { path.to_owned() },
                host,
                folder: None,
            }
            .at(&behind.get(2..).unwrap_or_default().join("/")),
        )
    }

    /// The same repository with the folder of a server in it.
    #[must_use]
    pub fn at(self, folder: &str) -> CodeRepository {
        let folder = folder.trim_start_matches("./").trim_matches('/');
        CodeRepository { folder: (!folder.is_empty()).then(|| folder.to_owned()), ..self }
    }

    /// The name of the repository, or of the folder in it, as [`Key::stem`] gives it.
    pub fn stem(&self) -> String {
        let last = self.folder.as_deref().unwrap_or(&self.path);
        stem(last.rsplit('/').next().unwrap_or(last))
    }
}

fn stem(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !matches!(word.as_str(), "" | "mcp" | "server"))
        .collect();
    words.concat()
}

/// A name without `@VERSION`; a scope begins with the same sign.
fn without_version(name: &str) -> &str {
    match name.rfind('@') {
        Some(at) if at > 0 => &name[..at],
        _ => name,
    }
}

/// An image without tag and digest, with the registry that is meant.
fn image(said: &str) -> String {
    let said = said.trim_start_matches("docker://").trim_start_matches("oci://");
    let named = said.split('@').next().unwrap_or(said);
    // A colon before the last slash is that of a port.
    let named = match named.rfind(':') {
        Some(at) if !named[at..].contains('/') => &named[..at],
        _ => named,
    };
    let named = named.trim_matches('/').to_lowercase();
    let (registry, path) = match named.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
        _ => (IMAGES, named.as_str()),
    };
    let registry = if matches!(registry, "index.docker.io" | "registry-1.docker.io") { IMAGES } else { registry };
    match path {
        "" => String::new(),
        alone if registry == IMAGES && !alone.contains('/') => format!("{registry}/library/{alone}"),
        path => format!("{registry}/{path}"),
    }
}

/// A bundle whatever the release: the repository that released it and the file's name without its version.
fn bundle(said: &str) -> String {
    let Ok(url) = Url::parse(said) else { return said.to_owned() };
    let host = url.host_str().unwrap_or_default().to_lowercase();
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let released = parts.iter().position(|part| *part == "releases").filter(|at| *at >= 2);
    match (released, parts.last()) {
        (Some(at), Some(file)) if FORGES.contains(&host.as_str()) && parts.len() > at + 2 => {
            let own: Vec<&str> = parts[..at].iter().copied().filter(|part| *part != "-").collect();
            format!("{host}/{}/releases/{}", own.join("/").to_lowercase(), without_figures(file))
        }
        _ => match Key::of_endpoint(said) {
            Some(Key::Endpoint(url)) => url,
            _ => said.to_owned(),
        },
    }
}

/// `kiln-v1.2.3.mcpb` as `kiln`.
fn without_figures(file: &str) -> String {
    let file = file.to_lowercase();
    let name = file.strip_suffix(".mcpb").or_else(|| file.strip_suffix(".dxt")).unwrap_or(&file);
    let is_version = |word: &&str| {
        let word = word.strip_prefix('v').unwrap_or(word);
        word.starts_with(|c: char| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    name.split(['-', '_']).filter(|word| !is_version(word)).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(ecosystem: Ecosystem, identifier: &str) -> String {
        // As a manifest has it: not in its normal spelling.
        let package = Package { identifier: identifier.to_owned(), ..Package::named(ecosystem, "", None) };
        Key::of_package(&package).map_or_else(String::new, |key| key.to_string())
    }

    #[test]
    fn packages_are_spelled_as_their_clients_compare_them() {
        for (ecosystem, said, normal) in [
            (Ecosystem::Npm, "@clay/kiln@1.2.0", "npm:@clay/kiln"),
            (Ecosystem::Npm, "Kiln", "npm:Kiln"),
            (Ecosystem::Npm, " kiln@latest ", "npm:kiln"),
            (Ecosystem::Pypi, "Clay_.Kiln[http]>=2", "pypi:clay-kiln"),
            (Ecosystem::Oci, "clay/kiln:1.2", "oci:docker.io/clay/kiln"),
            (Ecosystem::Oci, "index.docker.io/kiln", "oci:docker.io/library/kiln"),
            (Ecosystem::Oci, "images.example:5000/clay/kiln:1@sha256:00", "oci:images.example:5000/clay/kiln"),
            (Ecosystem::Nuget, "Clay.Kiln@2", "nuget:clay.kiln"),
            (Ecosystem::Cargo, "Clay_Kiln", "cargo:clay-kiln"),
            (
                Ecosystem::Mcpb,
                "https://GitHub.com/Clay/Kiln/releases/download/v1.2.0/kiln_1.2.0-linux.mcpb",
                "mcpb:github.com/clay/kiln/releases/kiln-linux",
            ),
            (Ecosystem::Mcpb, "https://files.example/kiln.mcpb#x", "mcpb:https://files.example/kiln.mcpb"),
            (Ecosystem::Npm, " ", ""),
        ] {
            assert_eq!(package(ecosystem, said), normal, "{said}");
        }
    }

    #[test]
    fn endpoints_are_spelled_as_they_are_asked() {
        for (said, normal) in [
            ("HTTPS://Kiln.Example:443/mcp/", "https://kiln.example/mcp"),
            ("https://user:word@kiln.example", "https://kiln.example"),
            ("https://kiln.example/mcp?app=a#x", "https://kiln.example/mcp?app=a"),
            ("{base}/mcp", "{base}/mcp"),
            ("https://[redacted]@kiln.example/mcp", "https://kiln.example/mcp"),
        ] {
            assert_eq!(Key::of_endpoint(said).map(|key| key.to_string()).as_deref(), Some(normal), "{said}");
        }
        for said in [" ", "https://kiln.example/mcp?app=[redacted]", "https://kiln.example/[redacted]/mcp"] {
            assert_eq!(Key::of_endpoint(said), None, "{said}");
        }
    }

    #[test]
    fn repositories_are_spelled_as_their_forges_know_them() {
        for (said, normal) in [
            ("git+https://github.com/Clay/Kiln.git", "https://github.com/clay/kiln"),
            ("git@github.com:clay/kiln.git", "https://github.com/clay/kiln"),
            ("github:clay/kiln", "https://github.com/clay/kiln"),
            ("http://www.github.com/clay/kiln/", "https://github.com/clay/kiln"),
            ("https://github.com/clay/kiln/tree/main/servers/wheel", "https://github.com/clay/kiln (servers/wheel)"),
            ("https://gitlab.com/clay/ovens/kiln/-/tree/main/a", "https://gitlab.com/clay/ovens/kiln (a)"),
            ("https://code.example/Clay/Kiln", "https://code.example/Clay/Kiln"),
        ] {
            assert_eq!(CodeRepository::read(said).map(|found| found.to_string()).as_deref(), Some(normal), "{said}");
        }
        for said in ["", "https://github.com/clay", "kiln", "https://"] {
            assert_eq!(CodeRepository::read(said), None, "{said}");
        }
    }
}
