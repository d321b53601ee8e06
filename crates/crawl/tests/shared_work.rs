//! Several crawlers at one queue, here one in memory: each server is learnt once, by any of them; what came of it is one
//! event; whoever is lost drops what it had; whoever lacks a credential leaves the job.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../../tests/it/support/world.rs"]
mod world;

use mcpdex_crawl::{
    CrawlError, CrawlReport, Options, Progress, SharedQueue, SharedWork, Surroundings, WorkFuture, WorkState, crawl,
};
use mcpdex_model::{CrawlEvent, QueuedJob};
use mcpdex_net::{PlaceFuture, PlaceRequest, SharedPlaces, TakenPlace};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use world::{Plan, World, name};

/// The state of a queue that several crawlers share.
#[derive(Debug, Default)]
struct Common {
    waiting: VecDeque<(i64, String)>,
    taken: BTreeMap<i64, (i64, String)>,
    keys: BTreeSet<String>,
    planned: bool,
    /// By server: the worker that ended its job.
    done: BTreeMap<String, Vec<i64>>,
    ends: usize,
}

#[derive(Debug)]
struct Queue {
    worker: i64,
    common: Arc<Mutex<Common>>,
    lose: watch::Sender<bool>,
}

impl Queue {
    fn new(worker: i64, common: &Arc<Mutex<Common>>) -> Arc<Queue> {
        Arc::new(Queue { worker, common: common.clone(), lose: watch::channel(false).0 })
    }

    /// Gives back what this worker has, as the end of its lease does.
    fn die(&self) {
        self.lose.send_replace(true);
        let mut common = self.common.lock().expect("the queue");
        let mine: Vec<i64> =
            common.taken.iter().filter(|(_, (by, _))| *by == self.worker).map(|(job, _)| *job).collect();
        for job in mine {
            if let Some((_, payload)) = common.taken.remove(&job) {
                common.waiting.push_back((job, payload));
            }
        }
    }

    /// Does what whoever keeps what is learnt does with an event.
    fn keep(&self, event: CrawlEvent) {
        let mut common = self.common.lock().expect("the queue");
        match event {
            CrawlEvent::Queued(job) => {
                let QueuedJob { key, payload, .. } = *job;
                if common.keys.insert(key) {
                    let number = common.keys.len() as i64;
                    common.waiting.push_back((number, payload));
                }
            }
            CrawlEvent::Planned => common.planned = true,
            CrawlEvent::Finished { worker, job, events } => {
                if common.taken.get(&job).is_none_or(|(by, _)| *by != worker) {
                    return;
                }
                common.taken.remove(&job);
                let servers = events.iter().filter_map(|event| match event {
                    CrawlEvent::Done { server, .. } => Some(server.0.clone()),
                    _ => None,
                });
                for server in servers.collect::<Vec<_>>() {
                    common.done.entry(server).or_default().push(worker);
                }
            }
            CrawlEvent::RunEnds => common.ends += 1,
            _ => {}
        }
    }
}

impl SharedQueue for Queue {
    fn worker(&self) -> i64 {
        self.worker
    }

    fn take(&self, most: usize) -> WorkFuture<'_, Vec<(i64, String)>> {
        Box::pin(async move {
            let mut common = self.common.lock().expect("the queue");
            let count = most.min(common.waiting.len());
            let given: Vec<_> = common.waiting.drain(..count).collect();
            for (job, payload) in &given {
                common.taken.insert(*job, (self.worker, payload.clone()));
            }
            Ok(given)
        })
    }

    fn leave<'a>(&'a self, _: i64, _: &'a str) -> WorkFuture<'a, bool> {
        Box::pin(async { Ok(false) })
    }

    fn state(&self) -> WorkFuture<'_, Option<WorkState>> {
        Box::pin(async {
            let common = self.common.lock().expect("the queue");
            let (waiting, taken) = (common.waiting.len() as i64, common.taken.len() as i64);
            Ok(Some(WorkState { planned: common.planned, attended: true, waiting, taken }))
        })
    }

    fn lost(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut lost = self.lose.subscribe();
        Box::pin(async move {
            let _ = lost.wait_for(|lost| *lost).await;
        })
    }
}

/// As many places as anybody wants.
struct Free;

impl SharedPlaces for Free {
    fn enter(&self, _: PlaceRequest) -> PlaceFuture<'_, TakenPlace> {
        Box::pin(async { TakenPlace::new(()) })
    }

    fn start<'a>(&'a self, _: &'a str, _: Duration) -> PlaceFuture<'a, Result<(), Duration>> {
        Box::pin(async { Ok(()) })
    }

    fn hold(&self, _: &str, _: Duration) {}
}

async fn run(queue: Arc<Queue>, sources: &[String], joins: bool) -> Result<CrawlReport, CrawlError> {
    let mut options = Options::new("/nowhere".into(), Surroundings::none());
    options.allow_private = true;
    options.rate.concurrency = 8;
    options.live.total = Duration::from_secs(5);
    options.work = Some(SharedWork { queue: queue.clone(), places: Arc::new(Free), joins });
    let (events, mut learnt) = mpsc::channel(64);
    let keeper = tokio::spawn(async move {
        while let Some(event) = learnt.recv().await {
            queue.keep(event);
        }
    });
    let specs: Vec<_> = sources.iter().map(|source| source.parse().expect("a source")).collect();
    let report = crawl(&specs, &options, events, &Progress::new(true)).await;
    keeper.await.expect("the keeper");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn each_server_is_learnt_once_by_any_of_several_crawlers() {
    let plan = Plan { servers: 120, thinks: Duration::from_millis(30), ..Plan::default() };
    let world = World::start(plan, 0);
    let common = Arc::new(Mutex::new(Common::default()));
    let sources = [world.registry()];
    let (first, second, third) = (Queue::new(1, &common), Queue::new(2, &common), Queue::new(3, &common));
    let (planner, joined, more) =
        tokio::join!(run(first, &sources, false), run(second, &[], true), run(third, &[], true));
    let reports = [planner.expect("a report"), joined.expect("a report"), more.expect("a report")];
    let common = common.lock().expect("the queue");
    assert_eq!(common.done.len(), 120);
    assert!(common.done.values().all(|by| by.len() == 1), "learnt twice: {:?}", common.done);
    assert_eq!(reports.iter().map(|report| report.observations).sum::<usize>(), 120);
    assert!(reports.iter().all(|report| report.observations > 10), "one did all of it: {reports:?}");
    assert_eq!((common.ends, reports[0].listings), (1, 120), "whoever reads the sources ends the run");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_lost_drops_what_it_had_and_others_do_it() {
    let plan = Plan { servers: 60, thinks: Duration::from_millis(100), ..Plan::default() };
    let world = World::start(plan, 0);
    let common = Arc::new(Mutex::new(Common::default()));
    let sources = [world.registry()];
    let (first, second) = (Queue::new(1, &common), Queue::new(2, &common));
    let dying = second.clone();
    let death = async move {
        tokio::time::sleep(Duration::from_millis(400)).await;
        dying.die();
    };
    let (planner, joined, ()) = tokio::join!(run(first, &sources, false), run(second, &[], true), death);
    planner.expect("a report");
    assert!(matches!(joined, Err(CrawlError::Lost)), "{joined:?}");
    let common = common.lock().expect("the queue");
    let all: Vec<String> = (0..60).map(name).collect();
    assert_eq!(common.done.keys().cloned().collect::<Vec<_>>(), all);
    assert!(common.done.values().all(|by| by.len() == 1), "kept twice: {:?}", common.done);
}
