//! Marketplaces of plugins (`.claude-plugin/marketplace.json`): plugins in, the servers that they state and the repositories
//! and packages that they come from out. Whether a plugin has a server that its entry does not state is told by its files.

use super::{Catalogue, Parts, said};
use crate::recorded::ToolList;
use crate::redact::redact;
use crate::{client_config, page};
use mcpdex_model::{Ecosystem, Listing, Package, ServerId, scan};
use serde_json::{Map, Value, json};

/// Reads a marketplace; `None`: the object is none.
pub(super) fn read(parts: &Parts<'_>, source: &str) -> Option<Catalogue> {
    let plugins = parts.get("plugins").map(|raw| raw.get()).filter(|text| text.starts_with('['))?;
    if !parts.contains_key("name") || !parts.contains_key("owner") {
        return None;
    }
    let mut found = Catalogue::default();
    for (at, item) in scan::elements(plugins)?.found.into_iter().enumerate() {
        match plugin(item, source, &mut found) {
            Ok(servers) => found.servers.extend(servers),
            Err(why) => found.problems.push(format!("plugin {at} {why}")),
        }
    }
    Some(found)
}

type Server = (Listing, Option<ToolList>);

fn plugin(text: &str, source: &str, found: &mut Catalogue) -> Result<Vec<Server>, String> {
    let mut entry: Value = serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))?;
    let entry_as_written = entry.clone();
    found.redacted += redact(&mut entry);
    let entry = entry.as_object().ok_or("is not an object")?;
    let name = said(entry, "name").ok_or("has no name")?;
    if let Some(stated) = entry_as_written.get("mcpServers").filter(|stated| stated.is_object()) {
        let text = json!({ "mcpServers": stated }).to_string();
        let config = client_config::read_text(&text, "settings.json").map_err(|why| format!("`{name}` {why}"))?;
        found.redacted += config.servers.iter().map(|server| server.redacted).sum::<usize>();
        found.problems.extend(config.problems.into_iter().map(|why| format!("plugin `{name}`: {why}")));
        let described = |listing: Listing| Listing { description: described(entry), ..listing };
        return Ok(config.servers.iter().map(|server| (described(server.listing(source)), None)).collect());
    }
    let mut listing = of_source(entry.get("source"), name, source)?;
    listing.title = Some(name.to_owned());
    listing.description = described(entry);
    Ok(vec![(listing, None)])
}

fn described(entry: &Map<String, Value>) -> Option<String> {
    said(entry, "description").map(str::to_owned)
}

/// Where a plugin comes from.
fn of_source(from: Option<&Value>, name: &str, source: &str) -> Result<Listing, String> {
    let web = |address: &str| {
        page::of_address(address.trim_end_matches(".git"), name, source)
            .ok_or_else(|| format!("`{name}` comes from no address that can be read"))
    };
    match from {
        Some(Value::String(path)) if path.starts_with("./") => {
            let mut listing = Listing::bare(ServerId(format!("plugin:{name}")), source);
            let why = "the plugin lies in a folder beside the marketplace, which has to be read there";
            listing.problems.push(why.to_owned());
            Ok(listing)
        }
        Some(Value::String(address)) => web(address),
        Some(Value::Object(of)) => match (said(of, "source"), said(of, "repo"), said(of, "url"), said(of, "package")) {
            (Some("github"), Some(repository), ..) => web(&format!("https://github.com/{repository}")),
            (Some("npm"), .., Some(package)) => of_package(Ecosystem::Npm, of, package, source),
            (Some("pip"), .., Some(package)) => of_package(Ecosystem::Pypi, of, package, source),
            (_, _, Some(url), _) => web(url),
            _ => Err(format!("`{name}` does not say where it comes from")),
        },
        _ => Err(format!("`{name}` does not say where it comes from")),
    }
}

fn of_package(ecosystem: Ecosystem, of: &Map<String, Value>, name: &str, source: &str) -> Result<Listing, String> {
    crate::check_name(ecosystem, name).map_err(|why| format!("names no package: {why}"))?;
    let version = said(of, "version").map(str::to_owned);
    Ok(Listing::of_package(Package::named(ecosystem, name, version), source))
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn plugins_give_what_they_state_or_where_they_come_from() {
        let found = read(
            r#"{"name":"market","owner":{"name":"Clay"},"plugins":[
                {"name":"kiln","source":"./plugins/kiln","mcpServers":{"a":{"command":"npx","args":["-y","kiln"]},"b":{"url":"https://b.example/mcp"}}},
                {"name":"glaze","source":{"source":"github","repo":"clay/glaze"},"description":"Glazes."},
                {"name":"slip","source":{"source":"npm","package":"@clay/slip","version":"1.0.0"}},
                {"name":"clay","source":"./plugins/clay"},
                {"name":"sub","source":{"source":"git-subdir","url":"https://github.com/clay/mono.git","path":"a"}},
                {"name":"evil","source":{"source":"npm","package":"--registry=x"}},
                {"name":"none"}, {"source":"./x"}, 7]}"#,
            "x",
        )
        .expect("a marketplace");
        let servers: Vec<&str> = found.servers.iter().map(|(listing, _)| listing.server.as_str()).collect();
        let repositories =
            ["https://github.com/clay/glaze", "npm:@clay/slip", "plugin:clay", "https://github.com/clay/mono"];
        assert_eq!(servers[..2], ["npm:kiln", "https://b.example/mcp"]);
        assert_eq!(servers[2..], repositories);
        assert_eq!(found.problems.len(), 4, "{:?}", found.problems);
    }

    #[test]
    fn a_list_of_plugins_without_an_owner_is_none() {
        assert!(read(r#"{"name":"x","plugins":[]}"#, "x").is_none());
        assert!(read(r#"{"name":"x","owner":{},"plugins":{}}"#, "x").is_none());
    }
}
