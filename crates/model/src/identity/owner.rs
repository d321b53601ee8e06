//! Whose a name, a package, an address or a repository is, as far as its spelling tells.

use super::key::{CodeRepository, Key};
use crate::{Ecosystem, spelling};

/// An owner. Two of one kind are the same only where they are spelled the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A login of a forge, with the forge's host.
    Login(String, String),
    /// A scope of npm.
    Scope(String),
    /// A name at a registry of images, with the registry.
    Images(String, String),
    /// A domain that can be registered.
    Domain(String),
    /// A namespace that is no domain.
    Vendor(String),
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Owner::Login(host, login) => write!(f, "{host}/{login}"),
            Owner::Scope(name) => write!(f, "npm:@{name}"),
            Owner::Images(registry, name) => write!(f, "{registry}/{name}"),
            Owner::Domain(domain) => f.write_str(domain),
            Owner::Vendor(name) => f.write_str(name),
        }
    }
}

impl Owner {
    /// Whose the namespace of a registry's name is: a login for `io.github.LOGIN/…`, else a domain.
    pub fn of_name(name: &str) -> Option<Owner> {
        let (namespace, _) = name.split_once('/').filter(|(_, slug)| !slug.contains('/'))?;
        let namespace = namespace.to_lowercase();
        for (prefix, host) in
            [("io.github.", "github.com"), ("io.gitlab.", "gitlab.com"), ("com.github.", "github.com")]
        {
            if let Some(login) = namespace.strip_prefix(prefix) {
                return Some(Owner::Login(host.to_owned(), login.to_owned()));
            }
        }
        if namespace.is_empty() || namespace.contains([':', ' ', '@']) {
            return None;
        }
        if !namespace.contains('.') {
            return Some(Owner::Vendor(namespace));
        }
        let host: Vec<&str> = namespace.rsplit('.').collect();
        of_host(&host.join("."))
    }

    /// Whose a package or an address is; `None` where its name says nothing of that.
    pub fn of_key(key: &Key) -> Option<Owner> {
        match key {
            Key::Package(Ecosystem::Npm, name) => {
                let (scope, _) = name.strip_prefix('@')?.split_once('/')?;
                Some(Owner::Scope(scope.to_lowercase()))
            }
            Key::Package(Ecosystem::Oci, name) => {
                let (registry, path) = name.split_once('/')?;
                let owner = path.split_once('/')?.0;
                Some(match registry {
                    "ghcr.io" => Owner::Login("github.com".to_owned(), owner.to_owned()),
                    "registry.gitlab.com" => Owner::Login("gitlab.com".to_owned(), owner.to_owned()),
                    _ => Owner::Images(registry.to_owned(), owner.to_owned()),
                })
            }
            Key::Package(Ecosystem::Mcpb, name) => match key.released_by() {
                Some(repository) => Owner::of_repository(&repository),
                None => of_host(url::Url::parse(name).ok()?.host_str()?),
            },
            Key::Package(..) => None,
            Key::Endpoint(url) => of_host(url::Url::parse(url).ok()?.host_str()?),
        }
    }

    /// Whose a repository is.
    pub fn of_repository(repository: &CodeRepository) -> Option<Owner> {
        let (login, _) = repository.path.split_once('/')?;
        Some(Owner::Login(repository.host.clone(), login.to_lowercase()))
    }

    /// The name that an owner bears wherever it is, without separators and letter case.
    pub fn stem(&self) -> String {
        let name = match self {
            Owner::Login(_, name) | Owner::Scope(name) | Owner::Images(_, name) | Owner::Vendor(name) => name.as_str(),
            Owner::Domain(domain) => domain.split('.').next().unwrap_or(domain),
        };
        spelling::fold(name)
    }

    /// Whether nothing speaks against both being one: of one kind they are spelled the same, of two kinds they bear the
    /// same name. That a domain and a login bear one name is no proof of anything.
    pub fn agrees(&self, other: &Owner) -> bool {
        match (self, other) {
            (Owner::Login(a, _), Owner::Login(b, _)) if a != b => false,
            (Owner::Images(a, _), Owner::Images(b, _)) if a != b => false,
            _ if std::mem::discriminant(self) == std::mem::discriminant(other) => self == other,
            _ => self.stem() == other.stem() && !self.stem().is_empty(),
        }
    }
}

/// Whose a host is: its domain, and of a forge's pages the login.
fn of_host(host: &str) -> Option<Owner> {
    let host = host.trim_end_matches('.').to_lowercase();
    for (suffix, forge) in [(".github.io", "github.com"), (".gitlab.io", "gitlab.com")] {
        if let Some(login) = host.strip_suffix(suffix) {
            let login = login.rsplit('.').next().unwrap_or(login);
            return Some(Owner::Login(forge.to_owned(), login.to_owned()));
        }
    }
    Some(Owner::Domain(psl::domain_str(&host).unwrap_or(&host).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Owner {
        Owner::of_name(name).expect("an owner")
    }

    #[test]
    fn names_tell_their_owners() {
        for (name, owner) in [
            ("io.github.Clay/kiln", "github.com/clay"),
            ("io.gitlab.clay/kiln", "gitlab.com/clay"),
            ("com.clay/kiln", "clay.com"),
            ("com.clay.servers/kiln", "clay.com"),
            ("uk.co.clay/kiln", "clay.co.uk"),
            ("clay/kiln", "clay"),
        ] {
            assert_eq!(named(name).to_string(), owner, "{name}");
        }
        for name in ["kiln", "npm:@clay/kiln", "https://clay.example/mcp", "clay/ovens/kiln", "/kiln"] {
            assert_eq!(Owner::of_name(name), None, "{name}");
        }
    }

    #[test]
    fn owners_of_one_kind_are_spelled_the_same_and_of_two_kinds_bear_one_name() {
        let (login, domain) = (named("io.github.clay/a"), named("com.clay/a"));
        assert!(login.agrees(&domain) && login.agrees(&Owner::Scope("clay".to_owned())));
        assert!(!login.agrees(&named("io.gitlab.clay/a")));
        assert!(!domain.agrees(&named("io.clay/a")));
        assert!(!login.agrees(&named("io.github.clays/a")));
    }
}
