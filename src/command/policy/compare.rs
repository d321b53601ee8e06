//! `mcpdex policy diff A B` and `mcpdex policy convert FILE --to TARGET`: two policies by what they do, and one as another.

use super::export::{self, Export};
use super::written::{Opened, looked_at, open};
use crate::cli::{Global, PolicyConvertArgs, PolicyDiffArgs, WrittenArgs};
use crate::command::{Exit, print, print_bytes};
use crate::policy::{CheckedServer, Deviation, Target, WrittenPolicy, carried, compare, document, named_servers};
use crate::report::{PolicyComparisonReport, to_json, visible};
use anyhow::bail;

pub(super) fn diff(global: &Global, args: &PolicyDiffArgs) -> anyhow::Result<Exit> {
    let before = open(global, &args.before, args.written.target, &args.written)?;
    let after = open(global, &args.after, args.after_target, &args.written)?;
    readable(&before)?;
    readable(&after)?;
    let servers = servers(global, &args.written, &before, &[&before.policy, &after.policy])?;
    if servers.is_empty() {
        eprintln!("error: neither policy names a tool, and no server of them is known");
        return Ok(Exit::Unread);
    }
    let found = compare(&before.policy, &after.policy, &servers);
    let report = PolicyComparisonReport::new((&before.path, &before.policy), (&after.path, &after.policy), found);
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    Ok(Exit::Done)
}

fn readable(opened: &Opened) -> anyhow::Result<()> {
    if !opened.policy.is_readable() {
        bail!("{} does not parse; `mcpdex policy check` says where", visible(&opened.path));
    }
    Ok(())
}

/// The servers of the database, or for want of them what the policies name.
fn servers(
    global: &Global,
    args: &WrittenArgs,
    opened: &Opened,
    policies: &[&WrittenPolicy],
) -> anyhow::Result<Vec<CheckedServer>> {
    let looked = looked_at(global, args, &opened.settings, policies)?;
    if !looked.servers.is_empty() {
        for server in looked.taken.iter().filter(|_| !global.quiet) {
            eprintln!("note: by the tools of {}", visible(server));
        }
        return Ok(looked.servers);
    }
    if !global.quiet {
        eprintln!("note: no server of it is known; only tools that are named are looked at");
    }
    Ok(named_servers(policies))
}

pub(super) fn convert(global: &Global, args: &PolicyConvertArgs) -> anyhow::Result<Exit> {
    let target: Target = args.to;
    let opened = open(global, &args.file, args.written.target, &args.written)?;
    readable(&opened)?;
    let servers = servers(global, &args.written, &opened, &[&opened.policy])?;
    if servers.is_empty() {
        eprintln!("error: the policy names no tool, and no server of it is known");
        return Ok(Exit::Unread);
    }
    let policy = carried(&opened.policy, &servers);
    for loss in policy.losses.iter().filter(|_| !global.quiet) {
        eprintln!("note: {}", visible(&loss.sentence()));
    }
    let size = if target.capability().one_server { 1 } else { policy.servers.len() };
    let uncounted = opened.settings.profile.uncounted;
    let options = &opened.settings.options;
    let mut written: Vec<_> =
        policy.servers.chunks(size).map(|servers| (servers, document(target, servers, options, uncounted))).collect();
    if let Some(folder) = &args.out {
        let mut export = Export::into(folder)?;
        for (servers, document) in written {
            let place =
                if servers.len() == policy.servers.len() { String::new() } else { export::slug(&servers[0].alias) };
            let document = document.map(|mut document| {
                document.losses.splice(0..0, policy.losses.iter().cloned());
                document
            });
            export.take(target, servers, &place, document)?;
        }
        let summary = export.finish()?;
        if !global.quiet {
            eprintln!("{summary}");
        }
        return Ok(if summary.refused > 0 { Exit::Failed } else { Exit::Done });
    }
    if written.len() != 1 {
        bail!("{} documents do not fit on stdout; name a folder with --out", written.len());
    }
    match written.remove(0).1 {
        Ok(document) => {
            for loss in document.losses.iter().filter(|_| !global.quiet) {
                let word = if loss.change == Deviation::Asked { "warning" } else { "note" };
                eprintln!("{word}: {}", visible(&loss.sentence()));
            }
            print_bytes(document.text().as_bytes())?;
            Ok(Exit::Done)
        }
        Err(refused) => {
            eprintln!("error: {}", visible(&refused.to_string()));
            Ok(Exit::Failed)
        }
    }
}
