//! `mcpdex policy check FILE`: what is wrong with a policy. It is a gate of its own.

use super::written::{Before, LookedAt, looked_at, open};
use crate::cli::{Global, PolicyCheckArgs, PolicyFormat};
use crate::command::database::{self, Bench};
use crate::command::{Exit, diff, print};
use crate::policy::{CheckDepth, check};
use crate::report::{PolicyCheckReport, to_json, visible};
use crate::store::State;
use std::path::Path;

pub(super) fn run(global: &Global, args: &PolicyCheckArgs) -> anyhow::Result<Exit> {
    let opened = open(global, &args.file, args.written.target, &args.written)?;
    let mut looked = match args.alone {
        true => LookedAt::default(),
        false => looked_at(global, &args.written, &opened.settings, &[&opened.policy])?,
    };
    if !looked.servers.is_empty() {
        before(global, args, &mut looked)?;
    }
    let found = check(&opened.policy, &looked.servers, opened.settings.profile.uncounted);
    let servers: Vec<&str> = looked.servers.iter().map(|server| server.name.as_str()).collect();
    let report = PolicyCheckReport::new(&opened.path, &opened.policy, &found, &servers);
    let format = if global.json { PolicyFormat::Json } else { args.format };
    print(&match format {
        PolicyFormat::Text => report.to_text(opened.policy.text()),
        PolicyFormat::Json => to_json(&report),
        PolicyFormat::Sarif => report.to_sarif(args.help_url.as_deref()),
    })?;
    for server in looked.taken.iter().filter(|_| !global.quiet) {
        eprintln!("note: held against the tools of {}", visible(server));
    }
    let speaks = !opened.policy.tools().is_empty() || !opened.policy.servers().is_empty();
    let blind = found.depth == CheckDepth::Alone && speaks && !args.alone && opened.policy.is_readable();
    if blind && !global.quiet {
        eprintln!(
            "warning: no tool that the policy speaks of is known, so only the document by itself was looked at; name its \
             server with --server, or say --alone where that is meant"
        );
    }
    Ok(match (found.gates(), looked.named_nothing || blind) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Unread,
        (false, false) => Exit::Done,
    })
}

/// Says of each tool how risky it was when the policy was written.
fn before(global: &Global, args: &PolicyCheckArgs, looked: &mut LookedAt) -> anyhow::Result<()> {
    let side = match &args.since {
        Some(word) => diff::side(global, word)?,
        None => {
            let Some(time) = changed(&args.file) else { return Ok(()) };
            diff::Side::of(database::open_judged(global, &database::place(global)?)?, State::At(time))
        }
    };
    let mut bench: Option<Bench> = None;
    for server in &mut looked.servers {
        let past = side.reader.state_of(&server.name, &side.state)?;
        if past.is_empty() {
            continue;
        }
        let bench = match &bench {
            Some(bench) => bench,
            None => bench.insert(database::load_bench(global)?),
        };
        let verdicts = bench.judge_tools(&server.name, &past);
        let mut was = Before::new();
        for (tool, verdict) in past.iter().zip(verdicts) {
            let risk = was.entry(tool.name.clone()).or_insert(verdict.risk);
            *risk = verdict.risk.max(*risk);
        }
        for tool in &mut server.tools {
            tool.before = was.get(&tool.planned.name).copied();
        }
    }
    Ok(())
}

/// When a file was changed last.
fn changed(path: &Path) -> Option<String> {
    let time = std::fs::metadata(path).ok()?.modified().ok()?;
    let time = jiff::Timestamp::try_from(time).ok()?;
    // Rounded as the database rounds, so that what came before stays before.
    Some(time.round(jiff::Unit::Second).ok()?.to_string())
}
