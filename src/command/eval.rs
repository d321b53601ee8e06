//! `mcpdex eval`: verdicts held against labelled tools. The classifier never sees the labels.

use super::judging::{open, overrides, read_text};
use super::{Exit, print};
use crate::classify::{AnnotationTrust, Disagreement, Judge, Label, Score, Scorer};
use crate::cli::EvalArgs;
use crate::report::visible;
use anyhow::Context;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// Runs the command.
///
/// # Errors
/// The rules or the files cannot be read, or no row has a label.
pub(super) fn run(args: &EvalArgs, json: bool) -> anyhow::Result<Exit> {
    let rules = args.rules.load()?;
    let overrides = overrides(&[])?;
    // Annotations are the labels: they are withheld.
    let judge = Judge { rules: &rules, trust: AnnotationTrust::Ignore, overrides: &overrides };
    let noise = match &args.noise {
        Some(path) => noise_rows(path)?,
        None => BTreeSet::new(),
    };
    let (mut all, mut clean) = (Scorer::default(), Scorer::default());
    let mut disagreements = Vec::new();
    let mut unread = 0usize;
    judge.run(
        open(Some(&args.file))?,
        |judged| judged,
        |rows| {
            for judged in rows {
                let (row, verdict) = match judged {
                    Ok(judged) => judged,
                    Err(error) => {
                        unread += 1;
                        eprintln!("error: {}", visible(&error.to_string()));
                        continue;
                    }
                };
                let label = Label::of(&row.tool.annotations, &row.extra);
                if label.is_empty() || row.extra.get("category").is_some() && label.category.is_none() {
                    continue;
                }
                let noisy = noise.contains(&(row.server.clone(), row.tool.name.clone()));
                disagreements.extend(all.add(&label, &verdict, noisy));
                if !noisy {
                    clean.add(&label, &verdict, false);
                }
            }
            Ok(())
        },
    )?;
    let all = all.finish();
    anyhow::ensure!(all.tools > 0, "no row of {} has a label", args.file.display());
    let clean = args.noise.is_some().then(|| clean.finish());
    if json {
        let list = if args.list { Some(&disagreements) } else { None };
        let value =
            serde_json::json!({ "schema": "mcpdex/eval/1", "all": all, "without_noise": clean, "disagreements": list });
        print(&format!("{value:#}\n"))?;
    } else {
        let mut out = score_text("all rows", &all);
        if let Some(clean) = &clean {
            out += &score_text("without the noise rows", clean);
        }
        out += &matrices_text(&all);
        if args.list {
            out += &list_text(&disagreements);
        }
        print(&out)?;
    }
    Ok(if unread > 0 { Exit::Unread } else { Exit::Done })
}

fn noise_rows(path: &Path) -> anyhow::Result<BTreeSet<(String, String)>> {
    let mut rows = BTreeSet::new();
    for (at, line) in read_text(path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row =
            crate::classify::row(at + 1, line.to_owned()).with_context(|| format!("reading {}", path.display()))?;
        rows.insert((row.server, row.tool.name));
    }
    Ok(rows)
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { 100.0 * part as f64 / of as f64 }
}

fn score_text(what: &str, score: &Score) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{what}: {} tools of {} servers, {} unrecognised",
        score.tools, score.servers, score.unrecognised
    );
    let reads = score.read_as_read + score.read_as_other;
    let others = score.other_as_read + score.other_as_other;
    if reads + others > 0 {
        let _ = writeln!(
            out,
            "  read-only or not   balanced accuracy {:.2}% of tools, {:.2}% as mean of servers",
            score.balanced_accuracy, score.balanced_accuracy_of_servers
        );
        let _ = writeln!(
            out,
            "                     read as read {} of {reads}, other as other {} of {others}",
            score.read_as_read, score.other_as_other
        );
        let _ = writeln!(
            out,
            "  read-only, yet high or critical  {} ({:.2}%)",
            score.read_as_grave,
            share(score.read_as_grave, reads)
        );
    }
    if score.destructive > 0 {
        let _ = writeln!(
            out,
            "  destructive, yet risk low        {} of {} ({:.2}%)",
            score.destructive_as_low,
            score.destructive,
            share(score.destructive_as_low, score.destructive)
        );
    }
    if score.mild > 0 {
        let _ = writeln!(
            out,
            "  not destructive, yet judged so   {} of {} ({:.2}%)",
            score.mild_as_destructive,
            score.mild,
            share(score.mild_as_destructive, score.mild)
        );
    }
    for (what, matrix, agreement) in [
        ("class", &score.class, score.class_agreement),
        ("risk", &score.risk, score.risk_agreement),
        ("category", &score.category, score.category_agreement),
    ] {
        if !matrix.is_empty() {
            let _ = writeln!(out, "  {what:<18} agreement {agreement:.2}%");
        }
    }
    out
}

fn matrices_text(score: &Score) -> String {
    let mut out = String::new();
    for (what, matrix) in [("class", &score.class), ("risk", &score.risk), ("category", &score.category)] {
        for (label, row) in matrix {
            let cells: Vec<String> = row.iter().map(|(verdict, count)| format!("{verdict} {count}")).collect();
            let _ = writeln!(out, "{what} {label:<12} judged {}", cells.join(", "));
        }
    }
    for (of, [both, label, verdict]) in &score.traits {
        let _ = writeln!(out, "trait {of:<24} both {both}, label alone {label}, verdict alone {verdict}");
    }
    for (server, right, rows) in &score.worst_servers {
        let _ = writeln!(out, "worst: {:<45} {right} of {rows}", visible(server));
    }
    out
}

fn list_text(disagreements: &[Disagreement]) -> String {
    let mut out = String::new();
    for d in disagreements {
        let noise = if d.noise { " [noise]" } else { "" };
        let _ = writeln!(
            out,
            "{} {}: {} labelled {}, judged {}{noise}: {}",
            visible(&d.server),
            visible(&d.name),
            d.about,
            d.label,
            d.verdict,
            visible(&d.rationale)
        );
    }
    out
}
