//! Who gets which piece of what is judged again, and what becomes of it when a worker dies.

use super::database;
use super::servers::PostgresServer;
use super::work::{client, join};
use mcpdex_fleet::{NoTls, Overview};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_is_one_workers_until_that_dies_and_ends_once() {
    let Some(server) = PostgresServer::start() else { return };
    let config = database(&server);
    let (dying, living) = (join(&config, "dying").await, join(&config, "living").await);
    let keeper = client(&config).await;
    keeper.query("SELECT mcpdex_fleet.judge_anew(7, 'digest')", &[]).await.expect("a judging");
    for first in [1_i64, 11] {
        let (last, late) = (first + 9, first > 10);
        let cut = "SELECT mcpdex_fleet.cut_piece(7, $1, $2, $3, 40)";
        keeper.query(cut, &[&first, &last, &late]).await.expect("a piece");
    }
    let ends = async |worker: i64, piece: i64| -> bool {
        keeper.query_one("SELECT mcpdex_fleet.end_piece($1, $2)", &[&worker, &piece]).await.expect("an answer").get(0)
    };
    let lost = dying.pieces().take(7).await.expect("an answer").expect("a piece");
    let other = living.pieces().take(7).await.expect("an answer").expect("a piece");
    assert_eq!((lost.first, lost.last, lost.late), (1, 10, false));
    assert_eq!((other.first, other.last, other.late), (11, 20, true));
    assert_eq!(living.pieces().take(7).await.expect("an answer"), None);
    assert_eq!(living.pieces().take(8).await.expect("an answer"), None, "another edition");
    let seen = Overview::of(&config, NoTls).await.expect("an overview").judging.expect("a judging");
    assert_eq!((seen.ruleset.as_str(), seen.waiting, seen.taken, seen.done), ("digest", 0, 80, 0));
    assert!(ends(living.worker(), other.id).await);
    assert!(!ends(living.worker(), other.id).await, "a piece ends once");
    assert!(!ends(living.worker(), lost.id).await, "a piece is ended by whom it was handed to");
    // Without a word.
    let (dead, begun) = (dying.worker(), Instant::now());
    drop(dying);
    let again = loop {
        if let Some(piece) = living.pieces().take(7).await.expect("an answer") {
            break piece;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing is handed out again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(again, lost);
    assert!(!ends(dead, lost.id).await && ends(living.worker(), lost.id).await);
    keeper.query("SELECT mcpdex_fleet.judged(7)", &[]).await.expect("an end");
    assert_eq!(Overview::of(&config, NoTls).await.expect("an overview").judging, None);
}
