//! What a document is asked to say: servers, their tools and one decision for each.

use super::decision::Decision;
use serde_json::{Map, Value};

/// How a client reaches a server, where that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Launch {
    pub command: Option<String>,
    pub args: Vec<String>,
    pub url: Option<String>,
}

/// One tool and what was decided on it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedTool {
    pub name: String,
    pub decision: Decision,
    /// The tool's `inputSchema`, for targets that need types.
    pub input_schema: Option<Map<String, Value>>,
}

impl PlannedTool {
    /// A tool whose schema is of no interest.
    pub fn new(name: impl Into<String>, decision: Decision) -> PlannedTool {
        PlannedTool { name: name.into(), decision, input_schema: None }
    }
}

/// One server as the user's client or gateway knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedServer {
    /// The identity of the server in the database.
    pub name: String,
    /// The name that the user's configuration gives it.
    pub alias: String,
    pub launch: Option<Launch>,
    pub tools: Vec<PlannedTool>,
}

/// A short alias made from a server's identity: the last part of its name, in lower-case letters, digits and `-`.
pub fn alias_of(server: &str) -> String {
    let last = server.rsplit(['/', ':']).find(|part| !part.is_empty()).unwrap_or(server);
    let mut alias = String::new();
    for c in last.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => alias.push(c),
            _ if alias.is_empty() || alias.ends_with('-') => {}
            _ => alias.push('-'),
        }
        if alias.len() >= 40 {
            break;
        }
    }
    let alias = alias.trim_end_matches('-');
    if alias.is_empty() { "server".to_owned() } else { alias.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::alias_of;

    #[test]
    fn an_alias_has_only_letters_digits_and_hyphens() {
        assert_eq!(alias_of("io.github.example/Shelf_Server"), "shelf-server");
        assert_eq!(alias_of("npm:@example/shelf"), "shelf");
        assert_eq!(alias_of("https://mcp.example.com/"), "mcp-example-com");
        assert_eq!(alias_of("漢字"), "server");
        assert!(alias_of(&"x".repeat(400)).len() <= 40);
    }
}
