//! `mcpdex policy`: the recommended policy for a tool, a server, a client's configuration or the whole database.
//!
//! A tool's name alone prints its policy.json as `mcpdex tool` shows it: the target policylayer, the profile balanced.

mod clients;
mod export;
mod settings;

use super::{Exit, database, gone, print, tool};
use crate::cli::{Global, PolicyArgs};
use crate::model::FoundTool;
use crate::policy::{PlannedServer, Window, advise};
use crate::report::{to_json, visible};
use crate::store::Reader;
use anyhow::bail;
use export::Export;
use settings::Settings;

pub(super) fn run(global: &Global, args: &PolicyArgs) -> anyhow::Result<Exit> {
    let settings = Settings::of(args)?;
    let reader = database::open_judged(&database::path(global)?)?;
    let command = Command { global, args, settings: &settings, reader: &reader };
    match (&args.tool, &args.server, &args.clients) {
        (Some(name), server, _) => command.one_tool(name, server.as_deref()),
        (None, Some(server), _) => command.one_server(server),
        (None, None, Some(file)) => match clients::plan(&reader, file, &settings, global.quiet)? {
            servers if servers.is_empty() => Ok(Exit::Unread),
            servers => command.deliver(&servers),
        },
        (None, None, None) => export::everything(global, args, &settings, &reader),
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
            return Ok(Exit::Failed);
        }
        let of_first: Vec<FoundTool> = servers[0].1.iter().map(|tool| (*tool).clone()).collect();
        let planned = settings.plan(&first.server, self.args.alias.as_deref(), &of_first);
        if self.global.json && self.args.out.is_none() && !settings.plain {
            let advice = settings.targets.iter().map(|target| {
                advise(*target, &planned, &settings.options, settings.profile.uncounted, (10, Window::Minute))
            });
            print(&to_json(&advice.collect::<Vec<_>>()))?;
            return Ok(Exit::Done);
        }
        if !self.global.quiet && !settings.plain {
            for decision in &decided {
                eprintln!("{}: {}", visible(name), visible(&decision.sentence()));
            }
            for target in &settings.targets {
                for step in target.capability().steps {
                    eprintln!("  {target}: {step}");
                }
            }
        }
        self.deliver(&[planned])
    }

    fn one_server(&self, name: &str) -> anyhow::Result<Exit> {
        let found = self.reader.tools_of(name)?;
        if found.is_empty() && gone::say(self.reader, name)? {
            return Ok(Exit::Failed);
        }
        if found.is_empty() {
            eprintln!("error: no tools are known of a server `{}`; `mcpdex crawl` adds servers", visible(name));
            return Ok(Exit::Failed);
        }
        let planned = self.settings.plan(name, self.args.alias.as_deref(), &found);
        if self.global.json && self.args.out.is_none() {
            let decided = planned.tools.iter().map(|tool| (tool.name.as_str(), &tool.decision));
            print(&to_json(&decided.collect::<std::collections::BTreeMap<_, _>>()))?;
            return Ok(Exit::Done);
        }
        self.deliver(&[planned])
    }

    /// Writes the documents into `--out`, or the only one to stdout.
    fn deliver(&self, servers: &[PlannedServer]) -> anyhow::Result<Exit> {
        let settings = self.settings;
        if let Some(folder) = &self.args.out {
            let mut export = Export::into(folder)?;
            for target in &settings.targets {
                for (chunk, written) in settings.documents(*target, servers) {
                    let alone = chunk.len() == servers.len();
                    let place = if alone { String::new() } else { export::slug(&chunk[0].alias) };
                    export.take(*target, chunk, &place, written)?;
                }
            }
            let summary = export.finish()?;
            if !self.global.quiet {
                eprintln!("{summary}");
            }
            return Ok(if summary.refused > 0 { Exit::Failed } else { Exit::Done });
        }
        let mut written: Vec<_> =
            settings.targets.iter().flat_map(|target| settings.documents(*target, servers)).collect();
        if written.len() != 1 {
            bail!("{} documents do not fit on stdout; name a folder with --out", written.len());
        }
        match written.remove(0).1 {
            Ok(document) => {
                for loss in document.losses.iter().filter(|_| !self.global.quiet) {
                    let (tool, decided, written) =
                        (visible(&loss.tool), visible(&loss.decided), visible(&loss.written));
                    eprintln!("note: `{tool}` was to be {decided} and is {written}: {}", loss.why);
                }
                print(document.text())?;
                Ok(Exit::Done)
            }
            Err(refused) => {
                eprintln!("error: {}", visible(&refused.to_string()));
                Ok(Exit::Failed)
            }
        }
    }
}
