//! `mcpdex policy … --cut-leak`: the fewest tools that must ask or be hidden so that no leak is left in what runs unasked.
//!
//! What runs unasked differs from target to target, and so does the cut. It is looked at again once it is made.

use super::settings::Settings;
use crate::policy::{Decision, KnownServer, PlannedServer, PolicyEffect, Refused, StandingTools, Target, standing};
use crate::report::{CutTool, LeakCut, LeakReport};
use crate::survey::{Brings, Cut, LegKind, cut};
use anyhow::bail;
use std::collections::{BTreeMap, BTreeSet};

/// The plan of each target after its cut.
type Plans = BTreeMap<Target, Vec<PlannedServer>>;

/// A tool that runs unasked at a target: its server's place, its name, what the target does, what it brings.
struct Running<'a> {
    server: usize,
    tool: &'a str,
    effect: PolicyEffect,
    brings: Brings,
}

/// Cuts at every target.
///
/// # Errors
/// A cut left a leak, which would be a fault of mcpdex.
pub(super) fn cut_leaks(
    settings: &Settings,
    servers: &[KnownServer],
    effect: PolicyEffect,
) -> anyhow::Result<(LeakReport, Plans)> {
    let unread = servers.iter().filter(|server| server.found.is_empty()).map(|server| server.planned.alias.clone());
    let mut report = LeakReport::new(effect, unread.collect());
    let mut plans = Plans::new();
    for target in settings.targets.iter().copied() {
        let mut planned: Vec<PlannedServer> = servers.iter().map(|server| server.planned.clone()).collect();
        match one(settings, servers, &mut planned, target, effect)? {
            Ok(cut) => report.cuts.push(cut),
            Err(refused) => report.refuse(target, &refused),
        }
        plans.insert(target, planned);
    }
    Ok((report, plans))
}

/// Cuts at one target: `planned` is changed.
fn one(
    settings: &Settings,
    servers: &[KnownServer],
    planned: &mut [PlannedServer],
    target: Target,
    effect: PolicyEffect,
) -> anyhow::Result<Result<LeakCut, Refused>> {
    let before = planned.to_vec();
    let stands = match standing(target, &before, &settings.options, settings.profile.uncounted) {
        Ok(stands) => stands,
        Err(refused) => return Ok(Err(refused)),
    };
    let runs = running(servers, &stands);
    let mut report = LeakCut { target, running: runs.len(), leg: None, tools: Vec::new(), costs: None };
    let brings: Vec<Brings> = runs.iter().map(|tool| tool.brings).collect();
    let Some(Cut { leg, places, costs }) = cut(&brings) else { return Ok(Ok(report)) };
    let taken: BTreeSet<(usize, &str)> = places.iter().map(|place| (runs[*place].server, runs[*place].tool)).collect();
    for (at, server) in planned.iter_mut().enumerate() {
        for tool in server.tools.iter_mut().filter(|tool| taken.contains(&(at, tool.name.as_str()))) {
            tool.decision = Decision::plain(tool.decision.effect.stricter(effect), reason(leg));
        }
    }
    let left = match standing(target, planned, &settings.options, settings.profile.uncounted) {
        Ok(stands) => running(servers, &stands),
        Err(refused) => return Ok(Err(refused)),
    };
    if cut(&left.iter().map(|tool| tool.brings).collect::<Vec<_>>()).is_some() {
        bail!("the cut of the {target} policy leaves a leak; please report this");
    }
    let still: BTreeSet<(usize, &str)> = left.iter().map(|tool| (tool.server, tool.tool)).collect();
    report.leg = Some(leg);
    report.costs = Some(costs.into());
    // What a client spells alike goes with what was taken, and is part of the cost.
    let gone = runs.iter().filter(|tool| !still.contains(&(tool.server, tool.tool)));
    report.tools = gone
        .map(|tool| CutTool {
            server: servers[tool.server].planned.alias.clone(),
            tool: tool.tool.to_owned(),
            was: tool.effect.to_string(),
            brings: legs(tool.brings),
        })
        .collect();
    Ok(Ok(report))
}

/// What runs unasked, with what it brings; of several definitions of one name what any brings.
fn running<'a>(servers: &[KnownServer], stands: &[StandingTools<'a>]) -> Vec<Running<'a>> {
    let mut running = Vec::new();
    for (at, (server, stands)) in servers.iter().zip(stands).enumerate() {
        let mut brings: BTreeMap<&str, Brings> = BTreeMap::new();
        for found in &server.found {
            let all = brings.entry(found.tool.name.as_str()).or_default();
            *all = all.or(Brings::of(&found.verdict));
        }
        for (tool, stands) in stands.iter().filter(|(_, stands)| stands.effect.is_allowed()) {
            let brings = brings.get(tool).copied().unwrap_or_default();
            running.push(Running { server: at, tool, effect: stands.effect, brings });
        }
    }
    running
}

fn legs(brings: Brings) -> Vec<LegKind> {
    let all = [
        (LegKind::WayOut, brings.way_out),
        (LegKind::UntrustedContent, brings.untrusted_content),
        (LegKind::PrivateData, brings.private_data),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(leg, _)| leg).collect()
}

const fn reason(leg: LegKind) -> &'static str {
    match leg {
        LegKind::WayOut => "it could carry out private data that other tools read, at the word of a stranger",
        LegKind::UntrustedContent => "what strangers write could make an agent send out private data that it can read",
        LegKind::PrivateData => "what it reads is private, and an agent that reads strangers' text could send it out",
    }
}
