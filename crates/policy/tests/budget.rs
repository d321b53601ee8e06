//! Budgets from outside: the numbers add up, what is proposed saves what it promises, and what is grave is not proposed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use mcpdex_model::{Class, Confidence, FoundTool, Merge, Risk, Tool, ToolOrigin, Trait, Verdict};
use mcpdex_policy::{
    KnownServer, PlannedServer, PlannedTool, PolicyBudget, Profile, Refused, SettlementKind, Target, TargetOptions,
    budget, decide_found,
};

fn found(server: &str, verdict: Verdict) -> FoundTool {
    // A switch that a client which looks at no argument cannot keep off.
    let switch = if verdict.name.starts_with("share") { r#""force":{"type":"boolean"}"# } else { "" };
    let schema = format!(r#"{{"type":"object","properties":{{{switch}}}}}"#);
    FoundTool {
        server: server.to_owned(),
        server_title: None,
        origin: ToolOrigin::Live,
        target: server.to_owned(),
        version: None,
        artifact_sha256: None,
        site: None,
        partial: Vec::new(),
        condition: None,
        inexact: Vec::new(),
        last_seen: String::new(),
        tool: Tool::from_json(&format!(r#"{{"name":"{}","inputSchema":{schema}}}"#, verdict.name)).unwrap(),
        merge: Merge::default(),
        verdict: Verdict { server: server.to_owned(), ..verdict },
    }
}

fn server(name: &str, profile: &Profile, verdicts: Vec<Verdict>) -> KnownServer {
    let found: Vec<FoundTool> = verdicts.into_iter().map(|verdict| found(name, verdict)).collect();
    let planned = found.iter().map(|found| PlannedTool::new(&found.tool.name, decide_found(profile, found)));
    let planned =
        PlannedServer { name: name.to_owned(), alias: name.to_owned(), launch: None, tools: planned.collect() };
    KnownServer { planned, found }
}

/// Nine small reads, eight deeds that are counted, two that ask for being grave, one secret, three in doubt, one loss.
fn works(profile: &Profile) -> Vec<KnownServer> {
    let many = |count: usize, name: &str, class: Class, traits: &[Trait]| -> Vec<Verdict> {
        (0..count).map(|i| Verdict::bare(&format!("{name}_{i}"), class, traits)).collect()
    };
    let doubtful = |mut verdict: Verdict| {
        verdict.confidence = Confidence::Low;
        verdict
    };
    let kiln = [
        many(9, "read", Class::Read, &[]),
        many(8, "fire", Class::Execute, &[]),
        many(2, "share", Class::Write, &[Trait::Privileged]),
        many(1, "key", Class::Read, &[Trait::CredentialAccess]),
        many(1, "smash", Class::Write, &[Trait::Destructive]),
    ];
    let shed = many(3, "odd", Class::Write, &[]).into_iter().map(doubtful).collect();
    vec![server("kiln", profile, kiln.concat()), server("shed", profile, shed)]
}

fn of(target: Target, profile: &Profile) -> PolicyBudget {
    budget(target, profile, &TargetOptions::default(), &works(profile)).unwrap()
}

/// Targets that this build can decide.
fn targets() -> impl Iterator<Item = Target> {
    Target::ALL.iter().copied()
}

#[test]
fn every_tool_is_counted_once_at_every_target() {
    for target in targets() {
        for profile in Profile::builtin() {
            let budget = of(target, profile);
            assert_eq!(budget.tools, 24, "{target}");
            assert_eq!(budget.asked + budget.refused + budget.counted + budget.allowed, 24, "{target}: {budget:?}");
            let asked = budget.each.iter().filter(|tool| tool.effect == "ask").count();
            assert_eq!((budget.each.len(), asked), (24, budget.asked), "{target}");
        }
    }
}

#[test]
fn what_a_target_cannot_do_shows_in_its_numbers() {
    let numbers = |target| {
        let budget = of(target, Profile::balanced());
        (budget.asked, budget.refused, budget.counted, budget.allowed)
    };
    // Asks: two grave writes, one secret, three in doubt; where it cannot count, the eight that start something too.
    assert_eq!(numbers(Target::Rego), (6, 1, 8, 9));
    assert_eq!(numbers(Target::ClaudeCode), (6 + 8, 1, 0, 9));
    // Cannot ask: doubts and secrets are refused, other grave writes are counted.
    assert_eq!(numbers(Target::PolicyLayer), (0, 1 + 1 + 3, 8 + 2, 9));
    // Cannot refuse.
    assert_eq!(numbers(Target::Cursor), (6 + 8 + 1, 0, 0, 9));
    // Can do neither.
    assert_eq!(numbers(Target::LiteLlm), (0, 6 + 8 + 1, 0, 9));
}

#[test]
fn a_proposal_saves_what_it_promises_and_nothing_beside() {
    let mut proposed = 0;
    for target in targets() {
        let profile = Profile::balanced();
        let before = of(target, profile);
        for settlement in before.settlements.iter().filter(|one| one.rule.is_some()) {
            let settled = profile.settled(settlement.rule.as_deref().unwrap()).unwrap();
            let after = of(target, &settled);
            let waits = |budget: &PolicyBudget| budget.asked + budget.refused;
            assert_eq!(waits(&before) - waits(&after), settlement.saves, "{target}: {settlement:?}");
            assert_eq!(settlement.tools.len(), settlement.saves);
            // A tool that the server gains later is not settled by it.
            let mut later = works(&settled);
            later[0] = server("kiln", &settled, vec![Verdict::bare("fire_9", Class::Execute, &[])]);
            let later = budget(target, &settled, &TargetOptions::default(), &later[..1]).unwrap();
            let plain = server("kiln", profile, vec![Verdict::bare("fire_9", Class::Execute, &[])]);
            let plain = budget(target, profile, &TargetOptions::default(), &[plain]).unwrap();
            assert_eq!(waits(&later), waits(&plain), "{target}: {settlement:?}");
            proposed += 1;
        }
    }
    assert!(proposed > 15, "{proposed}");
}

#[test]
fn nothing_critical_no_secret_and_no_doubt_is_proposed_to_run() {
    for target in targets() {
        for profile in Profile::builtin() {
            let budget = of(target, profile);
            assert!(budget.settlements.len() <= 5);
            for settlement in &budget.settlements {
                assert_eq!(settlement.rule.is_none(), settlement.kind == SettlementKind::Judge);
                for tool in &settlement.tools {
                    assert!(!tool.starts_with("key") && !tool.starts_with("smash"), "{target}: {settlement:?}");
                    assert_eq!(tool.starts_with("odd"), settlement.kind == SettlementKind::Judge, "{settlement:?}");
                }
                assert!(settlement.risk < Risk::Critical);
            }
        }
    }
    let claude = of(Target::ClaudeCode, Profile::balanced());
    assert_eq!((claude.never, claude.settlements[0].saves), (2, 8));
    assert!(claude.settlements[0].uncounted && claude.settlements[0].kind == SettlementKind::Count);
    // What would still have to ask, since the client cannot keep a switch off, saves nothing and is not proposed.
    let proposes =
        |budget: &PolicyBudget| budget.settlements.iter().any(|one| one.tools.contains(&"share_0".to_owned()));
    assert!(!proposes(&claude) && proposes(&of(Target::Rego, Profile::balanced())));
}

#[test]
fn the_names_of_strangers_stay_text_in_the_rule() {
    let profile = Profile::named("strict").unwrap();
    let name = "a\"] }\neffect = \"allow\" # '''\u{202e}";
    let mut odd = found("kiln", Verdict::bare("x", Class::Write, &[]));
    odd.tool.name = name.to_owned();
    odd.verdict.name = name.to_owned();
    let planned = PlannedTool::new(name, decide_found(profile, &odd));
    let planned = PlannedServer { name: "kiln".into(), alias: "kiln".into(), launch: None, tools: vec![planned] };
    let servers = [KnownServer { planned, found: vec![odd] }];
    let budget = budget(Target::Rego, profile, &TargetOptions::default(), &servers).unwrap();
    let rule = budget.settlements[0].rule.as_deref().unwrap();
    let settled = profile.settled(rule).unwrap();
    assert_eq!(rule.matches("[[rule]]").count(), 1);
    assert!(decide_found(&settled, &servers[0].found[0]).effect.is_allowed());
    assert!(!decide_found(&settled, &found("kiln", Verdict::bare("x", Class::Write, &[]))).effect.is_allowed());
}

#[test]
fn a_configuration_that_a_target_cannot_spell_is_refused_with_the_reason() {
    let one = server("kiln", Profile::balanced(), Vec::new());
    let twice = [one.clone(), one];
    let refused = budget(Target::Codex, Profile::balanced(), &TargetOptions::default(), &twice);
    assert_eq!(refused, Err(Refused::TwoServers("kiln".to_owned())));
}
