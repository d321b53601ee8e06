//! A scan as a person reads it: worst servers first, a line for each finding where they fit a screen, else one for each
//! server and harm that names its tools. Every tool with a finding of *high* or above is named; milder ones are counted.

use super::findings::{ScanReport, ScannedServer};
use super::style::{by_risk, faint, strong};
use super::text::{fill, hanging};
use super::visible;
use crate::model::Risk;
use crate::model::text::counted;
use crate::survey::{Finding, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use textwrap::core::display_width;

/// Lines that a person sees without scrolling on a tall terminal.
const SCREEN: usize = 60;
/// Servers without a grave finding that have a line of their own; more are named together.
const QUIET: usize = 8;
/// Things that were not read that are told one by one; more are counted.
const NOT_READ: usize = 6;
/// Suppressions that accept nothing that are told one by one.
const IDLE: usize = 4;
/// Findings milder than this are counted, not named.
const NAMED: Risk = Risk::High;

/// One server of the configurations with what was found on it.
struct Entry<'a> {
    server: Option<&'a ScannedServer>,
    name: &'a str,
    /// Gravest first.
    grave: Vec<&'a Finding>,
    /// Findings that are counted, not told.
    more: usize,
}

impl ScanReport {
    /// What fits a screen, as text for people.
    pub fn to_screen(&self) -> String {
        let entries = self.entries();
        let head = self.head();
        let foot = self.foot(entries.iter().map(|entry| entry.more).sum());
        let room = SCREEN.saturating_sub(head.lines().count() + foot.lines().count());
        let fits = |body: &String| body.lines().count() <= room;
        let body = Some(self.body(&entries, "\n", Entry::one_by_one))
            .filter(fits)
            .or_else(|| Some(self.body(&entries, "\n", Entry::by_harm)).filter(fits))
            .or_else(|| Some(self.body(&entries, "", Entry::by_harm)).filter(fits))
            .unwrap_or_else(|| self.body(&entries, "", Entry::by_risk));
        format!("{head}{body}{foot}")
    }

    /// The servers with what was found on them, worst first, and what was found between them.
    fn entries(&self) -> Vec<Entry<'_>> {
        let mut found: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for gated in self.findings.iter().filter(|gated| gated.counts()) {
            found.entry(gated.finding.server.as_str()).or_default().push(&gated.finding);
        }
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for server in &self.servers {
            let all = found.remove(server.name.as_str()).unwrap_or_default();
            entries.push(Entry::new(&server.name, Some(server), all));
        }
        entries.extend(found.into_iter().map(|(name, all)| Entry::new(name, None, all)));
        let count = |entry: &Entry<'_>, risk| entry.grave.iter().filter(|finding| finding.severity == risk).count();
        entries.sort_by_key(|entry| std::cmp::Reverse((count(entry, Risk::Critical), count(entry, Risk::High))));
        entries
    }

    fn head(&self) -> String {
        let in_use = self.servers.iter().filter(|server| !server.disabled);
        let (unread, read): (Vec<_>, Vec<_>) = in_use.partition(|server| server.unread.is_some());
        let partial = read.iter().filter(|server| server.partial).count();
        let tools: usize = read.iter().map(|server| server.tools).sum();
        let off = self.servers.len() - unread.len() - read.len();
        let mut line =
            format!("{} in {}", counted(self.servers.len(), "server"), counted(self.configs.len(), "configuration"));
        let _ = write!(line, ": {} read", read.len());
        for (count, what) in [(partial, "of them in part"), (unread.len(), "not read"), (off, "switched off")] {
            if count > 0 {
                let _ = write!(line, ", {count} {what}");
            }
        }
        let mut risks: BTreeMap<Risk, usize> = BTreeMap::new();
        for server in &read {
            for (risk, count) in &server.risks {
                *risks.entry(*risk).or_default() += count;
            }
        }
        let _ = write!(line, " · {}: {}", counted(tools, "tool"), by_count(&risks));
        format!("{}\n", fill(&line, "", "  "))
    }

    fn body<'a>(&self, entries: &[Entry<'a>], between: &str, layout: impl Fn(&Entry<'a>) -> String) -> String {
        let mut out = if between.is_empty() { "\n".to_owned() } else { String::new() };
        let (grave, quiet): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| !entry.grave.is_empty());
        for entry in grave {
            let _ = write!(out, "{between}{}{}", entry.title(), layout(entry));
        }
        let quiet: Vec<_> = quiet.into_iter().filter_map(|entry| entry.server).collect();
        let quiet: Vec<_> = quiet.into_iter().filter(|server| !server_is_unread(Some(server))).collect();
        if !quiet.is_empty() {
            out.push('\n');
        }
        if quiet.len() > QUIET {
            let names: Vec<_> = quiet.iter().map(|server| server.name.as_str()).collect();
            let line = format!("Nothing of risk high or above on {} more: {}", quiet.len(), names.join(", "));
            out += &hanging(&line, "", "  ");
        } else {
            for server in quiet {
                out += &title(&server.name, Some(server));
            }
        }
        out
    }

    fn foot(&self, more: usize) -> String {
        let mut out = String::new();
        let not_read = self.not_read();
        if !not_read.is_empty() {
            out.push('\n');
        }
        for what in not_read.iter().take(NOT_READ) {
            out += &hanging(&format!("! not read: {what}"), "", "    ");
        }
        if not_read.len() > NOT_READ {
            let _ = writeln!(out, "! {} more were not read (--details)", not_read.len() - NOT_READ);
        }
        for gated in self.findings.iter().filter(|gated| gated.counts()) {
            if let Some(day) = &gated.expired {
                let what = gated.finding.tool.as_deref().unwrap_or(gated.finding.kind.as_str());
                let line = format!("! accepted until {day}, which is past: {what} ({})", gated.finding.server);
                out += &hanging(&line, "", "    ");
            }
        }
        let idle = self.idle_suppressions();
        for one in idle.iter().take(IDLE) {
            out += &hanging(&format!("! {one}"), "", "    ");
        }
        if idle.len() > IDLE {
            let _ = writeln!(out, "! {} more suppressions accept nothing (--json)", idle.len() - IDLE);
        }
        let more =
            if more > 0 { format!(" {more} of them, most milder than high, are not shown.") } else { String::new() };
        let _ = write!(out, "\n{}", hanging(&format!("{}{more}", self.counted()), "", ""));
        let next = "next: mcpdex scan --details · mcpdex tool NAME · mcpdex policy --clients FILE";
        if !self.servers.is_empty() {
            let _ = writeln!(out, "{}", faint(fill(next, "", "  ")));
        }
        let _ = writeln!(out, "{}", faint(fill(&visible(&self.about()), "", "  ")));
        out
    }
}

fn server_is_unread(server: Option<&ScannedServer>) -> bool {
    server.is_some_and(|server| server.unread.is_some() && !server.disabled)
}

impl<'a> Entry<'a> {
    fn new(name: &'a str, server: Option<&'a ScannedServer>, all: Vec<&'a Finding>) -> Entry<'a> {
        // That a server was not read stands at the end, with the reason.
        let at_the_end = |finding: &&Finding| finding.kind == Kind::Unread && server_is_unread(server);
        let all: Vec<_> = all.into_iter().filter(|finding| !at_the_end(finding)).collect();
        let judged: BTreeSet<_> =
            all.iter().filter(|finding| finding.kind == Kind::Risk).map(|finding| finding.tool.clone()).collect();
        let is_named_already =
            |finding: &Finding| finding.kind == Kind::NameCollision && judged.contains(&finding.tool);
        let (grave, more): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|finding| finding.severity >= NAMED && !is_named_already(finding));
        Entry { server, name, grave, more: more.len() }
    }

    fn title(&self) -> String {
        title(if self.server.is_none() && self.name == "*" { "between the servers" } else { self.name }, self.server)
    }

    /// A line for each finding.
    fn one_by_one(&self) -> String {
        let widest = self.grave.iter().map(|finding| display_width(&name(finding))).max().unwrap_or(0).min(40);
        let line = |finding: &&Finding| {
            let (name, harm) = (name(finding), matter(finding));
            let risk = by_risk(finding.severity, format!("{:<8}", finding.severity.as_str()));
            format!(
                "{}\n",
                fill(
                    &format!("{risk}  {name}{}  {harm}", " ".repeat(widest.saturating_sub(display_width(&name)))),
                    "  ",
                    &" ".repeat(12)
                )
            )
        };
        self.grave.iter().map(line).collect()
    }

    /// A line for each risk and harm.
    fn by_harm(&self) -> String {
        let mut groups: Vec<((Risk, &str), Vec<&Finding>)> = Vec::new();
        for finding in &self.grave {
            let key = (finding.severity, finding.harm.as_str());
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, group)) => group.push(finding),
                None => groups.push((key, vec![finding])),
            }
        }
        let line = |((risk, harm), group): ((Risk, &str), Vec<&Finding>)| {
            let risk = by_risk(risk, format!("{:<8}", risk.as_str()));
            let names: Vec<String> =
                group.iter().map(|finding| name(finding)).filter(|name| !name.is_empty()).collect();
            let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
            format!("{}\n", fill(&format!("{risk}  {}{names}", visible(harm)), "  ", &" ".repeat(12)))
        };
        groups.into_iter().map(line).collect()
    }

    /// A paragraph for each risk.
    fn by_risk(&self) -> String {
        let mut out = String::new();
        for risk in Risk::ALL.iter().rev().filter(|risk| **risk >= NAMED) {
            let mut names: Vec<String> = Vec::new();
            for finding in self.grave.iter().filter(|finding| finding.severity == *risk) {
                let name = if finding.tool.is_some() { name(finding) } else { finding.harm.clone() };
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            if !names.is_empty() {
                let told = by_risk(*risk, format!("{:<8}", risk.as_str()));
                let _ = writeln!(out, "{}", fill(&format!("{told}  {}", names.join(", ")), "  ", &" ".repeat(12)));
            }
        }
        out
    }
}

/// A server in a line: what it is called, what it is, its tools by risk.
fn title(name: &str, server: Option<&ScannedServer>) -> String {
    let Some(server) = server else { return format!("{}\n", strong(visible(name))) };
    let mut line = strong(visible(name));
    if server.known_as(None) != name {
        let _ = write!(line, "  {}", visible(&server.known_as(server.version.as_deref())));
    }
    if server.tools > 0 {
        if server.unread.is_none() {
            let _ = write!(line, "  grade {}", server.grade);
        }
        let _ = write!(line, "  {}: {}", counted(server.tools, "tool"), by_count(&server.risks));
    }
    if server.withheld > 0 {
        let _ = write!(line, "  ({} more switched off by its entry)", server.withheld);
    }
    format!("{}\n", fill(&line, "", "  "))
}

fn name(finding: &Finding) -> String {
    visible(finding.tool.as_deref().unwrap_or_default()).into_owned()
}

/// What a line of its own says of a finding: short for a tool, whole where no tool is named.
fn matter(finding: &Finding) -> String {
    let text = if finding.tool.is_some() { &finding.harm } else { &finding.message };
    visible(text).into_owned()
}

/// `2 critical, 3 high`, without the risks that no tool has.
fn by_count(risks: &BTreeMap<Risk, usize>) -> String {
    let told: Vec<_> = risks
        .iter()
        .rev()
        .filter(|(_, count)| **count > 0)
        .map(|(risk, count)| by_risk(*risk, format!("{count} {risk}")))
        .collect();
    if told.is_empty() { "none".to_owned() } else { told.join(", ") }
}
