//! What a crawl may learn, invented, and every answer that a database gives about it: the same whichever keeps it.

use mcpdex_model::identity::ClaimedServer;
use mcpdex_model::{
    AliasedAttempt, Class, CrawlEvent, Ecosystem, Evidence, Field, Listing, Observation, OperationVerdict, Outcome,
    Overruled, Package, Partial, PartialReason, Remote, Risk, ServerId, Sighting, Sweep, Tool, ToolCondition,
    ToolOrigin, Trait, Transport, Validator, Verdict,
};
use mcpdex_store::{
    DatabasePlace, Filters, HitOrder, Judging, Reader, RegistryQuery, Search, ServerOrder, ServerQuery, ServerTools,
    State, StoreError, Writer, begin_run, judge_stale, price_stale,
};
use std::collections::BTreeMap;
use std::fmt::Debug;

pub(crate) const REGISTRY: &str = "registry:https://registry.example";

fn day_one() -> String {
    "2031-02-03T04:05:06Z".to_owned()
}

fn day_two() -> String {
    "2031-02-04T04:05:06Z".to_owned()
}

fn id(name: &str) -> ServerId {
    ServerId(name.to_owned())
}

fn tool(json: &str) -> (Tool, Sighting) {
    (Tool::from_json(json).unwrap(), Sighting::default())
}

fn list(server: &str, origin: ToolOrigin, target: &str, tools: Vec<(Tool, Sighting)>) -> Observation {
    let mut seen = Observation::failed(id(server), origin, target, Outcome::Ok, "");
    (seen.detail, seen.tools) = (None, tools);
    seen
}

fn listing(server: &str, title: &str, package: &str) -> Listing {
    Listing {
        title: Some(title.to_owned()),
        description: Some(format!("{title} keeps clay, glaze and Öfen")),
        version: Some("1.2.0".to_owned()),
        repository: Some(format!("https://code.example/{package}")),
        packages: vec![Package::named(Ecosystem::Npm, package, None)],
        remotes: vec![Remote { transport: Transport::StreamableHttp, url: format!("https://{package}.example/mcp") }],
        manifest: Some(format!(r#"{{"name":"{server}","environmentVariables":[{{"name":"KILN_KEY"}}]}}"#)),
        meta: Some("{}".to_owned()),
        ..Listing::bare(id(server), REGISTRY)
    }
}

/// What the first run learns, and the second.
fn events(run: usize) -> Vec<CrawlEvent> {
    let mut events = vec![
        CrawlEvent::Sweep { source: REGISTRY.to_owned(), step: Sweep::Begins { since: None } },
        CrawlEvent::Validator(Box::new(Validator {
            url: "https://registry.example/page".to_owned(),
            etag: Some("\"one\"".to_owned()),
            last_modified: None,
            next: None,
        })),
        CrawlEvent::Listing(Box::new(listing("io.example/kiln", "Kiln", "kiln"))),
        CrawlEvent::Listing(Box::new(listing("io.example/Kiln", "Another kiln", "kiln-two"))),
        CrawlEvent::Listing(Box::new(listing("io.example/wheel", "Wheel of \u{0}clay", "wheel"))),
    ];
    if run == 0 {
        events.push(CrawlEvent::Listing(Box::new(listing("io.example/lost", "Lost", "lost"))));
        events.push(CrawlEvent::Observation(Box::new(list(
            "io.example/lost",
            ToolOrigin::Live,
            "https://lost.example/mcp",
            vec![tool(r#"{"name":"lose_pot","description":"Loses a pot."}"#)],
        ))));
    }
    let changed = if run == 0 { "Fires a pot at once." } else { "Fires every pot and deletes the rest." };
    let mut kiln = vec![
        tool(&format!(
            r#"{{"name":"fire_pot","title":"Fire","description":"{changed} See drop_glaze.","inputSchema":{{"type":"object","properties":{{"pot":{{"type":"string"}}}}}}}}"#
        )),
        tool(r#"{"name":"dropGlaze","description":"Drops glazes; running, ran, deletes deletions of Öfen 窯を焼く"}"#),
        tool(r#"{"name":"drop_glaze","description":"x"}"#),
        tool(r#"{"name":"list_pots","description":"Lists pots."}"#),
        tool(r#"{"name":"list_pots","description":"Lists other pots."}"#),
        tool(r#"{"name":"odd\u0000name","description":"holds a sign of nothing \u0000 here"}"#),
    ];
    kiln[1].1 = Sighting {
        condition: Some(ToolCondition { text: "KILN_GLAZE is set".to_owned(), plain_start: Some(false) }),
        inexact: vec![Partial::inexact(PartialReason::UnresolvedValue, "its description was put together", None)],
        ..Sighting::default()
    };
    let long = "y".repeat(9_000);
    events.extend([
        CrawlEvent::Observation(Box::new(list("io.example/kiln", ToolOrigin::Live, "https://kiln.example/mcp", kiln))),
        CrawlEvent::Observation(Box::new(list(
            "io.example/kiln",
            ToolOrigin::Static,
            "npm:kiln",
            vec![tool(r#"{"name":"list_pots","outputSchema":{"type":"object"}}"#)],
        ))),
        CrawlEvent::Observation(Box::new(Observation {
            partial: vec![Partial::missing(PartialReason::MountedServer, "two pages were not read", None)],
            ..list(
                "io.example/wheel",
                ToolOrigin::Static,
                "npm:wheel",
                vec![
                    tool(r#"{"name":"turn-wheel","description":"Turns the wheel of the kiln."}"#),
                    tool(&format!(r#"{{"name":"{long}","description":"{long} {long}"}}"#)),
                ],
            )
        })),
        CrawlEvent::Observation(Box::new(Observation::failed(
            id("io.example/wheel"),
            ToolOrigin::Live,
            "https://wheel.example/mcp",
            Outcome::Timeout,
            "no answer within 5 s",
        ))),
        CrawlEvent::Alias(Box::new(AliasedAttempt {
            server: id("io.example/Kiln"),
            other: id("io.example/kiln"),
            origin: ToolOrigin::Static,
            target: "npm:kiln".to_owned(),
            outcome: Outcome::Ok,
            detail: None,
        })),
        CrawlEvent::Done { server: id("io.example/kiln"), source: REGISTRY.to_owned() },
        CrawlEvent::Sweep { source: REGISTRY.to_owned(), step: Sweep::Ends },
        CrawlEvent::RunEnds,
    ]);
    events
}

fn evidence(rule: &str, text: &str, start: usize) -> Evidence {
    Evidence {
        rule: rule.to_owned(),
        field: Field::Description,
        pointer: "/description".to_owned(),
        text: text.to_owned(),
        start,
        end: start + text.len(),
    }
}

/// A verdict that holds something of everything; it differs with the rules.
pub(crate) fn verdicts(servers: &[ServerTools], ruleset: &str) -> Vec<Vec<Verdict>> {
    let of = |server: &str, tool: &Tool| {
        let is_grave = tool.description.as_deref().unwrap_or_default().contains("elete");
        let class = if is_grave { Class::Execute } else { Class::Read };
        let traits: &[Trait] = if is_grave { &[Trait::Destructive, Trait::Bulk] } else { &[] };
        let mut verdict = Verdict::bare(&tool.name, class, traits);
        (verdict.server, verdict.ruleset) = (server.to_owned(), ruleset.to_owned());
        verdict.rationale = format!("It does as “{}” says, “always”.", tool.name.replace(['\0', '\u{1}'], ""));
        verdict.evidence = vec![evidence("fires", "Fires", 0), evidence(ruleset, "“pot”", 8)];
        verdict.does = tool.description.as_deref().unwrap_or_default().chars().take(9).collect();
        if is_grave {
            verdict.overruled = vec![Overruled {
                class: Class::Write,
                traits: [Trait::Financial].into(),
                reason: "execute is graver".to_owned(),
                evidence: vec![evidence("writes", "deletes", 3)],
            }];
            verdict.operations = vec![OperationVerdict {
                parameter: "pot".to_owned(),
                value: "all".to_owned(),
                class: Class::Write,
                traits: [Trait::Bulk].into(),
                risk: Risk::High,
                recognised: true,
            }];
            verdict.notes = vec!["a note".to_owned()];
            verdict.unread = vec!["a parameter".to_owned()];
        }
        verdict
    };
    servers.iter().map(|server| server.tools.iter().map(|tool| of(&server.server, tool)).collect()).collect()
}

/// What judges tools as they come.
pub(crate) struct Rules;

impl Judging for Rules {
    fn ruleset(&self) -> &str {
        "rules"
    }

    fn judge(&self, servers: &[ServerTools]) -> Vec<Vec<Verdict>> {
        verdicts(servers, "rules")
    }

    fn tokeniser(&self) -> &str {
        "letters"
    }

    fn tokens(&self, raws: &[&str]) -> Vec<u64> {
        raws.iter().map(|raw| raw.len() as u64).collect()
    }
}

/// Writes two runs, judged after each.
pub(crate) fn write(place: &DatabasePlace) -> Result<(), StoreError> {
    for (run, now) in [day_one, day_two].into_iter().enumerate() {
        let known = begin_run(place, &[REGISTRY.to_owned()], &now(), None)?;
        let writer = Writer::spawn_for(place, Some(known.run()), None, now)?;
        for event in events(run) {
            writer.send(event)?;
        }
        writer.finish()?;
        let ruleset = ["first rules", "second rules"][run];
        judge_stale(place, ruleset, |servers| verdicts(servers, ruleset)).unwrap();
        price_stale(place, "letters", |raws| raws.iter().map(|raw| raw.len() as u64).collect())?;
    }
    Ok(())
}

/// What there is of a text, for a table of answers: NUL as the one database keeps it.
fn told(value: &impl Debug) -> String {
    format!("{value:?}").replace("\\0", "\\u{1}")
}

/// Every answer, by what was asked.
pub(crate) fn answers(place: &DatabasePlace) -> BTreeMap<String, String> {
    let reader = Reader::open(place).unwrap();
    let mut all = BTreeMap::new();
    let mut add = |what: &str, value: String| {
        all.insert(what.to_owned(), value);
    };
    for server in ["io.example/kiln", "io.example/Kiln", "io.example/wheel", "io.example/lost", "nobody"] {
        add(&format!("facts {server}"), told(&reader.server_facts(server).unwrap()));
        add(&format!("lists {server}"), told(&reader.lists_of(server).unwrap()));
        add(&format!("tokens {server}"), told(&reader.tokens_of(server).unwrap()));
        add(&format!("tools {server}"), told(&reader.tools_of(server).unwrap()));
        add(&format!("names {server}"), told(&reader.tool_names_of(server).unwrap()));
        add(&format!("others {server}"), told(&reader.other_tools(server, "list_pots", 9).unwrap()));
        add(&format!("listings {server}"), told(&reader.listings_of(server).unwrap()));
        add(&format!("claims {server}"), told(&reader.claims_of(server).unwrap()));
        add(&format!("now {server}"), told(&reader.server_now(server).unwrap()));
        add(&format!("renown {server}"), told(&reader.renown_of(server).unwrap()));
        add(&format!("unread {server}"), told(&reader.unread_of(server).unwrap()));
        add(&format!("partial {server}"), told(&reader.partial_of(server).unwrap()));
        add(&format!("called {server}"), told(&reader.servers_called(server).unwrap()));
        add(&format!("gone {server}"), told(&reader.gone_called(server).unwrap()));
        for (at, state) in [
            State::Current,
            State::At("2031-02-03T23:59:59Z".to_owned()),
            State::At("2031-02-04T23:59:59Z".to_owned()),
            State::Observation(1),
        ]
        .iter()
        .enumerate()
        {
            add(&format!("state {at} {server}"), told(&reader.state_of(server, state).unwrap()));
            add(&format!("definitions {at} {server}"), told(&reader.definitions_of(server, state).unwrap().len()));
        }
        let beside = ClaimedServer { name: server.to_owned(), claims: Vec::new() };
        add(&format!("beside {server}"), told(&reader.servers_beside(&beside).unwrap()));
        if let Some(claimed) = reader.claims_of(server).unwrap() {
            add(&format!("beside claimed {server}"), told(&reader.servers_beside(&claimed).unwrap()));
        }
    }
    for name in ["fire_pot", "list_pots", "drop_glaze", "dropGlaze", "DropGlaze", "lose_pot", "odd\0name", "fyre_pot"] {
        add(&format!("named {name}"), told(&reader.tools_named(name).unwrap()));
        add(&format!("same name {name}"), told(&reader.same_name(name, 5).unwrap()));
        add(&format!("namesakes {name}"), told(&reader.namesakes(name).unwrap()));
        add(&format!("near {name}"), told(&reader.tool_names_near(name).unwrap()));
        add(&format!("gone with {name}"), told(&reader.gone_with_tool(name).unwrap()));
        add(&format!("on {name}"), told(&reader.tool_on("io.example/kiln", name).unwrap()));
    }
    for wanted in
        ["kiln", "npm:kiln", "https://kiln.example/mcp", "https://kiln.example/mcp/", "io.example/kilm", "weel"]
    {
        add(&format!("called {wanted}"), told(&reader.servers_called(wanted).unwrap()));
        add(&format!("ever called {wanted}"), told(&reader.servers_ever_called(wanted).unwrap()));
        add(&format!("near server {wanted}"), told(&reader.server_names_near(wanted).unwrap()));
    }
    for words in [vec!["clay"], vec!["KILN", "gla"], vec!["öfen"], vec!["wh", "clay"], vec!["nothing"], vec!["\"; --"]]
    {
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        add(&format!("about {words:?}"), told(&reader.servers_about(&words, 10).unwrap()));
        for order in [ServerOrder::Risk, ServerOrder::Grade, ServerOrder::Name, ServerOrder::Tools, ServerOrder::Seen] {
            let query = ServerQuery { words: words.clone(), order, take: 10, ..ServerQuery::default() };
            add(&format!("servers {words:?} {order:?}"), told(&reader.servers(&query).unwrap()));
        }
    }
    for (at, query) in [
        ServerQuery { risks: vec![Risk::Critical], take: 5, ..ServerQuery::default() },
        ServerQuery { unread: true, take: 5, ..ServerQuery::default() },
        ServerQuery { sources: vec![REGISTRY.to_owned()], run: Some(2), take: 1, skip: 1, ..ServerQuery::default() },
    ]
    .iter()
    .enumerate()
    {
        add(&format!("servers {at}"), told(&reader.servers(query).unwrap()));
    }
    for text in
        ["pot", "fire pot", "delete", "deleted glazes", "running", "Öfen", "窯", "kiln", "list_pots", "", "firepot x"]
    {
        for order in [HitOrder::Fit, HitOrder::Risk, HitOrder::Name, HitOrder::Server, HitOrder::Changed] {
            let search = Search { text: text.to_owned(), order, take: 10, ..Search::default() };
            add(&format!("search {text:?} {order:?}"), told(&reader.search(&search).unwrap()));
        }
    }
    for (at, filters) in [
        Filters { classes: vec![Class::Read], risks: vec![Risk::Low, Risk::Critical], ..Filters::default() },
        Filters { traits: vec![Trait::Destructive, Trait::Bulk], ..Filters::default() },
        Filters { origins: vec![ToolOrigin::Static], servers: vec!["wheel".to_owned()], ..Filters::default() },
        Filters { sources: vec![REGISTRY.to_owned()], ..Filters::default() },
        Filters { changed_since: Some("2031-02-04T00:00:00Z".to_owned()), ..Filters::default() },
        Filters { servers: vec!["nobody".to_owned()], ..Filters::default() },
    ]
    .into_iter()
    .enumerate()
    {
        let search = Search { filters, take: 10, ..Search::default() };
        add(&format!("search by filter {at}"), told(&reader.search(&search).unwrap()));
    }
    add("figures", told(&reader.figures().unwrap()));
    add("summary", told(&reader.summary().unwrap()));
    add("size", told(&reader.size().unwrap()));
    add("seen", told(&reader.seen().unwrap()));
    add("ruleset", told(&reader.ruleset().unwrap()));
    add("standing", told(&(reader.standing("second rules").unwrap(), reader.standing("others").unwrap())));
    add("unread", told(&reader.unread().unwrap()));
    add("partial", told(&reader.partial_lists().unwrap()));
    add("sources", told(&reader.source_readings().unwrap()));
    add("newest", told(&reader.newest_tools(10).unwrap()));
    add("rules", told(&reader.rule_use(2).unwrap()));
    add("of source", told(&reader.server_names_of_source(REGISTRY).unwrap()));
    add("languages", told(&reader.server_languages().unwrap()));
    add("history", told(&reader.servers_with_history(10).unwrap()));
    add("changed", told(&reader.servers_changed_since("2031-02-03T12:00:00Z").unwrap()));
    add("after", told(&reader.server_names_after("io.example/Kiln", 2).unwrap()));
    add("like", told(&reader.marks_like("like:", 10, 8).unwrap().len()));
    add("package", told(&reader.servers_of_package(Ecosystem::Npm, "kiln").unwrap()));
    add("remote", told(&reader.servers_of_remote("https://kiln.example/mcp").unwrap()));
    add("leaves", told(&reader.leaves((None, None, Some(Trait::Bulk)), 0, 5).unwrap()));
    add("leaves by risk", told(&reader.leaves((Some(Class::Read), Some(Risk::Low), None), 1, 2).unwrap()));
    let registry =
        RegistryQuery { after: String::new(), take: 9, search: Some("KILN".to_owned()), ..RegistryQuery::default() };
    let found = reader.registry_servers(&registry).unwrap();
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    add("registry", told(&found.iter().map(|(_, name)| name).collect::<Vec<_>>()));
    add("entries", told(&reader.registry_entries(&ids).unwrap()));
    add("known", told(&reader.tools_known(&ids).unwrap().into_values().collect::<Vec<_>>()));
    add("without manifest", told(&reader.servers_without_manifest().unwrap()));
    let (mut rows, mut leaves, mut ever, mut stamps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    reader
        .for_each_row(|row| {
            rows.push(told(&row));
            Ok::<(), StoreError>(())
        })
        .unwrap();
    reader
        .for_each_leaf(|leaf| {
            leaves.push(told(&leaf));
            Ok::<(), StoreError>(())
        })
        .unwrap();
    reader.for_each_server_ever(|name| ever.push(name.to_owned())).unwrap();
    reader
        .for_each_stamp(|name, _| {
            stamps.push(name.to_owned());
            Ok::<(), StoreError>(())
        })
        .unwrap();
    add("rows", rows.join("\n"));
    add("every leaf", leaves.join("\n"));
    add("ever", told(&ever));
    add("stamps", told(&stamps));
    all
}

/// The whole database as rows.
pub(crate) fn dumped(place: &DatabasePlace) -> Vec<String> {
    let mut lines = Vec::new();
    Reader::open(place)
        .unwrap()
        .dump(|line| {
            lines.push(line.to_string());
            Ok::<(), StoreError>(())
        })
        .unwrap();
    lines
}
