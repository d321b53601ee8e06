//! Configurations of MCP clients: their text in, one listing for each server out. What such a file gives to a server
//! (environment, headers, arguments) may be secret: names are read, values are not kept.

use super::address::address;
use super::flags::{DOCKER, Flags, NPM, PIPX, UV, UV_RUN};
use super::given;
use super::look::REDACTED;
use super::spec::check_name;
use mcpdex_model::{Ecosystem, Listing, Package, Remote, ServerId, Transport};
use serde_json::{Map, Value};

/// The servers of a configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    pub listings: Vec<Listing>,
    /// Values that were not kept and secrets that were taken out of addresses.
    pub redacted: usize,
    /// Entries that could not be read, one sentence each.
    pub problems: Vec<String>,
}

/// Where the clients keep their servers: Claude, Cursor, Windsurf, Gemini, Cline; VS Code; Zed; Codex; opencode.
const KEYS: [&str; 5] = ["mcpServers", "servers", "context_servers", "mcp_servers", "mcp"];

/// Whether an object is a client's configuration, given which of its keys hold objects.
pub(super) fn is_one(holds: impl Fn(&str) -> bool) -> bool {
    KEYS.iter().any(|key| holds(key)) || holds("projects")
}

/// Reads a configuration in JSON.
///
/// # Errors
/// Why the text is none.
pub fn read_json(text: &str, source: &str) -> Result<Found, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))?;
    match value {
        Value::Object(object) => Ok(read(&object, source)),
        _ => Err("is no configuration".to_owned()),
    }
}

/// Reads a configuration in TOML.
///
/// # Errors
/// Why the text is none.
pub fn read_toml(text: &str, source: &str) -> Result<Found, String> {
    // The message of the parser quotes the line, which may hold a secret.
    let value: Value = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        format!("is neither JSON nor TOML (line {line})")
    })?;
    match value {
        Value::Object(object) if is_one(|key| object.get(key).is_some_and(Value::is_object)) => {
            Ok(read(&object, source))
        }
        _ => Err("is no configuration of a client".to_owned()),
    }
}

fn read(object: &Map<String, Value>, source: &str) -> Found {
    let mut found = Found::default();
    for key in KEYS {
        match object.get(key) {
            // VS Code's own settings nest: `"mcp": {"servers": {…}}`.
            Some(Value::Object(inner)) if key == "mcp" && inner.get("servers").is_some_and(Value::is_object) => {
                let inner = read(inner, source);
                found.listings.extend(inner.listings);
                found.redacted += inner.redacted;
                found.problems.extend(inner.problems);
            }
            Some(Value::Object(servers)) => {
                for (name, entry) in servers {
                    match server(name, entry, source, &mut found.redacted) {
                        Ok(listing) => found.listings.push(listing),
                        Err(why) => found.problems.push(format!("the entry `{}` {why}", short(name))),
                    }
                }
            }
            _ => {}
        }
    }
    if let Some(Value::Object(projects)) = object.get("projects") {
        for project in projects.values().filter_map(Value::as_object) {
            let inner = read(project, source);
            found.listings.extend(inner.listings);
            found.redacted += inner.redacted;
            found.problems.extend(inner.problems);
        }
    }
    found
}

fn short(text: &str) -> String {
    given::name(text).chars().take(80).collect()
}

fn server(name: &str, entry: &Value, source: &str, redacted: &mut usize) -> Result<Listing, String> {
    let entry = entry.as_object().ok_or("is not an object")?;
    let text = |keys: &[&str]| keys.iter().find_map(|key| entry.get(*key)?.as_str()).filter(|text| !text.is_empty());
    for key in ["env", "environment", "headers", "http_headers", "requestInit"] {
        *redacted += entry.get(key).and_then(Value::as_object).map_or(0, Map::len);
    }
    let mut listing = Listing::bare(ServerId(String::new()), source);
    listing.title = Some(short(name));
    if let Some(url) = text(&["url", "serverUrl", "httpUrl", "uri"]) {
        let clean = address(url);
        *redacted += clean.redacted;
        // Whatever stands for a variable of the client is one that only its user can fill in.
        let url = clean.text.replace("${", "{");
        let kind = text(&["type", "transport"]).unwrap_or_default();
        let sse = kind == "sse" || (kind.is_empty() && url.trim_end_matches('/').ends_with("/sse"));
        let transport = if sse { Transport::Sse } else { Transport::StreamableHttp };
        listing.server = ServerId(url.clone());
        listing.remotes.push(Remote { transport, url });
        return Ok(listing);
    }
    let words = command(entry).ok_or("names neither an address nor a command")?;
    match package(&words) {
        Some(package) => {
            listing.server = ServerId::of_package(package.ecosystem, &package.identifier);
            listing.version.clone_from(&package.version);
            listing.packages.push(package);
        }
        None => {
            let program = given::program(&words[0]);
            listing.server = ServerId(format!("config:{}", short(name)));
            listing.problems.push(format!("the command `{program}` runs no package that is known by name"));
        }
    }
    let package = listing.packages.first().map(|package| package.identifier.as_str());
    *redacted += given::arguments(&words[1..], package).1;
    Ok(listing)
}

/// The words that an entry starts its server with, however the client spells them; without the variables that are set
/// before them. They may hold secrets: [`given`] makes them fit to be shown.
pub fn command(entry: &Map<String, Value>) -> Option<Vec<String>> {
    let list = |value: Option<&Value>| -> Vec<String> {
        value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut words = match entry.get("command")? {
        Value::String(line) => split(line),
        // Zed nests: `"command": {"path": …, "args": […]}`.
        Value::Object(nested) => {
            let mut words = vec![nested.get("path")?.as_str()?.to_owned()];
            words.extend(list(nested.get("args")));
            words
        }
        array => list(Some(array)),
    };
    words.extend(list(entry.get("args")));
    let set = words.iter().take_while(|word| given::assignment(word).is_some()).count();
    words.drain(..set);
    if words.first().is_none_or(String::is_empty) { None } else { Some(words) }
}

/// The words of a command that is one text: a whole line, or a program whose path has spaces.
fn split(line: &str) -> Vec<String> {
    let path = line.contains(['/', '\\']) && line.starts_with(['/', '~', '.', '\\']) || line.get(1..3) == Some(":\\");
    let name = line.rsplit(['/', '\\']).next().unwrap_or_default();
    // A line goes on behind its program: with a flag, a variable, or words behind the last folder.
    let goes_on = name.contains(char::is_whitespace)
        || line
            .split_whitespace()
            .skip(1)
            .any(|word| word.starts_with(['-', '@', '"', '\'']) || word.contains(['=', ':']));
    if !line.trim().contains(char::is_whitespace) || (path && !goes_on) {
        return vec![line.trim().to_owned()];
    }
    // Where folders are parted by backslashes, these quote nothing.
    let quoted = if line.contains(":\\") { line.replace('\\', "\\\\") } else { line.to_owned() };
    shlex::split(&quoted).unwrap_or_else(|| line.split_whitespace().map(str::to_owned).collect())
}

/// The package that a command line runs.
pub fn package(words: &[String]) -> Option<Package> {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let program = |word: &str| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        name.trim_end_matches(".exe").trim_end_matches(".cmd").to_owned()
    };
    if program(words.first()?) == "cmd" && words.get(1).is_some_and(|word| word.eq_ignore_ascii_case("/c")) {
        words.drain(..2);
    }
    let first = program(words.first()?);
    let second = words.get(1).copied().unwrap_or_default();
    let (ecosystem, rest, flags): (_, _, &Flags) = match (first.as_str(), second) {
        ("npx" | "bunx" | "pnpx", _) => (Ecosystem::Npm, 1, &NPM),
        ("npm", "exec" | "x") | ("pnpm" | "yarn", "dlx") | ("bun", "x") => (Ecosystem::Npm, 2, &NPM),
        ("uvx", _) => (Ecosystem::Pypi, 1, &UV),
        ("uv", "tool") => (Ecosystem::Pypi, 3, &UV),
        ("uv", "run") => (Ecosystem::Pypi, 2, &UV_RUN),
        ("pipx", "run") => (Ecosystem::Pypi, 2, &PIPX),
        ("docker" | "podman", "run") => (Ecosystem::Oci, 2, &DOCKER),
        _ => return None,
    };
    let chosen = flags.package(words.get(rest..)?)?;
    if chosen.contains("${") || chosen.contains(REDACTED) {
        return None;
    }
    let (name, version) = match ecosystem {
        Ecosystem::Npm => match chosen.char_indices().skip(1).filter(|(_, c)| *c == '@').last() {
            Some((at, _)) => (&chosen[..at], Some(&chosen[at + 1..])),
            None => (chosen, None),
        },
        Ecosystem::Pypi => {
            let end = chosen.find(['=', '>', '<', '~', '!', '@', '[', ' ', ';']).unwrap_or(chosen.len());
            (&chosen[..end], chosen.split_once("==").or_else(|| chosen.split_once('@')).map(|(_, version)| version))
        }
        _ => (chosen, None),
    };
    check_name(ecosystem, name).ok()?;
    // What follows a name may be an address with its secrets instead of a version.
    if ecosystem != Ecosystem::Oci && !given::is_version(&chosen[name.len()..]) {
        return None;
    }
    let version = version.filter(|version| !version.is_empty() && *version != "latest").map(str::to_owned);
    Some(Package::named(ecosystem, name, version))
}

/// A command line as it can be shown.
pub fn command_line(words: &[String]) -> String {
    let Some((first, rest)) = words.split_first() else { return String::new() };
    let package = package(words).map(|package| package.identifier);
    let (rest, _) = given::arguments(rest, package.as_deref());
    let mut line = vec![given::program(first)];
    line.extend(rest);
    line.dedup_by(|a, b| a == REDACTED && b == REDACTED);
    line.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> Option<String> {
        package(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).map(|package| package.to_string())
    }

    #[test]
    fn a_command_line_leads_to_its_package() {
        for (line, expected) in [
            ("npx -y @clay/kiln@1.2.3 --port 7", Some("npm:@clay/kiln@1.2.3")),
            ("npx --yes kiln@latest", Some("npm:kiln")),
            ("npx -p @clay/kiln kiln-server", Some("npm:@clay/kiln")),
            ("cmd /c npx kiln", Some("npm:kiln")),
            ("/usr/bin/bunx kiln", Some("npm:kiln")),
            ("pnpm dlx kiln", Some("npm:kiln")),
            ("uvx kiln==0.3", Some("pypi:kiln@0.3")),
            ("uvx --python 3.12 --from kiln[all]==1 kiln-mcp", Some("pypi:kiln@1")),
            ("uv tool run kiln@2", Some("pypi:kiln@2")),
            ("docker run -i --rm -e KEY clay.example/kiln:1", Some("oci:clay.example/kiln:1")),
            ("node /home/me/kiln.js", None),
            ("npx", None),
            ("npx ../kiln", None),
            ("npx --token planted kiln", None),
            ("npx --loglevel silent kiln", Some("npm:kiln")),
            ("npx --registry https://me:planted@h.example kiln", Some("npm:kiln")),
            ("uvx --from kiln@git+https://planted@h.example/kiln kiln", None),
            ("uvx --unheard-of planted kiln", None),
            ("docker run --label key=planted clay/kiln", Some("oci:clay/kiln")),
            ("docker run me:planted@h.example/kiln", None),
            ("docker run key=planted", None),
            ("docker run --unheard-of planted clay/kiln", None),
        ] {
            assert_eq!(run(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn the_clients_spellings_lead_to_servers_and_no_value_is_kept() {
        let json = r#"{"mcpServers":{"a":{"command":"npx","args":["-y","kiln","--token","planted-1"],"env":{"K":"planted-2"}},
            "b":{"serverUrl":"https://b.example/mcp","headers":{"Authorization":"Bearer planted-3"}},
            "c":{"type":"sse","url":"https://c.example/x?api_key=planted4"},"d":{"command":"node","args":["d.js"]},"e":7},
            "projects":{"/p":{"mcpServers":{"f":{"command":["uvx","glaze"]}}}}}"#;
        let found = read_json(json, "clients").expect("a configuration");
        let servers: Vec<_> = found.listings.iter().map(|listing| listing.server.as_str()).collect();
        assert_eq!(
            servers,
            ["npm:kiln", "https://b.example/mcp", "https://c.example/x?api_key=[redacted]", "config:d", "pypi:glaze"]
        );
        assert!(!format!("{found:?}").contains("planted"), "{found:?}");
        assert_eq!((found.problems.len(), found.redacted), (1, 5));
        let json = r#"{"mcpServers":{"a":{"command":"npx -y kiln --token planted-1"},"b":{"command":"KEY=planted-2 uvx glaze"},
            "c":{"command":"KEY=planted-3","args":["npx","@clay/kiln"]},"d":{"command":"/opt/my kiln/run planted-4"},
            "e":{"command":"C:\\Program Files\\nodejs\\npx.cmd","args":["kiln"]},
            "f":{"command":"\"C:\\Program Files\\nodejs\\npx.cmd\" -y glaze --key planted-5"},
            "g":{"command":"curl?token=planted-6"},"KEY=planted-7":{"command":"node"}}}"#;
        let found = read_json(json, "clients").expect("a configuration");
        let servers: Vec<_> = found.listings.iter().map(|listing| listing.server.as_str()).collect();
        let packages = ["npm:kiln", "pypi:glaze", "npm:@clay/kiln", "config:d", "npm:kiln", "npm:glaze", "config:g"];
        assert_eq!(servers, [&packages[..], &["config:KEY=[redacted]"]].concat());
        assert!(!format!("{found:?}").contains("planted"), "{found:?}");
        let toml = "[mcp_servers.x]\ncommand = \"uvx\"\nargs = [\"kiln\"]\n[mcp_servers.x.env]\nKEY = \"planted\"\n";
        let found = read_toml(toml, "clients").expect("a configuration");
        assert_eq!(found.listings[0].server.as_str(), "pypi:kiln");
        assert!(!read_toml("key = planted\n", "clients").expect_err("broken").contains("planted"));
    }

    #[test]
    fn a_command_line_keeps_its_program_its_package_and_the_names_of_flags() {
        for (line, expected) in [
            ("npx -y kiln@1.2 --token planted", "npx -y kiln@1.2 --token [redacted]"),
            ("/opt/kiln/run planted --pw=planted -pplanted", "run [redacted] --pw=[redacted] [redacted]"),
            ("docker run -e KEY=planted clay/kiln:1", "docker run -e [redacted] clay/kiln:1"),
            ("curl?token=planted", "curl"),
            ("KEY=planted", "[redacted]"),
            ("node x.js planted planted", "node [redacted]"),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(command_line(&words), expected);
        }
    }
}
