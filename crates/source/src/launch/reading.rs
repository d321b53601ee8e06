//! What a command line or an address starts, in words that a program can choose by.

use super::options::Refusal;
use super::word::is_template;
use crate::address::address as without_secrets;
use mcpdex_model::{Package, Transport};

/// What a command line starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub starts: Starts,
    /// The command only passes on to what is behind it.
    pub bridge: bool,
    /// What is fetched to be started has no exact version and no digest. Of a bridge: the bridge's own package.
    pub unpinned: bool,
}

/// What stands at the end of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Starts {
    Package(PackageRun),
    /// An address that answers by itself, as it may be kept: without user, password, query and fragment.
    Address {
        url: String,
        transport: Transport,
        stripped: bool,
    },
    /// Something fetched from an address or a repository, which no index lists; `fixed` where a commit says which.
    Download {
        fixed: bool,
    },
    /// A placeholder stands where the program, the package or the address would.
    Template,
    /// Behind a bridge, at a place that the words do not say.
    Unsaid,
    Local(Local),
}

/// A package of an index, and how it is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRun {
    /// With its exact version, where the words give one.
    pub package: Package,
    /// The package and the version or range, as the runner's own installer takes them.
    pub spec: String,
    /// The program of the package that is asked for by name.
    pub program: Option<String>,
    /// The words for that program. They may hold secrets.
    pub arguments: Vec<String>,
}

/// A program of this machine, or a line that nothing explains: either way it is unread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    pub why: Why,
    /// The program or script, as the words name it; empty where they name none. Not to be shown: it may be a secret.
    pub place: String,
}

/// Why a command line leads to no package and no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("it starts a program of this machine, whose tools are in no index")]
    Program,
    #[error("it starts a script or a folder of this machine, whose tools are in no index")]
    Script,
    #[error("it starts a module that is installed on this machine; no index says that it is the package of that name")]
    Module,
    #[error("it enters a container, a project or an image of this machine, whose tools are in no index")]
    Container,
    #[error("it runs only what is installed on this machine already")]
    Installed,
    #[error("it fetches from an index of its own, so a package of that name elsewhere may be another one")]
    OtherIndex,
    #[error("it has an option that is not known, so the word that names the package cannot be told")]
    UnknownOption,
    #[error("it fetches several packages, and the words do not say which of them is the server")]
    SeveralPackages,
    #[error("its shell line is more than one plain command")]
    SeveralCommands,
    #[error("the word where the package stands is no name of one")]
    NoName,
    #[error("it runs no package: the words end before one is named")]
    Nothing,
    #[error("it comes from an index that is not read")]
    UnknownIndex,
    #[error("the client manages the program itself; the file names no command")]
    Managed,
    #[error("its address is no web address, so it can be asked from this machine only")]
    Socket,
    #[error("its address cannot be read")]
    Address,
}

impl Why {
    /// Whether the words as they stand start a program of this machine, and fetch nothing.
    pub fn is_program(self) -> bool {
        matches!(self, Why::Program | Why::Script | Why::Module | Why::Container)
    }
}

impl Reading {
    pub(crate) fn of(starts: Starts) -> Reading {
        Reading { starts, bridge: false, unpinned: false }
    }

    pub(crate) fn local(why: Why, place: &str) -> Reading {
        Reading::of(Starts::Local(Local { why, place: place.to_owned() }))
    }

    pub(super) fn package(
        package: Package,
        spec: String,
        pinned: bool,
        program: Option<&str>,
        arguments: &[String],
    ) -> Reading {
        let run = PackageRun { package, spec, program: program.map(str::to_owned), arguments: arguments.to_vec() };
        Reading { starts: Starts::Package(run), bridge: false, unpinned: !pinned }
    }

    pub(super) fn refused(refusal: Refusal, program: &str) -> Reading {
        let why = match refusal {
            Refusal::Unknown => Why::UnknownOption,
            Refusal::Foreign => Why::OtherIndex,
            Refusal::Installed => Why::Installed,
        };
        Reading::local(why, program)
    }
}

/// Reads an address. `stripped` tells that something that may be secret was left out of it.
pub fn address(text: &str, transport: Option<Transport>) -> Starts {
    let text = text.trim();
    let bare = &text[..text.find(['?', '#']).unwrap_or(text.len())];
    let plain = match bare.split_once("://") {
        // The user before the host may be a placeholder, which is left out with it.
        Some((scheme, rest)) => {
            let host = rest.split('/').next().unwrap_or_default();
            let rest = host.rfind('@').map_or(rest, |at| &rest[at + 1..]);
            format!("{scheme}://{rest}")
        }
        None => bare.to_owned(),
    };
    if is_template(&plain) || plain.contains(['{', '<']) {
        return Starts::Template;
    }
    let socket = |why| Starts::Local(Local { why, place: plain.clone() });
    match url::Url::parse(&plain) {
        Ok(mut url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            // These fail for addresses without a host alone.
            let _ = (url.set_username(""), url.set_password(None));
            let clean = without_secrets(url.as_str());
            let sse = url.path().trim_end_matches('/').ends_with("/sse");
            let transport = transport.unwrap_or(if sse { Transport::Sse } else { Transport::StreamableHttp });
            Starts::Address { url: clean.text, transport, stripped: clean.redacted > 0 || plain.len() != text.len() }
        }
        Ok(_) => socket(Why::Socket),
        Err(_) => socket(Why::Address),
    }
}
