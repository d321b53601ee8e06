//! A client's configuration: which servers it starts, and under which names.
//!
//! Only names, commands, arguments and addresses are read; environment and headers, where secrets are, are left alone, and
//! what may be a secret of a command line or an address is in no document.

use super::settings::Settings;
use crate::model::{Ecosystem, FoundTool, ServerId};
use crate::policy::{Launch, PlannedServer, Target};
use crate::report::visible;
use crate::source::address::address;
use crate::source::{config, given};
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
    let plugin = plugin_of(file);
    let only_claude = settings.targets == [Target::ClaudeCode];
    if let Some(plugin) = plugin.as_deref().filter(|_| !only_claude && !quiet) {
        eprintln!(
            "note: the file belongs to the plugin `{0}`: Claude Code calls its servers `plugin_{0}_SERVER`, which only \
             `--target claude-code` by itself writes",
            visible(plugin)
        );
    }
    let mut servers = Vec::new();
    for (alias, launch) in found {
        let (name, tools) = resolve(reader, &launch)?;
        let alias = match &plugin {
            Some(plugin) if only_claude => format!("plugin_{plugin}_{alias}"),
            _ => alias,
        };
        if tools.is_empty() && !quiet {
            eprintln!("note: no tool is known of `{}`; the target's default governs it", visible(&given::name(&alias)));
        }
        let mut planned = settings.plan(&name.unwrap_or_else(|| alias.clone()), Some(&alias), &tools);
        let (launch, redacted) = without_secrets(launch);
        if redacted > 0 && !quiet {
            eprintln!(
                "note: {redacted} values of `{}` are not written, since they may be secret; put them back by hand where \
                 `[redacted]` stands",
                visible(&given::name(&alias))
            );
        }
        planned.launch = Some(launch);
        servers.push(planned);
    }
    Ok(servers)
}

/// The plugin that the file belongs to: Claude Code puts `plugin_PLUGIN_` before the names of a plugin's servers.
fn plugin_of(file: &Path) -> Option<String> {
    let manifest = file.parent()?.join(".claude-plugin/plugin.json");
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(manifest).ok()?).ok()?;
    Some(manifest.get("name")?.as_str()?.to_owned())
}

/// The servers of a configuration: JSON with `mcpServers`, `servers` or `mcp.servers`, or TOML with `mcp_servers`.
fn read(text: &str, is_toml: bool) -> anyhow::Result<Vec<(String, Launch)>> {
    let document: Value = if is_toml {
        // The parser's own message quotes the line, which may hold a secret.
        let at = |error: &toml::de::Error| error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        toml::from_str(text).map_err(|error| anyhow::anyhow!("it is not valid TOML (line {})", at(&error)))?
    } else {
        serde_json::from_str(text)?
    };
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
    let mut words = config::command(entry).unwrap_or_default().into_iter();
    Launch {
        command: words.next(),
        args: words.collect(),
        url: ["url", "serverUrl", "httpUrl"].iter().find_map(|key| text(key)),
    }
}

/// What a document may say of a launch, and how many values were left out.
fn without_secrets(launch: Launch) -> (Launch, usize) {
    let package = package(&launch).map(|(_, name)| name);
    let (args, mut redacted) = given::arguments(&launch.args, package.as_deref());
    let url = launch.url.map(|url| {
        let clean = address(&url);
        redacted += clean.redacted;
        clean.text
    });
    let command = launch.command.map(|command| {
        // A program with its folder stays, unless more than that stands there.
        let name = command.rsplit(['/', '\\']).next().unwrap_or_default();
        if given::program(name) == name && address(&command).redacted == 0 {
            return command;
        }
        redacted += 1;
        given::program(&command)
    });
    (Launch { command, args, url }, redacted)
}

/// The server of the database that a launch starts, and its tools.
fn resolve(reader: &Reader, launch: &Launch) -> anyhow::Result<(Option<String>, Vec<FoundTool>)> {
    let mut candidates = Vec::new();
    if let Some(url) = &launch.url {
        // As the database spells it.
        let url = address(url).text.replace("${", "{");
        candidates.extend(reader.servers_of_remote(&url)?);
        candidates.push(url);
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

/// The package that a command line runs, where it is one of the usual runners.
fn package(launch: &Launch) -> Option<(Ecosystem, String)> {
    let words: Vec<String> = launch.command.iter().chain(&launch.args).cloned().collect();
    let package = config::package(&words)?;
    Some((package.ecosystem, bare(package.ecosystem, &package.identifier).to_owned()))
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
