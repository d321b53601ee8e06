//! The text of a configuration as a tree that keeps what a map would lose: members in their order, and a key that comes
//! twice both times. JSON with comments, trailing commas and a byte order mark, TOML, YAML.

use mcpdex_model::lenient;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The longest configuration that is read, in bytes; a real one is a thousandth of it.
pub const MAX_BYTES: usize = 16 << 20;

/// A value of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Why a text is no configuration. Says where and never what: the text may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("is neither UTF-8 nor UTF-16 text")]
    NoText,
    #[error("is larger than {MAX_BYTES} bytes, so it is no configuration")]
    TooLarge,
    #[error("is empty")]
    Empty,
    #[error("is not valid JSON (line {0})")]
    Json(usize),
    #[error("is not valid TOML (line {0})")]
    Toml(usize),
    #[error("is not valid YAML (line {0})")]
    Yaml(usize),
    #[error("holds no settings: it is neither JSON nor TOML nor YAML with keys")]
    NoKeys,
}

/// The language that a file's name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Json,
    Toml,
    Yaml,
    Any,
}

impl Language {
    /// By the ending of a file's name.
    pub(super) fn of(name: &str) -> Language {
        let name = name.to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        match () {
            () if ends(&[".toml"]) => Language::Toml,
            () if ends(&[".yaml", ".yml"]) => Language::Yaml,
            () if ends(&[".json", ".jsonc", ".json5", ".code-workspace"]) => Language::Json,
            () => Language::Any,
        }
    }
}

/// Reads a text. `name` is the file's, whose ending tells the language.
pub(super) fn read(text: &str, name: &str) -> Result<Node, Broken> {
    if text.len() > MAX_BYTES {
        return Err(Broken::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Broken::Empty);
    }
    match Language::of(name) {
        Language::Json => json(text),
        Language::Toml => toml_text(text),
        Language::Yaml => yaml(text),
        Language::Any => json(text).or_else(|broken| match text.trim_start().starts_with('{') {
            true => Err(broken),
            false => toml_text(text).or_else(|_| yaml(text)),
        }),
    }
    .and_then(|node| match node {
        Node::Map(_) | Node::List(_) => Ok(node),
        _ => Err(Broken::NoKeys),
    })
}

fn json(text: &str) -> Result<Node, Broken> {
    let error = match serde_json::from_str(text) {
        Ok(node) => return Ok(node),
        Err(error) => error,
    };
    let plain = lenient::without_comments(text);
    if let Some(node) = plain.as_deref().and_then(|plain| serde_json::from_str(plain).ok()) {
        return Ok(node);
    }
    let mended = lenient::mended(plain.as_deref().unwrap_or(text));
    let node = mended.and_then(|(plain, _)| serde_json::from_str(&plain).ok());
    node.ok_or(Broken::Json(error.line()))
}

fn toml_text(text: &str) -> Result<Node, Broken> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..floor(text, span.start)].lines().count().max(1));
        Broken::Toml(line)
    })
}

fn yaml(text: &str) -> Result<Node, Broken> {
    let options = serde_saphyr::options! { duplicate_keys: serde_saphyr::DuplicateKeyPolicy::PassThrough };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| Broken::Yaml(error.location().map_or(1, |at| at.line() as usize)))
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl Node {
    /// The value of a key; the last where it comes twice.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The members of a map; none of anything else.
    pub(super) fn members(&self) -> &[(String, Node)] {
        match self {
            Node::Map(members) => members,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Node] {
        match self {
            Node::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is on, as settings spell that.
    pub(super) fn on(&self) -> Option<bool> {
        match self {
            Node::Bool(on) => Some(*on),
            Node::Text(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Some(true),
                "false" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// The texts of a list, what is no text left out.
    pub(super) fn texts(&self) -> Vec<&str> {
        self.items().iter().filter_map(Node::text).collect()
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self, Node::Map(_))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
        Node::deserialize(inner)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }
    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut map: Vec<(String, Node)> = Vec::new();
        while let Some(Key(key)) = members.next_key()? {
            map.push((key, members.next_value()?));
        }
        // TOML hands dates over as a map of one private key.
        match map.as_slice() {
            [(key, Node::Text(text))] if key.starts_with("$__toml_private") => Ok(Node::Text(text.clone())),
            _ => Ok(Node::Map(map)),
        }
    }
}

/// A key, which YAML may write as a number or a switch.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        String::deserialize(deserializer).map(Key)
    }
}
