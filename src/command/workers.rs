//! `mcpdex workers`: who crawls together into a database, and what each is at.

use super::{Exit, database, print_rows};
use crate::cli::{Global, WorkersArgs};
use crate::report::WorkersReport;
use crate::store::DatabasePlace;

pub(super) fn run(global: &Global, args: &WorkersArgs) -> anyhow::Result<Exit> {
    let place = database::place(global)?;
    let DatabasePlace::Server(url) = &place else {
        eprintln!("error: a file has one writer; workers meet in a database of a server: --db postgres://…");
        return Ok(Exit::Usage);
    };
    let report = report(url)?;
    print_rows(&report, args.format.meant(global.json), WorkersReport::to_text)?;
    Ok(Exit::Done)
}

#[cfg(feature = "postgres")]
fn report(url: &crate::store::ServerUrl) -> anyhow::Result<WorkersReport> {
    use crate::report::{CredentialNeed, JudgingLine, QueueLine, WorkerLine};
    let seen = super::together::overview(url)?;
    let workers = seen.workers.into_iter().map(|seen| WorkerLine {
        worker: seen.id,
        name: seen.name,
        began: seen.began,
        lease_seconds: (seen.lease_seconds * 10.0).round() / 10.0,
        credentials: seen.credentials,
        done: seen.done,
        jobs: seen.jobs,
        servers: seen.servers,
        requests: seen.requests,
    });
    let queues = seen.queues.into_iter().map(|seen| QueueLine {
        run: seen.run,
        planner: seen.planner,
        planned: seen.planned,
        waiting: seen.waiting,
        taken: seen.taken,
        done: seen.done,
        needs: seen.needs.into_iter().map(|(credential, servers)| CredentialNeed { credential, servers }).collect(),
    });
    let judging = seen.judging.map(|seen| JudgingLine {
        ruleset: seen.ruleset,
        began: seen.began,
        waiting: seen.waiting,
        taken: seen.taken,
        done: seen.done,
    });
    Ok(WorkersReport::new(workers.collect(), queues.collect(), judging))
}

#[cfg(not(feature = "postgres"))]
fn report(url: &crate::store::ServerUrl) -> anyhow::Result<WorkersReport> {
    Err(crate::store::StoreError::NoServers(url.clone()).into())
}
