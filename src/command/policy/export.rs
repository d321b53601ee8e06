//! Documents into a folder, server by server: what is written, what it lost and what was refused, each in its own file.
//!
//! Only one page of servers is held in memory. Every file is complete or absent.

use super::settings::Settings;
use crate::cli::{Global, PolicyArgs};
use crate::command::{Exit, interrupt};
use crate::model::FoundTool;
use crate::model::text::{counted, one_or_many};
use crate::policy::{PlannedServer, PolicyDocument, Refused, Target};
use crate::store::Reader;
use anyhow::Context;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// How many servers are decided and written at a time: enough for every core, few enough to hold in memory.
const PAGE: usize = 128;

/// Reasons for a refusal that are told; all stand in refused.jsonl.
const MOST_TOLD: usize = 30;

/// What an export did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) documents: u64,
    pub(super) calls: u64,
    pub(super) losses: u64,
    pub(super) refused: u64,
    pub(super) unverified: u64,
    pub(super) unread: u64,
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Summary { documents, calls, losses, refused, unread, .. } = self;
        write!(f, "{} verified by {}; ", counted(*documents, "document"), counted(*calls, "call"))?;
        write!(f, "{} (losses.jsonl), ", format_args!("{losses} {}", one_or_many(*losses, "loss", "losses")))?;
        write!(f, "{refused} refused (refused.jsonl), {} of which no tool is known", counted(*unread, "server"))
    }
}

/// A folder that is being filled.
pub(super) struct Export {
    folder: PathBuf,
    documents: Report,
    losses: Report,
    refused: Report,
    /// The first reasons for which there is no document.
    why_refused: Vec<String>,
    summary: Summary,
}

/// A report that grows beside its place and is put there when it is whole.
struct Report {
    lines: BufWriter<File>,
    part: PathBuf,
    place: PathBuf,
}

impl Report {
    fn begin(place: PathBuf) -> anyhow::Result<Report> {
        let part = place.with_added_extension("part");
        let file = File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
        Ok(Report { lines: BufWriter::new(file), part, place })
    }

    fn row(&mut self, row: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.lines, row).context("cannot write a report")?;
        self.lines.write_all(b"\n").context("cannot write a report")
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.lines
            .flush()
            .and_then(|()| std::fs::rename(&self.part, &self.place))
            .with_context(|| format!("cannot write {}", self.place.display()))
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        // Not there any more when it is whole.
        let _ = std::fs::remove_file(&self.part);
    }
}

impl Export {
    pub(super) fn into(folder: &Path) -> anyhow::Result<Export> {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let open = |name: &str| Report::begin(folder.join(name));
        Ok(Export {
            folder: folder.to_owned(),
            documents: open("documents.jsonl")?,
            losses: open("losses.jsonl")?,
            refused: open("refused.jsonl")?,
            why_refused: Vec::new(),
            summary: Summary::default(),
        })
    }

    /// Keeps one document, or why there is none, below `TARGET/PLACE`.
    pub(super) fn take(
        &mut self,
        target: Target,
        servers: &[PlannedServer],
        place: &str,
        written: Result<PolicyDocument, Refused>,
    ) -> anyhow::Result<()> {
        let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
        let document = match written {
            Ok(document) => document,
            Err(refused) => {
                self.summary.refused += 1;
                self.summary.unverified += u64::from(matches!(refused, Refused::Unverified { .. }));
                let row = json!({ "target": target, "servers": names, "why": refused.to_string() });
                if self.why_refused.len() < MOST_TOLD {
                    self.why_refused.push(refused.to_string());
                }
                return self.refused.row(&row);
            }
        };
        let folder = self.folder.join(target.as_str()).join(place);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        for output in &document.files {
            write_whole(&folder.join(&output.file), &output.text)?;
        }
        for loss in &document.losses {
            self.losses.row(&Row { target, row: loss })?;
        }
        self.summary.documents += 1;
        self.summary.calls += document.calls as u64;
        self.summary.losses += document.losses.len() as u64;
        let tools: usize = servers.iter().map(|server| server.tools.len()).sum();
        let file = Path::new(target.as_str()).join(place).join(target.capability().file);
        let row = json!({
            "target": target, "servers": names, "file": file, "tools": tools, "calls": document.calls,
            "losses": document.losses.len(),
        });
        self.documents.row(&row)
    }

    /// Why there is no document, for the first that were refused.
    pub(super) fn why_refused(&self) -> &[String] {
        &self.why_refused
    }

    fn unread(&mut self, server: &str) -> anyhow::Result<()> {
        self.summary.unread += 1;
        let why = "no tool of it is known, so every target's default governs it";
        self.refused.row(&json!({ "servers": [server], "why": why }))
    }

    pub(super) fn finish(mut self) -> anyhow::Result<Summary> {
        for report in [&mut self.documents, &mut self.losses, &mut self.refused] {
            report.end()?;
        }
        Ok(self.summary)
    }
}

#[derive(Serialize)]
struct Row<'a, T> {
    target: Target,
    #[serde(flatten)]
    row: &'a T,
}

/// Writes a file under another name first, so that nobody ever sees half of it.
pub(super) fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    std::fs::write(&part, text)
        .and_then(|()| std::fs::rename(&part, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// A folder name for a server: readable, short, and different for different names on every file system.
pub(super) fn slug(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let slug: String = name.chars().take(60).map(|c| if plain(c) { c } else { '-' }).collect();
    if slug == name && !name.is_empty() {
        return slug;
    }
    let hash = crate::model::text::hex(&Sha256::digest(name.as_bytes())[..5]);
    format!("{}-{hash}", slug.trim_matches('-'))
}

/// Every server of the database, one document each.
pub(super) fn everything(
    global: &Global,
    args: &PolicyArgs,
    settings: &Settings,
    reader: &Reader,
) -> anyhow::Result<Exit> {
    let folder = args.out.as_deref().context("--all needs --out")?;
    let _orderly = interrupt::orderly();
    let mut export = Export::into(folder)?;
    let mut after = String::new();
    loop {
        let names = reader.server_names_after(&after, PAGE)?;
        let Some(last) = names.last() else { break };
        after.clone_from(last);
        let mut known: Vec<(&str, Vec<FoundTool>)> = Vec::with_capacity(names.len());
        for name in &names {
            let found = reader.tools_of(name)?;
            if found.is_empty() {
                export.unread(name)?;
            } else {
                known.push((name, found));
            }
        }
        let written: Vec<_> = known
            .into_par_iter()
            .map(|(name, found)| interrupt::check().map(|()| one(settings, name, &found)))
            .collect::<Result<_, _>>()?;
        for (planned, documents) in written {
            interrupt::check()?;
            let place = slug(&planned.name);
            for (target, document) in documents {
                export.take(target, std::slice::from_ref(&planned), &place, document)?;
            }
        }
    }
    let summary = export.finish()?;
    if !global.quiet {
        eprintln!("{summary}");
    }
    Ok(if summary.unverified > 0 { Exit::Failed } else { Exit::Done })
}

type Written = Vec<(Target, Result<PolicyDocument, Refused>)>;

/// The documents of one server for every target that was asked for.
fn one(settings: &Settings, name: &str, found: &[FoundTool]) -> (PlannedServer, Written) {
    let planned = settings.plan(name, None, found);
    let mut all = Vec::with_capacity(settings.targets.len());
    for target in &settings.targets {
        for (_, written) in settings.documents(*target, std::slice::from_ref(&planned)) {
            all.push((*target, written));
        }
    }
    (planned, all)
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn different_servers_never_share_a_folder() {
        assert_eq!(slug("shelf"), "shelf");
        assert_ne!(slug("a/b"), slug("a-b"));
        assert_ne!(slug("Shelf").to_lowercase(), slug("shelf").to_lowercase());
        for name in ["..", "/etc/passwd", "", "a\0b", &"x".repeat(900)] {
            let slug = slug(name);
            assert!(!slug.is_empty() && slug.len() < 80 && !slug.contains(['/', '.', '\0']), "{slug}");
        }
    }
}
