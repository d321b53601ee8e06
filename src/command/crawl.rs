//! `mcpdex crawl SOURCE…`: learn what servers offer, keep it, judge it, say what is known now.

use super::{Exit, database, print};
use crate::cli::{CrawlArgs, Global};
use crate::crawl::{self, CrawlEvent, Options, Surroundings};
use crate::progress::Progress;
use crate::report::{CrawlReport, Run, to_json, visible};
use crate::source::SourceSpec;
use crate::store::{Reader, Record, StoreError, Writer};
use anyhow::Context;
use tokio::sync::mpsc;

/// How many things may be learnt before the writer has to take one.
const QUEUE: usize = 64;

pub(super) fn run(global: &Global, args: &CrawlArgs) -> anyhow::Result<Exit> {
    let specs: Vec<SourceSpec> = match args.sources.iter().map(|word| word.parse()).collect() {
        Ok(specs) => specs,
        Err(error) => {
            let error: crate::source::SpecError = error;
            eprintln!("error: {}", visible(&error.to_string()));
            return Ok(Exit::Usage);
        }
    };
    // Rules first: without them nothing that is learnt could be judged.
    let bench = database::Bench::load()?;
    let options = options(args)?;
    let path = database::path(global)?;
    let writer = Writer::spawn(&path, now)?;
    let progress = Progress::new(global.quiet);
    let crawled = learn(&specs, &options, writer, &progress)?;
    progress.finish();
    let judged = bench.judge(&path)?;

    if !global.quiet {
        for failure in &crawled.report.failures {
            let text = format!("{}: {}: {}", failure.source, failure.outcome, failure.detail);
            eprintln!("not read to its end: {}", visible(&text));
        }
        for problem in &crawled.report.problems {
            eprintln!("warning: {}", visible(problem));
        }
        if crawled.report.redacted > 0 {
            eprintln!("{} secrets in manifests were not stored", crawled.report.redacted);
        }
    }
    let reader = Reader::open(&path)?;
    let run = Run {
        listings: crawled.recorded.listings,
        attempts: crawled.recorded.attempts,
        tools: crawled.recorded.tools,
        judged: judged.tools,
    };
    let report = CrawlReport::new(
        path.display().to_string(),
        run,
        reader.summary()?,
        reader.unread()?,
        reader.partial_lists()?,
        bench.rules.digest().to_owned(),
    );
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    let nothing_read = crawled.recorded.attempts == 0 && !crawled.report.failures.is_empty();
    Ok(if nothing_read || crawled.all_failed { Exit::Failed } else { Exit::Done })
}

/// What a crawl did and what was written of it.
struct Crawled {
    report: crawl::CrawlReport,
    recorded: crate::store::Recorded,
    /// There were attempts, and none of them learnt a list.
    all_failed: bool,
}

/// Crawls, and writes what is learnt as it comes.
fn learn(specs: &[SourceSpec], options: &Options, writer: Writer, progress: &Progress) -> anyhow::Result<Crawled> {
    let (events, mut learnt) = mpsc::channel(QUEUE);
    let keeper = std::thread::spawn(move || -> Result<_, StoreError> {
        let (mut attempts, mut read) = (0_usize, 0_usize);
        while let Some(event) = learnt.blocking_recv() {
            let record = match event {
                CrawlEvent::Listing(listing) => Record::Listing(listing),
                CrawlEvent::Observation(observation) => {
                    attempts += 1;
                    read += usize::from(observation.outcome.is_read());
                    Record::Observation(observation)
                }
            };
            if writer.send(record).is_err() {
                break; // finish() tells why
            }
        }
        Ok((writer.finish()?, attempts > 0 && read == 0))
    });
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    let crawled = runtime.block_on(crawl::crawl(specs, options, events, progress));
    // The writer's own error says more than "the receiver has stopped".
    let (recorded, all_failed) = keeper.join().map_err(|_| StoreError::WriterStopped)??;
    Ok(Crawled { report: crawled?, recorded, all_failed })
}

fn options(args: &CrawlArgs) -> anyhow::Result<Options> {
    let program = std::env::current_exe().context("cannot find this program's own file, which reads packages")?;
    let mut options = Options::new(program, Surroundings::of_process());
    options.npm_registry.clone_from(&args.npm_registry);
    options.pypi_index.clone_from(&args.pypi_index);
    options.allow_private = args.allow_private;
    options.contact.clone_from(&args.contact);
    if let Some(concurrency) = args.concurrency {
        options.concurrency = concurrency.into();
    }
    if let Some(pages) = args.max_pages {
        options.max_pages = pages.get();
    }
    Ok(options)
}

/// The time, in UTC, to the second.
fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).map_or_else(|_| String::new(), |now| now.to_string())
}
