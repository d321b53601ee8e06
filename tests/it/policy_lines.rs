//! The table of the decision, line by line, at every target: stated here once more, apart from the profile that decides, and
//! tried with tools of each line.

use crate::support::corpus::corpus;
use crate::support::policy::{server, verdict};
use flate2::read::GzDecoder;
use mcpdex::classify::{Ruleset, ServerContext};
use mcpdex::model::{Category, Class, Confidence, Evidence, Field, Risk, Tool, Trait, Verdict};
use mcpdex::policy::{
    PlannedServer, PlannedTool, PolicyEffect, Profile, RefusalMode, Target, TargetOptions, Window, answer,
    decide_with_arguments, document,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};

/// What a line of the table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Hide,
    Ask,
    /// Asked about; where a target cannot ask but counts, ten a minute.
    AskOrTen,
    /// So many a minute; where a target cannot count, asked about, or free.
    Counted(u32, Uncounted),
    Free,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Uncounted {
    Asks,
    Runs,
}

type Line = (&'static str, fn(&Verdict) -> bool, Then);

const LINES: [Line; 15] = [
    ("critical and destructive", |v| v.risk == Risk::Critical && has(v, Trait::Destructive), Then::Hide),
    ("doubtful", |v| !v.recognised || v.confidence == Confidence::Low, Then::Ask),
    ("speaks to the model", |v| has(v, Trait::InstructsTheModel), Then::Ask),
    ("critical and financial", |v| v.risk == Risk::Critical && has(v, Trait::Financial), Then::Ask),
    ("critical", |v| v.risk == Risk::Critical, Then::Ask),
    (
        "a query that is said to read",
        |v| v.class == Class::Read && v.risk == Risk::Medium && fired(v, "accepts-only-reading-queries"),
        Then::Ask,
    ),
    ("high and destructive", |v| has(v, Trait::Destructive), Then::AskOrTen),
    ("read, high", |v| v.class == Class::Read && v.risk == Risk::High, Then::Ask),
    ("write, high", |v| v.class == Class::Write && v.risk == Risk::High, Then::AskOrTen),
    ("acts on a page", acts_on_a_page, Then::Counted(60, Uncounted::Asks)),
    ("execute, high", |v| v.class == Class::Execute && v.risk == Risk::High, Then::Counted(10, Uncounted::Asks)),
    ("execute, medium", |v| v.class == Class::Execute, Then::Counted(30, Uncounted::Runs)),
    ("write, medium", |v| v.class == Class::Write, Then::Counted(30, Uncounted::Runs)),
    ("read, medium", |v| v.class == Class::Read && v.risk == Risk::Medium, Then::Counted(30, Uncounted::Runs)),
    ("low", |v| v.risk == Risk::Low, Then::Free),
];

fn has(verdict: &Verdict, one: Trait) -> bool {
    verdict.traits.contains(&one)
}

fn fired(verdict: &Verdict, rule: &str) -> bool {
    verdict.evidence.iter().any(|evidence| evidence.rule == rule)
}

/// By evidence of that rule, and without what would make it more than that.
fn acts_on_a_page(verdict: &Verdict) -> bool {
    let more =
        [Trait::ExternalCommunication, Trait::Privileged, Trait::Bulk, Trait::CredentialAccess, Trait::FileAccess];
    let known = [
        "operates-a-screen",
        "moves-about-a-session",
        "opens-in-a-browser",
        "may-only-look",
        "looks",
        "may-change",
        "changes",
        "may-produce",
        "computes",
        "connects-where-told",
        "reaches-any-url",
    ];
    let only = |evidence: &Evidence| known.contains(&evidence.rule.as_str());
    verdict.class == Class::Execute
        && verdict.risk == Risk::High
        && fired(verdict, "operates-a-screen")
        && !more.iter().any(|one| has(verdict, *one))
        && verdict.evidence.iter().all(only)
}

fn line_of(verdict: &Verdict) -> Line {
    *LINES.iter().find(|(_, holds, _)| holds(verdict)).expect("the table speaks of every tool")
}

/// What a target must do, from what it can.
fn at(target: Target, then: Then) -> PolicyEffect {
    let can = target.capability();
    let minute = |max| PolicyEffect::Limit { max, window: Window::Minute };
    let asks = if can.ask { PolicyEffect::Ask } else { PolicyEffect::Deny };
    match then {
        Then::Hide if can.refusal == RefusalMode::Never => PolicyEffect::Ask,
        Then::Hide => PolicyEffect::Deny,
        Then::Ask => asks,
        Then::AskOrTen if !can.ask && can.rate => minute(10),
        Then::AskOrTen => asks,
        Then::Counted(max, _) if can.rate => minute(max),
        Then::Counted(_, Uncounted::Asks) => asks,
        Then::Counted(_, Uncounted::Runs) | Then::Free => PolicyEffect::Allow,
    }
}

/// Asks every target about one tool, with the arguments given.
fn assert_as_the_table_says(line: &str, then: Then, plan: &PlannedServer, arguments: &Map<String, Value>) {
    let options = TargetOptions { lossy: true, ..TargetOptions::default() };
    let name = &plan.tools[0].name;
    for target in Target::ALL.iter().copied() {
        if target.capability().engine.is_some() && cfg!(not(feature = "verify")) {
            continue;
        }
        let written = document(target, std::slice::from_ref(plan), &options, Profile::balanced().uncounted)
            .unwrap_or_else(|refused| panic!("{target}, {line}, {name}: {refused}"));
        let found = answer(target, &written.files, &options, plan, name, arguments).unwrap();
        let wanted = at(target, then);
        let alike = found == wanted || (found.is_refused() && wanted.is_refused());
        assert!(alike, "{target}, {line}: `{name}` is {found} and not {wanted}\n{}", written.text());
    }
}

fn plan(verdict: &Verdict, tool: &Tool) -> PlannedServer {
    let decision = decide_with_arguments(Profile::balanced(), verdict, None, tool);
    let planned =
        PlannedTool { input_schema: tool.input_schema.clone(), ..PlannedTool::new(tool.name.clone(), decision) };
    server("io.example/shelf", vec![planned])
}

fn bare(name: &str) -> Tool {
    Tool::from_json(&json!({"name": name, "inputSchema": {"type": "object"}}).to_string()).unwrap()
}

/// One invented verdict for each line.
fn invented() -> Vec<Verdict> {
    let of = |category: Category, risk: Risk, traits: &[Trait], rule: &str| {
        let evidence = Evidence {
            rule: rule.to_owned(),
            field: Field::Name,
            pointer: "/name".to_owned(),
            text: String::new(),
            start: 0,
            end: 0,
        };
        let traits: BTreeSet<Trait> = traits.iter().copied().collect();
        Verdict { risk, traits, evidence: vec![evidence], ..verdict("shelve", category) }
    };
    let low = Verdict { confidence: Confidence::Low, ..of(Category::Read, Risk::Low, &[], "looks") };
    vec![
        of(Category::Destructive, Risk::Critical, &[Trait::Destructive], "deletes"),
        low,
        of(Category::Read, Risk::Medium, &[Trait::InstructsTheModel], "instructs"),
        of(Category::Financial, Risk::Critical, &[Trait::Financial], "pays"),
        of(Category::Execute, Risk::Critical, &[Trait::CodeExecution], "runs-code"),
        of(Category::Read, Risk::Medium, &[], "accepts-only-reading-queries"),
        of(Category::Destructive, Risk::High, &[Trait::Destructive], "deletes"),
        of(Category::Read, Risk::High, &[Trait::CredentialAccess], "looks"),
        of(Category::Write, Risk::High, &[Trait::Privileged], "grants"),
        of(Category::Execute, Risk::High, &[], "operates-a-screen"),
        of(Category::Execute, Risk::High, &[], "runs"),
        of(Category::Execute, Risk::Medium, &[], "moves-about-a-session"),
        of(Category::Write, Risk::Medium, &[], "changes"),
        of(Category::Read, Risk::Medium, &[Trait::FileAccess], "looks"),
        of(Category::Read, Risk::Low, &[], "looks"),
    ]
}

#[test]
fn each_line_of_the_table_is_what_every_target_does_with_an_invented_tool() {
    let verdicts = invented();
    let lines: Vec<_> = verdicts.iter().map(|verdict| line_of(verdict).0).collect();
    assert_eq!(lines, LINES.map(|(line, _, _)| line), "one verdict for each line");
    for verdict in &verdicts {
        let (line, _, then) = line_of(verdict);
        assert_as_the_table_says(line, then, &plan(verdict, &bare("shelve")), &Map::new());
    }
}

#[test]
fn a_guard_lets_a_reading_statement_through_at_every_target_that_can_tell_one() {
    let runs = Verdict {
        traits: BTreeSet::from([Trait::CodeExecution]),
        risk: Risk::Critical,
        ..verdict("ask_shelves", Category::Execute)
    };
    let schema = json!({"type": "object", "properties": {"sql": {"type": "string"}}});
    let tool = Tool::from_json(&json!({"name": "ask_shelves", "inputSchema": schema}).to_string()).unwrap();
    let plan = plan(&runs, &tool);
    let options = TargetOptions::default();
    let ask = |target: Target, sql: &str| {
        let written = document(target, std::slice::from_ref(&plan), &options, Profile::balanced().uncounted).unwrap();
        let arguments = Map::from_iter([("sql".to_owned(), json!(sql))]);
        answer(target, &written.files, &options, &plan, "ask_shelves", &arguments).unwrap()
    };
    let ten = PolicyEffect::Limit { max: 10, window: Window::Minute };
    assert_eq!(ask(Target::PolicyLayer, "SELECT id FROM shelves"), ten);
    assert!(ask(Target::PolicyLayer, "DROP TABLE shelves").is_refused());
    assert_eq!(ask(Target::ClaudeCode, "SELECT id FROM shelves"), PolicyEffect::Ask);
    if cfg!(feature = "verify") {
        assert_eq!(ask(Target::Rego, "SELECT id FROM shelves"), ten);
        assert_eq!(ask(Target::Rego, "DROP TABLE shelves"), PolicyEffect::Ask, "the rest asks");
        assert_eq!(ask(Target::Envoy, "SELECT id FROM shelves"), PolicyEffect::Allow);
        assert!(ask(Target::Envoy, "DROP TABLE shelves").is_refused());
    }
}

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn each_line_of_the_table_is_what_every_target_does_with_up_to_three_tools_of_the_corpus() {
    let file = std::fs::File::open(corpus("tools-dev.jsonl.gz")).unwrap();
    let mut servers: BTreeMap<String, Vec<Tool>> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line.unwrap();
        let row: Value = serde_json::from_str(&line).unwrap();
        servers.entry(row["server"].as_str().unwrap().to_owned()).or_default().push(Tool::from_json(&line).unwrap());
    }
    let ruleset = Ruleset::builtin().unwrap();
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, tools) in &servers {
        if tried.len() == LINES.len() && tried.values().all(|count| *count == 3) {
            break;
        }
        let context = ServerContext::of(name, tools);
        for tool in tools {
            let verdict = ruleset.judge(&context, tool);
            let (line, _, then) = line_of(&verdict);
            let count = tried.entry(line).or_default();
            let plain = tool.name.len() < 30 && tool.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if *count == 3 || !plain {
                continue;
            }
            let plan = plan(&verdict, tool);
            // What arguments decide has tests of its own.
            if !plan.tools[0].decision.conditions.is_empty() {
                continue;
            }
            *count += 1;
            assert_as_the_table_says(line, then, &plan, &Map::new());
        }
    }
    eprintln!("{tried:?}");
    assert!(LINES.iter().all(|(line, _, _)| tried.get(line).is_some_and(|count| *count > 0)), "{tried:?}");
}
