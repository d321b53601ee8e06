//! Who crawls together over one database, and what each is at: for people and as data.

use super::rows::{RowReport, row};
use super::text::table;
use super::visible;
use serde::Serialize;
use serde_json::Value;

/// A crawler.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkerLine {
    /// The number under which the others know it.
    pub worker: i64,
    /// Machine and process.
    pub name: String,
    /// When it joined (RFC 3339, UTC).
    pub began: String,
    /// Seconds until others may take what it has; at or below zero where they may.
    pub lease_seconds: f64,
    /// What it has credentials for.
    pub credentials: Vec<String>,
    /// Servers that it has brought to their end, as of its last heartbeat.
    pub done: i64,
    /// Servers that it has.
    pub jobs: i64,
    /// Of these, the ten that it has had longest.
    pub servers: Vec<String>,
    /// Requests that it has under way.
    pub requests: i64,
}

/// A run that crawlers work at together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueLine {
    pub run: i64,
    /// The worker that reads the sources; `None` where it is gone.
    pub planner: Option<i64>,
    /// The sources were read to their end.
    pub planned: bool,
    pub waiting: i64,
    pub taken: i64,
    pub done: i64,
    /// Servers that are left for those who have a credential.
    pub needs: Vec<CredentialNeed>,
}

/// Servers that wait for whoever has a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialNeed {
    pub credential: String,
    pub servers: i64,
}

/// Everything judged again by other rules, in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JudgingLine {
    /// The digest of the rules.
    pub ruleset: String,
    /// When it began (RFC 3339, UTC).
    pub began: String,
    /// Tools that nobody has in hand yet.
    pub waiting: i64,
    pub taken: i64,
    pub done: i64,
}

/// The report of `mcpdex workers`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkersReport {
    schema: &'static str,
    pub workers: Vec<WorkerLine>,
    pub queues: Vec<QueueLine>,
    /// What judges everything again, if anything does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judging: Option<JudgingLine>,
}

impl WorkersReport {
    /// A report on these.
    pub fn new(workers: Vec<WorkerLine>, queues: Vec<QueueLine>, judging: Option<JudgingLine>) -> WorkersReport {
        WorkersReport { schema: "mcpdex/workers/1", workers, queues, judging }
    }

    /// The report as text for people.
    pub fn to_text(&self) -> String {
        if self.workers.is_empty() && self.queues.is_empty() && self.judging.is_none() {
            return "nobody crawls into this database, or judges it, together with others\n".to_owned();
        }
        let workers = self.workers.iter().map(|line| {
            let lease = match line.lease_seconds {
                left if left > 0.0 => format!("{left:.0} s"),
                _ => "over".to_owned(),
            };
            let at = line.servers.first().map(|server| visible(server).into_owned()).unwrap_or_default();
            let numbers = [line.done, line.jobs, line.requests].map(|number| number.to_string());
            let mut cells = vec![line.worker.to_string(), visible(&line.name).into_owned(), line.began.clone(), lease];
            cells.extend(numbers);
            cells.push(at);
            cells
        });
        let heads = ["worker", "where", "since", "lease", "done", "has", "requests", "longest at"];
        let mut text = format!("{}\n", table(&heads, workers));
        for queue in &self.queues {
            let QueueLine { run, waiting, taken, done, .. } = queue;
            let planner = match (queue.planned, queue.planner) {
                (true, _) => "its sources are read".to_owned(),
                (false, Some(worker)) => format!("worker {worker} reads its sources"),
                (false, None) => "nobody reads its sources: `mcpdex crawl` with the same ones goes on".to_owned(),
            };
            text += &format!("run {run}: {done} done, {taken} under way, {waiting} waiting; {planner}\n");
            for CredentialNeed { credential, servers } in &queue.needs {
                text += &format!("  {servers} left for who has the credential {}\n", visible(credential));
            }
        }
        if let Some(JudgingLine { ruleset, began, waiting, taken, done }) = &self.judging {
            text += &format!(
                "all tools are judged again by the rules {} since {began}: {done} done, {taken} under way, {waiting} waiting; \
                 readers see the verdicts of before\n",
                visible(ruleset)
            );
        }
        text
    }
}

impl RowReport for WorkersReport {
    const COLUMNS: &'static [&'static str] =
        &["worker", "name", "began", "lease_seconds", "credentials", "done", "jobs", "servers", "requests"];

    fn rows(&self) -> Vec<Value> {
        self.workers.iter().map(row).collect()
    }
}
