//! One server of a configuration, and all of them: what is known of them when the file was read.

use super::position::Position;
use crate::given;
use crate::launch::{Reading, Starts};
use mcpdex_model::{Listing, Remote, ServerId, words};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

words! {
    /// What a configuration says about a server beside where it is.
    Flag, "flag of a configured server" {
        /// The file switches it off.
        Disabled = "disabled",
        /// The server, or one of its tools, never needs to ask.
        AutoApproved = "auto-approved",
        /// A secret stands in the entry as such.
        PlainSecret = "plain-secret",
        /// What is started is a package or an image without an exact version or digest.
        Unpinned = "unpinned",
        /// What is started is fetched from an address or a repository, without a checksum or a fixed commit.
        UnverifiedDownload = "unverified-download",
        /// The entry names the tools that may be used.
        ToolAllowList = "tool-allow-list",
        /// The entry names tools that may not be used.
        ToolDenyList = "tool-deny-list",
        /// A placeholder stands where the address, the package or the program would.
        Template = "template",
        /// A program of this machine, or a line that nothing explains.
        Local = "local",
        /// The command only passes on to something else.
        Bridge = "bridge",
    }
}

/// A list of tools that an entry allows or forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolFilter {
    /// The key of the entry that holds it; none where it stands elsewhere in the file.
    pub key: Option<&'static str>,
    /// It names the tools that may be used, none where it is empty; else those that may not.
    pub allows: bool,
    pub names: Vec<String>,
}

/// One server of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientServer {
    /// What the file calls it, a secret in it taken out.
    pub name: String,
    pub reading: Reading,
    pub flags: BTreeSet<Flag>,
    /// The lists that say which of its tools may be used; which of them count is a matter of the client.
    pub tool_lists: Vec<ToolFilter>,
    /// The command as it is written. It may hold secrets.
    pub command: Option<String>,
    /// Its arguments as they are written. They may hold secrets.
    pub args: Vec<String>,
    /// The address as it is written. It may hold secrets.
    pub url: Option<String>,
    /// Where its entry stands in the file.
    pub position: Option<Position>,
    /// Values that were looked at and not kept: the environment, the headers, secrets among the words.
    pub redacted: usize,
}

/// What a configuration holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// In the order of the file.
    pub servers: Vec<ClientServer>,
    /// Places that are not understood or ambiguous, one sentence each.
    pub problems: Vec<String>,
    /// Whether there is a place where servers are kept, be it empty.
    pub recognised: bool,
}

impl ClientServer {
    pub fn disabled(&self) -> bool {
        self.flags.contains(&Flag::Disabled)
    }

    /// The identity of the server: its package, its address, or the place of the program that is started here. The same
    /// whatever the file calls it. A place is given as its digest, since it may hold a secret.
    pub fn identity(&self) -> String {
        let place = |text: &str| {
            let digest = Sha256::digest(text.as_bytes());
            format!("local:{}", digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>())
        };
        match &self.reading.starts {
            Starts::Package(run) => ServerId::of_package(run.package.ecosystem, &run.package.identifier).0,
            Starts::Address { url, .. } => url.clone(),
            Starts::Local(local) => place(&local.place),
            Starts::Download { .. } | Starts::Template | Starts::Unsaid => {
                let words: Vec<&str> =
                    self.command.iter().chain(&self.args).chain(&self.url).map(String::as_str).collect();
                place(&words.join(" "))
            }
        }
    }

    /// Why nothing can be learnt of it by its words; `None`: a package or an address can be looked up.
    pub fn unread(&self) -> Option<String> {
        match &self.reading.starts {
            Starts::Package(_) | Starts::Address { .. } => None,
            Starts::Download { .. } => {
                Some("it is fetched from an address or a repository, which no index lists; `mcpdex probe --run` tries it in a sandbox".to_owned())
            }
            Starts::Template => {
                Some("a placeholder that only the client fills in stands where its program, package or address would".to_owned())
            }
            Starts::Unsaid => Some("the file does not say which server this is; it is kept elsewhere".to_owned()),
            Starts::Local(local) => Some(local.why.to_string()),
        }
    }

    /// The server as a listing of `source`. One that its words do not name goes by what the file calls it, and has a
    /// problem that says why.
    pub fn listing(&self, source: &str) -> Listing {
        let mut listing = Listing::bare(ServerId(String::new()), source);
        listing.title = Some(self.name.clone());
        match &self.reading.starts {
            Starts::Package(run) => {
                listing.server = ServerId::of_package(run.package.ecosystem, &run.package.identifier);
                listing.version.clone_from(&run.package.version);
                listing.packages.push(run.package.clone());
            }
            Starts::Address { url, transport, .. } => {
                listing.server = ServerId(url.clone());
                listing.remotes.push(Remote { transport: *transport, url: url.clone() });
            }
            _ => {
                listing.server = ServerId(format!("config:{}", self.name));
                listing.problems.extend(self.unread());
            }
        }
        listing
    }
}

/// A name as it may be shown.
pub(super) fn short(text: &str) -> String {
    given::name(text).chars().take(80).collect()
}
