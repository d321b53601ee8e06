//! `mcpdex policy test` and `mcpdex policy explain`: what a policy does with calls that are given or were made.

use super::written::{LookedAt, Opened, looked_at, open, read};
use crate::cli::{Global, PolicyExplainArgs, PolicyTestArgs};
use crate::command::{Exit, print};
use crate::policy::{CheckedServer, read_calls, replay_calls};
use crate::report::{PolicyReplayReport, PolicyRulingReport, to_json, visible};
use anyhow::{Context, bail};
use serde_json::{Map, Value};
use std::path::Path;

pub(super) fn test(global: &Global, args: &PolicyTestArgs) -> anyhow::Result<Exit> {
    let opened = open(global, &args.file, args.written.target, &args.written)?;
    refuse_unreadable(&opened)?;
    let looked = looked_at(global, &args.written, &opened.settings, &[&opened.policy])?;
    if let Some(calls) = &args.calls {
        let log = read_calls(&read(calls)?);
        for (line, why) in log.unread.iter().filter(|_| !global.quiet) {
            eprintln!("warning: line {line} of {}: {}", visible(&calls.display().to_string()), visible(why));
        }
        if log.calls.is_empty() {
            let file = visible(&calls.display().to_string()).into_owned();
            if log.session_lines > 0 {
                eprintln!("error: {file} is a session in which no MCP tool was called");
            } else {
                eprintln!(
                    "error: {file} is neither JSON lines of calls nor a session that Claude Code or Codex keeps; a call is \
                     {{\"at\": …, \"server\": …, \"tool\": …, \"arguments\": …}}"
                );
            }
            return Ok(Exit::Unread);
        }
        let replayed = replay_calls(&opened.policy, &log.calls, &looked.servers);
        let report = PolicyReplayReport::new(&opened.path, opened.policy.target(), replayed, log.unread.len());
        print(&if global.json { to_json(&report) } else { report.to_text() })?;
        return Ok(ended(&looked));
    }
    let call: Value = serde_json::from_str(args.call.as_deref().unwrap_or_default()).context("--call is no JSON")?;
    let Some(tool) = call.get("tool").and_then(Value::as_str) else {
        bail!("--call takes {{\"tool\": …, \"arguments\": {{…}}}}, and this has no `tool`");
    };
    let arguments = match call.get("arguments") {
        None => Map::new(),
        Some(Value::Object(arguments)) => arguments.clone(),
        Some(_) => bail!("the `arguments` of --call are no object"),
    };
    let server = call.get("server").and_then(Value::as_str);
    rulings(global, &opened, &looked, server, tool, Some(&arguments))
}

pub(super) fn explain(global: &Global, args: &PolicyExplainArgs) -> anyhow::Result<Exit> {
    let opened = open(global, &args.file, args.written.target, &args.written)?;
    refuse_unreadable(&opened)?;
    let looked = looked_at(global, &args.written, &opened.settings, &[&opened.policy])?;
    rulings(global, &opened, &looked, None, &args.tool, None)
}

/// A document that does not parse decides nothing.
fn refuse_unreadable(opened: &Opened) -> anyhow::Result<()> {
    if opened.policy.is_readable() {
        return Ok(());
    }
    bail!("{} does not parse; `mcpdex policy check` says where", visible(&opened.path));
}

/// Prints what the policy does with a tool of each server that it can be of. Without arguments every rule that speaks of the
/// tool is shown too.
fn rulings(
    global: &Global,
    opened: &Opened,
    looked: &LookedAt,
    server: Option<&str>,
    tool: &str,
    arguments: Option<&Map<String, Value>>,
) -> anyhow::Result<Exit> {
    let none = Map::new();
    let named = opened.policy.servers();
    let mut asked: Vec<(String, String)> = Vec::new();
    let known = |one: &&CheckedServer| server.is_none_or(|name| one.alias == name || one.name == name);
    for one in looked.servers.iter().filter(known) {
        let has = one.tools.iter().any(|known| known.planned.name == tool);
        if has || server.is_some() {
            asked.push((one.name.clone(), one.alias.clone()));
        }
    }
    if asked.is_empty() {
        let names = match server {
            Some(name) => vec![name.to_owned()],
            // Every server that the document names could have the tool; one that names none is for one server.
            None if named.is_empty() => vec!["server".to_owned()],
            None => opened.policy.servers_of(tool),
        };
        asked.extend(names.into_iter().map(|name| (name.clone(), name)));
    }
    let rows = asked.iter().map(|(name, alias)| {
        let ruling = opened.policy.answer(name, alias, tool, arguments.unwrap_or(&none));
        let others = match arguments {
            Some(_) => Vec::new(),
            None => opened.policy.rules_on(name, alias, tool),
        };
        (alias.as_str(), ruling, others)
    });
    let report = PolicyRulingReport::new(
        Path::new(&opened.path),
        &opened.policy,
        tool,
        arguments.unwrap_or(&none),
        rows.collect(),
    );
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    Ok(ended(looked))
}

/// What the policy says is told in any case; that a server which was named is not known as well.
fn ended(looked: &LookedAt) -> Exit {
    if looked.named_nothing { Exit::Unread } else { Exit::Done }
}
