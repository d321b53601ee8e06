//! `mcpdex scan [CONFIG…]`: the servers of client configurations, what stands out, and whether that closes the gate.

mod base;
mod git_base;
mod skills;

use super::{Exit, configured, database, print, print_bytes, print_rows, time};
use crate::cli::{Global, ScanArgs, ScanFormat};
use crate::crawl::places;
use crate::query::configured::Servers;
use crate::query::findings::{findings, known_tools, scanned};
use crate::query::skill_findings;
use crate::report::{DataAge, ListFormat, PlacesReport, Problem, ScanReport, ShownPlace, to_json};
use crate::survey::{Finding, Gate, Gated, Kind};
use anyhow::{Context, bail};
use base::ScanBase;
use skills::Skills;
use std::path::{Path, PathBuf};

pub(super) fn run(global: &Global, args: &ScanArgs) -> anyhow::Result<Exit> {
    if args.list_places {
        return list_places(global, args.format);
    }
    let Some(revision) = &args.diff else { return look(global, args, None) };
    let mut args = args.clone();
    if args.configured.configs.is_empty() {
        args.configured.configs.push(PathBuf::from("."));
    }
    let base = ScanBase::open(revision, &args.configured.configs)?;
    let global = Global { settings: base.settings(global)?, ..global.clone() };
    look(&global, &args, Some(&base))
}

/// Looks at the configurations; with a base, at what they add to it.
fn look(global: &Global, args: &ScanArgs, base: Option<&ScanBase>) -> anyhow::Result<Exit> {
    let said = &global.settings;
    let fail_on = args.fail_on.or(said.fail_on.as_ref().map(|said| said.value));
    let fail_on_unread = args.fail_on_unread || said.fail_on_unread.as_ref().is_some_and(|said| said.value);
    let mut gate = gate(global, args, base)?;
    let skills = Skills::find(&args.configured.configs, |folder| !places::project_files(folder).is_empty());
    let mut args = args.clone();
    if !skills.files.is_empty() || !skills.problems.is_empty() {
        args.configured.configs.clone_from(&skills.rest);
    }
    let args = &args;
    let mut found = match base {
        _ if skills.alone() => Servers::default(),
        // What learns for us is not to read what the change says of how it is judged.
        Some(_) => {
            let unsaid = Global { config: Vec::new(), no_config: true, ..global.clone() };
            configured::servers(&unsaid, &args.configured)?
        }
        None => configured::servers(global, &args.configured)?,
    };
    let mut all = findings(&found);
    if !skills.files.is_empty() {
        all.extend(skill_findings(&database::open_judged(global, &database::made(global)?)?, &skills.files)?);
        all.sort_by(by_severity);
    }
    found.files.extend(skills.files.iter().map(|skill| skill.file.clone()));
    found.problems.extend(skills.problems);
    if let Some(base) = base {
        base.take_what_was_there(global, &mut found, &mut gate)?;
        all.extend(base.changes(global, args)?);
        all.sort_by(by_severity);
    }
    let findings = gate.hold(all);
    let closed = fail_on.is_some_and(|from| Gate::closes(&findings, from));
    let read = !skills.files.is_empty() || found.in_use().any(|server| server.unread.is_none());
    // What was unread before the change as well is no matter of the change.
    let counts_as_unread = |gated: &Gated| !gated.known && matches!(gated.finding.kind, Kind::Unread | Kind::Partial);
    let doubtful = match base {
        Some(_) => findings.iter().any(counts_as_unread),
        None => found.in_use().any(|server| server.unread.is_some() || !server.partial.is_empty()),
    };
    // A gate that had nothing to look at is not open; a change that adds nothing adds no harm.
    let had_nothing = !read && base.is_none_or(|_| found.files.is_empty());
    let nothing =
        had_nothing && fail_on.is_some() || fail_on_unread && (had_nothing || doubtful || !found.problems.is_empty());
    let problems = found
        .problems
        .iter()
        .map(|(file, what)| Problem { config: file.display().to_string(), what: what.clone() })
        .collect();
    let configs = found.files.iter().map(|file| file.display().to_string()).collect();
    let suppressions = gate.suppressions(&findings, &known_tools(&found));
    let seen = found.in_use().flat_map(|server| &server.tools).map(|tool| tool.last_seen.as_str());
    let age = DataAge::of(seen, &time::now());
    let report = ScanReport::new(configs, problems, found.servers.iter().map(scanned).collect(), findings)
        .with_suppressions(suppressions)
        .judged_by(database::digest_in_force(global)?)
        .since(base.map(ScanBase::about))
        .aged(age);
    match if global.json { ScanFormat::Json } else { args.format } {
        ScanFormat::Table => print(&if args.details { report.to_details() } else { report.to_screen() })?,
        ScanFormat::Json => print(&to_json(&report))?,
        ScanFormat::Jsonl => print(&report.to_jsonl())?,
        ScanFormat::Csv => print_bytes(&report.to_csv().context("cannot write CSV")?)?,
        ScanFormat::Sarif => print(&report.to_sarif(args.help_url.as_deref()))?,
        ScanFormat::Markdown => print(&report.to_markdown())?,
        ScanFormat::Github => print(&report.to_github())?,
        ScanFormat::Gitlab => print(&report.to_gitlab())?,
        ScanFormat::Junit => print(&report.to_junit(fail_on).context("cannot write XML")?)?,
    }
    if !matches!(args.format, ScanFormat::Table | ScanFormat::Json) && !global.json {
        for one in report.idle_suppressions() {
            warn!("{}", crate::report::visible(&one));
        }
    }
    if matches!(args.format, ScanFormat::Jsonl | ScanFormat::Csv) && !global.json {
        configured::complain(global, &found);
    }
    Ok(match (closed, nothing || found.named_nothing) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Unread,
        (false, false) => Exit::Done,
    })
}

/// Gravest first.
fn by_severity(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    b.severity.cmp(&a.severity).then_with(|| a.cmp(b))
}

/// Says where configurations are looked for, and which of them are there.
fn list_places(global: &Global, format: ScanFormat) -> anyhow::Result<Exit> {
    let format = match format {
        _ if global.json => ListFormat::Json,
        ScanFormat::Table => ListFormat::Table,
        ScanFormat::Json => ListFormat::Json,
        ScanFormat::Jsonl => ListFormat::Jsonl,
        ScanFormat::Csv => ListFormat::Csv,
        ScanFormat::Markdown => ListFormat::Markdown,
        ScanFormat::Sarif | ScanFormat::Github | ScanFormat::Gitlab | ScanFormat::Junit => {
            eprintln!("error: places are no findings; --list-places is written as table, json, jsonl, csv or markdown");
            return Ok(Exit::Usage);
        }
    };
    let here = Path::new(".");
    let looked: Vec<_> = places::looked_for(here)
        .into_iter()
        .map(|place| ShownPlace { client: place.client, path: place.path.display().to_string() })
        .collect();
    let found = places::client_files(here).iter().map(|file| file.display().to_string()).collect();
    let report = PlacesReport::new(looked, found);
    print_rows(&report, format, PlacesReport::to_text)?;
    Ok(Exit::Done)
}

fn gate(global: &Global, args: &ScanArgs, base: Option<&ScanBase>) -> anyhow::Result<Gate> {
    let mut gate = Gate::default();
    let today = time::today();
    // What a file of the repository accepts is what it accepted at the base.
    let read = |path: &Path| {
        let place = base.map_or_else(|| Ok(path.to_owned()), |base| base.place(path));
        match place.and_then(std::fs::read_to_string) {
            Err(why) if base.is_some_and(|base| base.is_new(path)) && why.kind() == std::io::ErrorKind::NotFound => {
                Ok(None)
            }
            read => read.map(Some).with_context(|| format!("cannot read {}", path.display())),
        }
    };
    for said in &global.settings.suppressions {
        let from = said.from.display().to_string();
        gate.suppress(&from, &said.text, &today).with_context(|| format!("cannot use {from}"))?;
    }
    for path in &args.suppressions {
        let from = path.display().to_string();
        if let Some(text) = read(path)? {
            gate.suppress(&from, &text, &today).with_context(|| format!("cannot use {from}"))?;
        }
    }
    let baseline = args.baseline.as_ref().map(|path| Ok::<_, anyhow::Error>((path, read(path)?))).transpose()?;
    if let Some((path, Some(text))) = baseline {
        let report: serde_json::Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
        if report["schema"] != "mcpdex/scan/1" {
            bail!("{} is no report of `mcpdex scan --json`", path.display());
        }
        let findings = report["findings"].as_array().into_iter().flatten();
        gate.know(findings.filter_map(|finding| finding["fingerprint"].as_str().map(str::to_owned)));
    }
    Ok(gate)
}
