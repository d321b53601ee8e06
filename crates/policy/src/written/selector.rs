//! Of which servers and tools a rule speaks: one, all, or those of a pattern.

use regex::Regex;
use std::rc::Rc;

/// Of which calls a rule speaks.
#[derive(Debug, Clone)]
pub(crate) enum Selector {
    /// A tool of a server; without a server, of every one.
    Tool { server: Option<String>, tool: Name },
    /// The name that the client makes of both.
    Full(Name),
}

impl Selector {
    pub(super) fn has(&self, alias: &str, tool: &str, full: &str) -> bool {
        match self {
            Selector::Tool { server, tool: name } => {
                server.as_ref().is_none_or(|server| server == alias) && name.has(tool)
            }
            Selector::Full(name) => name.has(full),
        }
    }
}

/// A name, or many.
#[derive(Debug, Clone)]
pub(crate) enum Name {
    Any,
    Is(String),
    /// `*` is any text; `?` one sign where the client has it so.
    Glob(String),
    #[cfg_attr(
        not(feature = "verify"),
        expect(dead_code, reason = "only Envoy's reader, which needs an engine, makes one")
    )]
    Matches(Regex),
    /// Every name but these.
    Not(Rc<std::collections::HashSet<String>>),
}

impl Name {
    /// A name in which `*` stands for any text.
    pub(crate) fn globbed(text: &str) -> Name {
        match text {
            "*" => Name::Any,
            _ if text.contains('*') => Name::Glob(text.to_owned()),
            _ => Name::Is(text.to_owned()),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Name::Any => true,
            Name::Is(one) => one == name,
            Name::Glob(pattern) => wildcard(pattern, name),
            Name::Matches(pattern) => pattern.is_match(name),
            Name::Not(names) => !names.contains(name),
        }
    }

    /// Whether every name of `other` is surely one of these.
    pub(super) fn covers(&self, other: &Name) -> bool {
        match (self, other) {
            (Name::Any, _) => true,
            (_, Name::Is(name)) => self.has(name),
            // A `*` of the other is some text that only a `*` of this can hold.
            (Name::Glob(pattern), Name::Glob(other)) => {
                !pattern.contains('?') && wildcard(pattern, &other.replace(['*', '?'], "\u{1}\u{2}"))
            }
            _ => false,
        }
    }
}

/// Whether a text is of a pattern in which `*` is any text and `?` one sign.
pub(crate) fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stood, and how much of the text it holds.
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p, t));
                p += 1;
            }
            Some(sign) if *sign == '?' || *sign == text[t] => (p, t) = (p + 1, t + 1),
            _ => match back {
                Some((star, held)) => {
                    back = Some((star, held + 1));
                    (p, t) = (star + 1, held + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|sign| *sign == '*')
}
