//! A client's configuration: which servers it starts, and under which names.
//!
//! Only names, commands, arguments and addresses are read; environment and headers, where secrets are, are left alone.

use super::settings::Settings;
use crate::model::{Ecosystem, FoundTool, ServerId};
use crate::policy::{Launch, PlannedServer};
use crate::report::visible;
use crate::store::Reader;
use anyhow::{Context, bail};
use serde_json::{Map, Value};
use std::path::Path;

/// The servers of the configuration with what was decided on their tools. A server that the database does not know has
/// no tools, so every target's default governs it.
pub(super) fn plan(
    reader: &Reader,
    file: &Path,
    settings: &Settings,
    quiet: bool,
) -> anyhow::Result<Vec<PlannedServer>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let found = read(&text, file.extension().is_some_and(|e| e == "toml"))
        .with_context(|| format!("cannot read the servers of {}", file.display()))?;
    let mut servers = Vec::new();
    for (alias, launch) in found {
        let (name, tools) = resolve(reader, &launch)?;
        if tools.is_empty() && !quiet {
            eprintln!("note: no tool is known of `{}`; the target's default governs it", visible(&alias));
        }
        let mut planned = settings.plan(&name.unwrap_or_else(|| alias.clone()), Some(&alias), &tools);
        planned.launch = Some(launch);
        servers.push(planned);
    }
    Ok(servers)
}

/// The servers of a configuration: JSON with `mcpServers`, `servers` or `mcp.servers`, or TOML with `mcp_servers`.
fn read(text: &str, is_toml: bool) -> anyhow::Result<Vec<(String, Launch)>> {
    let document: Value = if is_toml { toml::from_str(text)? } else { serde_json::from_str(text)? };
    let known = ["/mcpServers", "/servers", "/mcp/servers", "/mcp_servers"];
    let servers = known.iter().find_map(|pointer| document.pointer(pointer)?.as_object());
    let Some(servers) = servers else { bail!("it has none of mcpServers, servers, mcp.servers and mcp_servers") };
    let mut found = Vec::new();
    for (alias, entry) in servers {
        let Some(entry) = entry.as_object() else { bail!("the entry `{}` is not an object", visible(alias)) };
        found.push((alias.clone(), launch(entry)));
    }
    Ok(found)
}

fn launch(entry: &Map<String, Value>) -> Launch {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    let args = entry.get("args").and_then(Value::as_array).into_iter().flatten();
    Launch {
        command: text("command"),
        args: args.filter_map(Value::as_str).map(str::to_owned).collect(),
        url: ["url", "serverUrl", "httpUrl"].iter().find_map(|key| text(key)),
    }
}

/// The server of the database that a launch starts, and its tools.
fn resolve(reader: &Reader, launch: &Launch) -> anyhow::Result<(Option<String>, Vec<FoundTool>)> {
    let mut candidates = Vec::new();
    if let Some(url) = &launch.url {
        candidates.extend(reader.servers_of_remote(url)?);
        candidates.push(url.clone());
    }
    if let Some((ecosystem, package)) = package(launch) {
        candidates.extend(reader.servers_of_package(ecosystem, &package)?);
        candidates.push(ServerId::of_package(ecosystem, &package).0);
    }
    for name in &candidates {
        let tools = reader.tools_of(name)?;
        if !tools.is_empty() {
            return Ok((Some(name.clone()), tools));
        }
    }
    Ok((candidates.into_iter().next(), Vec::new()))
}

/// Options of the runners that take a value.
const NPM: &[&str] = &["--package", "-p", "--registry"];
const PYTHON: &[&str] = &["--from", "--spec", "--with", "--python", "-p", "--index", "--default-index", "--index-url"];
const CONTAINER: &[&str] = &["-e", "--env", "--env-file", "-v", "--volume", "--mount", "--name", "--network", "-p"];

/// The package that a command line runs, where it is one of the usual runners.
fn package(launch: &Launch) -> Option<(Ecosystem, String)> {
    let command = launch.command.as_deref()?;
    let runner = command.rsplit(['/', '\\']).next()?.trim_end_matches(".cmd").trim_end_matches(".exe");
    let (ecosystem, before, valued): (_, &[&[&str]], _) = match runner {
        "npx" | "bunx" => (Ecosystem::Npm, &[], NPM),
        "npm" | "pnpm" | "yarn" => (Ecosystem::Npm, &[&["exec", "x", "dlx"]], NPM),
        "uvx" => (Ecosystem::Pypi, &[], PYTHON),
        "uv" => (Ecosystem::Pypi, &[&["tool"], &["run"]], PYTHON),
        "pipx" => (Ecosystem::Pypi, &[&["run"]], PYTHON),
        "docker" | "podman" => (Ecosystem::Oci, &[&["run"]], CONTAINER),
        _ => return None,
    };
    let mut words = launch.args.iter().map(String::as_str).peekable();
    for wanted in before {
        words.next_if(|word| wanted.contains(word))?;
    }
    let mut named = None;
    while let Some(word) = words.next() {
        let names_package = matches!(word, "--from" | "--spec" | "--package") || (word == "-p" && valued == NPM);
        if names_package {
            named = words.next();
        } else if valued.contains(&word) {
            words.next();
        } else if !word.starts_with('-') {
            return Some((ecosystem, bare(ecosystem, named.unwrap_or(word)).to_owned()));
        }
    }
    None
}

/// A package's name without version, extras or tag.
fn bare(ecosystem: Ecosystem, name: &str) -> &str {
    match ecosystem {
        Ecosystem::Npm => {
            let at = name.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(name.len(), |(i, _)| i);
            &name[..at]
        }
        Ecosystem::Oci => {
            let image = name.split('@').next().unwrap_or(name);
            match image.rsplit_once(':') {
                Some((untagged, tag)) if !tag.contains('/') => untagged,
                _ => image,
            }
        }
        _ => name.split(['[', '=', '@', '<', '>', '~', '!', ';', ' ']).next().unwrap_or(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(command: &str, args: &[&str]) -> Option<(Ecosystem, String)> {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        package(&Launch { command: Some(command.to_owned()), args, url: None })
    }

    #[test]
    fn the_usual_runners_name_their_package() {
        let npm = |name: &str| Some((Ecosystem::Npm, name.to_owned()));
        let pypi = |name: &str| Some((Ecosystem::Pypi, name.to_owned()));
        assert_eq!(runs("npx", &["-y", "@example/shelf@1.2.3", "--root", "/srv"]), npm("@example/shelf"));
        assert_eq!(runs("/usr/bin/npx", &["-y", "shelf"]), npm("shelf"));
        assert_eq!(runs("pnpm", &["dlx", "shelf@latest"]), npm("shelf"));
        assert_eq!(runs("uvx", &["example.shelf@latest"]), pypi("example.shelf"));
        assert_eq!(runs("uvx", &["--from", "shelf[all]==2", "shelf-server"]), pypi("shelf"));
        assert_eq!(runs("uv", &["tool", "run", "shelf"]), pypi("shelf"));
        assert_eq!(
            runs("docker", &["run", "-i", "--rm", "-e", "KEY", "reg.example:5000/shelf:2"]),
            Some((Ecosystem::Oci, "reg.example:5000/shelf".to_owned()))
        );
        assert_eq!(runs("node", &["server.js"]), None);
        assert_eq!(runs("npm", &["start"]), None);
    }

    #[test]
    fn configurations_of_several_clients_are_read_and_others_refused() {
        for (text, is_toml) in [
            (r#"{"mcpServers":{"shelf":{"command":"npx","args":["shelf"],"env":{"TOKEN":"secret"}}}}"#, false),
            (r#"{"servers":{"shelf":{"type":"stdio","command":"npx","args":["shelf"]}}}"#, false),
            (r#"{"mcp":{"servers":{"shelf":{"command":"npx","args":["shelf"]}}}}"#, false),
            ("[mcp_servers.shelf]\ncommand = 'npx'\nargs = ['shelf']", true),
        ] {
            let found = read(text, is_toml).expect("servers");
            assert_eq!((found[0].0.as_str(), found[0].1.args.as_slice()), ("shelf", &["shelf".to_owned()][..]));
        }
        assert!(read("{}", false).is_err());
        assert!(read(r#"{"mcpServers":{"shelf":7}}"#, false).is_err());
    }
}
