//! A policy against the tools that its servers have: names that do not exist, tools that nobody decided on, dangerous ones
//! that run, harmless ones that do not.

use super::known::{CheckedServer, CheckedTool};
use crate::decision::{PolicyEffect, Uncounted};
use crate::fit::fit;
use crate::fitted::FittedTool;
use crate::format::TargetOptions;
use crate::loss::Losses;
use crate::plan::PlannedServer;
use crate::replay::evaluator::Call;
use crate::written::WrittenPolicy;
use crate::written::finding::{PolicyFault, PolicyFinding};
use crate::written::nearest::{did_you_mean, nearest};
use crate::written::rule::{Name, Role, RuleBook, Selector, WrittenRule};
use crate::written::shape::shortened;
use mcpdex_model::{Confidence, Risk};
use serde_json::Map;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

/// Holds the policy against the tools; the servers that it names and that are not known.
pub(super) fn find(
    policy: &WrittenPolicy,
    servers: &[CheckedServer],
    uncounted: Uncounted,
    finds: &mut Vec<PolicyFinding>,
) -> Vec<String> {
    let names = Names::of(&policy.book, servers);
    let unread = names.unknown_servers(finds);
    names.unknown_tools(finds);
    names.meant(finds);
    let real = |finding: &PolicyFinding| finding.tools.iter().any(|name| names.full.contains(name));
    finds.retain(|finding| finding.fault != PolicyFault::IgnoredRule || !real(finding));
    for server in servers {
        each(policy, server, uncounted, finds);
    }
    unread
}

/// The servers and tools as the document would spell them.
struct Names<'b> {
    book: &'b RuleBook,
    servers: BTreeMap<String, HashSet<String>>,
    full: HashSet<String>,
    /// Names that were compared for the sake of near ones.
    compared: Cell<usize>,
}

/// So many pairs of names are compared: every slip of a document that people wrote, and not the square of one that a
/// program wrote.
const MOST_COMPARED: usize = 200_000;

impl<'b> Names<'b> {
    fn of(book: &'b RuleBook, servers: &[CheckedServer]) -> Names<'b> {
        let mut all: BTreeMap<String, HashSet<String>> = BTreeMap::new();
        let mut full = HashSet::new();
        let none = Map::new();
        for server in servers {
            let named = if book.by_identity { &server.name } else { &server.alias };
            all.entry(named.clone()).or_default();
            for tool in &server.tools {
                let call = Call {
                    server: &server.name,
                    alias: &server.alias,
                    tool: &tool.planned.name,
                    arguments: &none,
                    near: None,
                };
                let (alias, tool) = book.spelled(&call);
                full.insert((book.joined)(&alias, &tool));
                all.entry(alias).or_default().insert(tool);
            }
        }
        Names { book, servers: all, full, compared: Cell::new(0) }
    }

    /// The nearest of some names; `None` once too many were compared.
    fn near<'n>(&self, name: &str, among: &[&'n HashSet<String>]) -> Option<Vec<&'n str>> {
        let size: usize = among.iter().map(|names| names.len()).sum();
        let spent = self.compared.get().saturating_add(size);
        // The first is looked for in any case.
        if self.compared.get() > 0 && spent > MOST_COMPARED {
            return None;
        }
        self.compared.set(spent);
        Some(nearest(name, among.iter().flat_map(|names| names.iter().map(String::as_str))))
    }

    /// Servers that are named and not known, each once; the nearest that is.
    fn unknown_servers(&self, finds: &mut Vec<PolicyFinding>) -> Vec<String> {
        let mut unknown: BTreeMap<&str, Range<usize>> = BTreeMap::new();
        for rule in &self.book.rules {
            if let Selector::Tool { server: Some(server), .. } = &rule.selector
                && !self.servers.contains_key(server)
            {
                unknown.entry(server).or_insert_with(|| rule.span.clone());
            }
        }
        for (server, span) in &unknown {
            let near = nearest(server, self.servers.keys().map(String::as_str));
            let message = format!("no server `{}` is among those that were looked at", shortened(server));
            let finding = PolicyFinding::new(PolicyFault::UnknownServer, span.clone(), message);
            finds.push(match did_you_mean(&near) {
                Some(help) => PolicyFinding { severity: Risk::High, ..finding.help(help) },
                None => finding.help("name it with --server or --clients, so that its rules are looked at too"),
            });
        }
        unknown.into_keys().map(str::to_owned).collect()
    }

    fn unknown_tools(&self, finds: &mut Vec<PolicyFinding>) {
        let mut seen: BTreeSet<(Option<&str>, &str, usize)> = BTreeSet::new();
        let rules = self.book.rules.iter().filter(|rule| rule.role != Role::Default && !rule.elsewhere);
        let named = rules.filter_map(|rule| Some((rule.names()?, &rule.span)));
        let mentioned = self.book.mentions.iter().map(|m| ((m.server.as_deref(), m.tool.as_str()), &m.span));
        for ((server, tool), span) in named.chain(mentioned) {
            // What is said of one name more than once, as a limit beside a list, is said at its first place.
            if !seen.insert((server, tool, 0)) {
                continue;
            }
            let known: Vec<&HashSet<String>> = match server {
                Some(server) => self.servers.get(server).into_iter().collect(),
                None => self.servers.values().collect(),
            };
            if known.is_empty() || tool == "*" || known.iter().any(|tools| tools.contains(tool)) {
                continue;
            }
            let near = self.near(tool, &known).unwrap_or_default();
            let of = server.map_or_else(
                || "no server".to_owned(),
                |server| format!("the server `{}` has no tool", shortened(server)),
            );
            let message = match server {
                Some(_) => format!("{of} `{}`", shortened(tool)),
                None => format!("{of} that was looked at has a tool `{}`", shortened(tool)),
            };
            finds.push(unknown(span, message, &near, tool));
        }
        for rule in &self.book.rules {
            if let Selector::Full(Name::Is(name)) = &rule.selector
                && !self.full.contains(name)
                && seen.insert((None, name, 1))
                && self.is_of_known(name)
            {
                let mut near = self.near(name, &[&self.full]).unwrap_or_default();
                near.extend(self.full.iter().map(String::as_str).filter(|full| full.ends_with(&format!("/{name}"))));
                let message = format!("no server that was looked at has a tool `{}`", shortened(name));
                finds.push(unknown(&rule.span, message, &near, name));
            }
        }
    }

    /// Of a rule that matches nothing because of its spelling: how the client spells the tool.
    fn meant(&self, finds: &mut [PolicyFinding]) {
        for finding in finds.iter_mut().filter(|finding| finding.fault == PolicyFault::IgnoredRule) {
            let [name] = finding.tools.as_slice() else { continue };
            let ends =
                |full: &&String| full.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with(['_', ':', '/']));
            let mut full: Vec<&String> = self.full.iter().filter(ends).collect();
            full.sort_unstable();
            if let [one] = full.as_slice() {
                finding.help = Some(format!("write `{}`", shortened(one)));
            }
        }
    }

    /// Whether a name in one piece is of a server that is known, or nearly the name of one of its tools.
    fn is_of_known(&self, name: &str) -> bool {
        let of_server = |alias: &String| {
            let prefix = (self.book.joined)(alias, "");
            name.starts_with(&prefix)
        };
        let ends = |full: &String| full.ends_with(&format!("/{name}")) || full.ends_with(&format!("_{name}"));
        self.servers.keys().any(of_server)
            || self.full.iter().any(ends)
            // Past the bound a name that matches nothing is told rather than taken for the client's own.
            || self.near(name, &[&self.full]).is_none_or(|near| !near.is_empty())
    }
}

fn unknown(span: &Range<usize>, message: String, near: &[&str], tool: &str) -> PolicyFinding {
    let mut finding = PolicyFinding::new(PolicyFault::UnknownTool, span.clone(), message);
    finding.tools = vec![tool.to_owned()];
    match did_you_mean(near) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// What is said of several tools at one place is said once.
#[derive(Default)]
struct Grouped(BTreeMap<FaultAt, (Range<usize>, Vec<String>)>);

/// A fault, where its rule begins, and how grave it is.
type FaultAt = (PolicyFault, usize, Risk);

impl Grouped {
    fn add(&mut self, fault: PolicyFault, severity: Risk, span: &Range<usize>, tool: &str) {
        let (_, tools) = self.0.entry((fault, span.start, severity)).or_insert_with(|| (span.clone(), Vec::new()));
        if !tools.iter().any(|other| other == tool) {
            tools.push(tool.to_owned());
        }
    }
}

fn each(policy: &WrittenPolicy, server: &CheckedServer, uncounted: Uncounted, finds: &mut Vec<PolicyFinding>) {
    let planned = server.planned();
    let fitted = fitted(policy, &planned, uncounted);
    let mut said: BTreeMap<&str, &FittedTool<'_>> = BTreeMap::new();
    for tool in &fitted {
        said.extend(tool.stands_for.iter().map(|name| (*name, tool)));
    }
    let mut grouped = Grouped::default();
    let mut rules: BTreeMap<usize, &WrittenRule> = BTreeMap::new();
    let none = Map::new();
    for tool in &server.tools {
        let name = tool.planned.name.as_str();
        let call = Call { server: &server.name, alias: &server.alias, tool: name, arguments: &none, near: None };
        let ruling = policy.ruling(&call);
        let Some(rule) = ruling.rule.map(|at| &policy.book.rules[at]) else { continue };
        rules.insert(rule.span.start, rule);
        let judged = Judged {
            tool,
            said: said.get(name).copied(),
            effect: ruling.effect,
            by_default: rule.role == Role::Default,
            conditional: policy.book.is_conditional(&call),
            partial: policy.book.partial,
            counts: policy.target().capability().rate,
        };
        if let Some((fault, severity)) = judged.fault() {
            grouped.add(fault, severity, &rule.span, name);
        }
        if ruling.effect.is_allowed() && tool.before.is_some_and(|before| before < tool.risk) {
            grouped.add(PolicyFault::RiskierTool, tool.risk, &rule.span, name);
        }
    }
    for ((fault, start, severity), (span, tools)) in grouped.0 {
        let message = message(fault, &tools, rules.get(&start).copied());
        let finding = PolicyFinding::new(fault, span, message);
        finds.push(PolicyFinding { severity, tools, ..finding });
    }
}

/// What is recommended, as far as the target can say it.
fn fitted<'p>(policy: &WrittenPolicy, planned: &'p PlannedServer, uncounted: Uncounted) -> Vec<FittedTool<'p>> {
    let options = TargetOptions { lossy: true, ..policy.options.clone() };
    let servers = std::slice::from_ref(planned);
    let fitted = fit(policy.target(), servers, &options, uncounted, &mut Losses::default());
    fitted.ok().and_then(|mut servers| servers.pop()).map(|server| server.tools).unwrap_or_default()
}

/// One tool: what is written of it and what is recommended.
struct Judged<'t> {
    tool: &'t CheckedTool,
    said: Option<&'t FittedTool<'t>>,
    effect: PolicyEffect,
    by_default: bool,
    conditional: bool,
    partial: bool,
    counts: bool,
}

impl Judged<'_> {
    fn fault(&self) -> Option<(PolicyFault, Risk)> {
        let said = self.said?;
        let wanted = said.effect;
        // Where mcpdex itself lets some calls through, a rule that tells calls apart is what it recommends.
        let looks = !said.conditions.is_empty();
        if self.effect.is_allowed() && !wanted.is_allowed() {
            return Some((PolicyFault::DangerousAllowed, self.tool.risk.max(Risk::Medium)));
        }
        if self.effect.is_allowed() && looks && !self.conditional && self.tool.risk >= Risk::High {
            return Some((PolicyFault::DangerousAllowed, self.tool.risk));
        }
        if self.effect == PolicyEffect::Allow && self.counts && !self.conditional && !self.by_default {
            let counted = matches!(wanted, PolicyEffect::Limit { .. }) && self.tool.risk >= Risk::High;
            if counted {
                return Some((PolicyFault::DangerousAllowed, Risk::Medium));
            }
        }
        let alike =
            |a: PolicyEffect, b: PolicyEffect| a.is_allowed() == b.is_allowed() && a.is_refused() == b.is_refused();
        if self.by_default {
            // A rule that speaks of some calls or callers names the tool.
            return (!looks && !self.partial && !self.conditional && !alike(self.effect, wanted))
                .then_some((PolicyFault::UnruledTool, Risk::Low));
        }
        let harmless = self.tool.risk == Risk::Low && self.tool.confidence > Confidence::Low;
        let blocked = self.effect.is_refused() && wanted == PolicyEffect::Allow && harmless && !self.conditional;
        blocked.then_some((PolicyFault::HarmlessBlocked, Risk::Low))
    }
}

/// Tools that a message names.
const NAMED: usize = 5;

fn message(fault: PolicyFault, tools: &[String], rule: Option<&WrittenRule>) -> String {
    let mut names: Vec<String> = tools.iter().take(NAMED).map(|tool| format!("`{}`", shortened(tool))).collect();
    if tools.len() > NAMED {
        names.push(format!("{} more", tools.len() - NAMED));
    }
    let names = names.join(", ");
    let one = tools.len() == 1;
    let label = rule.map_or_else(String::new, |rule| format!(" by `{}`", shortened(&rule.label)));
    match fault {
        PolicyFault::DangerousAllowed if one => format!("{names} is dangerous and runs unasked{label}"),
        PolicyFault::DangerousAllowed => format!("{names} are dangerous and run unasked{label}"),
        PolicyFault::RiskierTool if one => format!("{names} became riskier since this was written, and still runs"),
        PolicyFault::RiskierTool => format!("{names} became riskier since this was written, and still run"),
        PolicyFault::UnruledTool if one => {
            format!("no rule names {names}; what happens to the rest is not what is recommended for it")
        }
        PolicyFault::UnruledTool => {
            format!("no rule names {names}; what happens to the rest is not what is recommended for them")
        }
        _ if one => format!("{names} is harmless and refused{label}"),
        _ => format!("{names} are harmless and refused{label}"),
    }
}
