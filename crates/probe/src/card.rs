//! Server cards and well-known documents: a document in, the tools it states (or where else to look) out. Never trusts
//! them as much as the server's own answer: their origin is `card`.

use super::message::{Page, server_info};
use super::scan;
use mcpdex_model::{ServerInfo, lenient};
use serde_json::Value;

/// The longest card, in bytes.
pub(super) const MAX_CARD: u64 = 4 << 20;

/// What a document states.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) page: Page,
    pub(super) server: Option<ServerInfo>,
    /// Other cards that the document points at, as it spells them. Untrusted.
    pub(super) elsewhere: Vec<String>,
}

/// Reads a document; `None`: it states no tools and points nowhere.
pub(super) fn read(text: &str) -> Option<Card> {
    let mut card = Card::default();
    gather(text, &mut card, 0);
    (!card.page.tools.is_empty() || !card.elsewhere.is_empty()).then_some(card)
}

/// Looks for `tools`, in the document itself and one level down where the dialects put it.
fn gather(text: &str, card: &mut Card, depth: u8) {
    let Some(parts) = scan::members(text) else { return };
    for (key, value) in &parts.found {
        match key.as_ref() {
            "tools" => {
                let Some(tools) = scan::elements(value) else { continue };
                // A list of bare names or `["dynamic"]` states no definitions.
                let objects = tools.found.iter().filter(|raw| raw.starts_with('{')).map(|raw| (*raw).to_owned());
                card.page.tools.extend(objects);
                card.page
                    .problems
                    .extend(tools.broken.map(|why| format!("the rest of the card cannot be read: {why}")));
            }
            "serverInfo" if card.server.is_none() => {
                card.server = lenient::parse(value).ok().and_then(|(value, _)| server_info(&value));
            }
            "server" | "mcp" | "data" | "capabilities" if depth < 3 => gather(value, card, depth + 1),
            "entries" if depth == 0 => entries(value, card),
            _ => {}
        }
    }
}

/// The entries of a catalogue of cards.
fn entries(text: &str, card: &mut Card) {
    for entry in scan::elements(text).map(|parts| parts.found).unwrap_or_default().into_iter().take(50) {
        let Ok((value, _)) = lenient::parse(entry) else { continue };
        let kind = value.get("type").or_else(|| value.get("mediaType")).and_then(Value::as_str).unwrap_or("");
        if !kind.contains("mcp-server") {
            continue;
        }
        gather(entry, card, 1);
        if let Some(url) = value.get("url").and_then(Value::as_str).filter(|_| card.elsewhere.len() < 3) {
            card.elsewhere.push(url.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tools_of_every_dialect_are_found_and_bare_names_are_not_tools() {
        for text in [
            r#"{"serverInfo":{"name":"x"},"tools":[{"name":"copy_row"}]}"#,
            r#"{"server":{"tools":[{"name":"copy_row"}]},"serverInfo":{"name":"x"}}"#,
            r#"{"serverInfo":{"name":"x"},"entries":[{"type":"application/mcp-server-card+json","data":{"tools":[{"name":"copy_row"}]}}]}"#,
        ] {
            let card = read(text).expect("a card");
            assert_eq!(card.page.tools, [r#"{"name":"copy_row"}"#]);
            assert_eq!(card.server.and_then(|s| s.name).as_deref(), Some("x"));
        }
        assert_eq!(read(r#"{"tools":["dynamic"]}"#), None);
        assert_eq!(read("<html>"), None);
        let catalogue =
            r#"{"entries":[{"type":"application/mcp-server-card+json","url":"/c.json"},{"type":"x","url":"/n"}]}"#;
        assert_eq!(read(catalogue).expect("a catalogue").elsewhere, ["/c.json"]);
    }
}
