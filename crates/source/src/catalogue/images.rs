//! Docker's catalogue file and the entries of its checkout, and ToolHive's catalogue: servers by their images or addresses,
//! with definitions or names of their tools.

use super::{Catalogue, Parts};
use crate::recorded::{ToolList, read_tools};
use crate::redact::redact;
use mcpdex_model::{Ecosystem, Listing, Package, PartialReason, Remote, ServerId, Transport, scan};
use serde_json::{Map, Value};

/// Reads a catalogue; `None`: the object is none.
pub(super) fn read(parts: &Parts<'_>, source: &str) -> Option<Catalogue> {
    let object = |key: &str| parts.get(key).map(|raw| raw.get()).filter(|text| text.starts_with('{'));
    // Docker: `registry`, one entry a server. ToolHive: `servers` that are images, `remote_servers` beside them.
    if let Some(entries) = object("registry") {
        return Some(of_entries(&[entries], source));
    }
    let servers = object("servers").filter(|text| parts.contains_key("remote_servers") || holds_images(text))?;
    Some(of_entries(&[Some(servers), object("remote_servers")].into_iter().flatten().collect::<Vec<_>>(), source))
}

/// Whether an object of servers holds images, as those of a catalogue do and those of a client do not.
fn holds_images(text: &str) -> bool {
    let entries: Parts<'_> = serde_json::from_str(text).unwrap_or_default();
    entries.values().any(|entry| {
        serde_json::from_str::<Parts<'_>>(entry.get())
            .is_ok_and(|entry| entry.contains_key("image") && !entry.contains_key("command"))
    })
}

fn of_entries(lists: &[&str], source: &str) -> Catalogue {
    let mut found = Catalogue::default();
    for list in lists {
        for (name, entry) in scan::members(list).map(|parts| parts.found).unwrap_or_default() {
            match entry_of(&name, entry, source, &mut found.redacted) {
                Ok((listing, tools)) => found.servers.push((listing, tools)),
                Err(why) => {
                    found.problems.push(format!("the server `{}` {why}", name.chars().take(80).collect::<String>()))
                }
            }
        }
    }
    found
}

/// One entry: what it says of the server, and its tools.
fn entry_of(name: &str, text: &str, source: &str, redacted: &mut usize) -> Result<(Listing, Option<ToolList>), String> {
    let mut entry: Value = serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))?;
    *redacted += redact(&mut entry);
    let Value::Object(entry) = &entry else { return Err("is not an object".to_owned()) };
    let listing = listing(name, entry, source).ok_or("names neither an image nor an address")?;
    let parts: Parts<'_> = serde_json::from_str(text).unwrap_or_default();
    let tools = tools(
        parts.get("tool_definitions").map(|raw| raw.get()),
        parts.get("tools").map(|raw| raw.get()),
        parts.contains_key("toolsUrl"),
    )?;
    Ok((listing, tools))
}

/// The server of an entry: by its image or its address.
fn listing(name: &str, entry: &Map<String, Value>, source: &str) -> Option<Listing> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let remote = entry.get("remote").and_then(Value::as_object);
    let url = text("url").or_else(|| remote?.get("url").and_then(Value::as_str));
    let kind = text("transport").or_else(|| remote?.get("transport_type").and_then(Value::as_str)).unwrap_or_default();
    let mut listing = match (text("image"), url) {
        (Some(image), _) => Listing::of_package(Package::named(Ecosystem::Oci, image, None), source),
        (None, Some(url)) => {
            let transport = if kind == "sse" { Transport::Sse } else { Transport::StreamableHttp };
            let mut listing = Listing::bare(ServerId(url.to_owned()), source);
            listing.remotes.push(Remote { transport, url: url.to_owned() });
            listing
        }
        (None, None) => return None,
    };
    let about = entry.get("about").and_then(Value::as_object);
    let said = |key: &str| about.and_then(|about| about.get(key)?.as_str()).or_else(|| text(key)).map(str::to_owned);
    listing.title = said("title").or_else(|| Some(name.to_owned()));
    listing.description = said("description");
    listing.repository = text("repository_url").map(str::to_owned).or_else(|| {
        let source = entry.get("source")?;
        source.as_str().or_else(|| source.get("project")?.as_str()).map(str::to_owned)
    });
    Some(listing)
}

/// The tools of an entry: definitions where it has some, else what it says of them by name.
fn tools(definitions: Option<&str>, named: Option<&str>, elsewhere: bool) -> Result<Option<ToolList>, String> {
    let list = |text: &str| text.starts_with('[').then(|| read_tools(text)).transpose();
    let known = definitions.map(list).transpose()?.flatten().filter(|list| !list.tools.is_empty());
    let Some(named) = named.filter(|text| text.starts_with('[')) else { return Ok(known) };
    let items: Vec<Value> = serde_json::from_str(named).unwrap_or_default();
    if let Some(mut known) = known {
        let missing = items
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| !known.tools.iter().any(|tool| tool.name == *name))
            .count();
        if missing > 0 {
            known.lacks(PartialReason::NamesOnly, format!("{missing} tools are named and not defined"));
        }
        return Ok(Some(known));
    }
    if items.is_empty() {
        return Ok(None);
    }
    // A name alone defines nothing that could be judged: the server stays unread.
    if !items.iter().any(|item| item.get("description").is_some() || item.get("inputSchema").is_some()) {
        return Ok(None);
    }
    let mut list = read_tools(named)?;
    if elsewhere {
        list.lacks(PartialReason::NamesOnly, "the catalogue keeps the whole definitions of the tools elsewhere");
    }
    Ok(Some(list))
}

/// The `server.yaml` of a folder in Docker's checkout.
pub(super) fn of_folder(entry: &Map<String, Value>, source: &str) -> Option<Listing> {
    listing(entry.get("name")?.as_str()?, entry, source)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use crate::recorded::ToolList;

    fn servers(text: &str) -> Vec<(String, usize, usize)> {
        let found = read(text, "test").expect("a catalogue");
        let counts = |tools: Option<ToolList>| tools.map_or((0, 0), |list| (list.tools.len(), list.missing.len()));
        found
            .servers
            .into_iter()
            .map(|(listing, tools)| (listing.server.0, counts(tools)))
            .map(|(s, (t, m))| (s, t, m))
            .collect()
    }

    #[test]
    fn both_kinds_of_catalogue_give_their_servers_and_definitions() {
        let toolhive = r#"{"servers":{"f":{"image":"oci.example/f:1","tools":["a","b"],"tool_definitions":[{"name":"a","inputSchema":{}}]}},
            "remote_servers":{"g":{"url":"https://g.example/mcp","transport":"sse","tools":["paint"]}}}"#;
        assert_eq!(
            servers(toolhive),
            [("oci:oci.example/f:1".to_owned(), 1, 1), ("https://g.example/mcp".to_owned(), 0, 0)]
        );
        let docker = r#"{"registry":{"f":{"image":"f@sha256:1","toolsUrl":"https://f.example","tools":[{"name":"a"}]},"g":{"type":"remote","remote":{"url":"https://g.example/mcp"}}}}"#;
        assert_eq!(servers(docker), [("oci:f@sha256:1".to_owned(), 0, 0), ("https://g.example/mcp".to_owned(), 0, 0)]);
        assert!(read(r#"{"servers":{"k":{"command":"npx"}}}"#, "test").is_none());
    }
}
