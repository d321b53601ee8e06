//! `mcpdex check [CONFIG…]`: what differs from the lockfile. Exit code 3 on drift, 4 when something could not be read.

use super::{Exit, configured, database, named, pin, print_rows};
use crate::cli::{CheckArgs, Global};
use crate::report::CheckReport;
use crate::survey::{DriftKind, Lock, check};
use anyhow::Context;
use std::collections::BTreeMap;

pub(super) fn run(global: &Global, args: &CheckArgs) -> anyhow::Result<Exit> {
    let text = named::file(std::fs::read_to_string(&args.lock))
        .with_context(|| format!("cannot read {}; `mcpdex pin` writes it", args.lock.display()))?;
    let lock = Lock::from_json(&text).with_context(|| format!("cannot use {}", args.lock.display()))?;
    let found = configured::servers(global, &args.configured)?;
    configured::complain(global, &found);
    let today: Vec<_> = found.in_use().filter_map(pin::locked).collect();
    let unread: BTreeMap<String, String> = found
        .in_use()
        .filter_map(|server| Some((server.alias.clone(), server.unread.clone()?)))
        .chain(found.problems.iter().map(|(file, problem)| (file.display().to_string(), problem.clone())))
        .collect();
    let mut drift = check(&lock, &today, &unread.keys().cloned().collect());
    if found.lost {
        // What a configuration that was not read still names is not known.
        drift.retain(|one| one.kind != DriftKind::ServerRemoved);
    }
    let counts = drift.iter().any(|one| args.strict || one.kind != DriftKind::Respelled);
    let read = today.len();
    let report =
        CheckReport::new(database::digest_in_force(global)?, args.lock.display().to_string(), read, drift, unread);
    print_rows(&report, args.format.meant(global.json), CheckReport::to_text)?;
    // Nothing to compare is not the same as no difference.
    let looked = !(found.named_nothing || lock.servers.is_empty() && read == 0);
    Ok(match (counts, report.unread.is_empty() && looked) {
        (true, _) => Exit::Findings,
        (false, false) => Exit::Unread,
        (false, true) => Exit::Done,
    })
}
