//! The corpus of policies that people could have written: each faulty one with its findings and lines, each good one with
//! none (tests/data/written).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use mcpdex_model::Risk;
use mcpdex_policy::{PolicyFile, PolicyFinding, Profile, Target, TargetOptions, WrittenError, WrittenPolicy, check};
use serde::Deserialize;
use support::catalogue::{catalogue, line};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Servers of the catalogue that it is held against.
    #[serde(default)]
    with: Option<String>,
    /// Whether it is known how risky tools were when it was written.
    #[serde(default = "yes")]
    since: bool,
    /// `FAULT LINE`, and a word that the message or its help must hold.
    finds: Vec<String>,
    text: String,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

fn cases(target: Target) -> Vec<Case> {
    let path = format!("tests/data/written/{target}.toml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    toml::from_str::<Cases>(&text).unwrap_or_else(|e| panic!("{path}: {e}")).case
}

/// Targets whose documents this build reads.
fn targets() -> impl Iterator<Item = Target> {
    let reads = |target: &Target| {
        let files = [PolicyFile { file: "policy".to_owned(), text: String::new() }];
        !matches!(WrittenPolicy::read(&files, Some(*target), &TargetOptions::default()), Err(WrittenError::NoReader(_)))
    };
    Target::ALL.iter().copied().filter(reads)
}

fn read(text: &str, target: Option<Target>) -> WrittenPolicy {
    let files = [PolicyFile { file: "policy".to_owned(), text: text.to_owned() }];
    WrittenPolicy::read(&files, target, &TargetOptions::default()).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn found(case: &Case, target: Target) -> Vec<PolicyFinding> {
    let servers: Vec<_> = match &case.with {
        None => Vec::new(),
        Some(names) => catalogue(case.since).into_iter().filter(|s| names.split('+').any(|n| n == s.alias)).collect(),
    };
    check(&read(&case.text, Some(target)), &servers, Profile::balanced().uncounted).findings
}

/// Whether the findings are those that are expected, line for line.
fn differs(case: &Case, found: &[PolicyFinding]) -> Option<String> {
    let mut got: Vec<String> =
        found.iter().map(|f| format!("{} {}", f.fault, line(&case.text, f.span.start))).collect();
    let mut wanted: Vec<String> =
        case.finds.iter().map(|w| w.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    got.sort();
    wanted.sort();
    if got != wanted {
        let all: Vec<String> = found.iter().map(|f| format!("{}: {} ({:?})", f.fault, f.message, f.help)).collect();
        return Some(format!("wanted {wanted:?}, got {got:?}\n      {}", all.join("\n      ")));
    }
    for want in &case.finds {
        let mut parts = want.splitn(3, ' ');
        let (fault, _, word) = (parts.next()?, parts.next(), parts.next());
        let says = |f: &&PolicyFinding| {
            f.message.contains(word.unwrap_or("")) || f.help.iter().any(|h| h.contains(word.unwrap_or("")))
        };
        if !found.iter().filter(|f| f.fault.as_str() == fault).any(|f| says(&f)) {
            let all: Vec<String> = found.iter().map(|f| format!("{}: {} ({:?})", f.fault, f.message, f.help)).collect();
            return Some(format!("`{fault}` does not say {word:?}: {}", all.join("; ")));
        }
    }
    None
}

#[test]
fn every_faulty_policy_is_found_out_and_every_good_one_is_left_alone() {
    let (mut faulty, mut good, mut wrong) = (0, 0, Vec::new());
    for target in targets() {
        for case in cases(target) {
            if case.finds.is_empty() {
                good += 1
            } else {
                faulty += 1
            }
            if let Some(how) = differs(&case, &found(&case, target)) {
                wrong.push(format!("{target}/{}: {how}", case.name));
            }
        }
    }
    if cfg!(feature = "verify") {
        assert!(targets().count() >= 22, "targets lost their readers");
        assert!(faulty >= 160 && good >= 60, "{faulty} faulty and {good} good policies");
    }
    assert!(wrong.is_empty(), "{} of {} go wrong:\n{}", wrong.len(), faulty + good, wrong.join("\n"));
}

#[test]
fn a_policy_is_recognised_by_its_shape() {
    let (mut wrong, mut all) = (Vec::new(), 0);
    for target in targets() {
        for case in cases(target) {
            all += 1;
            let files = [PolicyFile { file: "policy".to_owned(), text: case.text.clone() }];
            match WrittenPolicy::read(&files, None, &TargetOptions::default()) {
                Ok(read) if read.target() == target => {}
                Ok(read) => wrong.push(format!("{target}/{} is taken for {}", case.name, read.target())),
                Err(error) => wrong.push(format!("{target}/{}: {error}", case.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_unknown_tool_or_key_and_whatever_is_grave_gates() {
    for target in targets() {
        for case in cases(target).iter().filter(|case| !case.finds.is_empty()) {
            for finding in found(case, target) {
                let unknown = ["unknown-tool", "unknown-key"].contains(&finding.fault.as_str());
                assert_eq!(finding.gates(), unknown || finding.severity >= Risk::High, "{target}/{}", case.name);
            }
        }
    }
}

/// What strangers could put into a folder that is scanned: cut short, turned round, doubled. Nothing panics.
#[test]
fn mangled_policies_never_panic() {
    for target in targets() {
        for case in cases(target) {
            let text = case.text.as_str();
            let cuts = text.char_indices().map(|(at, _)| at).step_by(7);
            let mut mangled: Vec<String> = cuts.map(|at| text[..at].to_owned()).collect();
            mangled.push(text.chars().rev().collect());
            mangled.push(text.replace(':', "::").replace('"', "'"));
            mangled.push(text.replace(['a', 'e'], "\u{1f980}\u{202e}"));
            mangled.push(text.repeat(3));
            mangled.push(text.replace(['{', '('], "{[("));
            for text in mangled {
                let policy = read(&text, Some(target));
                let all = check(&policy, &catalogue(true), Profile::balanced().uncounted);
                assert!(
                    all.findings.iter().all(|f| text.get(f.span.clone()).is_some()),
                    "{target}: {text:?} {:?}",
                    all.findings
                );
            }
        }
    }
}
