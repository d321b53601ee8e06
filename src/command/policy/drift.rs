//! `mcpdex policy --drift BEFORE [--to AFTER]`: what the policy of servers becomes when their tools change, as a patch of the
//! document and as Markdown. Every decision stays as strict, and what is new is undecided.

use super::clients;
use super::export::{self, Export};
use super::settings::Settings;
use crate::cli::{Global, PolicyArgs};
use crate::command::database::{Bench, load_bench};
use crate::command::{Exit, diff, print};
use crate::model::{FoundTool, Risk, Tool, lenient};
use crate::policy::{
    Decision, DriftSide, DriftedServer, Launch, PlannedServer, PlannedTool, PolicyDocument, PolicyEffect, Target,
    alias_of, drifted,
};
use crate::report::{PolicyDriftReport, to_json, visible};
use crate::store::{Reader, State};
use crate::survey::{Lock, LockedServer, canonical, sha256};
use anyhow::{Context, bail};
use similar::TextDiff;
use std::collections::BTreeMap;
use std::path::Path;

/// A server whose policy is asked for: its name in a configuration, in the database, and how it is started.
struct Subject {
    alias: String,
    server: String,
    launch: Option<Launch>,
}

/// One of the two states.
enum Side {
    Lock(Lock),
    Database(Box<diff::Side>),
}

pub(super) fn run(
    global: &Global,
    args: &PolicyArgs,
    settings: &Settings,
    reader: &Reader,
    before: &str,
) -> anyhow::Result<Exit> {
    for word in [before, &args.to] {
        if let Some(exit) = diff::no_state(word) {
            return Ok(exit);
        }
    }
    let (was, is) = (side(global, before)?, side(global, &args.to)?);
    let subjects = subjects(global, args, settings, reader, [&was, &is])?;
    if subjects.is_empty() {
        bail!("neither state is a lockfile that names servers; name a configuration with --clients, or --server");
    }
    let by_identity = matches!((&was, &is), (Side::Lock(_), Side::Lock(_)));
    let mut past = Past { global, reader, settings, bench: None, by_identity, unknown: Vec::new() };
    let (mut servers, mut absent) = (Vec::new(), Vec::new());
    for subject in &subjects {
        let (before, after) = (past.read(&was, subject)?, past.read(&is, subject)?);
        if before.is_some() && after.is_none() {
            absent.push(subject.alias.clone());
        }
        servers.extend(drifted(before.as_ref(), after.as_ref()));
    }
    if servers.is_empty() {
        eprintln!("error: no tool of these servers is known in either state");
        return Ok(Exit::Unread);
    }
    let rows = servers.iter().flat_map(|server| server.tools.iter().cloned()).collect();
    let report = PolicyDriftReport::new((before, &args.to), rows, past.unknown, absent);
    if global.json {
        print(&to_json(&report))?;
    } else if args.markdown {
        print(&report.to_markdown())?;
    } else if !global.quiet {
        eprintln!("{}", report.to_text().trim_end());
    }
    let quiet = global.json || args.markdown;
    match &args.out {
        Some(folder) => write(settings, &servers, &report, folder),
        None if quiet => Ok(Exit::Done),
        None => one_patch(settings, &servers),
    }
}

fn side(global: &Global, word: &str) -> anyhow::Result<Side> {
    let lockfile = std::fs::read(word).ok().filter(|bytes| bytes.trim_ascii_start().starts_with(b"{"));
    match lockfile {
        None => Ok(Side::Database(Box::new(diff::side(global, word)?))),
        Some(bytes) => {
            let text = String::from_utf8(bytes).with_context(|| format!("cannot use {word}"))?;
            Ok(Side::Lock(Lock::from_json(&text).with_context(|| format!("cannot use {word}"))?))
        }
    }
}

fn subjects(
    global: &Global,
    args: &PolicyArgs,
    settings: &Settings,
    reader: &Reader,
    sides: [&Side; 2],
) -> anyhow::Result<Vec<Subject>> {
    if let Some(file) = &args.clients {
        let known = clients::plan(reader, file, settings, global.quiet)?;
        let subject =
            |planned: PlannedServer| Subject { alias: planned.alias, server: planned.name, launch: planned.launch };
        return Ok(known.into_iter().map(|one| subject(one.planned)).collect());
    }
    if !args.server.is_empty() {
        // One that is gone, or that a lockfile alone knows, keeps the name that it was given.
        let subject = |wanted: &String| {
            let mut called = reader.servers_called(wanted)?;
            let server = if called.len() == 1 && !called.contains(wanted) { called.remove(0) } else { wanted.clone() };
            let alias = args.alias.clone().unwrap_or_else(|| alias_of(&server));
            Ok(Subject { alias, server, launch: None })
        };
        return args.server.iter().map(subject).collect();
    }
    let mut all: BTreeMap<String, Subject> = BTreeMap::new();
    for lock in sides.iter().filter_map(|side| if let Side::Lock(lock) = side { Some(lock) } else { None }) {
        for one in &lock.servers {
            let subject = Subject { alias: one.name.clone(), server: one.server.clone(), launch: None };
            all.insert(one.name.clone(), subject);
        }
    }
    Ok(all.into_values().collect())
}

/// What the database knows of definitions that are in no current list.
struct Past<'a> {
    global: &'a Global,
    reader: &'a Reader,
    settings: &'a Settings,
    bench: Option<Bench>,
    /// Both states are lockfiles, which tell what a server is, whatever the database calls it.
    by_identity: bool,
    /// Tools of a lockfile whose definition no list holds, as `SERVER/TOOL`.
    unknown: Vec<String>,
}

impl Past<'_> {
    fn read(&mut self, side: &Side, subject: &Subject) -> anyhow::Result<Option<DriftSide>> {
        match side {
            Side::Lock(lock) => {
                let by_name = lock.servers.iter().find(|one| one.name == subject.alias);
                let Some(locked) = by_name.or_else(|| lock.servers.iter().find(|one| one.server == subject.server))
                else {
                    return Ok(None);
                };
                self.locked(subject, locked).map(Some)
            }
            Side::Database(side) => self.state(subject, side),
        }
    }

    /// A server as a lockfile has it: each definition from the database, by its digest.
    fn locked(&mut self, subject: &Subject, locked: &LockedServer) -> anyhow::Result<DriftSide> {
        let current = self.reader.tools_of(&locked.server)?;
        let by_digest: BTreeMap<String, &FoundTool> =
            current.iter().map(|found| (sha256(found.tool.raw.as_bytes()), found)).collect();
        let mut known: Vec<Option<Tool>> = Vec::with_capacity(locked.tools.len());
        for one in &locked.tools {
            known.push(match by_digest.contains_key(&one.raw_sha256) {
                true => None,
                false => self.reader.definition(&one.raw_sha256)?.filter(|tool| tool.name == one.name),
            });
        }
        let past: Vec<Tool> = known.iter().flatten().cloned().collect();
        let mut decided = self.judged(&locked.server, past, current.first())?.into_iter();
        let mut tools = Vec::with_capacity(locked.tools.len());
        for (one, known) in locked.tools.iter().zip(known) {
            tools.push(match (by_digest.get(&one.raw_sha256), known) {
                (Some(found), _) => self.current(found),
                (None, Some(_)) => decided.next().context("a definition was not judged")?,
                (None, None) => {
                    self.unknown.push(format!("{}/{}", subject.alias, one.name));
                    // The strictest that the risk can have led to.
                    let effect = if one.risk == Risk::Critical { PolicyEffect::Hide } else { PolicyEffect::Ask };
                    PlannedTool::new(&one.name, Decision::plain(effect, "what it did before is not known any more"))
                }
            });
        }
        let digests = locked.tools.iter().map(|one| one.canonical_sha256.clone()).collect();
        // A database knows only its own name of the server.
        let of_both = locked.identity.clone().filter(|_| self.by_identity);
        let identity = of_both.unwrap_or_else(|| locked.server.clone());
        Ok(DriftSide { planned: plan(subject, &locked.server, tools), digests, identity })
    }

    /// A server as a database had it.
    fn state(&mut self, subject: &Subject, side: &diff::Side) -> anyhow::Result<Option<DriftSide>> {
        let current = side.reader.tools_of(&subject.server)?;
        let (tools, digests): (Vec<PlannedTool>, Vec<String>) = if side.state == State::Current {
            current.iter().map(|found| (self.current(found), digest(&found.tool))).unzip()
        } else {
            let past = side.reader.state_of(&subject.server, &side.state)?;
            let digests = past.iter().map(digest).collect();
            (self.judged(&subject.server, past, current.first())?, digests)
        };
        if tools.is_empty() {
            return Ok(None);
        }
        Ok(Some(DriftSide {
            planned: plan(subject, &subject.server, tools),
            digests,
            identity: subject.server.clone(),
        }))
    }

    fn current(&self, found: &FoundTool) -> PlannedTool {
        PlannedTool {
            name: found.tool.name.clone(),
            decision: self.settings.decide(found),
            input_schema: found.tool.input_schema.clone(),
        }
    }

    /// Definitions that are in no current list, judged by the rules of today: what differs is then the tools, not the rules.
    fn judged(&mut self, server: &str, tools: Vec<Tool>, like: Option<&FoundTool>) -> anyhow::Result<Vec<PlannedTool>> {
        if tools.is_empty() {
            return Ok(Vec::new());
        }
        let bench = match &mut self.bench {
            Some(bench) => bench,
            none => none.insert(load_bench(self.global)?),
        };
        let verdicts = bench.judge_tools(server, &tools);
        let planned = tools.into_iter().zip(verdicts).map(|(tool, verdict)| PlannedTool {
            decision: self.settings.decide_past(&verdict, like.map(|found| found.origin), &tool),
            name: tool.name,
            input_schema: tool.input_schema,
        });
        Ok(planned.collect())
    }
}

/// As a lockfile has it: of the canonical form.
fn digest(tool: &Tool) -> String {
    let value = lenient::parse(&tool.raw).map(|(value, _)| value).unwrap_or_default();
    sha256(canonical(&value).as_bytes())
}

fn plan(subject: &Subject, server: &str, tools: Vec<PlannedTool>) -> PlannedServer {
    PlannedServer { name: server.to_owned(), alias: subject.alias.clone(), launch: subject.launch.clone(), tools }
}

/// The files of one target, by their places below its folder, before and after.
type Pairs = BTreeMap<String, [Option<String>; 2]>;

/// # Errors
/// The target cannot say one of the two plans.
fn pairs(settings: &Settings, servers: &[DriftedServer], target: Target) -> anyhow::Result<Pairs> {
    let before: Vec<PlannedServer> = servers.iter().filter_map(|server| server.before.clone()).collect();
    let after: Vec<PlannedServer> =
        servers.iter().map(|server| server.plan(target)).filter(|plan| !plan.tools.is_empty()).collect();
    let mut pairs = Pairs::new();
    for (at, plans) in [before, after].iter().enumerate() {
        for (place, document) in documents(settings, target, plans)? {
            for file in document.files {
                let place = Path::new(&place).join(&file.file).display().to_string();
                pairs.entry(place).or_default()[at] = Some(file.text);
            }
        }
    }
    Ok(pairs)
}

/// The documents of a plan, each with its folder: that of the server where a document speaks of one alone.
fn documents(
    settings: &Settings,
    target: Target,
    plans: &[PlannedServer],
) -> anyhow::Result<Vec<(String, PolicyDocument)>> {
    if plans.is_empty() {
        return Ok(Vec::new());
    }
    let one_server = target.capability().one_server;
    let of = settings.documents(target, plans).map(|(chunk, written)| {
        let place = if one_server { export::slug(&chunk[0].alias) } else { String::new() };
        Ok((place, written?))
    });
    of.collect()
}

fn patch(pairs: &Pairs) -> String {
    let mut out = String::new();
    for (place, [before, after]) in pairs {
        let header = |side: &str, text: &Option<String>| match text {
            Some(_) => format!("{side}/{place}"),
            None => "/dev/null".to_owned(),
        };
        let (old, new) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
        let diff = TextDiff::from_lines(old, new);
        out += &diff.unified_diff().context_radius(3).header(&header("a", before), &header("b", after)).to_string();
    }
    out
}

/// The patch of the only target on stdout.
fn one_patch(settings: &Settings, servers: &[DriftedServer]) -> anyhow::Result<Exit> {
    let [target] = settings.targets.as_slice() else {
        bail!("{} patches do not fit on stdout; name a folder with --out", settings.targets.len());
    };
    print(&patch(&pairs(settings, servers, *target)?))?;
    Ok(Exit::Done)
}

/// The new documents, a patch for each target and the Markdown, in a folder.
fn write(
    settings: &Settings,
    servers: &[DriftedServer],
    report: &PolicyDriftReport,
    folder: &Path,
) -> anyhow::Result<Exit> {
    let mut export = Export::into(folder)?;
    let mut failed = false;
    for target in &settings.targets {
        let after: Vec<PlannedServer> =
            servers.iter().map(|server| server.plan(*target)).filter(|plan| !plan.tools.is_empty()).collect();
        for (chunk, written) in settings.documents(*target, &after) {
            let place = if target.capability().one_server { export::slug(&chunk[0].alias) } else { String::new() };
            export.take(*target, chunk, &place, written)?;
        }
        match pairs(settings, servers, *target) {
            Ok(pairs) => export::write_whole(&folder.join(format!("{target}.patch")), &patch(&pairs))?,
            Err(error) => {
                eprintln!("error: {target}: {}", visible(&format!("{error:#}")));
                failed = true;
            }
        }
    }
    export::write_whole(&folder.join("drift.md"), &report.to_markdown())?;
    let summary = export.finish()?;
    Ok(if failed || summary.refused > 0 { Exit::Failed } else { Exit::Done })
}
