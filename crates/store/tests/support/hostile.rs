//! What a database may refuse, and what nothing may be refused for: names, addresses and sources as long as a stranger likes,
//! with every sign that a text can hold.

use crate::{alike, place, world};
use mcpdex_model::{
    CrawlEvent, Ecosystem, Listing, Observation, Outcome, Package, Remote, ServerId, Sighting, Sweep, Tool,
    ToolCondition, ToolOrigin, Transport, Validator,
};
use mcpdex_store::{DatabasePlace, Reader, Recorded, StoreError, Writer, begin_run, judge_stale, load};

pub(crate) fn now() -> String {
    "2031-02-03T04:05:06Z".to_owned()
}

/// Letters that no packing makes short, so that no index takes them.
fn noise(seed: u64, letters: usize) -> String {
    let mut state = seed;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + (state >> 33) as u8 % 26)
    };
    (0..letters).map(|_| letter()).collect()
}

pub(crate) fn id(name: &str) -> ServerId {
    ServerId(name.to_owned())
}

pub(crate) fn list(server: &str, target: &str, raws: &[String]) -> CrawlEvent {
    let mut seen = Observation::failed(id(server), ToolOrigin::Live, target.to_owned(), Outcome::Ok, "");
    seen.detail = None;
    seen.tools = raws.iter().map(|raw| (Tool::from_json(raw).unwrap(), Sighting::default())).collect();
    CrawlEvent::Observation(Box::new(seen))
}

pub(crate) fn plain(at: usize) -> Vec<CrawlEvent> {
    let (name, target) = (format!("io.example/plain-{at}"), format!("https://plain-{at}.example/mcp"));
    let raws = [format!(r#"{{"name":"fire_pot_{at}","description":"Fires pot {at}."}}"#)];
    vec![CrawlEvent::Listing(Box::new(Listing::bare(id(&name), world::REGISTRY))), list(&name, &target, &raws)]
}

/// The names, in the order of what is asked.
fn names() -> [String; 3] {
    [
        format!("io.example/{}", noise(1, 10_000)),
        "io.example/od\0d".to_owned(),
        format!("io.example/{}", noise(1, 9_000)),
    ]
}

fn targets() -> [String; 2] {
    [format!("https://long.example/{}", noise(2, 10_000)), "https://odd.example/\0".to_owned()]
}

fn tools() -> Vec<String> {
    let words: Vec<String> = (0..70_000).map(|at| format!("{}{at}", noise(at, 12))).collect();
    vec![
        format!(r#"{{"name":"{}","description":"Deletes {}"}}"#, noise(3, 10_000), noise(4, 10_000)),
        // More than a megabyte of words, each another.
        format!(r#"{{"name":"{}","title":"{}"}}"#, words.join("_"), words.join(" ")),
        r#"{"name":"odd\u0000deletes","description":"Deletes \u0000 \ud800 all\udc00 of it \\u0000"}"#.to_owned(),
        r#"{"name":"half","description":"Deletes it.","inputSchema":{"type":"object","properties":{"\ud800":{"description":"\u0000"}}}}"#
            .to_owned(),
        format!(r#"{{"name":"deep","description":"Deletes it.","x":{}1{}}}"#, "[".repeat(9_000), "]".repeat(9_000)),
        "{\"name\":\"bare\0sign\",\"description\":\"Deletes \0 it.\"}".to_owned(),
        r#"{"name":"pair","description":"Deletes \ud83d\ude00 it."}"#.to_owned(),
    ]
}

fn hostile() -> Vec<CrawlEvent> {
    let source = format!("registry:https://{}.example", noise(5, 10_000));
    let listing = |name: &str, package: &str, url: &str| Listing {
        title: Some(noise(6, 20_000)),
        description: Some("holds \0".to_owned()),
        version: Some(noise(7, 10_000)),
        repository: Some(format!("https://code.example/{}", noise(8, 10_000))),
        packages: vec![Package::named(Ecosystem::Npm, package, None)],
        remotes: vec![Remote { transport: Transport::StreamableHttp, url: url.to_owned() }],
        manifest: Some(r#"{"name":"\u0000"}"#.to_owned()),
        meta: Some(r#"{"note":"\u0000"}"#.to_owned()),
        status: Some(noise(9, 10_000)),
        ..Listing::bare(id(name), source.clone())
    };
    let [long, odd, shorter] = names();
    let [far, nothing] = targets();
    let mut gated = list(&odd, &nothing, &tools());
    if let CrawlEvent::Observation(seen) = &mut gated {
        seen.tools[0].1.condition = Some(ToolCondition { text: "KILN\0 is set".to_owned(), plain_start: Some(true) });
    }
    vec![
        CrawlEvent::Sweep { source: source.clone(), step: Sweep::Begins { since: None } },
        CrawlEvent::Sweep { source: source.clone(), step: Sweep::Next(noise(10, 10_000)) },
        CrawlEvent::Validator(Box::new(Validator {
            url: format!("https://registry.example/?cursor={}", noise(11, 10_000)),
            etag: Some(noise(12, 10_000)),
            last_modified: None,
            next: Some(noise(13, 10_000)),
        })),
        CrawlEvent::Listing(Box::new(listing(&long, &noise(14, 10_000), &far))),
        CrawlEvent::Listing(Box::new(listing(&odd, "kiln\0\u{1}", &nothing))),
        // The same server under a name that begins alike, and one that another source gives it.
        CrawlEvent::Listing(Box::new(Listing {
            claimed: Some(id(&noise(15, 10_000))),
            ..listing(&shorter, &noise(14, 10_000), &far)
        })),
        list(&long, &far, &tools()),
        gated,
        CrawlEvent::Done { server: id(&long), source: source.clone() },
        CrawlEvent::Sweep { source, step: Sweep::Ends },
        CrawlEvent::RunEnds,
    ]
}

/// Writes all of it in one batch, if it is let.
pub(crate) fn write(place: &DatabasePlace, events: Vec<CrawlEvent>) -> Result<Recorded, StoreError> {
    let known = begin_run(place, &[world::REGISTRY.to_owned()], &now(), None)?;
    let writer = Writer::spawn_for(place, Some(known.run()), None, now)?;
    events.into_iter().for_each(|event| drop(writer.send(event)));
    writer.finish()
}

fn answers(place: &DatabasePlace) -> Vec<String> {
    let reader = Reader::open(place).unwrap();
    let mut all = Vec::new();
    let mut add = |value: &dyn std::fmt::Debug| all.push(format!("{value:?}").replace("\\0", "\\u{1}"));
    for name in names() {
        add(&reader.server_facts(&name).unwrap());
        add(&reader.lists_of(&name).unwrap());
        add(&reader.listings_of(&name).unwrap());
        add(&reader.servers_called(&name).unwrap());
        let claims = reader.claims_of(&name).unwrap();
        add(&claims);
        add(&claims.map(|claimed| reader.servers_beside(&claimed).unwrap()));
        add(&reader.server_names_near(&name).unwrap());
    }
    for target in targets() {
        add(&reader.servers_of_remote(&target).unwrap());
        add(&reader.servers_called(&target).unwrap());
    }
    add(&reader.servers_called(&noise(14, 10_000)).unwrap());
    for raw in tools() {
        let name = Tool::from_json(&raw).unwrap().name;
        add(&reader.tools_named(&name).unwrap().len());
        add(&reader.namesakes(&name).unwrap());
    }
    add(&reader.server_names_after("", 100).unwrap());
    add(&reader.server_names_after(&names()[2], 100).unwrap());
    add(&reader.server_names_after("io.example/plain-3", 1).unwrap());
    add(&reader.source_readings().unwrap());
    all
}

#[test]
fn no_text_is_too_long_or_too_odd_for_either() {
    let Some(server) = crate::PostgresServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = DatabasePlace::File(folder.path().join("mcpdex.db"));
    let own = place(&server.database("own"));
    for place in [&file, &own] {
        // Once more, and by other rules.
        for rules in ["first", "second"] {
            let plain = (0..20).flat_map(plain);
            let recorded =
                write(place, plain.clone().take(20).chain(hostile()).chain(plain.skip(20)).collect()).unwrap();
            assert_eq!(recorded.refused, Vec::<String>::new());
            judge_stale(place, rules, |servers| world::verdicts(servers, rules)).unwrap();
        }
        let reader = Reader::open(place).unwrap();
        assert_eq!(reader.server_names_after("io.example/plain", 100).unwrap().len(), 20);
        assert_eq!(reader.lists_of(&names()[1]).unwrap().len(), 1);
    }
    let (wanted, found) = (answers(&file), answers(&own));
    for (wanted, found) in wanted.iter().zip(&found) {
        assert_eq!(wanted, found);
    }
    alike(&file, &own);

    // Every view holds, and what is written out can be read in.
    for view in ["tools_current", "verdicts_current", "server_risk", "server_outcome", "verdict"] {
        let told = server.sql("own", &format!("SELECT count(row_to_json(one)::text) FROM mcpdex.{view} AS one"));
        assert_ne!(told.trim(), "0", "{view}");
    }
    let (of_file, of_server) = (world::dumped(&file), world::dumped(&own));
    assert_eq!(of_file.len(), of_server.len());
    load(&place(&server.database("other")), of_file.join("\n").as_bytes()).unwrap();
    load(&place(&server.database("again")), of_server.join("\n").as_bytes()).unwrap();
    load(&DatabasePlace::File(folder.path().join("other.db")), of_server.join("\n").as_bytes()).unwrap();
}

/// Refuses tools of the name `poison` and listings of that version, as a database may for reasons of its own.
pub(crate) fn poison(file: &DatabasePlace, server: &crate::PostgresServer, database: &str, is: &str) {
    let at = rusqlite::Connection::open(file.file().unwrap()).unwrap();
    let of_file = |table: &str, is: &str| {
        format!(
            "CREATE TRIGGER no_{table} BEFORE INSERT ON {table} WHEN {is} BEGIN SELECT RAISE(ABORT, 'no poison'); END"
        )
    };
    at.execute_batch(&of_file("tool", &is.replace("COLUMN", "new.name"))).unwrap();
    at.execute_batch(&of_file("listing", &is.replace("COLUMN", "new.version"))).unwrap();
    server.sql(
        database,
        "CREATE FUNCTION mcpdex.no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no poison'; END $$",
    );
    for (table, column) in [("tool", "name"), ("listing", "version")] {
        server.sql(
            database,
            &format!(
                "CREATE TRIGGER no BEFORE INSERT ON mcpdex.{table} FOR EACH ROW WHEN ({}) EXECUTE FUNCTION mcpdex.no()",
                is.replace("COLUMN", &format!("new.{column}"))
            ),
        );
    }
}

#[test]
fn what_is_refused_is_told_and_takes_nothing_else_along() {
    let Some(server) = crate::PostgresServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = DatabasePlace::File(folder.path().join("mcpdex.db"));
    let own = place(&server.database("own"));
    for place in [&file, &own] {
        mcpdex_store::bring_up_to_date(place).unwrap();
    }
    poison(&file, &server, "own", "COLUMN = 'poison'");
    let bad = |name: &str| {
        list(name, "https://poison.example/mcp", &[r#"{"name":"fine"}"#, r#"{"name":"poison"}"#].map(str::to_owned))
    };
    for place in [&file, &own] {
        let mut events: Vec<CrawlEvent> = (0..20).flat_map(plain).collect();
        events.insert(7, bad("io.example/poisoned"));
        let refused =
            Listing { version: Some("poison".to_owned()), ..Listing::bare(id("io.example/listed"), world::REGISTRY) };
        events.insert(30, CrawlEvent::Listing(Box::new(refused)));
        let recorded = write(place, events).unwrap();
        assert_eq!(
            recorded.refused,
            [
                "io.example/poisoned: https://poison.example/mcp: the database refuses it: no poison",
                &format!("{}: io.example/listed: the database refuses it: no poison", world::REGISTRY),
            ]
        );
        assert_eq!((recorded.listings, recorded.attempts, recorded.tools), (20, 20, 20));
        judge_stale(place, "rules", |servers| world::verdicts(servers, "rules")).unwrap();
        let reader = Reader::open(place).unwrap();
        for (server, detail) in [("io.example/poisoned", 1), ("io.example/listed", 1), ("io.example/plain-3", 0)] {
            let unread = reader.unread_of(server).unwrap();
            assert_eq!(unread.len(), detail, "{server}");
            assert!(unread.iter().all(|one| one.detail.as_deref() == Some("the database refuses it: no poison")));
        }
        assert_eq!(reader.tools_of("io.example/poisoned").unwrap().len(), 0);
        assert_eq!(reader.tools_of("io.example/plain-3").unwrap().len(), 1);
    }
    alike(&file, &own);
}

#[test]
fn a_database_that_refuses_everything_is_an_error() {
    let Some(server) = crate::PostgresServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = DatabasePlace::File(folder.path().join("mcpdex.db"));
    let own = place(&server.database("own"));
    for place in [&file, &own] {
        mcpdex_store::bring_up_to_date(place).unwrap();
    }
    poison(&file, &server, "own", "COLUMN != 'nothing'");
    for place in [&file, &own] {
        let written = write(place, (0..70).flat_map(plain).collect());
        assert!(matches!(&written, Err(StoreError::Refused { why, .. }) if why == "no poison"), "{written:?}");
    }
    // What has nothing to do with what is written is no refusal of it.
    server.sql("own", "DROP TRIGGER no ON mcpdex.tool; DROP TRIGGER no ON mcpdex.listing; CREATE ROLE asks LOGIN");
    server.sql("own", "GRANT USAGE ON SCHEMA mcpdex TO asks; GRANT SELECT ON ALL TABLES IN SCHEMA mcpdex TO asks");
    let asks = place(&server.url("asks", "own"));
    let writer = Writer::spawn(&asks, now).unwrap();
    plain(1).into_iter().for_each(|event| drop(writer.send(event)));
    let written = writer.finish();
    assert!(matches!(&written, Err(StoreError::Sql { .. })), "{written:?}");
}
