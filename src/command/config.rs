//! `mcpdex config show`: what is in force, and who says so.

use super::{Exit, database, print_rows, settings, time};
use crate::classify::{Overrides, Ruleset};
use crate::cli::{ConfigArgs, ConfigQuestion, FormatArgs, Global};
use crate::configuration::{Said, SettledText};
use crate::report::{ConfigReport, SettingLine};
use crate::survey::{Gate, SuppressionState};
use std::collections::BTreeMap;
use std::path::Path;

/// Who says what nobody said.
const DEFAULT: &str = "default";

pub(super) fn run(global: &Global, args: &ConfigArgs) -> anyhow::Result<Exit> {
    match args.what {
        ConfigQuestion::Show(format) => show(global, format),
    }
}

fn show(global: &Global, format: FormatArgs) -> anyhow::Result<Exit> {
    let said = &global.settings;
    let today = time::local_today();
    said.check(&today)?;
    let bench = database::load_bench(global)?;
    let mut lines = Vec::new();
    let mut line = |setting: &str, value: String, by: String| {
        lines.push(SettingLine { setting: setting.to_owned(), value, by });
    };
    let place = database::place(global)?.to_string();
    line("database", place, if global.db.is_some() { "--db or MCPDEX_DB" } else { DEFAULT }.to_owned());
    line("rules", format!("embedded, digest {}", Ruleset::builtin_digest()), DEFAULT.to_owned());
    for Said { value, by } in &said.rules {
        line("rules", value.display().to_string(), shown(by));
    }
    for text in &said.overrides {
        line("overrides", overrides(text, &today)?, shown(&text.by));
    }
    for text in &said.suppressions {
        line("suppressions", suppressions(text, &today)?, shown(&text.by));
    }
    for text in &said.source_files {
        line("source_files", shown(&text.from), shown(&text.by));
    }
    let of = |said: Option<(String, &Path)>, default: &str| match said {
        Some((value, by)) => (value, shown(by)),
        None => (default.to_owned(), DEFAULT.to_owned()),
    };
    let words = |said: &Said<Vec<String>>| said.value.join(", ");
    for (setting, (value, by)) in [
        ("profile", of(said.profile.as_ref().map(|said| (said.value.clone(), said.by.as_path())), "balanced")),
        (
            "sources",
            of(
                said.sources.as_ref().map(|said| (words(said), said.by.as_path())),
                &crate::source::curated::Curated::embedded().default_sources().join(", "),
            ),
        ),
        ("targets", of(said.targets.as_ref().map(|said| (words(said), said.by.as_path())), "policylayer")),
        (
            "thresholds.fail_on",
            of(said.fail_on.as_ref().map(|said| (said.value.to_string(), said.by.as_path())), "none"),
        ),
        (
            "thresholds.fail_on_unread",
            of(said.fail_on_unread.as_ref().map(|said| (said.value.to_string(), said.by.as_path())), "false"),
        ),
    ] {
        line(setting, value, by);
    }
    let files = said.files.iter().map(|file| shown(file)).collect();
    let left_alone = settings::left_alone(global, &[]).iter().map(|file| shown(file)).collect();
    let report = ConfigReport::new(bench.digest(), files, left_alone, lines);
    print_rows(&report, format.meant(global.json), ConfigReport::to_text)?;
    Ok(Exit::Done)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn overrides(text: &SettledText, today: &str) -> anyhow::Result<String> {
    let mut all = Overrides::default();
    all.add(&shown(&text.from), &text.text, today)?;
    Ok(format!("{}: {} in force, {} expired", shown(&text.from), all.len(), all.expired().count()))
}

fn suppressions(text: &SettledText, today: &str) -> anyhow::Result<String> {
    let mut gate = Gate::default();
    gate.suppress(&shown(&text.from), &text.text, today)?;
    let held = gate.suppressions(&[], &BTreeMap::new());
    let expired = held.iter().filter(|one| one.state == SuppressionState::Expired).count();
    Ok(format!("{}: {} in force, {expired} expired", shown(&text.from), held.len() - expired))
}
