//! What a host sees: the limit holds over all crawlers together. Three HTTP clients, each with a membership of its own as
//! three processes have, ask a server that counts.

use super::database;
use super::servers::PostgresServer;
use super::work::join;
use mcpdex_fleet::Crew;
use mcpdex_net::{Client, Config as NetConfig, PlaceRequest, RateLimit, Request, SharedPlaces, Trust};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// What hit a host.
#[derive(Default)]
struct Seen {
    now: AtomicUsize,
    most: AtomicUsize,
    starts: Mutex<Vec<Instant>>,
}

/// A host whose answers take 30 ms, and whose every 25th says to wait.
async fn host(seen: Arc<Seen>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let seen = seen.clone();
            tokio::spawn(async move {
                let mut buffer = [0; 4_096];
                while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                    assert!(buffer[..length].ends_with(b"\r\n\r\n"), "a request comes in one piece");
                    let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
                    seen.most.fetch_max(now, Ordering::SeqCst);
                    let count = {
                        let mut starts = seen.starts.lock().expect("starts");
                        starts.push(Instant::now());
                        starts.len()
                    };
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    seen.now.fetch_sub(1, Ordering::SeqCst);
                    let answer: &[u8] = match count % 25 {
                        0 => b"HTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n",
                        _ => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                    };
                    if stream.write_all(answer).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

fn client(crew: Option<&Crew>, rate: RateLimit) -> Client {
    let places = crew.map(|crew| Arc::new(crew.places()) as Arc<dyn SharedPlaces>);
    Client::new(NetConfig { allow_private: true, rate, places, ..NetConfig::default() }).expect("a client")
}

async fn ask_all(clients: &[Client], address: SocketAddr, each: usize) -> usize {
    let mut asked = JoinSet::new();
    for client in clients {
        for number in 0..each {
            let client = client.clone();
            asked.spawn(async move {
                let url = format!("http://{address}/{number}").parse().expect("a URL");
                client.get(Request::page(url, Trust::Operator, "*/*")).await.is_ok()
            });
        }
    }
    asked.join_all().await.into_iter().filter(|answered| *answered).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_crawlers_together_never_exceed_the_limit_of_a_host() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let rate = RateLimit { per_host: 3, concurrency: 64, interval: Duration::from_millis(5) };
    let mut crews = Vec::new();
    for name in ["one", "two", "three"] {
        crews.push(join(&config, name).await);
    }
    let seen = Arc::new(Seen::default());
    let address = host(seen.clone()).await;
    let clients: Vec<Client> = crews.iter().map(|crew| client(Some(crew), rate)).collect();
    let begun = Instant::now();
    let answered = timeout(Duration::from_secs(60), ask_all(&clients, address, 40)).await.expect("in time");
    let starts = seen.starts.lock().expect("starts").clone();
    println!(
        "{} requests in {:.1} s, at most {} at once",
        starts.len(),
        begun.elapsed().as_secs_f32(),
        seen.most.load(Ordering::SeqCst)
    );
    assert_eq!(answered, 120);
    assert_eq!(seen.most.load(Ordering::SeqCst), 3, "the limit over all crawlers");
    // Each busy answer closes the host to all three for a second, but for requests that were on their way.
    let pauses = starts.windows(2).filter(|pair| pair[1] - pair[0] > Duration::from_millis(700)).count();
    assert!(pauses >= starts.len() / 25 - 1, "{pauses} pauses in {} requests", starts.len());
    // And without a common count they exceed it: what is counted here can be seen.
    let seen = Arc::new(Seen::default());
    let address = host(seen.clone()).await;
    let clients: Vec<Client> = crews.iter().map(|_| client(None, rate)).collect();
    timeout(Duration::from_secs(60), ask_all(&clients, address, 8)).await.expect("in time");
    assert!(seen.most.load(Ordering::SeqCst) > 3);
}

fn wanted(domain: &str, address: &str) -> PlaceRequest {
    let address = Some(address.parse().expect("an address"));
    PlaceRequest { domain: domain.to_owned(), per_domain: 2, address, per_address: 3 }
}

#[tokio::test(flavor = "multi_thread")]
async fn domains_of_one_address_share_it_and_dead_holders_give_their_places_back() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let (one, two) = (join(&config, "one").await, join(&config, "two").await);
    let (mine, theirs) = (one.places(), two.places());
    let a = mine.enter(wanted("a.example", "10.0.0.1")).await;
    let _b = mine.enter(wanted("a.example", "10.0.0.1")).await;
    let short = Duration::from_millis(300);
    assert!(timeout(short, theirs.enter(wanted("a.example", "10.0.0.1"))).await.is_err(), "the domain is full");
    let _c = timeout(short, theirs.enter(wanted("b.example", "10.0.0.1"))).await.expect("another domain");
    assert!(timeout(short, theirs.enter(wanted("c.example", "10.0.0.1"))).await.is_err(), "the address is full");
    drop(a);
    let d = timeout(short, theirs.enter(wanted("c.example", "10.0.0.1"))).await.expect("a place that was given back");
    drop(d);
    // The crew dies with two places at the address: one of a.example, and one that nobody waited for any more.
    let died = Instant::now();
    drop((mine, one));
    let _e = theirs.enter(wanted("a.example", "10.0.0.1")).await;
    let _f = timeout(Duration::from_secs(6), theirs.enter(wanted("a.example", "10.0.0.1"))).await;
    assert!(_f.is_ok(), "the dead one's place did not come back");
    println!("a dead holder's place came back after {} ms", died.elapsed().as_millis());
}

#[tokio::test(flavor = "multi_thread")]
async fn turns_and_pauses_hold_for_all() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let (one, two) = (join(&config, "one").await, join(&config, "two").await);
    let (mine, theirs) = (one.places(), two.places());
    let (_a, _b) =
        (mine.enter(wanted("a.example", "10.0.0.1")).await, theirs.enter(wanted("a.example", "10.0.0.1")).await);
    let interval = Duration::from_millis(400);
    assert_eq!(mine.start("a.example", interval).await, Ok(()));
    let wait = theirs.start("a.example", interval).await.expect_err("the turn is taken");
    assert!(wait <= interval && wait > Duration::from_millis(100), "{wait:?}");
    tokio::time::sleep(wait).await;
    assert_eq!(theirs.start("a.example", interval).await, Ok(()));
    theirs.hold("a.example", Duration::from_secs(5));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let wait = mine.start("a.example", interval).await.expect_err("the host is closed");
    assert!(wait > Duration::from_secs(4), "{wait:?}");
    // A shorter pause takes nothing from a longer one.
    mine.hold("a.example", Duration::from_millis(10));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(theirs.start("a.example", interval).await.expect_err("the host is closed") > Duration::from_secs(3));
}
