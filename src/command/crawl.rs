//! `mcpdex crawl SOURCE…`: learn what servers offer, keep it, judge it, say what is known now.

use super::time::now;
use super::{Exit, database, interrupt, print_rows};
use crate::cli::{Age, CrawlArgs, Global};
use crate::crawl::Progress;
use crate::crawl::{self, Options, Plan, Surroundings};
use crate::lake::Archives;
use crate::model::{CrawlEvent, History, Outcome, ToolOrigin};
use crate::net::RateLimit;
use crate::report::{CrawlSummary, Host, ListFormat, RunSummary, SourceProblem, visible};
use crate::source::{SourceSpec, SpecError};
use crate::store::{Judged, Known, Reader, Recorded, ServerQuery, StoreError, Writer, begin_run};
use anyhow::Context;
use jiff::{Timestamp, ToSpan};
use mcpdex_process::LookedAt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How many things may be learnt before the writer has to take one.
const QUEUE: usize = 64;
/// How many of the servers that a run has asked or read its report holds.
const LEARNT: usize = 200;
/// What was tried less than this ago counts as fresh, unless the user says otherwise.
const FRESH: Age = Age { seconds: 86_400 };

pub(super) fn run(global: &Global, args: &CrawlArgs) -> anyhow::Result<Exit> {
    let curated = super::sources::curated(global, &args.sources_file)?;
    let words: &[String] = match &global.settings.sources {
        _ if !args.sources.is_empty() => &args.sources,
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
    let path = database::place(global)?;
    let begun = Instant::now();
    let known = begin(&path, &specs, args)?;
    let known = Arc::new(known);
    let continued = known.continued();
    let mut options = options(args, &specs, known.clone())?;
    options.pauses = curated.pauses();
    let writer = Writer::spawn_for(&path, Some(known.run()), Some(database::Beside::of(bench.clone())), now)?;
    if continued && !global.quiet {
        eprintln!("continuing a crawl that was interrupted");
    }
    tracing::info!(run = known.run(), sources = specs.len(), continued, "a crawl begins");
    // Lines of a log and drawing get in each other's way.
    let progress = Progress::new(global.quiet || global.verbose > 0);
    let mut crawled = learn(&specs, &options, writer, &progress)?;
    crawled.report.problems.append(&mut crawled.recorded.refused);
    progress.finish();
    let learnt = begun.elapsed();
    let judging = Instant::now();
    // The next command that needs verdicts judges what was kept.
    let judged = if crawled.report.interrupted { Judged::default() } else { database::judge(&bench, &path)? };
    if !global.quiet {
        complain(&crawled.report);
    }
    let all_failed = crawled.all_failed && !args.listed && crawled.report.skipped == 0;
    let unread = unread(&specs, args, &known, &crawled, global.quiet);
    let Crawled { recorded, report, listed, .. } = crawled;
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
    let reader = Reader::open(&path)?;
    let document = CrawlSummary::new(path.to_string(), run, reader.summary()?, bench.digest())
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
    let gated = fail_on_unread && (doubtful || not_whole(&reader, &listed)?);
    Ok(if nothing_read || all_failed || unread || gated { Exit::Unread } else { Exit::Done })
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

fn begin(path: &crate::store::DatabasePlace, specs: &[SourceSpec], args: &CrawlArgs) -> anyhow::Result<Known> {
    let names: Vec<String> = specs.iter().map(SourceSpec::to_string).collect();
    let age = args.refresh.unwrap_or(FRESH).seconds.seconds();
    let since = match Timestamp::now().checked_sub(age).and_then(|at| at.round(jiff::Unit::Second)) {
        // Nothing is fresh when it may be no second old.
        Ok(_) if args.refresh.is_some_and(|age| age.seconds == 0) => None,
        Ok(at) => Some(at.to_string()),
        // Before the first year that there is: everything is fresh.
        Err(_) => Some(String::new()),
    };
    Ok(begin_run(path, &names, &now(), since.as_deref())?)
}

/// Whether a registry or a directory was not read to its end, or a source that was named gave no server, or a server that was
/// named by itself gave no list. Says which source gave no server.
fn unread(specs: &[SourceSpec], args: &CrawlArgs, known: &Known, crawled: &Crawled, quiet: bool) -> bool {
    let report = &crawled.report;
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
        let mut servers = crawled.listed.get(&name).into_iter().flatten();
        unread |= spec.is_one_server() && servers.any(|server| crawled.failed.contains(server));
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

/// What a crawl did and what was written of it.
struct Crawled {
    report: crawl::CrawlReport,
    recorded: Recorded,
    /// There were attempts, and none of them learnt a list.
    all_failed: bool,
    /// The servers that each source listed.
    listed: BTreeMap<String, BTreeSet<String>>,
    /// The servers that were asked or whose packages were read, all in vain.
    failed: BTreeSet<String>,
}

/// Crawls, and writes what is learnt as it comes.
fn learn(specs: &[SourceSpec], options: &Options, writer: Writer, progress: &Progress) -> anyhow::Result<Crawled> {
    let _orderly = interrupt::orderly();
    let (events, mut learnt) = mpsc::channel::<CrawlEvent>(QUEUE);
    let keeper = std::thread::spawn(move || -> Result<_, StoreError> {
        let (mut attempts, mut read) = (0_usize, 0_usize);
        let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        // Whether any attempt at a server learnt a list.
        let mut tried: BTreeMap<String, bool> = BTreeMap::new();
        while let Some(event) = learnt.blocking_recv() {
            if let CrawlEvent::Listing(listing) = &event {
                listed.entry(listing.source.clone()).or_default().insert(listing.server.0.clone());
            }
            let outcome = match &event {
                // That a source deleted a server is no attempt at it.
                CrawlEvent::Observation(seen)
                    if (seen.origin, seen.outcome) == (ToolOrigin::Declared, Outcome::Gone) =>
                {
                    None
                }
                CrawlEvent::Observation(observation) => Some((&observation.server, observation.outcome)),
                CrawlEvent::Alias(attempt) => Some((&attempt.server, attempt.outcome)),
                _ => None,
            };
            if let Some((server, outcome)) = outcome {
                attempts += 1;
                read += usize::from(outcome.is_read());
                *tried.entry(server.0.clone()).or_default() |= outcome.is_read();
            }
            if writer.send(event).is_err() {
                break; // finish() tells why
            }
        }
        let failed = tried.into_iter().filter_map(|(server, read)| (!read).then_some(server)).collect();
        Ok((writer.finish()?, attempts > 0 && read == 0, listed, failed))
    });
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let crawled = runtime.block_on(crawl::crawl(specs, options, events, progress));
    // Files that are being read cannot be let go of.
    runtime.shutdown_timeout(Duration::from_millis(500));
    // The writer's own error says more than "the receiver has stopped".
    let (recorded, all_failed, listed, failed) = keeper.join().map_err(|_| StoreError::WriterStopped)??;
    let report = crawled?;
    Ok(Crawled { report, recorded, all_failed, listed, failed })
}

fn options(args: &CrawlArgs, specs: &[SourceSpec], known: Arc<Known>) -> anyhow::Result<Options> {
    let program = std::env::current_exe().context("cannot find this program's own file, which reads packages")?;
    let named: Vec<_> = specs.iter().filter_map(SourceSpec::path).collect();
    let mut options = Options::new(program, Surroundings::beside(LookedAt::with(&named)));
    options.npm_registry.clone_from(&args.npm_registry);
    options.pypi_index.clone_from(&args.pypi_index);
    options.image_registry.clone_from(&args.image_registry);
    options.allow_private = args.allow_private;
    options.contact.clone_from(&args.contact);
    options.rate = RateLimit {
        per_host: args.per_host,
        concurrency: args.concurrency,
        interval: Duration::from_millis(args.interval),
    };
    options.live.total = Duration::from_secs(args.timeout);
    options.refresh_all = args.refresh.is_some();
    options.full = args.full;
    options.plan = Plan {
        live: !args.listed && (args.live || !args.source),
        source: !args.listed && (args.source || !args.live),
        both: args.live && args.source,
        run: args.run,
    };
    options.history = known;
    options.stop = interrupt::asked();
    options.max_pages = args.max_pages.get();
    options.archives = args.archives.as_deref().map(Archives::open).transpose()?.map(Arc::new);
    Ok(options)
}
