//! How fast written policies are checked and calls are replayed: `cargo bench -p mcpdex-policy --bench written`.
//!
//! In CPU time of one thread, with the ratio of twice the work to once, which says whether it grows with the work.

use mcpdex_model::{Class, Trait, Verdict};
use mcpdex_policy::{
    CallRecord, CheckedServer, CheckedTool, PlannedTool, PolicyFile, Profile, Target, TargetOptions, WrittenPolicy,
    check, decide_by, replay_calls,
};
use serde_json::{Map, json};
use std::fmt::Write as _;
use std::time::Instant;

/// Rules of the document and calls that are replayed.
const MANY: usize = 10_000;

fn server(tools: usize) -> CheckedServer {
    let tool = |number: usize| {
        let traits: &[Trait] = if number.is_multiple_of(7) { &[Trait::Destructive] } else { &[] };
        let class = if number.is_multiple_of(3) { Class::Write } else { Class::Read };
        let verdict = Verdict::bare(&format!("tool_{number}"), class, traits);
        CheckedTool {
            planned: PlannedTool::new(&verdict.name, decide_by(Profile::balanced(), &verdict, None)),
            risk: verdict.risk,
            confidence: verdict.confidence,
            before: None,
        }
    };
    CheckedServer {
        name: "io.example/many".to_owned(),
        alias: "many".to_owned(),
        tools: (0..tools).map(tool).collect(),
    }
}

/// Documents with so many rules, one of each notation; one rule in a hundred is for no tool.
fn documents(rules: usize) -> Vec<(Target, String)> {
    let name =
        |number: usize| if number.is_multiple_of(100) { format!("tol_{number}") } else { format!("tool_{number}") };
    let mut claude = String::from("{ \"permissions\": { \"deny\": [\n");
    let mut gateway = String::from("{ \"version\": \"1\", \"default\": \"deny\", \"tools\": {\n");
    let mut gemini = String::new();
    let mut intercept = String::from("version: \"1\"\ndefault: deny\ntools:\n");
    for number in 0..rules {
        let (name, comma) = (name(number), if number + 1 < rules { "," } else { "" });
        let _ = writeln!(claude, "  \"mcp__many__{name}\"{comma}");
        let limit = format!(r#"{{ "counter": "{name}", "window": "minute", "max": 5, "scope": "grant" }}"#);
        let _ = writeln!(gateway, "  \"{name}\": {{ \"limits\": [{limit}] }}{comma}");
        let _ = writeln!(
            gemini,
            "[[rule]]\nmcpName = \"many\"\ntoolName = [\"{name}\"]\ndecision = \"deny\"\npriority = 100\n"
        );
        let _ = writeln!(intercept, "  {name}: {{ rules: [{{ name: often, rate_limit: 5/minute }}] }}");
    }
    claude += "] } }\n";
    gateway += "} }\n";
    vec![
        (Target::ClaudeCode, claude),
        (Target::PolicyLayer, gateway),
        (Target::Gemini, gemini),
        (Target::Intercept, intercept),
    ]
}

fn read(target: Target, text: &str) -> WrittenPolicy {
    let files = [PolicyFile { file: "policy".to_owned(), text: text.to_owned() }];
    WrittenPolicy::read(&files, Some(target), &TargetOptions::default()).expect("a policy")
}

/// The time of this thread on a processor, in seconds; the clock's where the system does not tell.
fn cpu(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.as_deref().and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

fn timed<T>(what: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let before = cpu(start);
    let done = what();
    (done, cpu(start) - before)
}

fn main() {
    for (rules, twice) in documents(MANY).iter().zip(documents(2 * MANY)) {
        let (target, text) = rules;
        let uncounted = Profile::balanced().uncounted;
        let once = timed(|| check(&read(*target, text), &[server(MANY)], uncounted).findings.len());
        let again = timed(|| check(&read(*target, &twice.1), &[server(2 * MANY)], uncounted).findings.len());
        println!(
            "check {target}: {MANY} rules, {} findings, {:.3} s; twice as many {:.1} times as long",
            once.0,
            once.1,
            again.1 / once.1
        );
    }
    let calls: Vec<CallRecord> = (0..MANY)
        .map(|number| CallRecord {
            at: Some(1_769_817_600_000 + i64::try_from(number).unwrap_or(0) * 1_500),
            server: Some("many".to_owned()),
            tool: format!("tool_{}", number % 500),
            arguments: Map::from_iter([("amount".to_owned(), json!(number % 90))]),
            decision: None,
        })
        .collect();
    for (target, text) in documents(500) {
        let policy = read(target, &text);
        let (report, took) = timed(|| replay_calls(&policy, &calls, &[server(500)]));
        let per_second = f64::from(u32::try_from(calls.len()).unwrap_or(0)) / took;
        println!("replay {target}: {} calls in {took:.3} s, {per_second:.0} a second; {:?}", calls.len(), report.total);
    }
}
