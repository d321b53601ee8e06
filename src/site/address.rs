//! Which pages there are, and at which address each lies. No address holds a word of a server: names become digests, so
//! that no name can leave the folder, hide another page or be no file name somewhere.

use super::browse::Facet;
use super::policy_view::FIRST;
use crate::model::{Trait, text};
use crate::policy::Target;
use sha2::{Digest, Sha256};

/// A page of the catalogue, by what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PagePath {
    Home,
    /// The page that searches; it needs JavaScript, and says so.
    Search,
    /// What could not be read, and why; from 1.
    Unread(usize),
    /// Servers, worst first; from 1.
    Servers(usize),
    /// Everything of one server, by its name.
    Server(String),
    /// The recommended policy for all tools of a server, as a file for one enforcement point.
    ServerPolicy(String, Target),
    /// The tools of one name on one server.
    Tool {
        server: String,
        tool: String,
    },
    Rules,
    /// A rule, by its id.
    Rule(String),
    Trait(Trait),
    /// Tools or servers that share something; from 1.
    Browse(Facet, usize),
    /// Documents of one decision for one target, with gaps for names: a script that pages ask for. The key of the decision,
    /// and the word of the target.
    Policy(String, Target),
}

/// Hexadecimal digits of a digest in an address: 128 bits, so that nobody finds two names with one address.
const DIGITS: usize = 32;

/// What stands for a name in an address.
pub(super) fn token(name: &str) -> String {
    let mut digits = text::hex(&Sha256::digest(name.as_bytes()));
    digits.truncate(DIGITS);
    digits
}

impl PagePath {
    /// Where the page lies, from the root of the catalogue, with `/` between folders: the same on every machine.
    pub fn address(&self) -> String {
        match self {
            PagePath::Home => "index.html".to_owned(),
            PagePath::Search => "search.html".to_owned(),
            PagePath::Unread(page) => format!("unread/{page}.html"),
            PagePath::Servers(page) => format!("servers/{page}.html"),
            PagePath::Server(server) => format!("s/{}/index.html", token(server)),
            PagePath::ServerPolicy(server, target) => format!("s/{}/{}", token(server), policy_file(*target)),
            PagePath::Tool { server, tool } => format!("s/{}/{}.html", token(server), token(tool)),
            PagePath::Rules => "rules/index.html".to_owned(),
            PagePath::Rule(id) => format!("rules/{}.html", plain(id)),
            PagePath::Trait(of) => format!("traits/{of}.html"),
            PagePath::Policy(key, target) => format!("policy/{key}/{target}.js"),
            PagePath::Browse(facet, page) => format!("{}-{page}.html", facet.stem()),
        }
    }

    /// Where the picture lies that stands for the page: one of its own for a server and for a tool.
    pub(super) fn picture(&self) -> String {
        match self {
            PagePath::Server(_) | PagePath::Tool { .. } => self.address().replace(".html", ".png"),
            _ => "card.png".to_owned(),
        }
    }

    /// What leads from the page back to the root: empty, or `../` once for each folder.
    pub fn root(&self) -> &'static str {
        match self {
            PagePath::Home | PagePath::Search => "",
            PagePath::Server(_) | PagePath::Tool { .. } => "../../",
            _ => "../",
        }
    }
}

/// What the file with the policy of a server for one enforcement point is called.
pub(super) fn policy_file(target: Target) -> String {
    let ending = target.capability().file.rsplit_once('.').map_or("txt", |(_, ending)| ending);
    match target == FIRST {
        true => format!("policy.{ending}"),
        false => format!("policy-{target}.{ending}"),
    }
}

/// A word of the operator's own in an address: itself where it is plain, else its digest.
pub(super) fn plain(word: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    // A digest is longer than the one and has no hyphen like the other.
    let is_no_digest = word.len() < DIGITS || (word.len() < 100 && word.contains('-'));
    match !word.is_empty() && is_no_digest && word.bytes().all(is_plain) && word != "index" {
        true => word.to_owned(),
        false => token(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_part_of_an_address() {
        for name in ["../../etc/passwd", "<script>", "a\u{202e}b", "", "CON", "index", "漢字"] {
            let address = PagePath::Tool { server: name.to_owned(), tool: name.to_owned() }.address();
            assert!(address.bytes().all(|b| b.is_ascii_hexdigit() || b"s/.html".contains(&b)), "{address}");
            let rule = PagePath::Rule(name.to_owned()).address();
            assert!(rule == format!("rules/{}.html", token(name)), "{rule}");
        }
        assert_eq!(PagePath::Rule("lights-a-lamp".into()).address(), "rules/lights-a-lamp.html");
    }
}
