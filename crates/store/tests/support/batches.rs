//! Batches as a server takes them, all rows of a table at once: what meets itself in one, what is refused in the middle of one,
//! what others wrote meanwhile. A file, which takes a row at a time, says what is right.

use crate::hostile::{id, list, now, plain, poison};
use crate::{PostgresServer, place, world};
use mcpdex_model::{AliasedAttempt, CrawlEvent, Ecosystem, Listing, Observation, Outcome, Package, ToolOrigin};
use mcpdex_store::{DatabasePlace, Reader, Recorded, Writer, begin_run};

const OTHER: &str = "registry:https://other.example";

/// Writes a run, judged as it comes.
fn run(place: &DatabasePlace, events: Vec<CrawlEvent>) -> Recorded {
    let known = begin_run(place, &[world::REGISTRY.to_owned()], &now(), None).unwrap();
    let writer = Writer::spawn_for(place, Some(known.run()), Some(Box::new(world::Rules)), now).unwrap();
    events.into_iter().for_each(|event| drop(writer.send(event)));
    writer.finish().unwrap()
}

/// That a file and a server hold the same rows. Numbers of listings are left out: a server gives one to each that it is told of
/// once more.
fn same(file: &DatabasePlace, server: &DatabasePlace) {
    let rows = |place: &DatabasePlace| {
        let mut rows: Vec<serde_json::Value> =
            world::dumped(place).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        for row in rows.iter_mut().filter(|row| row["table"] == "listing") {
            row["row"]["id"].take();
        }
        let mut rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
        rows.sort();
        rows
    };
    let (wanted, found) = (rows(file), rows(server));
    let differ: Vec<_> = wanted.iter().zip(&found).filter(|(wanted, found)| wanted != found).take(3).collect();
    assert!(differ.is_empty() && wanted.len() == found.len(), "{} {} {differ:#?}", wanted.len(), found.len());
}

fn raws(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!(r#"{{"name":"{name}","description":"Fires {name}, see drop_pot."}}"#)).collect()
}

fn listed(name: &str, source: &str, version: &str, title: &str) -> CrawlEvent {
    CrawlEvent::Listing(Box::new(Listing {
        title: Some(title.to_owned()),
        version: Some(version.to_owned()),
        packages: vec![Package::named(Ecosystem::Npm, name.replace("io.example/", ""), None)],
        ..Listing::bare(id(name), source)
    }))
}

fn failed(name: &str, target: &str, outcome: Outcome) -> CrawlEvent {
    let seen = Observation::failed(id(name), ToolOrigin::Live, target.to_owned(), outcome, "as it was");
    CrawlEvent::Observation(Box::new(seen))
}

/// A batch in which nothing comes once.
fn met() -> Vec<CrawlEvent> {
    let (kiln, wheel, at) = ("io.example/kiln", "io.example/wheel", "https://kiln.example/mcp");
    let done = |name: &str| CrawlEvent::Done { server: id(name), source: world::REGISTRY.to_owned() };
    vec![
        listed(kiln, world::REGISTRY, "1.0", "Kiln"),
        listed(kiln, world::REGISTRY, "1.0", "Kiln, once more"),
        listed(kiln, world::REGISTRY, "1.1", "Kiln, newer"),
        listed(kiln, OTHER, "1.0", "Another's kiln"),
        CrawlEvent::Listing(Box::new(Listing {
            claimed: Some(id("io.example/oven")),
            description: Some("an oven".to_owned()),
            ..Listing::bare(id(kiln), OTHER)
        })),
        done(kiln),
        listed(kiln, world::REGISTRY, "1.0", "Kiln, yet once more"),
        done("io.example/nobody"),
        // Two tools alike, a list that comes twice, one that comes and goes.
        list(kiln, at, &raws(&["fire_pot", "drop_pot", "drop_pot"])),
        list(kiln, at, &raws(&["fire_pot", "drop_pot", "drop_pot"])),
        list(kiln, at, &raws(&["fire_pot", "cool_pot"])),
        list(kiln, at, &raws(&["fire_pot", "drop_pot", "drop_pot"])),
        failed(kiln, at, Outcome::NotModified),
        // The same definitions on another server, twice under two targets.
        list(wheel, "https://wheel.example/mcp", &raws(&["fire_pot", "drop_pot"])),
        list(wheel, "https://wheel.example/two", &raws(&["fire_pot", "drop_pot"])),
        CrawlEvent::Alias(Box::new(AliasedAttempt {
            server: id("io.example/clay"),
            other: id(kiln),
            origin: ToolOrigin::Live,
            target: at.to_owned(),
            outcome: Outcome::Ok,
            detail: None,
        })),
        failed("io.example/lost", "https://lost.example/mcp", Outcome::Timeout),
        list("io.example/bare", "https://bare.example/mcp", &[]),
        list("io.example/last", "https://last.example/mcp", &raws(&["fire_pot", "last_pot"])),
        listed("io.example/last", world::REGISTRY, "1.0", "Last"),
        CrawlEvent::Deleted {
            server: id("io.example/last"),
            source: world::REGISTRY.to_owned(),
            version: Some("1.0".to_owned()),
        },
        done(wheel),
    ]
}

#[test]
fn what_meets_itself_in_a_batch_ends_as_if_it_came_row_by_row() {
    let Some(server) = PostgresServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = DatabasePlace::File(folder.path().join("mcpdex.db"));
    let own = place(&server.database("own"));
    let ended = || (0..3).flat_map(plain).chain(met()).chain([CrawlEvent::RunEnds]).collect::<Vec<_>>();
    // Of servers that nobody knew, of the same ones again, of both together; and batches that hold nothing.
    let other = list("io.example/kiln", "https://kiln.example/mcp", &raws(&["other_pot"]));
    for events in
        [met(), ended(), vec![], vec![other], (0..9).flat_map(plain).chain(met()).collect(), vec![CrawlEvent::RunEnds]]
    {
        let [wanted, found] = [&file, &own].map(|place| run(place, events.clone()));
        assert_eq!(wanted, found);
        same(&file, &own);
    }
}

#[test]
fn one_that_is_refused_among_thousands_is_refused_alone() {
    let Some(server) = PostgresServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = DatabasePlace::File(folder.path().join("mcpdex.db"));
    let own = place(&server.database("own"));
    let tools = |at: usize| {
        let named = |nth: usize| if (at, nth) == (150, 5) { "poison".to_owned() } else { format!("fire_{at}_{nth}") };
        let names: Vec<String> = (0..10).map(named).collect();
        list(
            &format!("io.example/kiln-{at}"),
            &format!("https://kiln-{at}.example/mcp"),
            &raws(&names.iter().map(String::as_str).collect::<Vec<_>>()),
        )
    };
    for place in [&file, &own] {
        mcpdex_store::bring_up_to_date(place).unwrap();
    }
    poison(&file, &server, "own", "COLUMN = 'poison'");
    for place in [&file, &own] {
        let recorded = run(place, (0..250).map(tools).collect());
        let told = "io.example/kiln-150: https://kiln-150.example/mcp: the database refuses it: no poison";
        assert_eq!(recorded.refused, [told]);
        assert_eq!((recorded.attempts, recorded.tools, recorded.judged), (249, 2_490, 2_490));
        let reader = Reader::open(place).unwrap();
        assert_eq!(reader.unread_of("io.example/kiln-150").unwrap().len(), 1);
        for (at, many) in [(149, 10), (150, 0), (151, 10)] {
            assert_eq!(reader.tools_of(&format!("io.example/kiln-{at}")).unwrap().len(), many);
        }
    }
}

#[test]
fn what_another_crawler_wrote_at_the_same_time_is_met_and_not_made_twice() {
    let Some(server) = PostgresServer::start() else { return };
    let own = place(&server.database("own"));
    mcpdex_store::bring_up_to_date(&own).unwrap();
    std::thread::scope(|scope| {
        for from in [0, 1, 2] {
            let own = &own;
            // Each begins with others of the same servers.
            scope.spawn(move || run(own, (0..90).flat_map(|at| plain((at + from * 30) % 90)).chain(met()).collect()));
        }
    });
    let counted =
        "SELECT (SELECT count(*) FROM mcpdex.server), (SELECT count(*) - count(DISTINCT name) FROM mcpdex.server),
                          (SELECT count(*) - count(DISTINCT sha256) FROM mcpdex.definition),
                          (SELECT count(*) - count(DISTINCT (name, folded)) FROM mcpdex.tool_name),
                          (SELECT count(*) FROM mcpdex.observation WHERE target LIKE 'https://plain-%'),
                          (SELECT count(*) FROM mcpdex.attempt WHERE target LIKE 'https://plain-%'),
                          (SELECT count(*) FROM mcpdex.verdicts_current WHERE tool LIKE 'fire_pot_%')";
    assert_eq!(server.sql("own", counted).trim(), "96|0|0|0|90|270|90");
}

#[test]
fn a_server_is_asked_about_batches_and_not_about_each_of_many_servers() {
    let Some(server) = PostgresServer::start() else { return };
    let own = place(&server.database("own"));
    mcpdex_store::bring_up_to_date(&own).unwrap();
    server.note_statements("own");
    let done = |at: usize| CrawlEvent::Done {
        server: id(&format!("io.example/plain-{at}")),
        source: world::REGISTRY.to_owned(),
    };
    let events = || (0..300).flat_map(|at| plain(at).into_iter().chain([done(at)])).collect::<Vec<_>>();
    // New ones, and the same ones once more.
    for _ in 0..2 {
        let before = server.statements();
        run(&own, events());
        let asked = server.statements() - before;
        assert!(asked < 300, "{asked} statements");
    }
}
