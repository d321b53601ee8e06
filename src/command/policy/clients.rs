//! A client's configuration: which servers it starts, and under which names.
//!
//! Only names, commands, arguments and addresses are read; environment and headers, where secrets are, are left alone, and
//! what may be a secret of a command line or an address is in no document.

use super::settings::Settings;
use crate::command::configured;
use crate::model::FoundTool;
use crate::policy::{KnownServer, Launch, Target};
use crate::report::visible;
use crate::source::address::address;
use crate::source::given;
use crate::store::Reader;
use std::path::Path;

/// The servers of the configuration with what is known of their tools and what was decided on them. A server that the
/// database does not know has no tools, so every target's default governs it; one that is switched off is planned like the
/// others, since a client may switch it on.
pub(super) fn plan(reader: &Reader, file: &Path, settings: &Settings, quiet: bool) -> anyhow::Result<Vec<KnownServer>> {
    let (entries, problems, _) = configured::read(file, true);
    for problem in problems {
        warn!("{}", visible(&format!("{}: {problem}", file.display())));
    }
    let plugin = configured::plugin_of(file);
    let only_claude = settings.targets == [Target::ClaudeCode];
    if let Some(plugin) = plugin.as_deref().filter(|_| !only_claude && !quiet) {
        eprintln!(
            "note: the file belongs to the plugin `{0}`: Claude Code calls its servers `plugin_{0}_SERVER`, which only \
             `--target claude-code` by itself writes",
            visible(plugin)
        );
    }
    // A client knows a server by its alias alone: of two that go by one, the gravest definition of each tool governs both.
    let mut found: Vec<(String, String, Vec<FoundTool>, Launch)> = Vec::new();
    for entry in entries {
        let alias = match &plugin {
            Some(plugin) if only_claude => format!("plugin_{plugin}_{}", entry.name),
            _ => entry.name.clone(),
        };
        let listing = entry.listing("policy");
        let known = if entry.unread().is_none() { configured::resolve(reader, &listing)? } else { None };
        let tools = known.as_deref().map(|name| reader.tools_of(name)).transpose()?.unwrap_or_default();
        if tools.is_empty() && !quiet {
            note!("no tool is known of `{}`; the target's default governs it", visible(&alias));
        }
        let name = known.unwrap_or(listing.server.0);
        let launch = Launch { command: entry.command, args: entry.args, url: entry.url };
        let package = listing.packages.first().map(|package| package.identifier.as_str());
        let (launch, redacted) = without_secrets(launch, package);
        if redacted > 0 && !quiet {
            eprintln!(
                "note: {redacted} values of `{}` are not written, since they may be secret; put them back by hand where \
                 `[redacted]` stands",
                visible(&alias)
            );
        }
        match found.iter_mut().find(|(other, ..)| *other == alias) {
            Some((_, first, all, _)) if *first != name => {
                if !quiet {
                    note!("several servers are called `{}`; the policy covers all of them", visible(&alias));
                }
                all.extend(tools);
            }
            // One server twice, as in two projects, is one entry of a policy.
            Some(_) => {}
            None => found.push((alias, name, tools, launch)),
        }
    }
    let planned = found.into_iter().map(|(alias, name, tools, launch)| {
        let mut planned = settings.plan(&name, Some(&alias), &tools);
        planned.launch = Some(launch);
        KnownServer { planned, found: tools }
    });
    Ok(planned.collect())
}

/// What a document may say of a launch, and how many values were left out.
fn without_secrets(launch: Launch, package: Option<&str>) -> (Launch, usize) {
    let (args, mut redacted) = given::arguments(&launch.args, package);
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
