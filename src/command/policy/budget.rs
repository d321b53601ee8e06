//! `mcpdex policy … --budget`: how often a policy asks, target by target, and which decisions would save most.

use super::settings::Settings;
use crate::cli::Global;
use crate::command::{Exit, print};
use crate::policy::{KnownServer, budget};
use crate::report::{BudgetReport, to_json};

pub(super) fn run(global: &Global, settings: &Settings, servers: &[KnownServer]) -> anyhow::Result<Exit> {
    let budgets = settings.targets.iter().map(|target| {
        // A document of one server is one of many: what each asks adds up.
        (*target, budget(*target, &settings.profile, &settings.options, servers))
    });
    let unread = servers.iter().filter(|server| server.found.is_empty()).map(|server| server.planned.alias.clone());
    let report = BudgetReport::new(&settings.profile.name, servers.len(), unread.collect(), budgets.collect());
    print(&if global.json { to_json(&report) } else { report.to_text() })?;
    Ok(Exit::Done)
}
