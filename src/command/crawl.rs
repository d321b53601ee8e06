//! `mcpdex crawl SOURCE…`: learn what servers offer, keep it, judge it, say what is known now.

use super::crawling::{Crawled, Request};
use super::{Exit, database, print_rows};
use crate::cli::{CrawlArgs, Global};
use crate::crawl::{self, Progress};
use crate::model::History;
use crate::report::{CrawlSummary, Host, ListFormat, RunSummary, SourceProblem, visible};
use crate::source::{SourceSpec, SpecError};
use crate::store::{DatabasePlace, Judged, Reader, ServerQuery};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many of the servers that a run has asked or read its report holds.
const LEARNT: usize = 200;

pub(super) fn run(global: &Global, args: &CrawlArgs) -> anyhow::Result<Exit> {
    let place = database::place(global)?;
    if args.join && !matches!(place, DatabasePlace::Server(_)) {
        eprintln!("error: --join needs a database that several crawlers share: --db postgres://…");
        return Ok(Exit::Usage);
    }
    let curated = super::sources::curated(global, &args.sources_file)?;
    let words: &[String] = match &global.settings.sources {
        _ if !args.sources.is_empty() => &args.sources,
        _ if args.join => &[],
        Some(said) => &said.value,
        None => curated.default_sources(),
    };
    let specs: Result<Vec<SourceSpec>, SpecError> = words.iter().map(|word| curated.read(word)).collect();
    let specs = match specs {
        Ok(specs) => specs,
        Err(error) => {
            eprintln!("error: {}", visible(&error.to_string()));
            return Ok(Exit::Usage);
        }
    };
    // Rules first: without them nothing that is learnt could be judged.
    let bench = Arc::new(database::load_bench(global)?);
    let begun = Instant::now();
    // Lines of a log and drawing get in each other's way.
    let progress = Progress::new(global.quiet || global.verbose > 0);
    let request =
        Request { place: &place, specs: &specs, args, pauses: curated.pauses(), bench: &bench, quiet: global.quiet };
    let lease = Duration::from_secs(args.lease);
    let Some(mut crawled) = request.crawl(&progress)? else {
        progress.finish();
        let Some(judged) = database::help_judging(&bench, &place, lease)? else {
            eprintln!(
                "nothing to join: no crawl into {place} is under way, and nothing there is judged again by these rules"
            );
            return Ok(Exit::Unread);
        };
        if !global.quiet {
            eprintln!(
                "no crawl is under way; judged {} tools again beside others, by {}",
                judged.tools,
                bench.digest()
            );
        }
        return Ok(Exit::Done);
    };
    crawled.report.problems.append(&mut crawled.recorded.refused);
    let continued = crawled.known.continued() && !args.join;
    progress.finish();
    let learnt = begun.elapsed();
    let judging = Instant::now();
    // The next command that needs verdicts judges what was kept.
    let judged = match (crawled.report.interrupted, args.join) {
        (true, _) => Judged::default(),
        (false, true) => database::help_judging(&bench, &place, lease)?.unwrap_or_default(),
        (false, false) => database::judge_as(&bench, &place, lease)?,
    };
    if !global.quiet {
        complain(&crawled.report);
    }
    let all_failed = crawled.passed.is_all_failed() && !args.join && !args.listed && crawled.report.skipped == 0;
    let unread = unread(&specs, args, &crawled, global.quiet);
    let Crawled { recorded, report, known, passed } = crawled;
    let doubtful = !report.failures.is_empty() || !report.problems.is_empty();
    let nothing_read = recorded.attempts == 0 && !report.failures.is_empty();
    let seconds = begun.elapsed().as_secs_f64();
    let run = RunSummary {
        continued,
        interrupted: report.interrupted,
        listings: recorded.listings,
        attempts: recorded.attempts,
        shared: report.shared as u64,
        skipped: report.skipped as u64,
        superseded: report.superseded as u64,
        redacted: report.redacted as u64,
        tools: recorded.tools,
        judged: recorded.judged + judged.tools,
        learning_seconds: learnt.as_secs_f64(),
        judging_seconds: judging.elapsed().as_secs_f64(),
        tools_per_second: if seconds > 0.0 { recorded.tools as f64 / seconds } else { 0.0 },
    };
    // A rate over a handful says nothing.
    if !global.quiet && run.tools >= 1_000 {
        eprintln!(
            "learnt in {:.1} s, judged in {:.1} s: {:.0} tools a second",
            run.learning_seconds, run.judging_seconds, run.tools_per_second
        );
    }
    let hosts = report.hosts.into_iter().map(|(name, record)| Host {
        name,
        requests: record.requests,
        failed: record.failed,
        busy: record.busy,
        bytes: record.bytes,
        mean_seconds: record.waited.as_secs_f64() / (record.requests.max(1) as f64),
        paused_seconds: record.paused.as_secs_f64(),
    });
    let failures = report.failures.into_iter().map(|failure| SourceProblem {
        source: failure.source,
        outcome: Some(failure.outcome),
        detail: failure.detail,
    });
    let problems =
        report.problems.into_iter().map(|detail| SourceProblem { source: String::new(), outcome: None, detail });
    let reader = Reader::open(&place)?;
    // What this process tried in vain is little where others tried the rest.
    let all_failed = all_failed && (matches!(place, DatabasePlace::File(_)) || !is_any_read(&reader, &passed.listed)?);
    let document = CrawlSummary::new(place.to_string(), run, reader.summary()?, bench.digest())
        .with_learnt(reader.servers(&ServerQuery { run: Some(known.run()), take: LEARNT, ..ServerQuery::default() })?)
        .with_unread(reader.unread()?, reader.partial_lists()?)
        .with_hosts(hosts.collect())
        .with_problems(failures.chain(problems).collect());
    let format = args.format.meant(global.json);
    // Whoever wants no words wants no summary either, unless as data.
    if !global.quiet || format != ListFormat::Table {
        print_rows(&document, format, CrawlSummary::to_text)?;
    }
    let fail_on_unread = args.fail_on_unread || global.settings.fail_on_unread.as_ref().is_some_and(|said| said.value);
    let gated = fail_on_unread && (doubtful || not_whole(&reader, &passed.listed)?);
    Ok(if nothing_read || all_failed || unread || gated { Exit::Unread } else { Exit::Done })
}

/// Whether a list is known of one of these servers.
fn is_any_read(reader: &Reader, listed: &BTreeMap<String, BTreeSet<String>>) -> anyhow::Result<bool> {
    for name in listed.values().flatten() {
        if let Some(server) = reader.server_now(name)?
            && !reader.lists_of(&server)?.is_empty()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether there is nothing among these servers to look at, or one of them was not read or in part only.
fn not_whole(reader: &Reader, listed: &BTreeMap<String, BTreeSet<String>>) -> anyhow::Result<bool> {
    for name in listed.values().flatten() {
        // By whatever name it was found.
        let Some(server) = reader.server_now(name)? else { return Ok(true) };
        if reader.lists_of(&server)?.is_empty() || !reader.partial_of(&server)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(listed.is_empty())
}

/// Whether a registry or a directory was not read to its end, or a source that was named gave no server, or a server that was
/// named by itself gave no list. Says which source gave no server.
fn unread(specs: &[SourceSpec], args: &CrawlArgs, crawled: &Crawled, quiet: bool) -> bool {
    let (report, known, failed_servers) = (&crawled.report, &crawled.known, crawled.passed.failed());
    let mut unread = false;
    for spec in specs {
        let name = spec.to_string();
        let failed = report.failures.iter().any(|failure| failure.source == name);
        // A run that goes on may have had all of a source before.
        let had = known.continued() && known.has_listed(&name);
        let empty = !args.sources.is_empty() && !had && !report.given.contains_key(&name);
        if empty && !failed && !quiet {
            eprintln!("not read: {}: no server was found there", visible(&name));
        }
        let mut servers = crawled.passed.listed.get(&name).into_iter().flatten();
        unread |= spec.is_one_server() && servers.any(|server| failed_servers.contains(server));
        let pages = matches!(spec, SourceSpec::Registry(_) | SourceSpec::Directory(_) | SourceSpec::List(_));
        unread |= empty || failed && pages;
    }
    unread
}

fn complain(report: &crawl::CrawlReport) {
    for failure in &report.failures {
        let text = format!("{}: {}: {}", failure.source, failure.outcome, failure.detail);
        eprintln!("not read to its end: {}", visible(&text));
    }
    /// More are in the `--json` report.
    const SHOWN: usize = 100;
    for problem in report.problems.iter().take(SHOWN) {
        warn!("{}", visible(problem));
    }
    if report.problems.len() > SHOWN {
        warn!("… and {} more (--json lists all)", report.problems.len() - SHOWN);
    }
    for problem in &report.archives.problems {
        warn!("{}", visible(problem));
    }
    if report.archives.taken + report.archives.kept > 0 {
        let crawl::ArchiveTally { taken, kept, .. } = report.archives;
        eprintln!("archives of packages: {taken} taken from the shared store, {kept} kept there");
    }
    if report.redacted > 0 {
        eprintln!("{} values in manifests and configurations that may be secret were not stored", report.redacted);
    }
}
