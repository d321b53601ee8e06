//! Several processes crawl one loopback world into one PostgreSQL: each server has its one outcome, as one process alone
//! finds it; no host sees more requests than the limit, in sum; what is killed, and what the database loses when it dies,
//! is done by others. `MCPDEX_WORLD` sets the number of servers (200 unless set); figures are printed with `--nocapture`.

use crate::support::binary::User;
use crate::support::postgres::{PostgresServer, Proxy};
use crate::support::schema::assert_valid;
use crate::support::world::{Plan, World, name};
use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Requests at once at one host.
const PER_HOST: &str = "4";
/// How long a host thinks, where that is what a crawl waits for.
const THINKS: Duration = Duration::from_millis(40);

fn size() -> usize {
    std::env::var("MCPDEX_WORLD").ok().and_then(|size| size.parse().ok()).unwrap_or(200)
}

fn start(user: &User, url: &str, words: &[&str], lease: &str) -> Child {
    let mut all = vec!["crawl", "--db", url, "--allow-private", "--json", "--quiet", "--per-host", PER_HOST];
    all.extend(["--interval", "0", "--lease", lease]);
    all.extend(words);
    let mut command = user.command(&all);
    command.stdout(Stdio::piped()).stderr(Stdio::inherit());
    command.spawn().unwrap()
}

/// Joins as soon as there is something to join, as a supervisor would start it.
fn joined(user: &User, url: &str, lease: &str) -> Child {
    let begun = Instant::now();
    loop {
        let seen: serde_json::Value = serde_json::from_str(&user.done(&["workers", "--db", url, "--json"])).unwrap();
        if seen["queues"].as_array().is_some_and(|queues| !queues.is_empty()) {
            return start(user, url, &["--join", "--concurrency", "6"], lease);
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing to join");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn finished(child: Child) -> serde_json::Value {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    assert_valid("crawl", &String::from_utf8(output.stdout).unwrap())
}

/// Columns that tell when, or in which order something was kept.
const WHEN: [&str; 11] =
    ["id", "run_id", "first_seen", "last_seen", "at", "since", "begun", "swept", "started", "finished", "position"];

/// The rows of a whole export, without what tells when: numbers of rows are those of what they stand for.
pub(crate) fn rows(user: &User, db: &[&str]) -> Vec<String> {
    let exported = user.done(&[&["export", "--format", "jsonl"], db].concat());
    // By table and number: what the row is.
    let mut stands_for: BTreeMap<(String, i64), String> = BTreeMap::new();
    let mut rows: Vec<String> = Vec::new();
    for line in exported.lines() {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(table) = line["table"].as_str().map(str::to_owned) else { continue };
        let row = line["row"].as_object_mut().unwrap();
        let number = row.get("id").and_then(serde_json::Value::as_i64);
        for (column, of) in [
            ("server_id", "server"),
            ("observation_id", "observation"),
            ("definition_id", "definition"),
            ("tool_id", "tool"),
        ] {
            if let Some(id) = row.get(column).and_then(serde_json::Value::as_i64) {
                row.insert(column.to_owned(), stands_for[&(of.to_owned(), id)].as_str().into());
            }
        }
        // How long a list is fresh, by the clock.
        if row.get("url").and_then(serde_json::Value::as_str).is_some_and(|url| url.starts_with("until:")) {
            row.remove("etag");
        }
        let place = row.get("position").map(ToString::to_string).unwrap_or_default();
        row.retain(|column, _| !WHEN.contains(&column.as_str()));
        let told = serde_json::to_string(row).unwrap();
        if let Some(number) = number {
            let is = match row.get("sha256").or_else(|| row.get("content_sha256").or_else(|| row.get("name"))) {
                Some(name) => format!("{name} {place} {}", row.get("server_id").unwrap_or(&serde_json::Value::Null)),
                None => told.clone(),
            };
            stands_for.insert((table.clone(), number), is);
        }
        rows.push(format!("{table} {told}"));
    }
    rows.sort();
    rows
}

/// Every server has one outcome, the one that its kind must lead to.
fn hold_against(plan: Plan, server: &PostgresServer, database: &str) {
    let rows = server.sql(database, "SELECT server, outcome FROM mcpdex.server_outcome");
    let found: BTreeMap<&str, &str> = rows.lines().filter_map(|row| row.split_once('|')).collect();
    for number in 0..plan.servers {
        let wanted = plan.outcome(number);
        assert_eq!(found.get(name(number).as_str()), Some(&wanted), "{}: {:?}", name(number), plan.kind(number));
    }
    let often = "SELECT s.name, count(*) FROM mcpdex.attempt a JOIN mcpdex.server s ON s.id = a.server_id
                 GROUP BY s.name HAVING count(*) <> 1";
    assert_eq!(server.sql(database, often).trim(), "", "servers with more than one outcome");
}

/// The most requests that any host had at once.
fn busiest(world: &World) -> usize {
    world.busy.lock().unwrap().values().map(|(_, most)| *most).max().unwrap_or(0)
}

#[test]
fn three_processes_find_what_one_finds() {
    let Some(server) = PostgresServer::start() else { return };
    let plan = Plan { servers: size(), faulty: 30, ..Plan::default() };
    let world = World::start(plan, 0);
    let (alone, user) = (User::new(), User::new());
    let source = world.registry();
    let short = ["--timeout", "3"];
    let begun = Instant::now();
    let words = [
        &["crawl", source.as_str(), "--allow-private", "--quiet", "--interval", "0", "--per-host", PER_HOST],
        &short[..],
    ];
    alone.done(&words.concat());
    let one = begun.elapsed();
    let url = server.database("three");
    let begun = Instant::now();
    let planner = start(&user, &url, &[&source, short[0], short[1]], "30");
    let others = [joined(&user, &url, "30"), joined(&user, &url, "30")];
    let reports = [finished(planner)].into_iter().chain(others.map(finished));
    let shares: Vec<u64> = reports.map(|report| report["run"]["attempts"].as_u64().unwrap()).collect();
    println!(
        "{} servers: {:.1} s alone into a file, {:.1} s by three ({shares:?}); at most {} at one host",
        plan.servers,
        one.as_secs_f64(),
        begun.elapsed().as_secs_f64(),
        busiest(&world)
    );
    hold_against(plan, &server, "three");
    assert_eq!(shares.iter().sum::<u64>(), plan.servers as u64);
    assert!(busiest(&world) <= 4, "{} requests at once", busiest(&world));
    let (expected, found) = (rows(&alone, &[]), rows(&user, &["--db", &url]));
    let differ: Vec<_> = expected.iter().zip(&found).filter(|(one, other)| one != other).collect();
    assert!(differ.is_empty(), "{} of {} rows differ, as {:?}", differ.len(), expected.len(), differ[0]);
    assert_eq!(expected.len(), found.len());
    let seen = assert_valid("workers", &user.done(&["workers", "--db", &url, "--json"]));
    assert_eq!((&seen["workers"], &seen["queues"]), (&serde_json::json!([]), &serde_json::json!([])));
}

/// What befalls a crawl: in each round a crawler that joined is killed; before that the database may die, or the line to it be
/// cut for a while; in every fourth whoever reads the sources is killed as well.
fn rounds() -> usize {
    if size() < 2000 { 10 } else { 40 }
}

#[test]
fn what_is_killed_is_done_by_others_and_a_database_that_dies_or_is_cut_off_is_waited_for() {
    let Some(mut server) = PostgresServer::start() else { return };
    let plan = Plan { servers: size(), crowded: true, slow: THINKS, thinks: THINKS, ..Plan::default() };
    let world = World::start(plan, 0);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut line = Proxy::new(server.folder(), runtime.handle().clone());
    server.database("killed");
    let url = format!("postgres://owner@/killed?host={}", line.folder().display());
    let (user, source) = (User::new(), world.registry());
    let planning = [source.as_str(), "--timeout", "3", "--concurrency", "8"];
    let mut planner = start(&user, &url, &planning, "2");
    let mut dice = 88_172_645_463_325_252_u64;
    let (mut kills, mut crashes, mut cuts) = (0, 0, 0);
    for round in 0..rounds() {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        match planner.try_wait().unwrap() {
            Some(ended) if ended.success() => break,
            // It met a database that was away before it had begun, and whoever watches over it starts it again.
            Some(_) => planner = start(&user, &url, &planning, "2"),
            None => {}
        }
        let mut other = start(&user, &url, &["--join", "--concurrency", "8"], "2");
        std::thread::sleep(Duration::from_millis(300 + dice % 700));
        match round % 8 {
            1 => {
                crashes += 1;
                server.restart();
            }
            // Longer than a lease on every other time.
            5 => {
                cuts += 1;
                line.cut();
                std::thread::sleep(Duration::from_millis(if cuts % 2 == 0 { 3000 } else { 500 }));
                line.mend();
            }
            _ => {}
        }
        kills += usize::from(other.try_wait().unwrap().is_none());
        let _ = other.kill();
        other.wait().unwrap();
        if round % 4 == 3 {
            kills += usize::from(planner.try_wait().unwrap().is_none());
            let _ = planner.kill();
            planner.wait().unwrap();
            planner = start(&user, &url, &planning, "2");
        }
    }
    if planner.try_wait().unwrap().is_some_and(|ended| !ended.success()) {
        planner = start(&user, &url, &planning, "2");
    }
    let left = server.sql("killed", "SELECT count(*) FROM mcpdex_fleet.job WHERE NOT done");
    finished(planner);
    println!(
        "{} servers: {kills} kills, {crashes} crashes of the database, {cuts} cuts, {} left then; at most {} at one host",
        plan.servers,
        left.trim(),
        busiest(&world)
    );
    hold_against(plan, &server, "killed");
    assert!(busiest(&world) <= 4, "{} requests at once", busiest(&world));
}

#[test]
fn joining_needs_a_shared_database_and_something_to_join() {
    let user = User::new();
    let refused = user.run(&["crawl", "--join"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert_eq!(user.run(&["workers"]).code, 2);
    let Some(server) = PostgresServer::start() else { return };
    let url = server.database("empty");
    let nothing = user.run(&["crawl", "--join", "--db", &url]);
    assert_eq!((nothing.code, nothing.err.contains("nothing to join")), (4, true), "{}", nothing.err);
    assert!(user.done(&["workers", "--db", &url]).contains("nobody"));
}

#[test]
fn a_second_crawler_helps_where_the_network_is_the_limit_and_not_at_one_host() {
    let Some(server) = PostgresServer::start() else { return };
    let plan = Plan { servers: size(), thinks: Duration::from_millis(250), ..Plan::default() };
    let (user, world) = (User::new(), World::start(plan, 0));
    let source = world.registry();
    let words = [source.as_str(), "--concurrency", "6"];
    let mut took = Vec::new();
    for (database, more) in [("one", 0), ("two", 1)] {
        let url = server.database(database);
        let begun = Instant::now();
        let planner = start(&user, &url, &words, "30");
        let others: Vec<Child> = (0..more).map(|_| joined(&user, &url, "30")).collect();
        let own = finished(planner)["run"]["attempts"].as_u64().unwrap();
        took.push(begun.elapsed().as_secs_f64());
        others.into_iter().for_each(|other| drop(finished(other)));
        // What a second one gains is printed; that it did a good part of the work is certain.
        let most = if more == 0 { plan.servers } else { plan.servers * 2 / 3 };
        assert!(own <= most as u64, "{own} of {}", plan.servers);
        hold_against(plan, &server, database);
    }
    println!(
        "{} servers that think: one {:.1} s, two {:.1} s, {:.2} times",
        plan.servers,
        took[0],
        took[1],
        took[0] / took[1]
    );
    let crowd = Plan { crowded: true, slow: THINKS, ..plan };
    let world = World::start(Plan { servers: size() / 2, thinks: THINKS, ..crowd }, 0);
    let url = server.database("crowd");
    let planner = start(&user, &url, &[&world.registry()], "30");
    let others = [joined(&user, &url, "30"), joined(&user, &url, "30")];
    finished(planner);
    others.into_iter().for_each(|other| drop(finished(other)));
    println!("{} servers on one host, three crawlers: at most {} requests at once", size() / 4, busiest(&world));
    assert_eq!(busiest(&world), 4, "the limit is used, and not exceeded");
}
