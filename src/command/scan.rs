//! `mcpdex scan [CONFIG…]`: the servers of client configurations, what stands out, and whether that closes the gate.

use super::configured::{self, Configured, Servers};
use super::{Exit, print, print_bytes, time};
use crate::cli::{Global, ScanArgs, ScanFormat};
use crate::crawl::places;
use crate::model::{FoundTool, Risk};
use crate::report::{PlacesReport, Problem, ScanReport, ScannedServer, ShownPlace, to_json, visible};
use crate::source::client_config::Flag;
use crate::survey::{Finding, Gate, Kind, Subject, of_server, of_tools};
use anyhow::{Context, bail};
use std::path::Path;

pub(super) fn run(global: &Global, args: &ScanArgs) -> anyhow::Result<Exit> {
    if args.list_places {
        return list_places(global);
    }
    let gate = gate(args)?;
    let found = configured::servers(global, &args.configured)?;
    let findings = gate.hold(findings(&found));
    for (name, identity) in gate.by_alias(&findings) {
        eprintln!(
            "warning: the suppression of `{}` accepts nothing: that is what a configuration calls {}; write server = \"{}\"",
            visible(name),
            visible(identity),
            visible(identity)
        );
    }
    let closed = args.fail_on.is_some_and(|from| Gate::closes(&findings, from));
    let read = found.in_use().any(|server| server.unread.is_none());
    let doubtful = found.in_use().any(|server| server.unread.is_some() || !server.partial.is_empty());
    // A gate that had nothing to look at is not open.
    let nothing =
        !read && args.fail_on.is_some() || args.fail_on_unread && (!read || doubtful || !found.problems.is_empty());
    let problems = found
        .problems
        .iter()
        .map(|(file, what)| Problem { config: file.display().to_string(), what: what.clone() })
        .collect();
    let configs = found.files.iter().map(|file| file.display().to_string()).collect();
    let report = ScanReport::new(configs, problems, found.servers.iter().map(scanned).collect(), findings);
    match if global.json { ScanFormat::Json } else { args.format } {
        ScanFormat::Table => print(&if args.details { report.to_details() } else { report.to_screen() })?,
        ScanFormat::Json => print(&to_json(&report))?,
        ScanFormat::Jsonl => print(&report.to_jsonl())?,
        ScanFormat::Csv => print_bytes(&report.to_csv().context("cannot write CSV")?)?,
        ScanFormat::Sarif => print(&report.to_sarif())?,
        ScanFormat::Markdown => print(&report.to_markdown())?,
        ScanFormat::Github => print(&report.to_github())?,
        ScanFormat::Gitlab => print(&report.to_gitlab())?,
        ScanFormat::Junit => print(&report.to_junit(args.fail_on).context("cannot write XML")?)?,
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

/// Says where configurations are looked for, and which of them are there.
fn list_places(global: &Global) -> anyhow::Result<Exit> {
    let here = Path::new(".");
    let looked: Vec<_> = places::looked_for(here)
        .into_iter()
        .map(|place| ShownPlace { client: place.client, path: place.path.display().to_string() })
        .collect();
    let found = places::client_files(here).iter().map(|file| file.display().to_string()).collect();
    let report = PlacesReport::new(looked, found);
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    Ok(Exit::Done)
}

fn gate(args: &ScanArgs) -> anyhow::Result<Gate> {
    let mut gate = Gate::default();
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    if let Some(path) = &args.suppressions {
        gate.suppress(&read(path)?, &time::today()).with_context(|| format!("cannot use {}", path.display()))?;
    }
    if let Some(path) = &args.baseline {
        let report: serde_json::Value =
            serde_json::from_str(&read(path)?).with_context(|| format!("{} is not JSON", path.display()))?;
        if report["schema"] != "mcpdex/scan/1" {
            bail!("{} is no report of `mcpdex scan --json`", path.display());
        }
        let findings = report["findings"].as_array().into_iter().flatten();
        gate.know(findings.filter_map(|finding| finding["fingerprint"].as_str().map(str::to_owned)));
    }
    Ok(gate)
}

/// What stands out on each server that is in use and between them.
fn findings(found: &Servers) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in found.in_use() {
        let subject = subject(server);
        findings.extend(of_server(subject, &server.tools, &server.failed, &server.partial));
        if let Some(why) = &server.unread {
            let message = format!("the server was not read: {why}");
            findings.push(Finding::new(Kind::Unread, Risk::Medium, subject, None, message, "server"));
        }
        findings.extend(of_entry(server));
    }
    // One server under two names is no collision with itself.
    let mut distinct: Vec<(Subject<'_>, &[FoundTool])> = Vec::new();
    let mut known: Vec<&Option<String>> = Vec::new();
    for server in found.in_use().filter(|server| server.server.is_some()) {
        if !known.contains(&&server.server) {
            known.push(&server.server);
            distinct.push((subject(server), server.tools.as_slice()));
        }
    }
    findings.extend(of_tools(&distinct));
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    findings.dedup_by(|a, b| a.fingerprint == b.fingerprint);
    findings
}

fn subject(server: &Configured) -> Subject<'_> {
    Subject { name: &server.alias, identity: &server.identity }
}

/// What the configuration itself says that a person should look at.
fn of_entry(server: &Configured) -> Vec<Finding> {
    let said = |flag| match flag {
        Flag::AutoApproved => Some((
            Kind::StandingApproval,
            Risk::Medium,
            "its tools, or some of them, are called without asking anybody",
        )),
        Flag::PlainSecret => Some((Kind::PlainSecret, Risk::Medium, "a secret stands in its entry as such")),
        Flag::Unpinned => {
            Some((Kind::Unpinned, Risk::Low, "what it starts has no exact version, so it may be other code tomorrow"))
        }
        Flag::UnverifiedDownload => Some((
            Kind::UnverifiedDownload,
            Risk::Medium,
            "what it starts is fetched from an address without a checksum or a fixed commit",
        )),
        _ => None,
    };
    let finding = |flag: &Flag| {
        let (kind, severity, what) = said(*flag)?;
        Some(Finding::new(kind, severity, subject(server), None, what.to_owned(), ""))
    };
    server.entry.flags.iter().filter_map(finding).collect()
}

fn scanned(server: &Configured) -> ScannedServer {
    let first = server.tools.first();
    let mut risks: std::collections::BTreeMap<Risk, usize> = Risk::ALL.iter().map(|risk| (*risk, 0)).collect();
    for tool in &server.tools {
        *risks.entry(tool.verdict.risk).or_default() += 1;
    }
    ScannedServer {
        name: server.alias.clone(),
        config: server.file.display().to_string(),
        line: server.entry.position.map(|at| at.line),
        column: server.entry.position.map(|at| at.column),
        identity: server.identity.clone(),
        disabled: server.entry.disabled(),
        flags: server.entry.flags.clone(),
        server: server.server.clone(),
        origin: first.map(|tool| tool.origin.to_string()),
        version: first.and_then(|tool| tool.version.clone()),
        tools: server.tools.len(),
        risks,
        partial: !server.partial.is_empty(),
        unread: server.unread.clone(),
    }
}
