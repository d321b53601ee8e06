//! The servers of configurations in, what stands out on them and between them out.

use super::configured::{Configured, Servers};
use crate::model::{FoundTool, Grade, Risk};
use crate::report::ScannedServer;
use crate::source::client_config::Flag;
use crate::survey::{Finding, Kind, KnownTools, Subject, of_server, of_tools};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The servers that were looked at, by what they are, with the names of their tools.
pub(crate) fn known_tools(found: &Servers) -> KnownTools {
    let mut known = KnownTools::new();
    for server in &found.servers {
        let (_, tools) =
            known.entry(server.identity.clone()).or_insert_with(|| (server.alias.clone(), Default::default()));
        tools.extend(server.tools.iter().map(|found| found.tool.name.clone()));
    }
    known
}

/// What stands out on each server that is in use and between them.
pub(crate) fn findings(found: &Servers) -> Vec<Finding> {
    let mut findings = Vec::new();
    for server in found.in_use() {
        let subject = subject(server);
        findings.extend(of_server(subject, &server.offered(), &server.failed, &server.partial));
        if let Some(why) = &server.unread {
            let message = format!("the server was not read: {why}");
            findings.push(Finding::new(Kind::Unread, Risk::Medium, subject, None, message, "server"));
        }
        findings.extend(of_entry(server));
        findings.extend(server.who.iter().flat_map(|who| who.findings(subject)));
    }
    // One server under two names is no collision with itself; of two entries the one with more tools counts.
    let mut distinct: BTreeMap<&String, (&Configured, Cow<'_, [FoundTool]>)> = BTreeMap::new();
    for server in found.in_use() {
        let (Some(name), offered) = (&server.server, server.offered()) else { continue };
        if distinct.get(name).is_none_or(|(_, known)| known.len() < offered.len()) {
            distinct.insert(name, (server, offered));
        }
    }
    let distinct: Vec<(Subject<'_>, &[FoundTool])> =
        distinct.values().map(|(server, offered)| (subject(server), offered.as_ref())).collect();
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

pub(crate) fn scanned(server: &Configured) -> ScannedServer {
    let offered = server.offered();
    let first = server.tools.first();
    let mut risks: BTreeMap<Risk, usize> = Risk::ALL.iter().map(|risk| (*risk, 0)).collect();
    for tool in offered.iter() {
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
        grade: Grade::of(
            server.unread.is_none().then(|| Grade::counts(|risk| risks[&risk] as u64)),
            server.partial.is_empty(),
        ),
        server: server.server.clone(),
        origin: first.map(|tool| tool.origin.to_string()),
        version: first.and_then(|tool| tool.version.clone()),
        tools: offered.len(),
        withheld: server.tools.len() - offered.len(),
        risks,
        partial: !server.partial.is_empty(),
        unread: server.unread.clone(),
    }
}
