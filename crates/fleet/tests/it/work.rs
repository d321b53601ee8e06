//! Who gets which job, and what becomes of it when a worker dies, the database does, or the line between them.

use super::database;
use super::proxy::Proxy;
use super::servers::PostgresServer;
use mcpdex_fleet::{CHANNEL, Crew, FleetError, Member, Notices, Overview};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, Config, NoTls};

/// What whoever keeps what is learnt says in its transactions.
const PUT: &str = "SELECT mcpdex_fleet.put($1, $2, $3, $4, $5, $6)";
const COMPLETE: &str = "SELECT mcpdex_fleet.complete($1, $2)";

const LEASE: Duration = Duration::from_millis(1_600);

fn member(name: &str, credentials: &[&str]) -> Member {
    let credentials = credentials.iter().map(|word| (*word).to_owned()).collect();
    Member { name: name.to_owned(), credentials, lease: LEASE }
}

pub(crate) async fn join(config: &Config, name: &str) -> Crew {
    Crew::join(config, NoTls, &member(name, &[])).await.expect("a member")
}

pub(crate) async fn client(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}

/// Puts `each` jobs of every host into the queue of run 1.
async fn fill(config: &Config, hosts: usize, each: usize) {
    let client = client(config).await;
    for host in 0..hosts {
        for turn in 0..each as i64 {
            let (called, name) = (format!("host{host}.example"), format!("host{host}.example/{turn}"));
            let with: [&(dyn tokio_postgres::types::ToSql + Sync); 6] = [&1_i64, &name, &name, &called, &turn, &name];
            client.query(PUT, &with).await.expect("a job");
        }
    }
}

/// Ends a job as whoever keeps its outcome does; whether it was the worker's still.
async fn complete(config: &Config, worker: i64, job: i64) -> bool {
    client(config).await.query_one(COMPLETE, &[&worker, &job]).await.expect("an answer").get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_job_is_handed_out_once_and_hosts_take_turns() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let (one, two) = (join(&config, "one").await, join(&config, "two").await);
    one.jobs().open(1, "{}").await.expect("a queue");
    fill(&config, 10, 4).await;
    // Putting the same in again changes nothing.
    fill(&config, 10, 1).await;
    let first = one.jobs().take(1, 10).await.expect("jobs");
    let hosts: BTreeSet<&str> = first.iter().filter_map(|job| job.payload.split('/').next()).collect();
    assert_eq!(hosts.len(), 10, "one of each host before a second of any: {first:?}");
    let (mut seen, mut count) = (BTreeSet::new(), first.len());
    seen.extend(first.into_iter().map(|job| job.payload));
    let (mine, theirs) = (one.jobs(), two.jobs());
    loop {
        let (a, b) = tokio::join!(mine.take(1, 7), theirs.take(1, 7));
        let taken = [a.expect("jobs"), b.expect("jobs")].concat();
        if taken.is_empty() {
            break;
        }
        count += taken.len();
        seen.extend(taken.into_iter().map(|job| job.payload));
    }
    assert_eq!((count, seen.len()), (40, 40));
    let state = one.jobs().state(1).await.expect("a state").expect("a run");
    assert_eq!((state.waiting, state.taken, state.planned, state.attended), (0, 40, false, true));
    one.jobs().close(1).await.expect("closed");
    assert_eq!(two.jobs().state(1).await.expect("a state"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_worker_had_is_handed_out_after_its_lease_and_its_word_counts_no_more() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let (dead, heir) = (join(&config, "dead").await, join(&config, "heir").await);
    dead.jobs().open(1, "{}").await.expect("a queue");
    fill(&config, 3, 1).await;
    let had = dead.jobs().take(1, 2).await.expect("jobs");
    let number = dead.worker();
    assert!(complete(&config, number, had[0].id).await, "its own job");
    assert!(!complete(&config, number, had[0].id).await, "ended twice");
    let died = Instant::now();
    drop(dead); // as kill -9 does: without a word
    let mut taken = heir.jobs().take(1, 9).await.expect("jobs");
    assert_eq!(taken.len(), 1, "what the dead one had was handed out before its lease was over");
    while taken.len() < 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        taken.extend(heir.jobs().take(1, 9).await.expect("jobs"));
        assert!(died.elapsed() < LEASE * 3, "not handed out again");
    }
    assert!(taken.iter().any(|job| job.id == had[1].id));
    assert!(!complete(&config, number, had[1].id).await, "the dead one's word was taken");
    assert!(complete(&config, heir.worker(), had[1].id).await);
    println!(
        "handed out again {} ms after the death, with a lease of {} ms",
        died.elapsed().as_millis(),
        LEASE.as_millis()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_without_the_credential_leaves_the_job_to_others() {
    const NEED: &str = "npm packages.corp.example";
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let poor = join(&config, "poor").await;
    poor.jobs().open(1, "{}").await.expect("a queue");
    fill(&config, 2, 1).await;
    let had = poor.jobs().take(1, 9).await.expect("jobs");
    assert!(!poor.jobs().leave(had[0].id, NEED).await.expect("an answer"), "there is nobody to leave it to");
    let rich = member("rich", &[NEED, "oci images.corp.example"]);
    let rich = Crew::join(&config, NoTls, &rich).await.expect("a member");
    assert!(poor.jobs().leave(had[0].id, NEED).await.expect("an answer"));
    assert!(!poor.jobs().leave(had[0].id, NEED).await.expect("an answer"), "it is not its own any more");
    assert_eq!(poor.jobs().take(1, 9).await.expect("jobs"), []);
    let seen = Overview::of(&config, NoTls).await.expect("an overview");
    assert_eq!(seen.queues[0].needs, [(NEED.to_owned(), 1)]);
    let taken = rich.jobs().take(1, 9).await.expect("jobs");
    assert_eq!(taken, had[..1]);
    let seen = Overview::of(&config, NoTls).await.expect("an overview");
    let worker = seen.workers.iter().find(|worker| worker.name == "rich").expect("the worker");
    assert_eq!((worker.jobs, worker.servers.len(), worker.requests), (1, 1, 0));
    assert!(worker.lease_seconds > 0.0 && seen.queues[0].needs.is_empty());
    rich.leave().await;
    // Who leaves leaves its work at once; and when nobody has the credential any more, somebody says so of the server.
    assert_eq!(poor.jobs().take(1, 9).await.expect("jobs").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_dies_ends_the_membership_and_loses_nothing() {
    let Some(mut server) = PostgresServer::start() else { return };
    let config = database(&server);
    for round in 0..3 {
        let crew = join(&config, "crew").await;
        if round == 0 {
            crew.jobs().open(1, "{}").await.expect("a queue");
            fill(&config, 30, 1).await;
        }
        let taken = crew.jobs().take(1, 9).await.expect("jobs");
        assert!(complete(&config, crew.worker(), taken[0].id).await);
        server.restart();
        let told = tokio::time::timeout(LEASE, crew.lost()).await;
        assert!(told.is_ok(), "it was not told within its lease");
        assert!(matches!(crew.jobs().take(1, 1).await, Err(FleetError::Database { .. })));
        let after = join(&config, "after").await;
        after.bury(crew.worker()).await.expect("buried");
        let state = after.jobs().state(1).await.expect("a state").expect("a run");
        assert_eq!((state.waiting, state.taken), (29 - round, 0), "round {round}");
        after.leave().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_line_ends_the_membership_before_others_may_take_what_it_had() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let mut proxy = Proxy::new(server.folder(), tokio::runtime::Handle::current());
    let mut through = tokio_postgres::Config::new();
    through.host_path(proxy.folder()).user("owner").dbname("crawl");
    let (cut, other) = (join(&through, "cut").await, join(&config, "other").await);
    cut.jobs().open(1, "{}").await.expect("a queue");
    fill(&config, 1, 1).await;
    assert_eq!(cut.jobs().take(1, 1).await.expect("jobs").len(), 1);
    proxy.cut();
    tokio::time::timeout(LEASE, cut.lost()).await.expect("told within its lease");
    assert_eq!(other.jobs().take(1, 1).await.expect("jobs"), [], "handed out before the lease was over");
    let begun = Instant::now();
    while other.jobs().take(1, 1).await.expect("jobs").is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(begun.elapsed() < LEASE * 3, "not handed out again");
    }
    proxy.mend();
    join(&through, "again").await.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_refused() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    join(&config, "one").await.leave().await;
    client(&config).await.batch_execute("UPDATE mcpdex_fleet.version SET number = 99").await.expect("changed");
    let refused = Crew::join(&config, NoTls, &member("old", &[])).await;
    assert!(matches!(refused, Err(FleetError::Newer { found: 99, .. })), "{refused:?}");
    assert!(matches!(Overview::of(&config, NoTls).await, Err(FleetError::Newer { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_that_begin_at_once_make_the_tables_once() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    assert_eq!(Overview::of(&config, NoTls).await.expect("an overview"), Overview::default());
    let joined = tokio::join!(join(&config, "a"), join(&config, "b"), join(&config, "c"), join(&config, "d"));
    let numbers = BTreeSet::from([joined.0.worker(), joined.1.worker(), joined.2.worker(), joined.3.worker()]);
    assert_eq!(numbers.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_hears_what_was_kept() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let mut notices = Notices::listen(&config, NoTls).await.expect("a listener");
    assert!(tokio::time::timeout(Duration::from_millis(200), notices.next()).await.is_err(), "nothing was kept");
    client(&config).await.batch_execute(&format!("SELECT pg_notify('{CHANNEL}', '')")).await.expect("said");
    assert!(tokio::time::timeout(Duration::from_secs(5), notices.next()).await.expect("heard"));
    drop(server);
    assert!(!tokio::time::timeout(Duration::from_secs(5), notices.next()).await.expect("its end"));
}
