//! Crawling a loopback world: every server's outcome, what is left after the process was killed again and again, and
//! that a slow host delays nobody else. `MCPDEX_WORLD` sets the number of servers (300 unless set); the figures are
//! printed with `--nocapture`. Times are held against their bounds in large worlds only (`tests/scale/run`): in small
//! ones, on a machine that has other work, they say nothing.

use crate::support::binary::User;
use crate::support::database::content;
use crate::support::schema::assert_valid;
use crate::support::world::{Kind, Plan, World, name};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Seconds that one server may take: more where this runs beside other tests, so that a busy machine is not taken for
/// servers that do not answer.
fn deadline() -> usize {
    if is_measured() { 2 } else { 8 }
}
const CONCURRENCY: usize = 64;

fn size() -> usize {
    std::env::var("MCPDEX_WORLD").ok().and_then(|size| size.parse().ok()).unwrap_or(300)
}

/// Whether this is a run of measured times.
fn is_measured() -> bool {
    size() >= 5_000
}

fn start(user: &User, world: &World, more: &[&str]) -> Child {
    let (deadline, concurrency, registry) = (deadline().to_string(), CONCURRENCY.to_string(), world.registry());
    let mut words = vec!["crawl", &registry, "--allow-private", "--json", "--quiet", "--timeout", &deadline];
    words.extend(["--concurrency", &concurrency]);
    words.extend(more);
    let mut command = user.command(&words);
    command.stdout(Stdio::piped()).stderr(Stdio::inherit());
    command.spawn().unwrap()
}

/// Waits for the end; the report, the seconds that it took and the peak of its memory in MiB.
fn end(mut child: Child) -> (serde_json::Value, f64, u64) {
    let begun = Instant::now();
    let mut out = child.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut out, &mut text).unwrap();
        text
    });
    let mut peak = 0;
    let status = loop {
        // The mark of the kernel only rises, so the last reading before the end is as good as one at the end.
        let about = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let mark = about.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = peak.max(mark.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or(0));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let report = reading.join().unwrap();
    assert!(status.success(), "{status}: {report}");
    (assert_valid("crawl", &report), begun.elapsed().as_secs_f64(), peak / 1024)
}

/// Every server has exactly the outcome that its kind must lead to, and the good ones exactly their tools.
fn hold_against(plan: Plan, path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection.prepare("SELECT server, outcome FROM server_outcome ORDER BY server").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let outcomes: Vec<(String, String)> = rows.unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(outcomes.len(), plan.servers);
    for (number, (server, outcome)) in outcomes.iter().enumerate() {
        assert_eq!((server, outcome.as_str()), (&name(number), plan.outcome(number)), "{:?}", plan.kind(number));
    }
    let mut statement = connection.prepare("SELECT server, tool FROM tools_current ORDER BY tool_id").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let mut tools: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows.unwrap() {
        let (server, tool) = row.unwrap();
        tools.entry(server).or_default().push(tool);
    }
    for number in 0..plan.servers {
        if matches!(plan.kind(number), Kind::Modern | Kind::Handshake) {
            assert_eq!(tools.get(&name(number)), Some(&plan.tools(number)), "{}", name(number));
        }
    }
}

#[test]
fn every_server_of_a_faulty_world_has_its_one_outcome_within_time_and_memory() {
    let plan = Plan { servers: size(), faulty: 30, ..Plan::default() };
    let (sound, faulty) = (World::start(Plan { faulty: 0, ..plan }, 0), World::start(plan, 0));
    let user = User::new();
    let (_, without, _) = end(start(&user, &sound, &[]));
    std::fs::remove_file(user.database()).unwrap();
    let (report, seconds, peak) = end(start(&user, &faulty, &[]));
    hold_against(plan, &user.database());
    assert_eq!(report["servers"], plan.servers);
    let dead = (0..plan.servers).filter(|n| matches!(plan.kind(*n), Kind::Hang | Kind::Drip)).count();
    let bound = ((dead * deadline()) as f64 / CONCURRENCY as f64).max(without);
    println!(
        "{} servers, {dead} dead: {seconds:.1} s, without faults {without:.1} s, bound {bound:.1} s, ratio {:.2}; peak {peak} MiB",
        plan.servers,
        seconds / bound
    );
    assert!(peak < 300, "{peak} MiB");
    // A small world is over before its last deadline is.
    if is_measured() {
        assert!(seconds <= 1.2 * bound, "{seconds} s against {bound} s");
    }
    // Asked again at once, nothing is done twice; asked to refresh, nothing is duplicated.
    let before = content(&user.database());
    let (report, ..) = end(start(&user, &faulty, &[]));
    assert_eq!((&report["run"]["attempts"], &report["run"]["skipped"]), (&0.into(), &plan.servers.into()));
    let after = content(&user.database());
    for what in ["servers", "listings", "observations", "attempts", "tools", "verdicts"] {
        assert_eq!(before[what], after[what], "{what}");
    }
}

/// How many lists the world was asked for so far.
fn answered(world: &World) -> usize {
    world.asked.iter().map(|asked| asked.load(Ordering::Relaxed)).sum()
}

#[test]
fn a_crawl_that_was_killed_again_and_again_ends_as_if_it_had_not_been() {
    let plan = Plan { servers: size(), faulty: 30, ..Plan::default() };
    let world = World::start(plan, 0);
    let (undisturbed, killed) = (User::new(), User::new());
    let (_, seconds, _) = end(start(&undisturbed, &world, &["--interval", "0"]));
    let all = answered(&world);
    for asked in world.asked.iter() {
        asked.store(0, Ordering::Relaxed);
    }
    let begun = Instant::now();
    User::new().done(&["crawl", "sample"]);
    let beginning = begun.elapsed().as_secs_f64();
    let mut dice = 88_172_645_463_325_252_u64;
    let mut kills = 0;
    for _ in 0..20 {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let part = (dice >> 8) as f64 % 1_000.0 / 1_000.0;
        let before = answered(&world);
        let mut child = start(&killed, &world, &["--interval", "0"]);
        // One in four into the beginning, the others into work, counted in answers: together they leave some of it to
        // the last however fast the machine is.
        if dice.is_multiple_of(4) {
            std::thread::sleep(Duration::from_secs_f64(beginning * part));
        } else {
            let wanted = before + (all as f64 / 12.0 * part) as usize;
            while answered(&world) < wanted && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        kills += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (report, last, _) = end(start(&killed, &world, &["--interval", "0"]));
    let (expected, found) = (content(&undisturbed.database()), content(&killed.database()));
    for (what, rows) in &expected {
        let without = |rows: &[String], others: &[String]| -> Vec<String> {
            rows.iter().filter(|row| others.binary_search(row).is_err()).take(3).cloned().collect()
        };
        let (lost, added) = (without(rows, &found[what]), without(&found[what], rows));
        assert!(*rows == found[what], "{what}, {} and {}: -{lost:?} +{added:?}", rows.len(), found[what].len());
    }
    hold_against(plan, &killed.database());
    let attempts = report["run"]["attempts"].as_u64().unwrap() as usize;
    assert!(kills > 10, "only {kills} of the processes were still there to be killed");
    // A small world is killed sooner than the first batch is due, which may then be all there is to lose.
    assert!(!is_measured() || attempts < plan.servers, "nothing of what was done before a kill was kept");
    println!(
        "{} servers: {seconds:.1} s undisturbed; {kills} kills, then {last:.1} s for the remaining {attempts} attempts",
        plan.servers
    );
}

#[test]
fn a_crawl_that_is_asked_to_stop_drops_what_is_under_way_and_goes_on_later() {
    let plan = Plan { servers: 300, thinks: Duration::from_millis(300), ..Plan::default() };
    let (user, world) = (User::new(), World::start(plan, 0));
    let child = start(&user, &world, &["--interval", "0"]);
    let asked = |n: usize| world.asked[n].load(Ordering::Relaxed) > 0;
    let begun = Instant::now();
    while (0..plan.servers).filter(|n| asked(*n)).count() < 20 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the crawl does not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    // A test that runs in the background has Ctrl-C ignored, and so has what it starts.
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let report = assert_valid("crawl", &String::from_utf8(output.stdout).unwrap());
    let done = report["run"]["attempts"].as_u64().unwrap();
    assert!(report["run"]["interrupted"] == true && (1..300).contains(&done), "{}", report["run"]);
    let (report, ..) = end(start(&user, &world, &[]));
    assert_eq!(report["run"]["continued"], true);
    assert_eq!(report["run"]["attempts"].as_u64(), Some(300 - done));
    hold_against(plan, &user.database());
}

#[test]
fn a_slow_host_delays_no_other() {
    let plan = Plan { servers: 200, thinks: Duration::from_secs(1), ..Plan::default() };
    let crowded = Plan { crowded: true, slow: Duration::from_secs(2), ..plan };
    let alone = Plan { even_only: true, ..plan };
    let seconds = |plan: Plan| {
        let (user, world) = (User::new(), World::start(plan, 0));
        let begun = Instant::now();
        let mut child = start(&user, &world, &[]);
        // Done when every server of the quick half has given its list.
        while (0..plan.servers).step_by(2).any(|n| world.asked[n].load(Ordering::Relaxed) == 0) {
            assert!(begun.elapsed() < Duration::from_secs(120), "the quick half is never done");
            std::thread::sleep(Duration::from_millis(5));
        }
        let seconds = begun.elapsed().as_secs_f64();
        let left = (1..plan.servers).step_by(2).filter(|n| world.asked[*n].load(Ordering::Relaxed) == 0).count();
        child.kill().unwrap();
        child.wait().unwrap();
        // The slow half was far from done: nobody has waited for it.
        assert!(!plan.crowded || left > plan.servers / 4, "{left} servers of the slow host are left");
        seconds
    };
    let (mut with, mut without) = (0.0, 0.0);
    for _ in 0..2 {
        without += seconds(alone);
        with += seconds(crowded);
    }
    println!(
        "quick half: {:.2} s with the slow host, {:.2} s without, ratio {:.2}",
        with / 2.0,
        without / 2.0,
        with / without
    );
    assert!(!is_measured() || with <= 1.2 * without, "{with} against {without}");
}
