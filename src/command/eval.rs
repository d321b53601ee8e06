//! `mcpdex eval`: verdicts held against labelled tools. The classifier never sees the labels.

use super::judging::{open, overrides, read_text};
use super::{Exit, print};
use crate::classify::{AnnotationTrust, Half, Judge, Label, Ruleset, Scorer, ServerContext};
use crate::cli::{EvalArgs, Global};
use crate::report::{eval_list, eval_matrices, eval_score, visible};
use anyhow::Context;
use std::collections::BTreeSet;
use std::path::Path;

/// Runs the command.
///
/// # Errors
/// The rules or the files cannot be read, or no row has a label.
pub(super) fn run(global: &Global, args: &EvalArgs) -> anyhow::Result<Exit> {
    let rules = args.rules.load(global)?;
    let overrides = overrides(global, &[])?;
    // Annotations are the labels: they are withheld.
    let judge = Judge { rules: &rules, trust: AnnotationTrust::Ignore, overrides: &overrides };
    let noise = match &args.noise {
        Some(path) => noise_rows(path)?,
        None => BTreeSet::new(),
    };
    let other = if args.against.is_empty() { None } else { Some(Ruleset::load(&args.against)?) };
    let (mut against, mut changed) = (Scorer::default(), 0usize);
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
                if args.half.is_some_and(|half| Half::of(&row.server) != half) {
                    continue;
                }
                let label = Label::of(&row.tool.annotations, &row.extra);
                if label.is_empty() || row.extra.get("category").is_some() && label.category.is_none() {
                    continue;
                }
                let noisy = noise.contains(&(row.server.clone(), row.tool.name.clone()));
                if let Some(other) = &other {
                    let context = ServerContext::of(&row.server, [&row.tool]);
                    let theirs = other.judge_trusting(&context, &row.tool, AnnotationTrust::Ignore);
                    changed += usize::from((theirs.class, theirs.risk) != (verdict.class, verdict.risk));
                    against.add(&label, &theirs, noisy);
                }
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
    let against = other.is_some().then(|| against.finish());
    if global.json {
        let list = if args.list { Some(&disagreements) } else { None };
        let value = serde_json::json!({ "schema": "mcpdex/eval/1", "all": all, "without_noise": clean, "against": against, "changed": changed, "disagreements": list });
        print(&format!("{value:#}\n"))?;
    } else {
        let mut out = eval_score("all rows", &all);
        if let Some(clean) = &clean {
            out += &eval_score("without the noise rows", clean);
        }
        if let Some(against) = &against {
            out += &eval_score("with the other rules", against);
            out += &format!("{changed} verdicts differ in class or risk\n");
        }
        out += &eval_matrices(&all);
        if args.list {
            out += &eval_list(&disagreements);
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
