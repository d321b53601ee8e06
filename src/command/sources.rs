//! `mcpdex sources`: where servers are listed, how each place is asked, and what it gave last.

use super::{Exit, database, print_rows};
use crate::cli::{Global, SourcesArgs};
use crate::report::{SourceGave, SourceLine, SourcesReport};
use crate::source::curated::{Curated, CuratedSource};
use crate::store::{Reader, SourceReading};
use anyhow::Context;
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(super) fn run(global: &Global, args: &SourcesArgs) -> anyhow::Result<Exit> {
    let curated = curated(global, &args.sources)?;
    let path = database::place(global)?;
    // Without a database nothing was read yet, and none is made for the question.
    let readings = match crate::store::is_there(&path) {
        true => Reader::open(&path)?.source_readings()?,
        false => Vec::new(),
    };
    let report = SourcesReport::new(lines(&curated, readings));
    print_rows(&report, args.format.meant(global.json), SourcesReport::to_text)?;
    Ok(Exit::Done)
}

/// The list of sources that is in force: the embedded one, files of the settings, files of the command line.
///
/// # Errors
/// A file cannot be read or says what is not understood.
pub(super) fn curated(global: &Global, files: &[PathBuf]) -> anyhow::Result<Curated> {
    let settled =
        global.settings.source_files.iter().map(|said| Ok((said.from.display().to_string(), said.text.clone())));
    let named = files.iter().map(|path| {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok((path.display().to_string(), text))
    });
    let files: anyhow::Result<Vec<(String, String)>> = settled.chain(named).collect();
    Ok(Curated::with(&files?)?)
}

/// The curated sources, then those that were named otherwise.
fn lines(curated: &Curated, readings: Vec<SourceReading>) -> Vec<SourceLine> {
    let mut given: BTreeMap<String, SourceReading> =
        readings.into_iter().map(|reading| (reading.source.clone(), reading)).collect();
    let defaults: Vec<String> = curated
        .default_sources()
        .iter()
        .filter_map(|word| curated.read(word).ok())
        .map(|spec| spec.to_string())
        .collect();
    let mut lines: Vec<SourceLine> = Vec::new();
    for source in curated.sources() {
        let spelled = source.spec().to_string();
        let gave = given.remove(&spelled).map(gave);
        lines.push(line(source, defaults.contains(&spelled), gave));
    }
    lines.extend(given.into_values().map(|reading| SourceLine {
        source: reading.source.clone(),
        address: reading.source.clone(),
        what: None,
        pause_ms: 0,
        default: defaults.contains(&reading.source),
        by: "named".to_owned(),
        gave: Some(gave(reading)),
    }));
    lines
}

fn line(source: &CuratedSource, default: bool, gave: Option<SourceGave>) -> SourceLine {
    SourceLine {
        source: source.word(),
        address: source.url.to_string(),
        what: Some(source.what.clone()),
        pause_ms: u64::try_from(source.pause.as_millis()).unwrap_or(u64::MAX),
        default,
        by: source.by.clone().unwrap_or_else(|| "built in".to_owned()),
        gave,
    }
}

fn gave(reading: SourceReading) -> SourceGave {
    let SourceReading { at, gave, servers, tools, .. } = reading;
    SourceGave { at, gave, servers, tools }
}
