//! What the crates' manifests cannot hold: the rooms behind the wall reach nothing, files of one room do not lean on each
//! other in a circle, a public name means one thing, no file grows beyond what can be read in one sitting.
//!
//! The source is parsed, not searched: a renamed, nested or grouped import counts like a plain one.

use crate::support::source::{Source, sources};
use std::collections::{BTreeMap, BTreeSet};

/// Rooms that work on data alone, and what they may not name: connections, tasks and other programs.
const PURE: [&str; 7] =
    ["crates/model", "crates/source", "crates/classify", "crates/policy", "crates/survey", "src/report", "src/site"];
const REACHING: [&str; 5] = ["std::net", "std::process", "std::os::unix::net", "tokio", "reqwest"];

/// Rooms whose files are held to lean on each other one way.
const LAYERED: [&str; 5] = ["crates/classify", "crates/policy", "crates/store", "crates/net", "crates/survey"];

/// No source file is longer than this, in lines.
const LONGEST: usize = 400;

#[test]
fn rooms_behind_the_wall_reach_nothing() {
    let mut wrong = Vec::new();
    for source in sources() {
        if !PURE.iter().any(|room| source.path.starts_with(room)) {
            continue;
        }
        for path in source.paths() {
            if REACHING.iter().any(|word| path == *word || path.starts_with(&format!("{word}::"))) {
                wrong.push(format!("{}: {path}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "a room that works on data alone reaches out:\n{}", wrong.join("\n"));
}

#[test]
fn a_renamed_or_grouped_import_is_seen() {
    for text in
        ["use tokio as t;", "use {std::{net as n, fs}};", "fn f() { ::tokio::spawn(async {}); }", "use ::tokio;"]
    {
        let paths = Source::parse("x.rs", text).paths();
        assert!(paths.iter().any(|p| p.starts_with("tokio") || p.starts_with("std::net")), "{text}: {paths:?}");
    }
}

#[test]
fn files_of_a_room_lean_one_way() {
    let all = sources();
    let mut circles = Vec::new();
    for room in LAYERED {
        let files: Vec<&Source> =
            all.iter().filter(|source| source.path.starts_with(&format!("{room}/src/"))).collect();
        assert!(files.len() > 5, "{room} was not found");
        circles.extend(circles_of(&leanings(&files)));
    }
    assert!(circles.is_empty(), "files that lean on each other in a circle:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_seen() {
    let texts = [
        ("crates/x/src/lib.rs", "mod a; mod b; mod c;"),
        ("crates/x/src/a.rs", "use crate::{b::B};"),
        ("crates/x/src/b.rs", "pub struct B; fn f() { super::c::g() }"),
        ("crates/x/src/c.rs", "pub fn g() {} use super::a as again;"),
    ];
    let parsed: Vec<Source> = texts.iter().map(|(path, text)| Source::parse(path, text)).collect();
    let files: Vec<&Source> = parsed.iter().collect();
    assert_eq!(circles_of(&leanings(&files)).len(), 1);
    assert!(circles_of(&leanings(&files[..3])).is_empty());
}

#[test]
fn a_public_name_means_one_thing() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        for name in source.public_types() {
            places.entry(name).or_default().insert(source.path.clone());
        }
    }
    assert!(places.len() > 100, "the types were not found");
    let twice: Vec<String> = places
        .iter()
        .filter(|(_, files)| files.len() > 1)
        .map(|(name, files)| format!("{name}: {}", files.iter().cloned().collect::<Vec<_>>().join(", ")))
        .collect();
    assert!(twice.is_empty(), "public types declared more than once:\n{}", twice.join("\n"));
}

#[test]
fn programs_are_started_in_process_groups_of_their_own() {
    // `mcpdex_process` starts them and remembers what it has started; the keeper of a sandbox is meant to outlive us.
    let may = ["crates/process/", "crates/probe/src/sandbox/"];
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|source| !may.iter().any(|place| source.path.starts_with(place)))
        .flat_map(|source| source.starts().into_iter().map(|call| format!("{}: .{call}(…)", source.path)))
        .collect();
    assert!(wrong.is_empty(), "programs that are not started through mcpdex_process:\n{}", wrong.join("\n"));
    assert_eq!(Source::parse("x.rs", "fn f(c: Command) { c.spawn(); }").starts(), ["spawn"]);
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<String> =
        sources().iter().filter(|source| !source.opens).map(|source| source.path.clone()).collect();
    assert!(silent.is_empty(), "these files open without a word: {silent:?}");
}

#[test]
fn no_file_is_longer_than_one_sitting() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.lines > LONGEST)
        .map(|source| format!("{}: {} lines", source.path, source.lines))
        .collect();
    assert!(long.is_empty(), "files of more than {LONGEST} lines:\n{}", long.join("\n"));
}

/// Which files each file takes something from.
fn leanings(files: &[&Source]) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeMap<Vec<String>, &Source> = files.iter().map(|file| (file.module(), *file)).collect();
    files
        .iter()
        .map(|file| {
            let from = file.module();
            let taken = file
                .paths()
                .iter()
                .filter_map(|path| target(path, &from, &modules))
                .filter(|other| *other != file.path)
                .collect();
            (file.path.clone(), taken)
        })
        .collect()
}

/// The file in which the thing at `path`, named in module `from`, is declared; follows re-exports.
fn target(path: &str, from: &[String], modules: &BTreeMap<Vec<String>, &Source>) -> Option<String> {
    let mut at: Vec<String> = match path.split("::").next()? {
        "crate" => Vec::new(),
        "self" => from.to_vec(),
        "super" => from[..from.len().checked_sub(1)?].to_vec(),
        child if modules.contains_key(&[from, &[child.to_owned()]].concat()) => [from, &[child.to_owned()]].concat(),
        _ => return None,
    };
    for segment in path.split("::").skip(1) {
        if segment == "super" {
            at.pop()?;
            continue;
        }
        let inner = [at.as_slice(), &[segment.to_owned()]].concat();
        if modules.contains_key(&inner) {
            at = inner;
            continue;
        }
        let file = modules.get(&at)?;
        if file.declares(segment) {
            return Some(file.path.clone());
        }
        return match file.reexport(segment) {
            Some(path) => target(&path, &at, modules),
            None => Some(file.path.clone()),
        };
    }
    modules.get(&at).map(|file| file.path.clone())
}

/// The circles, each once, as the files that reach each other.
fn circles_of(leanings: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let reach = |start: &String| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = leanings.get(start).into_iter().flatten().collect();
        while let Some(next) = open.pop() {
            if seen.insert(next.clone()) {
                open.extend(leanings.get(next).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = leanings.keys().map(|file| (file, reach(file))).collect();
    let mut circles = BTreeSet::new();
    for (file, others) in &reached {
        let circle: BTreeSet<&String> =
            others.iter().filter(|other| reached.get(other).is_some_and(|back| back.contains(*file))).collect();
        if !circle.is_empty() {
            circles.insert(circle.into_iter().cloned().collect::<Vec<_>>().join(" · "));
        }
    }
    circles.into_iter().collect()
}
