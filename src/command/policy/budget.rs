//! `mcpdex policy … --budget`: how often a policy asks, target by target, and which decisions would save most.

use super::settings::Settings;
use crate::cli::Global;
use crate::command::{Exit, print_rows};
use crate::policy::{KnownServer, budget};
use crate::report::{BudgetReport, ListFormat};

pub(super) fn run(
    global: &Global,
    settings: &Settings,
    format: ListFormat,
    servers: &[KnownServer],
) -> anyhow::Result<Exit> {
    let budgets = settings.targets.iter().map(|target| {
        // A document of one server is one of many: what each asks adds up.
        (*target, budget(*target, &settings.profile, &settings.options, servers))
    });
    let unread = servers.iter().filter(|server| server.found.is_empty()).map(|server| server.planned.alias.clone());
    let report = BudgetReport::new(&settings.profile.name, servers.len(), unread.collect(), budgets.collect());
    let format = if global.json { ListFormat::Json } else { format };
    print_rows(&report, format, BudgetReport::to_text)?;
    Ok(Exit::Done)
}
