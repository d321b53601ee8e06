//! The summary of a crawl: what is in the database now, what was learnt in this run, and what could not be read.

use super::list::server_table;
use super::next;
use super::rows::{RowReport, row};
use super::style::{faint, strong};
use super::text::{fill, judged_by, paragraph, table};
use super::visible;
use crate::model::text::counted;
use crate::model::{Outcome, PartialList, ServerPage, Summary, Unread};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::fmt::Write as _;

/// The report of `mcpdex crawl`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrawlSummary {
    schema: &'static str,
    pub database: String,
    pub run: RunSummary,
    pub servers: u64,
    pub servers_read: u64,
    pub tools: u64,
    #[serde(serialize_with = "as_object")]
    pub by_class: Vec<(String, u64)>,
    #[serde(serialize_with = "as_object")]
    pub by_risk: Vec<(String, u64)>,
    #[serde(serialize_with = "as_object")]
    pub by_category: Vec<(String, u64)>,
    #[serde(serialize_with = "as_object")]
    pub by_outcome: Vec<(String, u64)>,
    /// What this run asked or read, worst first, not beyond a first page.
    pub learnt: ServerPage,
    pub unread: Vec<Unread>,
    pub partial: Vec<PartialList>,
    /// By requests, the most first.
    pub hosts: Vec<Host>,
    /// What sources gave that could not be read.
    pub problems: Vec<SourceProblem>,
    /// Digest of the rules that judged.
    pub ruleset: String,
}

/// What this run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct RunSummary {
    /// It went on where an interrupted one had ended; the numbers are this process's share.
    pub continued: bool,
    /// It was asked to end before it was done.
    pub interrupted: bool,
    pub listings: u64,
    pub attempts: u64,
    /// Listings that lead to nothing but what another listing of the same server leads to.
    pub shared: u64,
    /// Targets that were left alone because they were tried lately.
    pub skipped: u64,
    /// Entries that the registry marks as older versions.
    pub superseded: u64,
    /// Secrets that were not stored.
    pub redacted: u64,
    pub tools: u64,
    pub judged: u64,
    pub learning_seconds: f64,
    pub judging_seconds: f64,
    /// Tools that were learnt and judged, by the time of the whole run.
    pub tools_per_second: f64,
}

/// A host that was asked in this run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Host {
    /// The registrable domain, or the address.
    pub name: String,
    pub requests: u64,
    /// Requests without an answer.
    pub failed: u64,
    /// Answers that asked for patience (429, 503).
    pub busy: u64,
    pub bytes: u64,
    /// From a request to its answer.
    pub mean_seconds: f64,
    /// How long nothing was sent there because it failed or asked for patience.
    pub paused_seconds: f64,
}

/// Something of a source that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceProblem {
    /// The source, where it could not be read to its end; empty where one entry could not.
    pub source: String,
    pub outcome: Option<Outcome>,
    pub detail: String,
}

/// How many unread servers are printed for people; `--json` has them all.
const SHOWN: usize = 40;
/// How many of the servers that this run read are printed.
const LEARNT: usize = 12;
/// How many hosts are printed, and as many again of those in trouble.
const HOSTS: usize = 12;

impl CrawlSummary {
    /// Puts the parts together.
    pub fn new(database: String, run: RunSummary, summary: Summary, ruleset: String) -> CrawlSummary {
        fn words<T: std::fmt::Display>(counts: Vec<(T, u64)>) -> Vec<(String, u64)> {
            counts.into_iter().map(|(word, number)| (word.to_string(), number)).collect()
        }
        CrawlSummary {
            schema: "mcpdex/crawl/1",
            database,
            run,
            servers: summary.servers,
            servers_read: summary.servers_read,
            tools: summary.tools,
            by_class: words(summary.classes),
            by_risk: words(summary.risks),
            by_category: words(summary.categories),
            by_outcome: words(summary.outcomes.into_iter().map(|c| (c.outcome, c.targets)).collect()),
            learnt: ServerPage { found: 0, bounded: false, servers: Vec::new() },
            unread: Vec::new(),
            partial: Vec::new(),
            hosts: Vec::new(),
            problems: Vec::new(),
            ruleset,
        }
    }

    /// Adds what could not be read, or not wholly.
    #[must_use]
    pub fn with_unread(self, unread: Vec<Unread>, partial: Vec<PartialList>) -> Self {
        CrawlSummary { unread, partial, ..self }
    }

    /// Adds what this run asked or read.
    #[must_use]
    pub fn with_learnt(self, learnt: ServerPage) -> Self {
        CrawlSummary { learnt, ..self }
    }

    /// Adds the hosts that were asked.
    #[must_use]
    pub fn with_hosts(self, mut hosts: Vec<Host>) -> Self {
        hosts.sort_by(|a, b| b.requests.cmp(&a.requests).then_with(|| a.name.cmp(&b.name)));
        CrawlSummary { hosts, ..self }
    }

    /// Adds what could not be read of the sources.
    #[must_use]
    pub fn with_problems(self, problems: Vec<SourceProblem>) -> Self {
        CrawlSummary { problems, ..self }
    }

    /// The report as text for people: what this run learnt and could not, then what the database holds, then what to do.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let run = &self.run;
        let done = format!(
            "{}: {} listed{}, {}, {} left alone, {} seen, {} judged",
            strong("this run"),
            run.listings,
            if run.shared > 0 { format!(" ({} of servers that others list too)", run.shared) } else { String::new() },
            counted(run.attempts, "attempt"),
            run.skipped,
            counted(run.tools, "tool"),
            run.judged
        );
        let _ = writeln!(out, "{}", fill(&done, "", "  "));
        let read: Vec<_> = self.learnt.servers.iter().filter(|line| line.is_read).take(LEARNT).collect();
        if !read.is_empty() {
            out.push('\n');
            out += &server_table(read.iter().copied());
            let more = self.learnt.found.saturating_sub(self.learnt.servers.len() as u64);
            if self.learnt.servers.len() > LEARNT || more > 0 {
                let _ = writeln!(out, "  … of {} (mcpdex list shows all)", counted(self.learnt.found, "server"));
            }
        }
        self.write_unread(&mut out);
        self.write_partial(&mut out);
        if self.hosts.iter().any(|host| host.failed + host.busy > 0 || host.paused_seconds > 0.0) {
            let _ = writeln!(out, "\nHosts ({})", self.hosts.len());
            out.push_str(&self.host_table());
        }
        let (read, not) = (self.servers_read, self.servers - self.servers_read);
        let _ = writeln!(out, "\n{}: {}", strong("in the database"), visible(&self.database));
        let _ = writeln!(out, "servers   {} ({read} read, {not} not), {}", self.servers, counted(self.tools, "tool"));
        let line = |counts: &[(String, u64)]| {
            counts.iter().map(|(word, number)| format!("{word} {number}")).collect::<Vec<_>>().join(" · ")
        };
        for (what, counts) in [("class", &self.by_class), ("risk", &self.by_risk), ("category", &self.by_category)] {
            let _ = writeln!(out, "{}", fill(&line(counts), &format!("{what:<10}"), &" ".repeat(10)));
        }
        let next = match self.learnt.servers.iter().find(|line| line.is_read) {
            Some(worst) => {
                format!("next: mcpdex server {} · mcpdex list · mcpdex tool NAME", next::word(&worst.server, "NAME"))
            }
            None => "next: mcpdex list · mcpdex list --unread · mcpdex stats".to_owned(),
        };
        let _ = writeln!(out, "\n{}", faint(fill(&next, "", "  ")));
        out + &judged_by(&self.ruleset)
    }

    /// Whether the server is one of this run's; of a long run only a first page is known.
    fn is_of_this_run(&self, server: &str) -> bool {
        let known = &self.learnt.servers;
        self.learnt.found > known.len() as u64 || known.iter().any(|line| line.server == server)
    }

    /// What gave no list: servers of which nothing is known, and apart from them what was asked in vain of servers that were
    /// read otherwise. Of a long run it is not known which is which.
    fn write_unread(&self, out: &mut String) {
        let known = &self.learnt.servers;
        let is_read = |unread: &&Unread| known.iter().any(|line| line.is_read && line.server == unread.server);
        let of_this_run = self.unread.iter().filter(|unread| self.is_of_this_run(&unread.server));
        if self.learnt.found > known.len() as u64 {
            write_attempts(out, "Attempts that gave no list", &of_this_run.collect::<Vec<_>>());
            return;
        }
        let (otherwise, not): (Vec<_>, Vec<_>) = of_this_run.partition(is_read);
        write_attempts(out, "Not read", &not);
        write_attempts(out, "Asked in vain, and read otherwise", &otherwise);
    }

    fn write_partial(&self, out: &mut String) {
        let partial: Vec<_> = self.partial.iter().filter(|list| self.is_of_this_run(&list.server)).collect();
        if partial.is_empty() {
            return;
        }
        out.push_str("\nRead in part\n");
        for list in partial.iter().take(SHOWN) {
            let _ = writeln!(out, "  {}", visible(&list.server));
            for missing in &list.missing {
                let place = missing.site.as_ref().map(|s| format!(" ({}:{})", s.file, s.line)).unwrap_or_default();
                out.push_str(&paragraph(&format!("{}{place}", missing.detail), "    "));
            }
        }
        if partial.len() > SHOWN {
            let _ = writeln!(out, "  … and {} more (--json lists all)", partial.len() - SHOWN);
        }
    }

    /// The hosts with the most requests and those with the most trouble.
    fn host_table(&self) -> String {
        let trouble = |host: &Host| host.failed + host.busy;
        let mut shown: Vec<&Host> = self.hosts.iter().take(HOSTS).collect();
        let mut troubled: Vec<&Host> = self.hosts.iter().skip(HOSTS).filter(|host| trouble(host) > 0).collect();
        troubled.sort_by_key(|host| std::cmp::Reverse(trouble(host)));
        shown.extend(troubled.into_iter().take(HOSTS));
        let rows = shown.into_iter().map(|host| {
            vec![
                host.name.clone(),
                host.requests.to_string(),
                host.failed.to_string(),
                host.busy.to_string(),
                format!("{:.2}", host.mean_seconds),
                format!("{:.1}", host.paused_seconds),
            ]
        });
        table(&["host", "requests", "no answer", "busy", "mean s", "paused s"], rows)
    }
}

fn write_attempts(out: &mut String, head: &str, attempts: &[&Unread]) {
    if attempts.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{head} ({})", attempts.len());
    for unread in attempts.iter().take(SHOWN) {
        let asked = if unread.target == unread.server { "" } else { &*format!(" ({})", unread.target) };
        let detail = unread.detail.as_deref().unwrap_or("no further detail");
        out.push_str(&paragraph(&format!("{}{asked}: {}: {detail}", unread.server, unread.outcome), "  "));
    }
    if attempts.len() > SHOWN {
        let _ = writeln!(out, "  … and {} more (--json lists all)", attempts.len() - SHOWN);
    }
    if attempts.iter().any(|unread| unread.outcome == Outcome::Unreadable && is_package(&unread.target)) {
        let cure = "What its source does not tell, the program does: `mcpdex crawl --run NAME` starts it in a sandbox.";
        out.push_str(&paragraph(cure, "  "));
    }
}

/// Whether what was asked is a package, which a sandbox can run.
fn is_package(target: &str) -> bool {
    target.starts_with("npm:") || target.starts_with("pypi:")
}

fn as_object<S: Serializer>(counts: &[(String, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(word, number)| (word, number)))
}

impl RowReport for CrawlSummary {
    const COLUMNS: &'static [&'static str] =
        &["server", "grade", "tools", "critical", "high", "medium", "low", "is_read", "title", "last_seen"];

    fn rows(&self) -> Vec<Value> {
        self.learnt.servers.iter().map(row).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
