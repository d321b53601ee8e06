//! Several processes judge one PostgreSQL again by other rules: each tool once, as one process alone judges it; readers see the
//! old verdicts or the new ones; what is killed is done by others; what a crawl brings meanwhile is judged by the new rules as
//! well. `MCPDEX_TOOLS` sets the number of tools (10,000 unless set); times are measured where it is set, and printed with
//! `--nocapture`.

use crate::fleet::rows;
use crate::support::binary::{Ran, User, ran};
use crate::support::postgres::PostgresServer;
use crate::support::schema::assert_valid;
use std::fmt::Write as _;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Tools of one server.
const TOOLS: usize = 10;
/// Of each server one tool is about the first, and so on.
const THINGS: [&str; TOOLS] =
    ["lantern", "shelf", "label", "invoice", "plant", "room", "ticket", "file", "page", "customer"];

fn size() -> Option<usize> {
    std::env::var("MCPDEX_TOOLS").ok().and_then(|size| size.parse().ok())
}

/// Writes so many tools into a file that can be crawled; `edition` changes what servers offer.
fn tools(user: &User, file: &str, servers: std::ops::Range<usize>, edition: &str) -> String {
    let verbs = ["kindle", "list", "delete", "update", "send", "get", "run"];
    let mut told = String::new();
    for server in servers {
        for (at, thing) in THINGS.iter().enumerate() {
            let verb = verbs[if at == 0 { 0 } else { (server + at) % verbs.len() }];
            let row = serde_json::json!({
                "server": format!("io.example.bench/house-{server:06}"), "name": format!("{verb}_{thing}"),
                "description": format!("{verb}s the {thing} that is meant, {edition}of house {server}."),
                "inputSchema": {"type": "object", "properties": {"id": {"type": "string", "description": "Which one."}}}});
            writeln!(told, "{row}").unwrap();
        }
    }
    std::fs::write(user.home().join(file), told).unwrap();
    file.to_owned()
}

/// Settings with a rule of their own, by which each thing of these is set on fire.
fn rules(user: &User, name: &str, verbs: &str, things: &str) -> String {
    let folder = user.home().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let rule = format!(
        "[[rule]]\nid = \"{name}-lights\"\nclass = \"execute\"\nconfidence = \"high\"\nbecause = \"it lights things\"\n\
         when = [{{ verb = [{verbs}], object = [{things}] }}]\n\
         fires = [{{ name = \"kindle_lantern\", description = \"Kindles a lantern.\" }}]\n\
         quiet = [{{ name = \"list_lanterns\", description = \"Lists lanterns.\" }}]\n"
    );
    std::fs::write(folder.join("lamps.toml"), rule).unwrap();
    let settings = format!("{name}.toml");
    std::fs::write(user.home().join(&settings), format!("rules = [\"{name}\"]\n")).unwrap();
    settings
}

/// Rules that say something else of one tool in ten.
fn other_rules(user: &User) -> String {
    rules(user, "other", "\"kindle\"", "\"lantern\", \"lamp\"")
}

/// A database with these tools, judged by the rules of before.
fn crawled(user: &User, server: &PostgresServer, database: &str, file: &str) -> String {
    let url = server.database(database);
    user.done(&["crawl", file, "--listed", "--quiet", "--db", &url]);
    url
}

/// Begins to judge by the rules of these settings, or joins whoever does.
fn start(user: &User, url: &str, settings: &str, words: &[&str]) -> Child {
    let mut command = user.command(&[&["--db", url, "--config", settings], words].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

const BEGINS: [&str; 2] = ["stats", "-v"];
const JOINS: [&str; 4] = ["crawl", "--join", "--lease", "2"];

fn ended(child: Child) -> Ran {
    ran(child.wait_with_output().unwrap())
}

/// How many tools a process says that it judged.
fn judged(ended: &Ran) -> usize {
    assert_eq!(ended.code, 0, "{}", ended.err);
    let count = |(_, rest): (&str, &str)| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let plain: String =
        ended.err.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, rest)| rest)).collect();
    let mut told = plain.lines().filter_map(|line| {
        line.split_once("tools are judged tools=").or_else(|| line.split_once("; judged ")).and_then(count)
    });
    told.next_back().unwrap_or_else(|| panic!("it does not say how much it judged: {}", ended.err))
}

/// Waits until a judging is under way and, where `some` is so, a piece is done.
fn under_way(server: &PostgresServer, database: &str, some: bool) {
    let begun = Instant::now();
    let sql = match some {
        false => "SELECT EXISTS (SELECT 1 FROM mcpdex_fleet.judging)",
        true => "SELECT EXISTS (SELECT 1 FROM mcpdex_fleet.piece WHERE done)",
    };
    loop {
        let answer = server.psql(database, sql);
        if answer.stdout.starts_with(b"t") {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is judged");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// All that readers see of verdicts, of one moment, as a number.
const SEEN: &str = "SELECT md5(concat(
    (SELECT string_agg(concat(server, tool, class, risk, category, confidence, traits, rationale, ruleset), '|' ORDER BY server, tool)
     FROM mcpdex.verdicts_current),
    (SELECT string_agg(concat(server, is_read, tools, low, medium, high, critical), '|' ORDER BY server) FROM mcpdex.server_risk),
    (SELECT string_agg(concat(tool_id, words), '|' ORDER BY tool_id) FROM mcpdex.search),
    (SELECT string_agg(concat(server_id, text), '|' ORDER BY server_id)
     FROM mcpdex.judged_by JOIN mcpdex.phrase ON phrase.id = ruleset_id),
    (SELECT value FROM mcpdex.fact WHERE key = 'ruleset')))";

/// A part of it that is read quickly.
const BRIEFLY: &str = "SELECT (SELECT string_agg(DISTINCT text, ' ') FROM mcpdex.judged_by JOIN mcpdex.phrase ON phrase.id = ruleset_id),
    (SELECT string_agg(concat(risk, ' ', tools), ',' ORDER BY risk, tools) FROM (
        SELECT risk, count(*) AS tools FROM mcpdex.judged JOIN mcpdex.judgement ON judgement.id = judgement_id GROUP BY risk) AS one),
    (SELECT count(*) FROM mcpdex.search WHERE words @@ '¤riskhigh'), (SELECT value FROM mcpdex.fact WHERE key = 'ruleset')";

/// That two databases say the same of tools that they number otherwise.
fn hold_alike(server: &PostgresServer, one: &str, other: &str) {
    let verdicts = "SELECT server, tool, class, risk, category, confidence, traits, rationale, ruleset
                    FROM mcpdex.verdicts_current ORDER BY server, tool, rationale";
    assert!(server.sql(one, verdicts) == server.sql(other, verdicts), "{one} has other verdicts than {other}");
    let words =
        "SELECT server, tool, words FROM mcpdex.search JOIN mcpdex.tools_current USING (tool_id) ORDER BY server, tool";
    let plain = |database: &str| {
        let shown = server.sql(database, words);
        // Numbers of servers follow the order in which they came.
        shown.split(' ').filter(|word| !word.contains("¤server")).collect::<Vec<_>>().join(" ")
    };
    assert!(plain(one) == plain(other), "{one} finds other words than {other}");
    // But for digests of rules that judged before.
    let texts = "SELECT text FROM mcpdex.phrase WHERE id NOT IN (SELECT ruleset_id FROM mcpdex.judged_by_ever)
                   AND id NOT IN (SELECT ruleset_id FROM mcpdex.edition WHERE ruleset_id IS NOT NULL) ORDER BY text";
    assert!(server.sql(one, texts) == server.sql(other, texts), "{one} keeps other texts than {other}");
    let nothing = "SELECT (SELECT count(*) FROM mcpdex.judged_ever) - (SELECT count(*) FROM mcpdex.judged),
                          (SELECT count(*) FROM mcpdex.search_ever) - (SELECT count(*) FROM mcpdex.search),
                          (SELECT count(*) FROM mcpdex.changed), (SELECT count(*) FROM mcpdex_fleet.piece),
                          (SELECT count(*) FROM mcpdex.unjudged), (SELECT count(*) FROM mcpdex.unindexed)";
    assert_eq!(server.sql(one, nothing).trim(), "0|0|0|0|0|0", "{one}: what is left of a judging");
}

#[test]
fn two_judge_each_tool_once_and_readers_see_the_old_verdicts_or_the_new_ones() {
    let Some(server) = PostgresServer::start() else { return };
    let user = User::new();
    let count = size().unwrap_or(10_000);
    let (file, other) = (tools(&user, "all.jsonl", 0..count / TOOLS, ""), other_rules(&user));
    let url = crawled(&user, &server, "two", &file);
    server.sql("postgres", "CREATE DATABASE one TEMPLATE two");
    let (before, done) = (server.sql("two", SEEN), AtomicBool::new(false));
    let (shares, seen) = std::thread::scope(|scope| {
        let read = |sql: &'static str| {
            let mut seen = Vec::new();
            loop {
                let is_last = done.load(Ordering::Relaxed);
                seen.push(server.sql("two", sql));
                if is_last {
                    return seen;
                }
            }
        };
        let readers = [SEEN, BRIEFLY].map(|sql| scope.spawn(move || read(sql)));
        let first = start(&user, &url, &other, &BEGINS);
        under_way(&server, "two", false);
        let second = start(&user, &url, &other, &JOINS);
        let shown = assert_valid("workers", &user.done(&["workers", "--db", &url, "--json"]));
        if shown["judging"].is_object() {
            assert_eq!(shown["judging"]["done"].as_u64().unwrap() % 10, 0, "{shown}");
        }
        let shares = [judged(&ended(first)), judged(&ended(second))];
        done.store(true, Ordering::Relaxed);
        (shares, readers.map(|reader| reader.join().unwrap()))
    });
    assert_eq!(shares.iter().sum::<usize>(), count / TOOLS * TOOLS, "{shares:?}");
    assert!(shares.iter().all(|share| *share > 0), "{shares:?}");
    let after = server.sql("two", SEEN);
    assert_ne!(before, after);
    let [seen, briefly] = seen.map(|mut seen: Vec<String>| {
        // What readers saw, one after another.
        let readings = seen.len();
        seen.dedup();
        (seen, readings)
    });
    println!("{count} tools by two ({shares:?}); {} and {} readings", seen.1, briefly.1);
    assert_eq!(seen.0, [before, after.clone()], "all of the verdicts, as one reader saw them");
    assert_eq!(briefly.0.len(), 2, "a part of the verdicts, as another one saw it: {:?}", briefly.0);
    // As one process judges them, one that never knew other rules, and one into a file.
    let one = server.url("owner", "one");
    user.done(&["stats", "--db", &one, "--config", &other]);
    assert_eq!(after, server.sql("one", SEEN));
    let alone = server.database("alone");
    user.done(&["crawl", &file, "--listed", "--quiet", "--db", &alone, "--config", &other]);
    hold_alike(&server, "two", "alone");
    user.done(&["crawl", &file, "--listed", "--quiet", "--db", "one.db"]);
    user.done(&["stats", "--db", "one.db", "--config", &other]);
    let wanted = rows(&user, &["--db", "one.db", "--config", &other]);
    assert!(wanted == rows(&user, &["--db", &url, "--config", &other]), "the rows are others than those of a file");
    assert!(wanted.iter().any(|row| row.contains("other-lights")));
}

#[test]
fn what_is_killed_is_judged_by_others_and_what_a_crawl_brings_meanwhile_by_the_new_rules() {
    let Some(server) = PostgresServer::start() else { return };
    let user = User::new();
    let count = size().unwrap_or(10_000).min(20_000) / TOOLS;
    let (file, other) = (tools(&user, "all.jsonl", 0..count, ""), other_rules(&user));
    let url = crawled(&user, &server, "killed", &file);
    let before = server.sql("killed", SEEN);
    let mut kills = 0;
    for wait in [0, 120, 250, 400, 60] {
        let mut worker = match kills {
            0 => start(&user, &url, &other, &BEGINS),
            _ => start(&user, &url, &other, &JOINS),
        };
        under_way(&server, "killed", false);
        std::thread::sleep(Duration::from_millis(wait));
        kills += usize::from(worker.try_wait().unwrap().is_none());
        worker.kill().unwrap();
        worker.wait().unwrap();
        assert_eq!(before, server.sql("killed", SEEN));
        // Its lease is over.
        server.sql("killed", "UPDATE mcpdex_fleet.worker SET until = clock_timestamp() - interval '1 second'");
    }
    // One that has other rules says so and leaves it alone.
    let third = rules(&user, "third", "\"kindle\"", "\"lamp\"");
    let refused = user.run(&["stats", "--db", &url, "--config", &third]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("is being judged again by other rules"), "{}", refused.err);
    let nothing = user.run(&["crawl", "--join", "--db", &url, "--config", &third]);
    assert_eq!((nothing.code, nothing.err.contains("leaves it alone")), (4, true), "{}", nothing.err);
    assert!(user.run(&["tool", "list_shelf", "--db", &url]).code == 0, "who has the rules of before reads on");
    // A crawl by the rules of before changes some servers and brings others.
    let changed = tools(&user, "changed.jsonl", 0..3, "twice ");
    let news = tools(&user, "news.jsonl", count..count + 300, "");
    for file in [&changed, &news] {
        user.done(&["crawl", file, "--listed", "--quiet", "--db", &url]);
    }
    let brought = "SELECT count(*) FROM mcpdex.verdicts_current";
    let all = (count + 300) * TOOLS;
    assert_eq!(server.sql("killed", brought).trim(), all.to_string());
    // One by the new rules leaves what it brings to the judging.
    let late = tools(&user, "late.jsonl", count + 299..count + 302, "late ");
    let (first, second) = (start(&user, &url, &other, &JOINS), start(&user, &url, &other, &BEGINS));
    user.done(&["crawl", &late, "--listed", "--quiet", "--db", &url, "--config", &other]);
    let shares = [judged(&ended(first)), judged(&ended(second))];
    println!("{} tools: {kills} workers killed, the rest by {shares:?}", count * TOOLS);
    let alone = server.database("alone");
    for file in [&file, &changed, &news, &late] {
        user.done(&["crawl", file, "--listed", "--quiet", "--db", &alone, "--config", &other]);
    }
    hold_alike(&server, "killed", "alone");
}

#[test]
fn a_judging_that_nobody_is_at_is_given_up_for_other_rules() {
    let Some(server) = PostgresServer::start() else { return };
    let user = User::new();
    let (file, other) = (tools(&user, "all.jsonl", 0..600, ""), other_rules(&user));
    let url = crawled(&user, &server, "given", &file);
    let before = server.sql("given", SEEN);
    let mut worker = start(&user, &url, &other, &BEGINS);
    under_way(&server, "given", true);
    worker.kill().unwrap();
    worker.wait().unwrap();
    server.sql("given", "UPDATE mcpdex_fleet.worker SET until = clock_timestamp() - interval '1 second'");
    server.sql("given", "UPDATE mcpdex.edition SET moved = moved - interval '1 minute'");
    assert_eq!(before, server.sql("given", SEEN));
    let third = rules(&user, "third", "\"kindle\", \"list\"", "\"lantern\", \"room\"");
    user.done(&["stats", "--db", &url, "--config", &third]);
    let alone = server.database("alone");
    user.done(&["crawl", &file, "--listed", "--quiet", "--db", &alone, "--config", &third]);
    hold_alike(&server, "given", "alone");
    // And back, as often as somebody asks by other rules.
    user.done(&["stats", "--db", &url]);
    assert_eq!(before, server.sql("given", SEEN));
}

/// Times of one worker and of two, where somebody asks for them.
#[test]
fn the_times_of_one_and_of_two() {
    let Some(count) = size() else { return };
    let Some(server) = PostgresServer::start() else { return };
    let user = User::new();
    let file = tools(&user, "all.jsonl", 0..count / TOOLS, "");
    let begun = Instant::now();
    crawled(&user, &server, "measured", &file);
    println!("{count} tools: crawled in {:.1} s", begun.elapsed().as_secs_f64());
    let every = THINGS.map(|thing| format!("\"{thing}\"")).join(", ");
    let verbs = "\"kindle\", \"list\", \"delete\", \"update\", \"send\", \"get\", \"run\"";
    let few = other_rules(&user);
    let all = rules(&user, "every", verbs, &every);
    for (what, settings) in [("a tenth differs", &few), ("all differ", &all)] {
        for threads in ["1", "0"] {
            let mut took = Vec::new();
            for workers in [1, 2] {
                server.sql("postgres", "CREATE DATABASE tried TEMPLATE measured");
                let url = server.url("owner", "tried");
                let run = |words: &[&str]| {
                    let mut command = user.command(&[&["--db", &url, "--config", settings], words].concat());
                    command.env("RAYON_NUM_THREADS", threads).stdout(Stdio::piped()).stderr(Stdio::piped());
                    command.spawn().unwrap()
                };
                let begun = Instant::now();
                let first = run(&BEGINS);
                under_way(&server, "tried", false);
                let second = (workers == 2).then(|| run(&JOINS));
                let sql = "SELECT shown FROM mcpdex.edition";
                while server.sql("tried", sql).trim() == "0" {
                    std::thread::sleep(Duration::from_millis(50));
                }
                let shown = begun.elapsed().as_secs_f64();
                let mut shares = vec![judged(&ended(first))];
                shares.extend(second.map(|second| judged(&ended(second))));
                let whole = begun.elapsed().as_secs_f64();
                println!(
                    "{what}, {} a worker: {shares:?} shown after {shown:.1} s, tidied up after {whole:.1} s",
                    if threads == "1" { "one thread" } else { "all threads" }
                );
                took.push(shown);
                server.sql("postgres", "DROP DATABASE tried");
            }
            println!("  {:.2} times as fast", took[0] / took[1]);
        }
    }
}
