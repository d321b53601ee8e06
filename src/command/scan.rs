//! `mcpdex scan [CONFIG…]`: the servers of client configurations, what stands out, and whether that closes the gate.

use super::configured::{self, Configured, Servers};
use super::{Exit, print, print_bytes, time};
use crate::cli::{Global, ScanArgs, ScanFormat};
use crate::model::{FoundTool, Risk};
use crate::report::{Problem, ScanReport, ScannedServer, to_json};
use crate::survey::{Finding, Gate, Kind, of_server, of_tools};
use anyhow::{Context, bail};
use std::path::Path;

pub(super) fn run(global: &Global, args: &ScanArgs) -> anyhow::Result<Exit> {
    let gate = gate(args)?;
    let found = configured::servers(global, &args.configured)?;
    if found.files.is_empty() && !global.quiet {
        eprintln!("no client configuration was found; name one");
    }
    let findings = gate.hold(findings(&found));
    let closed = args.fail_on.is_some_and(|from| Gate::closes(&findings, from));
    let unread = found.servers.iter().any(|server| server.unread.is_some()) || !found.problems.is_empty();
    let problems = found
        .problems
        .iter()
        .map(|(file, what)| Problem { config: file.display().to_string(), what: what.clone() })
        .collect();
    let configs = found.files.iter().map(|file| file.display().to_string()).collect();
    let report = ScanReport::new(configs, problems, found.servers.iter().map(scanned).collect(), findings);
    match if global.json { ScanFormat::Json } else { args.format } {
        ScanFormat::Table => print(&report.to_text())?,
        ScanFormat::Json => print(&to_json(&report))?,
        ScanFormat::Jsonl => print(&report.to_jsonl())?,
        ScanFormat::Csv => print_bytes(&report.to_csv().context("cannot write CSV")?)?,
        ScanFormat::Sarif => print(&report.to_sarif())?,
        ScanFormat::Markdown => print(&report.to_markdown())?,
    }
    Ok(match (closed, unread && args.fail_on_unread) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Unread,
        (false, false) => Exit::Done,
    })
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

/// What stands out on each server and between them; servers go by the names of the configuration.
fn findings(found: &Servers) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in &found.servers {
        findings.extend(of_server(&server.alias, &server.tools, &server.failed, &partial(server)));
        if let Some(why) = &server.unread {
            let message = format!("the server was not read: {why}");
            findings.push(Finding::new(Kind::Unread, Risk::Medium, &server.alias, None, message, "server"));
        }
    }
    // One server under two names is no collision with itself.
    let mut distinct: Vec<(String, Vec<FoundTool>)> = Vec::new();
    let mut known: Vec<&Option<String>> = Vec::new();
    for server in found.servers.iter().filter(|server| server.server.is_some()) {
        if !known.contains(&&server.server) {
            known.push(&server.server);
            distinct.push((server.alias.clone(), server.tools.clone()));
        }
    }
    findings.extend(of_tools(&distinct));
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    findings.dedup_by(|a, b| a.fingerprint == b.fingerprint);
    findings
}

/// The incomplete lists that the tools come from, each once.
fn partial(server: &Configured) -> Vec<crate::model::PartialList> {
    let mut lists: Vec<crate::model::PartialList> = Vec::new();
    for tool in server.tools.iter().filter(|tool| !tool.partial.is_empty()) {
        if !lists.iter().any(|list| list.target == tool.target) {
            lists.push(crate::model::PartialList {
                server: server.alias.clone(),
                target: tool.target.clone(),
                missing: tool.partial.clone(),
            });
        }
    }
    lists
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
        server: server.server.clone(),
        origin: first.map(|tool| tool.origin.to_string()),
        version: first.and_then(|tool| tool.version.clone()),
        tools: server.tools.len(),
        risks,
        unread: server.unread.clone(),
    }
}
