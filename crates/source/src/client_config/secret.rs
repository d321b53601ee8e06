//! Whether a secret stands in an entry as such: in its environment, headers, arguments or address. A reference to one is
//! none. Says yes or no and how many; hands no value on.

use super::node::Node;
use crate::address::address;
use crate::given;
use crate::launch::is_template;
use crate::redact::{is_placeholder, is_secret_name, redact_given};

/// Keys whose values name a variable or a file and hold no secret.
fn names_a_place(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace(['_', '-'], "");
    [
        "envvar",
        "envkeys",
        "envfile",
        "envhttpheaders",
        "envvars",
        "inputs",
        "url",
        "uri",
        "file",
        "path",
        "dir",
        "type",
        "command",
        "name",
        "id",
    ]
    .iter()
    .any(|end| key.ends_with(end))
}

fn names_a_secret(key: &str) -> bool {
    let plain = key.trim_start_matches('-');
    !names_a_place(plain) && (is_secret_name(plain) || matches!(plain, "auth_value" | "authValue" | "pw" | "bearer"))
}

fn is_reference(value: &str) -> bool {
    let value = value.trim();
    value.is_empty()
        || is_template(value)
        || is_placeholder(value)
        || value.contains("{env:")
        || value.starts_with("op://")
}

/// A value that looks like a secret wherever it stands.
fn looks_secret(value: &str) -> bool {
    redact_given(&mut value.to_owned()) > 0
}

/// Whether a secret stands in the entry, or among the words of its command.
pub(super) fn stands_in(entry: &Node, words: &[String]) -> bool {
    below("", entry, false) || words_hold(words)
}

fn below(key: &str, node: &Node, given: bool) -> bool {
    match node {
        Node::Text(text) => {
            // `key` of an entry itself is what a client calls it.
            let named = (given || key != "key")
                && names_a_secret(key)
                && !matches!(key, "auth" if text.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            !is_reference(text)
                && (named || (given || key.to_ascii_lowercase().contains("url") || key == "uri") && looks_secret(text))
        }
        Node::Number(_) => names_a_secret(key) && !key.to_ascii_lowercase().contains("timeout"),
        Node::List(items) if !matches!(key, "command" | "cmd" | "args" | "arguments") => {
            !names_a_place(key) && items.iter().any(|item| below("", item, given))
        }
        Node::Map(members) => {
            let given = given
                || matches!(
                    key,
                    "env" | "environment" | "envs" | "headers" | "http_headers" | "requestInit" | "requestOptions"
                );
            !matches!(key, "env_http_headers" | "tools" | "inputs" | "dev" | "oauth_scopes")
                && members.iter().any(|(key, value)| below(key, value, given))
        }
        _ => false,
    }
}

/// Whether a secret is given as a word: behind an option of such a name, as `NAME=VALUE`, in a header, in an address.
fn words_hold(words: &[String]) -> bool {
    let mut before = "";
    for word in words {
        if before.starts_with('-') && names_a_secret(before) && !word.starts_with('-') && !is_reference(word) {
            return true;
        }
        let pair = word
            .split_once('=')
            .or_else(|| word.split_once(':').filter(|_| matches!(before, "-H" | "--header" | "--headers")));
        if let Some((name, value)) = pair
            && name.len() < 80
            && names_a_secret(name.trim())
            && !is_reference(value)
        {
            return true;
        }
        // A line for a shell holds words of its own.
        let inner = word.contains(' ').then(|| crate::launch::split(word)).flatten();
        if !is_reference(word)
            && (looks_secret(word) || inner.is_some_and(|inner| inner.len() > 1 && words_hold(&inner)))
        {
            return true;
        }
        before = word;
    }
    false
}

/// How many values the entry gives to its server in its environment and headers.
pub(super) fn given(entry: &Node) -> usize {
    let keys = ["env", "environment", "envs", "headers", "http_headers", "requestInit"];
    keys.iter().filter_map(|key| entry.get(key)).map(|node| node.members().len()).sum()
}

/// How many values of the words and of the address are not kept.
pub(super) fn among(words: &[String], package: Option<&str>, url: Option<&str>) -> usize {
    let in_words = given::arguments(words.get(1..).unwrap_or_default(), package).1;
    in_words + url.map_or(0, |url| address(url).redacted)
}
