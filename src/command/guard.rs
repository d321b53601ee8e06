//! `mcpdex guard`: the hook that a client runs before it calls a tool or adds a server. Offline, from the verdicts that are
//! stored; never judges, learns or writes.
//!
//! What is unknown asks. Whatever goes wrong blocks, by exit code 2, which is what every client that is understood here
//! takes for a refusal; any other code than 0 and 2 would let the call run.

use super::{Exit, configured, database, profile};
use crate::cli::{Cli, Global, GuardArgs};
use crate::crawl::places;
use crate::guard::{
    Adding, AskedByHook, HookAnswer, HookCall, HookClient, HookPermission, HookQuestion, HookReply, MAX_INPUT,
    hook_name, question,
};
use crate::model::Risk;
use crate::model::text::{counted, one_or_many};
use crate::policy::{PolicyEffect, Profile, Uncounted, decide_found};
use crate::report::visible;
use crate::source::client_config::{self, ClientServer};
use crate::store::Reader;
use anyhow::Context;
use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Runs the whole command so that it ends with 0 and an answer, or with 2.
pub(super) fn closed(cli: Cli, run: impl FnOnce(Cli) -> anyhow::Result<Exit>) -> Exit {
    match catch_unwind(AssertUnwindSafe(|| run(cli))) {
        Ok(Ok(Exit::Done)) => Exit::Done,
        Ok(Ok(_)) => Exit::Usage,
        Ok(Err(error)) => {
            eprintln!("mcpdex blocks this: {}", visible(&format!("{error:#}")));
            Exit::Usage
        }
        // What it was stands on stderr already.
        Err(_) => {
            eprintln!("mcpdex blocks this: it failed in itself");
            Exit::Usage
        }
    }
}

/// Runs the command.
///
/// # Errors
/// The input is not understood, there is no database or it cannot be read, or nobody takes the answer.
pub(super) fn run(global: &Global, args: &GuardArgs) -> anyhow::Result<Exit> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(MAX_INPUT as u64 + 1)
        .read_to_end(&mut bytes)
        .context("cannot read the hook's input")?;
    let asked = question(&bytes, args.client)?;
    let answer = match &asked.question {
        HookQuestion::Other => None,
        question => Guard::open(global, args, &asked)?.answer(question)?,
    };
    let reply = match answer {
        None => HookReply::silent(asked.client, &asked.event),
        Some(mut answer) => {
            if args.no_ask && answer.permission == HookPermission::Ask {
                answer.permission = HookPermission::Deny;
            }
            HookReply::of(asked.client, &asked.event, &answer)
        }
    };
    // Not by the common way out, for which a reader that has gone away is no error.
    let mut out = std::io::stdout().lock();
    out.write_all(reply.0.as_bytes()).and_then(|()| out.flush()).context("nobody takes the answer")?;
    Ok(Exit::Done)
}

/// What an answer is made from.
struct Guard<'a> {
    reader: Reader,
    profile: Profile,
    args: &'a GuardArgs,
    asked: &'a AskedByHook,
    /// The verdicts are those of other rules than today's.
    stale: bool,
}

/// Tools of a server that are named in an answer.
const NAMED: usize = 3;

impl<'a> Guard<'a> {
    fn open(global: &Global, args: &'a GuardArgs, asked: &'a AskedByHook) -> anyhow::Result<Guard<'a>> {
        let profile = match args.profile.as_deref() {
            None => profile::usual(global)?,
            Some(name) => profile::read(name)?,
        };
        let reader = Reader::open(&database::place(global)?)?;
        let stale = !reader.standing(&database::digest_in_force(global)?)?.judged;
        Ok(Guard { reader, profile, args, asked, stale })
    }

    fn answer(&self, question: &HookQuestion) -> anyhow::Result<Option<HookAnswer>> {
        match question {
            HookQuestion::Other => Ok(None),
            HookQuestion::Call(call) => self.call(call).map(Some),
            HookQuestion::Adding(adding) => self.adding(adding).map(Some),
            HookQuestion::Settings(file) => self.settings(file),
        }
    }

    fn call(&self, call: &HookCall) -> anyhow::Result<HookAnswer> {
        let mut answer: Option<HookAnswer> = None;
        for (entry, tool) in self.candidates(call) {
            let one = self.one_call(&entry, &tool, call)?;
            answer = Some(match answer {
                None => one,
                Some(other) => other.stricter(one),
            });
        }
        Ok(answer.unwrap_or_else(|| {
            let what = format!("no configuration of this client names the server of `{}`", visible(&call.full));
            HookAnswer::new(HookPermission::Ask, what)
        }))
    }

    /// The servers that the client may mean, each with its name for the tool.
    fn candidates(&self, call: &HookCall) -> Vec<(ClientServer, String)> {
        if let (Some(entry), Some((_, tool))) = (&call.entry, &call.apart) {
            return vec![(entry.clone(), tool.clone())];
        }
        let mut found = Vec::new();
        for file in self.files(call) {
            let plugin = configured::plugin_of(&file);
            for entry in configured::read(&file, true).0 {
                let alias = match &plugin {
                    Some(plugin) => format!("plugin_{plugin}_{}", entry.name),
                    None => entry.name.clone(),
                };
                let tool = match &call.apart {
                    Some((Some(server), tool)) => (*server == alias).then(|| tool.clone()),
                    // Which of the servers it is that has such a tool was not said.
                    Some((None, tool)) => Some(tool.clone()),
                    None => self.rest(&call.full, &alias),
                };
                found.extend(tool.map(|tool| (entry, tool)));
            }
        }
        found
    }

    /// The tool in a client's name for server and tool, where the server is this one.
    fn rest(&self, full: &str, alias: &str) -> Option<String> {
        let between = if self.asked.client == HookClient::Gemini { "_" } else { "__" };
        let rest = full.strip_prefix(&hook_name(alias))?;
        let tool = rest.strip_prefix("__").or_else(|| rest.strip_prefix(between))?;
        Some(tool.to_owned()).filter(|tool| !tool.is_empty())
    }

    /// The configurations of the client that asks, or those that were named.
    fn files(&self, call: &HookCall) -> Vec<PathBuf> {
        if !self.args.client_config.is_empty() {
            return self.args.client_config.clone();
        }
        // Which plugins there are takes a walk through folders.
        let walks = call.full.starts_with("plugin_");
        places::files_of(self.asked.client.place(), walks, &self.asked.folder)
    }

    fn one_call(&self, entry: &ClientServer, tool: &str, call: &HookCall) -> anyhow::Result<HookAnswer> {
        let ask = |why: String| Ok(HookAnswer::new(HookPermission::Ask, why));
        let alias = visible(&entry.name).into_owned();
        if let Some(why) = entry.unread() {
            return ask(format!("nothing is known of the server `{alias}`: {}", visible(&why)));
        }
        let listing = entry.listing("guard");
        let Some(server) = configured::resolve(&self.reader, &listing)? else {
            return ask(format!("the database does not know the server `{alias}` ({})", visible(&listing.server.0)));
        };
        let names = self.reader.tool_names_of(&server)?;
        let exact = names.iter().any(|name| name == tool);
        // The client's spelling may stand for several.
        let meant =
            names.into_iter().filter(|name| if exact { name == tool } else { hook_name(name) == hook_name(tool) });
        let mut answer: Option<HookAnswer> = None;
        for name in meant {
            for found in self.reader.tool_on(&server, &name)? {
                let decision = decide_found(&self.profile, &found);
                let lets = decision.uncounted.unwrap_or(self.profile.uncounted) == Uncounted::Allow;
                let permission = match decision.answer(&call.arguments) {
                    PolicyEffect::Allow => HookPermission::Allow,
                    PolicyEffect::Limit { .. } if lets => HookPermission::Allow,
                    PolicyEffect::Limit { .. } | PolicyEffect::Ask => HookPermission::Ask,
                    PolicyEffect::Deny | PolicyEffect::Hide => HookPermission::Deny,
                };
                let (verdict, place) = (&found.verdict, visible(&found.server));
                let traits: Vec<&str> = verdict.traits.iter().map(|one| one.as_str()).collect();
                let traits = if traits.is_empty() { String::new() } else { format!(" ({})", traits.join(", ")) };
                let what = format!(
                    "`{}` of {place} is {}, risk {}{traits}, confidence {}: {}",
                    visible(&name),
                    verdict.class,
                    verdict.risk,
                    verdict.confidence,
                    visible(&decision.reason),
                );
                let one = HookAnswer::new(permission, what);
                answer = Some(match answer {
                    None => one,
                    Some(other) => other.stricter(one),
                });
            }
        }
        let Some(answer) = answer else {
            return ask(format!("no tool `{}` is known of {}", visible(tool), visible(&server)));
        };
        Ok(self.as_of_today(answer))
    }

    /// Nothing is let through by rules that are no longer in force.
    fn as_of_today(&self, answer: HookAnswer) -> HookAnswer {
        if !self.stale {
            return answer;
        }
        let why = "the rules have changed since the tools were judged; `mcpdex stats` judges them anew";
        answer.stricter(HookAnswer::new(HookPermission::Ask, why))
    }

    fn adding(&self, adding: &Adding) -> anyhow::Result<HookAnswer> {
        let Some(servers) = &adding.servers else {
            let why = format!("{}, and which servers that adds cannot be told", visible(&adding.how));
            return Ok(HookAnswer::new(HookPermission::Ask, why));
        };
        let mut answer: Option<HookAnswer> = None;
        for entry in servers {
            let one = self.one_server(entry)?;
            answer = Some(match answer {
                None => one,
                Some(other) => other.stricter(one),
            });
        }
        let unsaid = || HookAnswer::new(HookPermission::Ask, format!("{}, with no server in it", visible(&adding.how)));
        Ok(answer.map_or_else(unsaid, |answer| self.as_of_today(answer)))
    }

    /// Whether a server may be added: all its tools are known and none needs a person.
    fn one_server(&self, entry: &ClientServer) -> anyhow::Result<HookAnswer> {
        let one = configured::look_up(&self.reader, PathBuf::from("guard"), entry.clone())?;
        let ask = |why: String| Ok(HookAnswer::new(HookPermission::Ask, why));
        let name = visible(one.server.as_deref().unwrap_or(&one.identity)).into_owned();
        if let Some(why) = &one.unread {
            return ask(format!("the server {name} was not read: {}", visible(why)));
        }
        if !one.partial.is_empty() {
            return ask(format!("the list of tools of {name} is known to be incomplete"));
        }
        let mut waiting: Vec<(Risk, &str)> = Vec::new();
        for found in &one.tools {
            if !decide_found(&self.profile, found).effect.is_allowed() {
                waiting.push((found.verdict.risk, &found.tool.name));
            }
        }
        if waiting.is_empty() {
            let what = format!("all of {name} ({}) runs unasked by the profile", counted(one.tools.len(), "tool"));
            return Ok(HookAnswer::new(HookPermission::Allow, what));
        }
        waiting.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let named: Vec<String> =
            waiting.iter().take(NAMED).map(|(risk, tool)| format!("`{}` ({risk})", visible(tool))).collect();
        ask(format!(
            "{} of {} of {name} {} a person: {}",
            waiting.len(),
            counted(one.tools.len(), "tool"),
            one_or_many(waiting.len(), "needs", "need"),
            named.join(", ")
        ))
    }

    /// A file of settings that has changed: the servers that it brings, or that it lets a project bring.
    fn settings(&self, file: &Path) -> anyhow::Result<Option<HookAnswer>> {
        let (mut servers, problems, _) = configured::read(file, false);
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let said: serde_json::Value =
            serde_json::from_str(&text).with_context(|| format!("cannot read {}", file.display()))?;
        let all = said.get("enableAllProjectMcpServers").and_then(serde_json::Value::as_bool) == Some(true);
        let named = said.get("enabledMcpjsonServers").and_then(serde_json::Value::as_array);
        let of_project = self.asked.folder.join(".mcp.json");
        if (all || named.is_some_and(|names| !names.is_empty())) && of_project.is_file() {
            let enabled =
                |entry: &ClientServer| all || named.is_some_and(|names| names.iter().any(|name| name == &entry.name));
            servers.extend(configured::read(&of_project, true).0.into_iter().filter(enabled));
        }
        if let Some(problem) = problems.first() {
            let why = format!("{} cannot be understood: {problem}", file.display());
            return Ok(Some(HookAnswer::new(HookPermission::Ask, visible(&why))));
        }
        servers.retain(|entry| !entry.disabled());
        if servers.is_empty() {
            return Ok(None);
        }
        let how = "the settings bring servers".to_owned();
        self.adding(&Adding { how, servers: Some(servers) }).map(Some)
    }
}

/// Configurations are bounded as everywhere.
const _: () = assert!(client_config::MAX_BYTES <= MAX_INPUT);

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn whatever_goes_wrong_blocks() {
        let cli = || Cli::parse_from(["mcpdex", "guard"]);
        assert_eq!(closed(cli(), |_| Ok(Exit::Done)), Exit::Done);
        for other in [Exit::Failed, Exit::Findings, Exit::Unread, Exit::Interrupted, Exit::Usage] {
            assert_eq!(closed(cli(), |_| Ok(other)), Exit::Usage);
        }
        assert_eq!(closed(cli(), |_| anyhow::bail!("no database")), Exit::Usage);
        assert_eq!(closed(cli(), |_| panic!("a fault of mcpdex")), Exit::Usage);
    }
}
