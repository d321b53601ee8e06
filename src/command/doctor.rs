//! `mcpdex doctor`: what is configured, reachable and writable. Changes nothing, and creates nothing that it leaves.

use super::{Exit, configured, database, print_rows};
use crate::cli::{DoctorArgs, Global};
use crate::model::text::counted;
use crate::report::{Checkup, DoctorReport, Health};
use crate::store::{Reader, StoreError};
use mcpdex_process::{Call, Environment, LookedAt};
use std::path::Path;

pub(super) fn run(global: &Global, args: &DoctorArgs) -> anyhow::Result<Exit> {
    // The programs that are asked take longest: they answer while the rest is looked at.
    let checkups = std::thread::scope(|scope| {
        let asked = scope.spawn(|| programs(args.online));
        let mut checkups = vec![rules(global)];
        checkups.extend(database(global));
        checkups.push(clients());
        let programs = asked.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        checkups.extend(programs);
        checkups.extend(features());
        checkups
    });
    let report = DoctorReport::new(checkups);
    print_rows(&report, args.format.meant(global.json), DoctorReport::to_text)?;
    Ok(if report.is_well() { Exit::Done } else { Exit::Failed })
}

fn checkup(what: &str, health: Health, seen: impl Into<String>) -> Checkup {
    Checkup { what: what.to_owned(), health, seen: seen.into() }
}

fn rules(global: &Global) -> Checkup {
    match database::load_bench(global) {
        Ok(bench) => {
            checkup("rules", Health::Good, format!("{} rules, digest {}", bench.rules.len(), bench.rules.digest()))
        }
        Err(error) => checkup("rules", Health::Bad, format!("{error:#}")),
    }
}

fn database(global: &Global) -> Vec<Checkup> {
    let path = match database::place(global) {
        Ok(path) => path,
        Err(error) => return vec![checkup("database", Health::Bad, format!("{error:#}"))],
    };
    let shown = &path;
    let state = match Reader::open(&path) {
        Ok(reader) => match reader.size() {
            Ok((servers, read, tools)) => checkup(
                "database",
                Health::Good,
                format!("{shown}: {} ({read} read), {}", counted(servers, "server"), counted(tools, "tool")),
            ),
            Err(error) => checkup("database", Health::Bad, error.to_string()),
        },
        Err(StoreError::Missing(_)) => {
            checkup("database", Health::Unset, format!("{shown} is not there yet; `mcpdex crawl` makes it"))
        }
        Err(StoreError::Older { found, known, .. }) => checkup(
            "database",
            Health::Limited,
            format!("{shown} has version {found} and is brought to {known} by the next command that reads it"),
        ),
        Err(error) => checkup("database", Health::Bad, error.to_string()),
    };
    match path.file() {
        Some(file) => vec![state, writable(file)],
        // Whether it can be written is its server's to say, when something is.
        None => vec![state],
    }
}

/// Whether the folder of a file can be written, or made.
fn writable(path: &Path) -> Checkup {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut there = folder;
    while !there.exists() {
        match there.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => there = parent,
            _ => there = Path::new("."),
        }
    }
    let probe = there.join(format!(".mcpdex-doctor-{}", std::process::id()));
    let written = std::fs::OpenOptions::new().write(true).create_new(true).open(&probe);
    match written {
        Ok(_) => {
            std::fs::remove_file(&probe).ok();
            let made = if there == folder { "" } else { " (to be made)" };
            checkup("folder of the database", Health::Good, format!("{} can be written{made}", folder.display()))
        }
        Err(error) => {
            // What is there can be asked all the same.
            let readable = Reader::open(path).is_ok();
            let health = if readable { Health::Limited } else { Health::Bad };
            let left = if readable { "the database can be asked, not added to" } else { "nothing can be kept there" };
            let shown = there.display();
            let seen = format!("{shown} cannot be written ({error}): {left}; name another file with --db");
            checkup("folder of the database", health, seen)
        }
    }
}

fn clients() -> Checkup {
    let (files, _) = configured::files(&[]);
    if files.is_empty() {
        return checkup(
            "client configurations",
            Health::Unset,
            "none in the usual places; `mcpdex scan FILE` takes any",
        );
    }
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    checkup("client configurations", Health::Good, names.join(", "))
}

/// The programs that are asked where packages come from, and with `online` whether that answers.
fn programs(online: bool) -> Vec<Checkup> {
    let asks: [(&str, &str, &str, &[&str]); 2] = [
        ("npm", "npm packages", "npm registry", &["ping"]),
        ("pip", "Python packages", "Python index", &["index", "versions", "pip"]),
    ];
    let around = Environment::of_process(LookedAt::here());
    let one = |(program, what, registry, ask): (&str, &str, &str, &[&str])| {
        let Some(answer) = output(&around, program, &["--version"]) else {
            let cure = format!("{program} is not installed; a flag, the environment or its settings name the registry");
            return vec![checkup(what, Health::Limited, cure)];
        };
        let answer = answer.lines().next().unwrap_or_default().to_owned();
        let mut checkups = vec![checkup(what, Health::Good, format!("asks {program} ({answer})"))];
        if online {
            let reached = output(&around, program, ask).is_some();
            let told = format!("does not answer `{program} {}`", ask.join(" "));
            let (health, seen) = if reached { (Health::Good, "answers".to_owned()) } else { (Health::Bad, told) };
            checkups.push(checkup(registry, health, seen));
        }
        checkups
    };
    let one = &one;
    std::thread::scope(|scope| {
        let asked = asks.map(|ask| scope.spawn(move || one(ask)));
        asked.into_iter().flat_map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

fn output(around: &Environment, program: &str, words: &[&str]) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let answer = runtime.block_on(around.run(Call::new(&[program], words))).ok()?;
    Some(String::from_utf8_lossy(&answer).into_owned())
}

fn features() -> Vec<Checkup> {
    let part = |what: &str, built: bool, without: &str| {
        if built { checkup(what, Health::Good, "built in") } else { checkup(what, Health::Limited, without) }
    };
    vec![
        part("policy engines", cfg!(feature = "verify"), "not built in: targets that need one are refused"),
        part(
            "tokeniser",
            cfg!(feature = "tokens"),
            "not built in: what definitions cost is estimated; build with `--features tokens` to count it",
        ),
        part(
            "Parquet",
            cfg!(feature = "parquet"),
            "not built in: neither export to it nor publish; build with the feature `parquet`, which is on unless switched off",
        ),
    ]
}
