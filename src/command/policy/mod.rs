//! `mcpdex policy`: the recommended policy for a tool, a server, a client's configuration or the whole database.
//!
//! A tool's name alone prints its policy.json as `mcpdex tool` shows it: the target policylayer, the profile balanced.

mod budget;
mod check;
mod clients;
mod compare;
mod drift;
mod export;
mod leak;
mod merge;
mod replay;
mod settings;
mod written;

use super::{Exit, database, named, print, print_bytes, tool};
use crate::cli::{Global, PolicyAction, PolicyArgs};
use crate::model::FoundTool;
use crate::policy::{Deviation, KnownServer, PlannedServer, PolicyEffect, Target, Window, advise};
use crate::report::{PolicyReport, to_json, visible};
use crate::store::Reader;
use anyhow::bail;
use export::Export;
use settings::Settings;

pub(super) fn run(global: &Global, args: &PolicyArgs) -> anyhow::Result<Exit> {
    if let Some(action) = &args.action {
        return match action {
            PolicyAction::Check(args) => check::run(global, args),
            PolicyAction::Test(args) => replay::test(global, args),
            PolicyAction::Explain(args) => replay::explain(global, args),
            PolicyAction::Diff(args) => compare::diff(global, args),
            PolicyAction::Convert(args) => compare::convert(global, args),
        };
    }
    let settings = Settings::of(global, args)?;
    let reader = database::open_judged(global, &database::place(global)?)?;
    if let Some(before) = &args.drift {
        return drift::run(global, args, &settings, &reader, before);
    }
    let command = Command { global, args, settings: &settings, reader: &reader };
    match (&args.tool, args.server.as_slice(), &args.clients) {
        (Some(name), [], _) => command.one_tool(name, None),
        (Some(name), [server], _) => command.one_tool(name, Some(server)),
        (Some(_), _, _) => bail!("a tool is of one server; name one with --server"),
        (None, [], Some(file)) => match clients::plan(&reader, file, &settings, global.quiet)? {
            servers if servers.is_empty() => Ok(Exit::Unread),
            servers => command.act(servers),
        },
        (None, [], None) => export::everything(global, args, &settings, &reader),
        (None, servers, _) => command.servers(servers),
    }
}

/// Says of each tool that is there only where something is set what that is: never setting it is another way to hide.
fn say_conditions(found: &[FoundTool], settings: &Settings) {
    for tool in found {
        let Some(condition) = &tool.condition else { continue };
        let is_hidden = settings.decide(tool).effect == PolicyEffect::Hide;
        let cure = match (is_hidden, condition.plain_start) {
            (true, Some(false)) => "; never switching that on hides it as well",
            (true, Some(true)) => "; switching that off hides it as well",
            _ => "",
        };
        let (name, text) = (visible(&tool.tool.name), visible(&condition.text));
        note!("`{name}` is there only with {text} ({}){cure}", condition.at_plain_start());
    }
}

/// What one run of the command works with.
struct Command<'a> {
    global: &'a Global,
    args: &'a PolicyArgs,
    settings: &'a Settings,
    reader: &'a Reader,
}

impl Command<'_> {
    fn one_tool(&self, name: &str, server: Option<&str>) -> anyhow::Result<Exit> {
        let settings = self.settings;
        let found = tool::find(self.reader, name, server)?;
        let Some(first) = found.first() else {
            return tool::unknown(self.reader, name, server);
        };
        let servers = tool::by_server(&found);
        let decisions = |tools: &[&FoundTool]| tools.iter().map(|tool| settings.decide(tool)).collect::<Vec<_>>();
        let decided = decisions(&servers[0].1);
        if servers.iter().any(|(_, tools)| decisions(tools) != decided) {
            eprintln!("error: servers differ on `{}`; choose one with --server:", visible(name));
            for other in &found {
                let verdict = &other.verdict;
                eprintln!("  {}  {}, risk {}", visible(&other.server), verdict.class, verdict.risk);
            }
            return Ok(Exit::Unread);
        }
        let of_first: Vec<FoundTool> = servers[0].1.iter().map(|tool| (*tool).clone()).collect();
        let planned = settings.plan(&first.server, self.args.alias.as_deref(), &of_first);
        if self.global.json && self.args.out.is_none() {
            let servers = std::slice::from_ref(&planned);
            let mut report = PolicyReport::new(self.reader.ruleset()?, &settings.profile.name, servers);
            for target in &settings.targets {
                let uncounted = settings.profile.uncounted;
                report.advise(&planned, advise(*target, &planned, &settings.options, uncounted, (10, Window::Minute)));
            }
            print(&to_json(&report))?;
            return Ok(Exit::Done);
        }
        if !self.global.quiet {
            for decision in &decided {
                eprintln!("{}: {}", visible(name), visible(&decision.sentence()));
            }
            say_conditions(&of_first, settings);
            for target in &settings.targets {
                for step in target.capability().steps {
                    eprintln!("  {target}: {step}");
                }
            }
        }
        self.deliver(&|_| std::slice::from_ref(&planned))
    }

    /// All tools of the servers that are named, in one document where the target has it so.
    fn servers(&self, names: &[String]) -> anyhow::Result<Exit> {
        if names.len() > 1 && self.args.alias.is_some() {
            bail!("--alias is the name of one server; with several, name your configuration with --clients");
        }
        let mut known: Vec<KnownServer> = Vec::with_capacity(names.len());
        for wanted in names {
            let Some(name) = named::server(self.reader, wanted)? else { return Ok(Exit::Unread) };
            if known.iter().any(|other| other.planned.name == name) {
                continue;
            }
            let found = self.reader.tools_of(&name)?;
            if found.is_empty() {
                eprintln!("error: no tool of the server `{}` is known, so there is nothing to decide", visible(&name));
                return Ok(Exit::Unread);
            }
            if !self.global.quiet && !self.global.json {
                say_conditions(&found, self.settings);
            }
            let planned = self.settings.plan(&name, self.args.alias.as_deref(), &found);
            known.push(KnownServer { planned, found });
        }
        if self.global.json && self.args.out.is_none() && !self.args.budget {
            let planned: Vec<PlannedServer> = known.into_iter().map(|server| server.planned).collect();
            let mut report = PolicyReport::new(self.reader.ruleset()?, &self.settings.profile.name, &planned);
            for target in &self.settings.targets {
                report.add(*target, self.settings.documents(*target, &planned));
            }
            print(&to_json(&report))?;
            return Ok(Exit::Done);
        }
        self.act(known)
    }

    /// Does with all tools of these servers what the command line asks for.
    fn act(&self, servers: Vec<KnownServer>) -> anyhow::Result<Exit> {
        if self.args.budget {
            return budget::run(self.global, self.settings, self.args.format.unwrap_or_default(), &servers);
        }
        if let Some(how) = &self.args.cut_leak {
            let (report, plans) = leak::cut_leaks(self.settings, &servers, how.parse()?)?;
            if self.global.json {
                print(&to_json(&report))?;
            } else if !self.global.quiet {
                eprintln!("{}", report.to_text().trim_end());
            }
            if self.global.json && self.args.out.is_none() {
                return Ok(Exit::Done);
            }
            return self.deliver(&|target| plans.get(&target).map_or(&[], Vec::as_slice));
        }
        let planned: Vec<PlannedServer> = servers.into_iter().map(|server| server.planned).collect();
        self.deliver(&|_| &planned)
    }

    /// Writes the documents into `--out`, or the only one to stdout.
    fn deliver<'p>(&self, plan: &dyn Fn(Target) -> &'p [PlannedServer]) -> anyhow::Result<Exit> {
        let settings = self.settings;
        if let Some(file) = &self.args.merge {
            return merge::run(self.global, settings, file, plan);
        }
        if let Some(folder) = &self.args.out {
            let mut export = Export::into(folder)?;
            for target in &settings.targets {
                let servers = plan(*target);
                for (chunk, written) in settings.documents(*target, servers) {
                    let alone = chunk.len() == servers.len();
                    let place = if alone { String::new() } else { export::slug(&chunk[0].alias) };
                    export.take(*target, chunk, &place, written)?;
                }
            }
            if settings.whichever {
                for why in export.why_refused() {
                    note!("{}", visible(why));
                }
            }
            let summary = export.finish()?;
            if !self.global.quiet {
                eprintln!("{summary}");
            }
            // Of all targets some cannot say it, which was told; that none could, or that a document lies, is a failure.
            let failed = match settings.whichever {
                true => summary.documents == 0 || summary.unverified > 0,
                false => summary.refused > 0,
            };
            return Ok(if failed { Exit::Failed } else { Exit::Done });
        }
        let mut written: Vec<_> =
            settings.targets.iter().flat_map(|target| settings.documents(*target, plan(*target))).collect();
        if written.len() != 1 {
            bail!("{} documents do not fit on stdout; name a folder with --out", written.len());
        }
        match written.remove(0).1 {
            Ok(document) => {
                for loss in document.losses.iter().filter(|_| !self.global.quiet) {
                    let word = if loss.change == Deviation::Asked { "warning" } else { "note" };
                    eprintln!("{word}: {}", visible(&loss.sentence()));
                }
                print_bytes(document.text().as_bytes())?;
                Ok(Exit::Done)
            }
            Err(refused) => {
                eprintln!("error: {}", visible(&refused.to_string()));
                Ok(Exit::Failed)
            }
        }
    }
}
