//! What is known of a server before one of its tools is judged: the names of its tools in, what they share out. It reads
//! no description and judges nothing.

use crate::language::name_words::words_of;
use mcpdex_model::{Annotations, Tool};

/// What is known of a server before one of its tools is judged.
#[derive(Debug, Clone, Default)]
pub struct ServerContext {
    /// The server's name.
    pub server: String,
    pub(crate) server_words: ServerWords,
    /// First words that several of the server's tools share, each with a blank after it.
    pub(crate) prefixes: Vec<String>,
    /// The pair of hints (read-only, destructive) that nearly all of its tools carry.
    pub(crate) stamped: Option<(Option<bool>, Option<bool>)>,
}

/// The words of a server's name.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServerWords {
    /// With a blank before and after.
    text: String,
    /// Bits for the two bytes that each of them begins with: most words that rules look for begin otherwise.
    beginnings: u64,
}

impl ServerWords {
    fn of(server: &str) -> ServerWords {
        let text = format!(" {} ", words_of(server));
        let begun = text.as_bytes().windows(3).filter(|three| three[0] == b' ');
        let beginnings = begun.fold(0, |all, three| all | ServerWords::bit(three[1], three[2]));
        ServerWords { text, beginnings }
    }

    fn bit(first: u8, second: u8) -> u64 {
        1 << (first.wrapping_mul(7).wrapping_add(second) & 63)
    }

    /// Whether these words, with a blank before and after, stand among them.
    pub(crate) fn contain(&self, words: &str) -> bool {
        match words.as_bytes() {
            [b' ', first, second, ..] if self.beginnings & ServerWords::bit(*first, *second) == 0 => false,
            _ => self.text.contains(words),
        }
    }
}

/// How many tools a server has at least whose hints can be a stamp.
const MIN_STAMPED: usize = 5;

/// How many tools of a server are compared with each other.
pub const MAX_NEIGHBOURS: usize = 2_000;

impl ServerContext {
    /// Compares the tools of `server` with each other. At most [`MAX_NEIGHBOURS`] are looked at.
    pub fn of<'t>(server: &str, tools: impl IntoIterator<Item = &'t Tool>) -> ServerContext {
        let tools: Vec<&Tool> = tools.into_iter().take(MAX_NEIGHBOURS).collect();
        let mut context = ServerContext::of_names(server, tools.iter().map(|tool| tool.name.as_str()));
        let mut pairs: std::collections::BTreeMap<(Option<bool>, Option<bool>), usize> = Default::default();
        for tool in &tools {
            *pairs.entry((tool.annotations.read_only_hint, tool.annotations.destructive_hint)).or_default() += 1;
        }
        let nearly_all = |count: usize| tools.len() >= MIN_STAMPED && count * 5 >= tools.len() * 4;
        context.stamped =
            pairs.into_iter().find(|(pair, count)| *pair != (None, None) && nearly_all(*count)).map(|(pair, _)| pair);
        context
    }

    /// The same, from the names alone.
    pub fn of_names<'t>(server: &str, names: impl IntoIterator<Item = &'t str>) -> ServerContext {
        let names: Vec<String> = names.into_iter().take(MAX_NEIGHBOURS).map(words_of).collect();
        let mut prefixes = Vec::new();
        let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for name in &names {
            let mut end = 0;
            for (depth, word) in name.split(' ').enumerate() {
                end += word.len() + usize::from(depth > 0);
                if depth == 3 || end == name.len() {
                    break;
                }
                *counts.entry(&name[..end]).or_default() += 1;
            }
        }
        for (prefix, count) in counts {
            // Half of the tools, and never of fewer than three.
            if count >= 3 && count * 2 > names.len() {
                prefixes.push(format!("{prefix} "));
            }
        }
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        ServerContext { server: server.to_owned(), server_words: ServerWords::of(server), prefixes, stamped: None }
    }

    /// Whether nearly all tools of the server carry these hints.
    pub(crate) fn is_stamped(&self, hints: &Annotations) -> bool {
        self.stamped == Some((hints.read_only_hint, hints.destructive_hint))
    }

    /// How many words of `name` (blank-joined) the server's tools share.
    pub(crate) fn shared_words(&self, name: &str) -> usize {
        self.prefixes
            .iter()
            .find(|prefix| name.starts_with(prefix.as_str()))
            .map_or(0, |prefix| prefix.matches(' ').count())
    }
}
