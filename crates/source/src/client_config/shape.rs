//! Where in a configuration the servers are: wrappers of every client, projects, settings within settings, files that are
//! nothing but servers.

use super::entry;
use super::node::Node;
use super::scope::Scope;
use super::server::{Configuration, short};
use std::collections::BTreeSet;

/// Keys that hold servers wherever they stand.
pub(super) const WRAPPERS: [&str; 3] = ["mcpServers", "mcp_servers", "context_servers"];

/// Settings within settings that are looked into.
const DEEPEST: usize = 8;

/// The servers of a configuration.
pub(super) fn read(root: &Node) -> Configuration {
    let mut walk = Walk { found: Configuration::default() };
    match root {
        Node::List(items) if items.iter().any(is_entry) => walk.list("the list", items, &Scope::default()),
        _ => walk.object(root, &Scope::default(), true, 0),
    }
    if !walk.found.recognised && is_flat(root) {
        walk.map("the file", root, &Scope::default().with(root));
    }
    walk.found
}

struct Walk {
    found: Configuration,
}

impl Walk {
    /// Looks through an object. `settings`: it is where a client keeps its settings, so keys count that mean something
    /// else in other places.
    fn object(&mut self, object: &Node, above: &Scope, settings: bool, depth: usize) {
        if depth > DEEPEST {
            self.found.problems.push("it is nested deeper than settings are read".to_owned());
            return;
        }
        let scope = above.with(object);
        for key in WRAPPERS.iter().copied().chain(["servers", "mcp", "extensions"]) {
            if object.members().iter().filter(|(name, _)| name == key).count() > 1
                && (settings || WRAPPERS.contains(&key))
            {
                self.found
                    .problems
                    .push(format!("`{key}` stands more than once, and clients differ in which one counts"));
            }
        }
        for (key, value) in object.members() {
            match (key.as_str(), value) {
                (name, Node::Map(_) | Node::List(_)) if WRAPPERS.contains(&name) || name.ends_with(".mcpServers") => {
                    self.servers(name, value, &scope);
                }
                (name, _) if WRAPPERS.contains(&name) && *value != Node::Null => {
                    self.found.problems.push(format!("`{name}` holds no servers"));
                }
                ("servers" | "mcp.servers", Node::Map(_)) if settings => self.servers(key, value, &scope),
                ("servers" | "mcp.servers", Node::List(items)) if settings && items.iter().any(is_entry) => {
                    self.servers(key, value, &scope);
                }
                ("mcp", Node::Map(_)) if settings => self.mcp(value, object, &scope, depth),
                ("extensions", Node::Map(members)) if settings && members.iter().any(|(_, one)| is_extension(one)) => {
                    self.servers(key, value, &scope);
                }
                ("projects" | "workspaces", Node::Map(projects)) => {
                    for (_, project) in projects {
                        self.object(project, &scope, true, depth + 1);
                    }
                }
                ("settings" | "customizations" | "vscode" | "cursor", Node::Map(_)) => {
                    self.object(value, &scope, true, depth + 1);
                }
                (_, Node::Map(_)) => self.object(value, &scope, false, depth + 1),
                (_, Node::List(items)) => {
                    for item in items.iter().filter(|item| item.is_map()) {
                        self.object(item, &scope, false, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    /// `mcp` holds servers, or an object of them, or switches for the servers beside it.
    fn mcp(&mut self, mcp: &Node, around: &Node, scope: &Scope, depth: usize) {
        if let Some(servers @ (Node::Map(_) | Node::List(_))) = mcp.get("servers") {
            return self.servers("mcp.servers", servers, scope);
        }
        if WRAPPERS.iter().any(|key| mcp.get(key).is_some()) {
            return self.object(mcp, scope, false, depth + 1);
        }
        let beside = WRAPPERS.iter().any(|key| around.get(key).is_some());
        if !mcp.members().iter().any(|(_, one)| is_entry(one))
            && (beside || !mcp.members().iter().any(|(_, one)| one.is_map()))
        {
            return;
        }
        // Lists, texts and numbers are switches here; what is to be a server is an object.
        let entries =
            Node::Map(mcp.members().iter().filter(|(_, one)| one.is_map() || *one == Node::Null).cloned().collect());
        self.servers("mcp", &entries, scope);
    }

    fn servers(&mut self, wrapper: &str, servers: &Node, scope: &Scope) {
        match servers {
            Node::List(items) => self.list(wrapper, items, scope),
            _ => self.map(wrapper, servers, scope),
        }
    }

    fn map(&mut self, wrapper: &str, servers: &Node, scope: &Scope) {
        self.found.recognised = true;
        let named = servers
            .members()
            .iter()
            .filter(|(name, _)| !name.starts_with('$'))
            .map(|(name, entry)| (name.clone(), entry));
        self.entries(wrapper, named.collect(), scope);
    }

    fn list(&mut self, wrapper: &str, items: &[Node], scope: &Scope) {
        self.found.recognised = true;
        let name = |(at, entry): (usize, &Node)| {
            let named = ["key", "name", "label", "id", "uses", "title"].iter().find_map(|key| entry.get(key)?.text());
            named.map_or_else(|| format!("{wrapper}[{at}]"), str::to_owned)
        };
        self.entries(wrapper, items.iter().enumerate().map(|(at, entry)| (name((at, entry)), entry)).collect(), scope);
    }

    fn entries(&mut self, wrapper: &str, entries: Vec<(String, &Node)>, scope: &Scope) {
        let mut seen = BTreeSet::new();
        let mut told = BTreeSet::new();
        for (name, entry) in entries {
            if !seen.insert(name.clone()) && told.insert(name.clone()) {
                let what = format!(
                    "`{}` stands more than once in `{wrapper}`, and clients differ in which one counts",
                    short(&name)
                );
                self.found.problems.push(what);
            }
            match entry::read(&name, entry, scope) {
                Ok(Some(server)) => self.found.servers.push(server),
                Ok(None) => {}
                Err(why) => self.found.problems.push(format!("the entry `{}` {why}", short(&name))),
            }
        }
    }
}

/// Whether a value looks like an entry of a server.
fn is_entry(node: &Node) -> bool {
    entry::COMMANDS
        .iter()
        .any(|key| node.get(key).is_some_and(|value| matches!(value, Node::Text(_) | Node::List(_) | Node::Map(_))))
        || entry::ADDRESSES
            .iter()
            .any(|key| node.get(key).is_some_and(|value| value.text().is_some_and(entry::is_address)))
        || node.get("source").and_then(Node::text) == Some("extension")
}

/// Whether an extension of a client is one that can be a server.
fn is_extension(node: &Node) -> bool {
    is_entry(node) || node.get("type").and_then(Node::text).is_some() && node.get("enabled").is_some()
}

/// Whether an object is nothing but servers.
fn is_flat(root: &Node) -> bool {
    let members: Vec<&Node> =
        root.members().iter().filter(|(key, _)| !key.starts_with('$')).map(|(_, value)| value).collect();
    !members.is_empty() && members.iter().all(|one| one.is_map()) && members.iter().any(|one| is_entry(one))
}
