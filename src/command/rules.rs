//! `mcpdex rules`: the pack itself: what is in it, one rule, whether it is sound, how much of an input it covers.

use super::judging::{open, overrides};
use super::named::NotThere;
use super::{Exit, print, print_bytes, print_rows};
use crate::classify::{AnnotationTrust, Judge, Rows, Ruleset, ServerContext};
use crate::cli::{Global, RulesCommandArgs, RulesQuestion};
use crate::model::text::counted;
use crate::report::{RuleCheckReport, RuleLine, RuleListReport, RuleReport, rule_text, to_json, unused_text, visible};
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Runs the command.
///
/// # Errors
/// The rules or the input cannot be read, or there is no such rule.
pub(super) fn run(global: &Global, args: &RulesCommandArgs) -> anyhow::Result<Exit> {
    let rules = args.rules.load(global)?;
    // Text cannot fail to be written to.
    let mut out = String::new();
    match &args.what {
        RulesQuestion::List(format) => {
            let lines = rules.written().map(|(file, rule)| RuleLine::of(file, rule)).collect();
            let report = RuleListReport::new(rules.digest().to_owned(), lines);
            print_rows(&report, format.meant(global.json), RuleListReport::to_text)?;
            Ok(Exit::Done)
        }
        RulesQuestion::Show { id } => {
            let Some((file, rule)) = rules.written().find(|(_, rule)| rule.id == *id) else {
                return Err(NotThere(format!("there is no rule `{id}`; `mcpdex rules list` names them all")).into());
            };
            if global.json {
                print(&to_json(&RuleReport::new(rules.digest(), file, rule)))?;
                return Ok(Exit::Done);
            }
            print(&rule_text(file, rule))?;
            Ok(Exit::Done)
        }
        RulesQuestion::Check => {
            let complaints = rules.examine();
            let ended = if complaints.is_empty() { Exit::Done } else { Exit::Findings };
            if global.json {
                print(&to_json(&RuleCheckReport::new(rules.digest(), rules.len(), &complaints)))?;
                return Ok(ended);
            }
            for complaint in &complaints {
                let _ = writeln!(out, "{complaint}");
            }
            let _ = writeln!(
                out,
                "{} examined, {}; digest {}",
                counted(rules.len(), "rule"),
                counted(complaints.len(), "complaint"),
                rules.digest()
            );
            print_bytes(out.as_bytes())?;
            Ok(ended)
        }
        RulesQuestion::New { id, file } => new_rule(&rules, id, file),
        RulesQuestion::Suggest { file } => suggest(&rules, file.as_deref(), global.json),
        RulesQuestion::Coverage { file } => coverage(global, &rules, file.as_deref()),
    }
}

fn coverage(global: &Global, rules: &Ruleset, file: Option<&Path>) -> anyhow::Result<Exit> {
    let overrides = overrides(global, &[])?;
    let judge = Judge { rules, trust: AnnotationTrust::Ignore, overrides: &overrides };
    let mut decided: BTreeMap<String, usize> = BTreeMap::new();
    // With a description and without: all, and not recognised.
    let mut counts = [[0usize; 2]; 2];
    let mut bad = 0usize;
    judge.run(
        open(file)?,
        |judged| judged,
        |rows| {
            for judged in rows {
                let Ok((row, verdict)) = judged else {
                    bad += 1;
                    continue;
                };
                let bare = usize::from(row.tool.description.as_deref().is_none_or(|text| text.trim().is_empty()));
                counts[bare][0] += 1;
                counts[bare][1] += usize::from(!verdict.recognised);
                let mut seen: Vec<&str> = verdict.evidence.iter().map(|e| e.rule.as_str()).collect();
                seen.sort_unstable();
                seen.dedup();
                for rule in seen {
                    *decided.entry(rule.to_owned()).or_default() += 1;
                }
            }
            Ok(())
        },
    )?;
    let unused: Vec<&str> =
        rules.written().map(|(_, rule)| rule.id.as_str()).filter(|id| !decided.contains_key(*id)).collect();
    let mut out = String::new();
    if global.json {
        let _ = writeln!(
            out,
            "{}",
            serde_json::json!({ "with_description": counts[0], "without_description": counts[1], "rules": decided, "unused": unused })
        );
    } else {
        for (what, [all, missed]) in [("with a description", counts[0]), ("without", counts[1])] {
            let share = if all == 0 { 0.0 } else { 100.0 * missed as f64 / all as f64 };
            let _ = writeln!(out, "{what}: {}, {missed} recognised by no rule ({share:.2}%)", counted(all, "tool"));
        }
        let mut sorted: Vec<_> = decided.iter().collect();
        sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        for (rule, count) in sorted {
            let _ = writeln!(out, "{count:>8} {}", visible(rule));
        }
        if !unused.is_empty() {
            out += &unused_text(&unused);
        }
    }
    print_bytes(out.as_bytes())?;
    Ok(if bad > 0 { Exit::Unread } else { Exit::Done })
}

/// Adds the bones of a rule to a file: what must be said, with a word to replace wherever the author has to speak.
fn new_rule(rules: &Ruleset, id: &str, file: &Path) -> anyhow::Result<Exit> {
    let kebab = !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    anyhow::ensure!(kebab, "`{}` is no id in kebab-case, such as `sinks-boats`", visible(id));
    anyhow::ensure!(rules.written().all(|(_, rule)| rule.id != id), "there is a rule `{id}` already");
    let known = match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("reading {}", file.display()))?,
    };
    anyhow::ensure!(!known.contains(&format!("id = \"{id}\"")), "{} has a rule `{id}` already", file.display());
    let bones = format!(
        "[[rule]]\nid = \"{id}\"\nclass = \"write\"\nconfidence = \"medium\"\nbecause = \"it TODO\"\n\
         when = [{{ verb = [\"todo\"] }}]\nfires = [{{ name = \"todo_page\", description = \"Todoes a page.\" }}]\n\
         quiet = [{{ name = \"list_pages\" }}]\n"
    );
    let gap = if known.is_empty() || known.ends_with("\n\n") { "" } else { "\n" };
    std::fs::write(file, format!("{known}{gap}{bones}")).with_context(|| format!("writing {}", file.display()))?;
    let told = format!(
        "wrote the bones of `{id}` to {}; put your words in the place of `todo`, then run `mcpdex rules check --rules DIR`\n",
        file.display()
    );
    print_bytes(told.as_bytes())?;
    Ok(Exit::Done)
}

/// The words in verb position that no rule knows.
fn suggest(rules: &Ruleset, file: Option<&Path>, json: bool) -> anyhow::Result<Exit> {
    let mut rows = Rows::new(open(file)?)?;
    let mut words: BTreeMap<String, (BTreeSet<String>, usize)> = BTreeMap::new();
    let mut bad = 0usize;
    while let Some(raw) = rows.next_row()? {
        let Ok(row) = raw.parse() else {
            bad += 1;
            continue;
        };
        let context = ServerContext::of(&row.server, [&row.tool]);
        if let Some(word) = rules.unknown_verb(&context, &row.tool) {
            let (servers, tools) = words.entry(word).or_default();
            servers.insert(row.server);
            *tools += 1;
        }
    }
    let mut sorted: Vec<_> = words.iter().map(|(word, (servers, tools))| (word, servers.len(), *tools)).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(b.2.cmp(&a.2)).then(a.0.cmp(b.0)));
    let mut out = String::new();
    for (word, servers, tools) in sorted {
        if json {
            let _ = writeln!(out, "{}", serde_json::json!({ "word": word, "servers": servers, "tools": tools }));
        } else {
            let _ = writeln!(out, "{servers:>6} servers {tools:>6} tools  {}", visible(word));
        }
    }
    print_bytes(out.as_bytes())?;
    Ok(if bad > 0 { Exit::Unread } else { Exit::Done })
}
