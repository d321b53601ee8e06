//! One entry of a configuration: what it starts, and what the file says about it.

use super::node::Node;
use super::scope::Scope;
use super::secret;
use super::server::{ClientServer, Flag, ToolFilter, short};
use crate::launch::{self, Reading, Starts, Why};
use mcpdex_model::Transport;
use std::collections::BTreeSet;

/// Keys of a command.
pub(super) const COMMANDS: [&str; 3] = ["command", "cmd", "program"];
/// Keys of an address.
pub(super) const ADDRESSES: [&str; 10] =
    ["url", "serverUrl", "server_url", "httpUrl", "http_url", "uri", "baseUrl", "sseUrl", "endpoint", "remoteUrl"];

/// Whether a text is an address or stands for one.
pub(super) fn is_address(text: &str) -> bool {
    text.contains("://") || launch::is_template(text)
}

/// Reads an entry; `None`: it is no server (something that the client brings along).
///
/// # Errors
/// Why it is not understood.
pub(super) fn read(name: &str, entry: &Node, scope: &Scope) -> Result<Option<ClientServer>, &'static str> {
    if !entry.is_map() {
        return Err("is not an object");
    }
    let kind = ["type", "transport", "transportType"].iter().find_map(|key| entry.get(key)?.text()).unwrap_or_default();
    // Some clients nest what says where the server is.
    let inner = entry.get("transport").filter(|inner| inner.is_map()).unwrap_or(entry);
    let kind = if inner == entry { kind } else { inner.get("type").and_then(Node::text).unwrap_or(kind) };
    let url = one_of(inner, &ADDRESSES);
    let command = one_of(inner, &COMMANDS).or_else(|| one_of(entry, &COMMANDS));
    let words = words(inner, command)?;
    let url = match url {
        Some(Node::Text(text)) => Some(text.clone()),
        Some(_) => return Err("has an address that is no text"),
        None => None,
    };
    let reading = match (&url, words.as_slice()) {
        (Some(_), [_, ..]) => return Err("has both an address and a command, and clients differ in which one counts"),
        (Some(url), []) => Reading::of(launch::address(url, transport(kind))),
        (None, [_, ..]) => launch::read(&words),
        (None, []) => match kind {
            "builtin" | "platform" | "frontend" => return Ok(None),
            "inline_python" => Reading::local(Why::Script, name),
            _ if entry.get("uses").and_then(Node::text).is_some() => Reading::of(Starts::Unsaid),
            _ if entry.get("source").and_then(Node::text) == Some("extension") || entry.get("settings").is_some() => {
                Reading::local(Why::Managed, name)
            }
            _ => return Err("names neither an address nor a command"),
        },
    };
    let tool_lists = tool_lists(entry, name, scope);
    let mut flags = BTreeSet::new();
    let mut flag = |flag, holds: bool| {
        if holds {
            flags.insert(flag);
        }
    };
    flag(Flag::Disabled, is_off(entry) || scope.is_off(name));
    flag(Flag::AutoApproved, approves(entry) || scope.approvals.cover(name));
    flag(Flag::PlainSecret, secret::stands_in(entry, &words));
    flag(Flag::Unpinned, reading.unpinned);
    flag(Flag::UnverifiedDownload, matches!(reading.starts, Starts::Download { fixed: false }));
    flag(Flag::ToolAllowList, tool_lists.iter().any(|list| list.allows));
    flag(Flag::ToolDenyList, tool_lists.iter().any(|list| !list.allows));
    flag(Flag::Template, reading.starts == Starts::Template);
    flag(Flag::Local, matches!(reading.starts, Starts::Local(_)));
    flag(Flag::Bridge, reading.bridge);
    let package = match &reading.starts {
        Starts::Package(run) => Some(run.package.identifier.as_str()),
        _ => None,
    };
    let redacted = secret::given(entry) + secret::among(&words, package, url.as_deref());
    let (program, args) = match words.split_first() {
        Some((program, args)) => (Some(program.clone()), args.to_vec()),
        None => (None, Vec::new()),
    };
    Ok(Some(ClientServer {
        name: short(name),
        position: None,
        redacted,
        reading,
        flags,
        tool_lists,
        command: program,
        args,
        url,
    }))
}

/// The first of several keys that holds something.
fn one_of<'a>(entry: &'a Node, keys: &[&str]) -> Option<&'a Node> {
    let empty =
        |node: &&Node| !matches!(node, Node::Null) && node.text() != Some("") && **node != Node::List(Vec::new());
    keys.iter().find_map(|key| entry.get(key)).filter(empty)
}

/// The command and its arguments as words, however the client spells them.
fn words(entry: &Node, command: Option<&Node>) -> Result<Vec<String>, &'static str> {
    let Some(command) = command else { return Ok(Vec::new()) };
    let mut args = match entry.get("args").or_else(|| entry.get("arguments")) {
        None | Some(Node::Null) => Vec::new(),
        Some(Node::List(items)) => texts(items).ok_or("has arguments that are no texts")?,
        // One text that holds them all.
        Some(Node::Text(line)) => launch::split(line).ok_or("has arguments that are more than words")?,
        Some(_) => return Err("has arguments that are no list"),
    };
    let mut words = match command {
        Node::Text(line) => program(line, args.is_empty()),
        Node::List(items) => texts(items).ok_or("has a command that is no list of texts")?,
        // Zed nests: `"command": {"path": …, "args": […]}`.
        Node::Map(_) => {
            let path = command.get("path").or_else(|| command.get("command")).and_then(Node::text);
            let mut words = vec![path.ok_or("has a command without a program")?.to_owned()];
            words.extend(match command.get("args") {
                None | Some(Node::Null) => Vec::new(),
                Some(inner) => texts(inner.items()).ok_or("has arguments that are no texts")?,
            });
            words
        }
        _ => return Err("has a command that is no text"),
    };
    words.append(&mut args);
    if words.first().is_none_or(|program| program.trim().is_empty()) { Err("has an empty command") } else { Ok(words) }
}

fn texts(items: &[Node]) -> Option<Vec<String>> {
    let text = |item: &Node| match item {
        Node::Text(text) | Node::Number(text) => Some(text.clone()),
        Node::Bool(on) => Some(on.to_string()),
        _ => None,
    };
    items.iter().map(text).collect()
}

/// A command of one text: one program, whose place may hold blanks, or a whole line.
fn program(line: &str, alone: bool) -> Vec<String> {
    let line = line.trim();
    if !line.contains([' ', '\t']) {
        return vec![line.to_owned()];
    }
    let last = line.rsplit(['/', '\\']).next().unwrap_or(line);
    let placed = line.starts_with(['/', '\\', '"', '\'', '~']) || line.as_bytes().get(1) == Some(&b':');
    let split = launch::split(line);
    // `C:\Program Files\nodejs\npx.cmd` is one program, `/usr/bin/npx -y kiln` is not.
    let one = placed && !last.contains(' ') && (!alone || split.as_ref().is_none_or(|words| !is_runner(&words[0])));
    match split {
        Some(words) if !one && !words.is_empty() => words,
        // What is no plain line is for a shell to read.
        None if !one => vec!["sh".to_owned(), "-c".to_owned(), line.to_owned()],
        _ => vec![line.trim_matches(['"', '\'']).to_owned()],
    }
}

fn is_runner(word: &str) -> bool {
    const RUNNERS: [&str; 20] = [
        "npx", "npm", "pnpm", "pnpx", "yarn", "bun", "bunx", "uvx", "uv", "pipx", "node", "python", "python3", "deno",
        "docker", "podman", "env", "bash", "sh", "cmd",
    ];
    launch::program_name(word).is_some_and(|name| RUNNERS.contains(&name.as_str()))
}

fn transport(kind: &str) -> Option<Transport> {
    match kind.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
        "sse" => Some(Transport::Sse),
        "http" | "streamablehttp" | "remote" => Some(Transport::StreamableHttp),
        _ => None,
    }
}

fn is_off(entry: &Node) -> bool {
    let is = |key: &str, on: bool| entry.get(key).and_then(Node::on) == Some(on);
    is("disabled", true)
        || is("enabled", false)
        || is("isActive", false)
        || is("is_active", false)
        || is("active", false)
        || entry.get("state").and_then(Node::text) == Some("disabled")
}

/// Whether the entry says that the server or one of its tools never needs to ask.
fn approves(entry: &Node) -> bool {
    let lists = ["autoApprove", "alwaysAllow", "auto_approve", "always_allow", "autoApproved", "alwaysApprove"];
    let list = lists.iter().filter_map(|key| entry.get(key)).any(|value| match value {
        Node::List(items) => !items.is_empty(),
        Node::Text(text) => text == "*" || text == "all",
        other => other.on() == Some(true),
    });
    let mode = |node: &Node, key: &str| {
        node.get(key)
            .and_then(Node::text)
            .is_some_and(|mode| matches!(mode, "approve" | "allow" | "never" | "always" | "always_allow"))
    };
    let modes = ["default_tools_approval_mode", "approval_mode", "approvalMode"];
    let tool = entry
        .get("tools")
        .is_some_and(|tools| tools.members().iter().any(|(_, tool)| modes.iter().any(|key| mode(tool, key))));
    let never =
        ["require_approval", "requireApproval"].iter().any(|key| entry.get(key).and_then(Node::text) == Some("never"));
    list || tool
        || never
        || modes.iter().any(|key| mode(entry, key))
        || entry.get("trust").and_then(Node::on) == Some(true)
}

/// The lists by which the entry, or its file, allows or forbids tools; those that say nothing left out.
fn tool_lists(entry: &Node, name: &str, scope: &Scope) -> Vec<ToolFilter> {
    const ALLOW: [&str; 7] =
        ["includeTools", "enabled_tools", "enabledTools", "allowed_tools", "allowedTools", "available_tools", "tools"];
    const DENY: [&str; 6] =
        ["excludeTools", "disabled_tools", "disabledTools", "disallowed_tools", "disallowedTools", "excluded_tools"];
    let names = |node: &Node| -> Vec<String> { node.texts().into_iter().map(str::to_owned).collect() };
    let allowing = ALLOW.into_iter().filter_map(|key| {
        let names = names(entry.get(key).filter(|value| matches!(value, Node::List(_)))?);
        // A star allows all; an empty list of what is available says nothing.
        let says = !names.iter().any(|name| name == "*") && (key != "available_tools" || !names.is_empty());
        says.then_some(ToolFilter { key: Some(key), allows: true, names })
    });
    let denying = DENY
        .into_iter()
        .filter_map(|key| Some(ToolFilter { key: Some(key), allows: false, names: names(entry.get(key)?) }));
    let of_file = ToolFilter { key: None, allows: false, names: scope.denied_of(name) };
    allowing.chain(denying.chain([of_file]).filter(|list| !list.names.is_empty())).collect()
}
