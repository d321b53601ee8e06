//! Verdicts that a person settled: read from TOML, put in place of what the rules said, each with who, why and when.
//! One that matches nothing is reported, one that has expired is not applied and reported.

use crate::rules::ruleset::Ruleset;
use crate::verdict::BriefVerdict;
use jiff::civil::Date;
use mcpdex_model::{Category, Class, Confidence, Overruled, Risk, Sep2793, Trait, Verdict};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

const BUILTIN: &str = include_str!("../../data/overrides.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    r#override: Vec<Syntax>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Syntax {
    /// The server's name; every server where it is missing.
    server: Option<String>,
    tool: String,
    class: Class,
    #[serde(default)]
    traits: BTreeSet<Trait>,
    risk: Option<Risk>,
    reason: String,
    author: String,
    /// Day, as YYYY-MM-DD.
    date: String,
    /// Day after which it does not apply, as YYYY-MM-DD.
    expires: Option<String>,
}

/// Why overrides cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {message}")]
pub struct OverridesError {
    pub file: String,
    pub message: String,
}

/// The overrides that apply.
#[derive(Debug, Default)]
pub struct Overrides {
    entries: Vec<(Syntax, AtomicBool)>,
    /// Entries that have expired, as `server tool`, with their last day.
    expired: Vec<(String, String)>,
}

impl Overrides {
    /// The overrides that come with mcpdex.
    ///
    /// # Errors
    /// The embedded file is broken; a test holds that it is not.
    pub fn builtin(today: &str) -> Result<Overrides, OverridesError> {
        let mut overrides = Overrides::default();
        overrides.add("data/overrides.toml", BUILTIN, today)?;
        Ok(overrides)
    }

    /// Adds those of a file's `text`; later files win. `today` is a day as YYYY-MM-DD.
    ///
    /// # Errors
    /// The text is not a file of overrides, an entry lacks a reason, an author or a day, a day is none, or two entries
    /// are about the same tool.
    pub fn add(&mut self, file: &str, text: &str, today: &str) -> Result<(), OverridesError> {
        let wrong = |message: String| OverridesError { file: file.to_owned(), message };
        if text.lines().map(str::trim_start).all(|line| line.is_empty() || line.starts_with('#')) {
            // Nothing but comments, as in most files: every lookup starts here.
            return Ok(());
        }
        let today = day(today).ok_or_else(|| wrong(format!("today is `{today}`, which is no day")))?;
        let parsed: File = toml::from_str(text).map_err(|e| wrong(format!("not a file of overrides: {e}")))?;
        let mut seen = BTreeSet::new();
        for entry in parsed.r#override {
            let which = entry.which();
            for (what, value) in [("tool", &entry.tool), ("reason", &entry.reason), ("author", &entry.author)] {
                if value.trim().is_empty() {
                    return Err(wrong(format!("the override of `{which}` has an empty {what}")));
                }
            }
            let read = |what: &str, text: &str| {
                day(text).ok_or_else(|| {
                    wrong(format!("the override of `{which}` has `{text}` for {what}; write a day as YYYY-MM-DD"))
                })
            };
            let made = read("date", &entry.date)?;
            let last = entry.expires.as_deref().map(|text| read("expires", text)).transpose()?;
            if last.is_some_and(|last| last < made) {
                return Err(wrong(format!("the override of `{which}` expires before the day it was made")));
            }
            let lossy = entry.traits.iter().find(|of| matches!(of, Trait::Destructive | Trait::Financial));
            if let (Class::Read, Some(of)) = (entry.class, lossy) {
                return Err(wrong(format!(
                    "the override of `{which}` is read and {of}; what is {of} is at least write"
                )));
            }
            if !seen.insert((entry.server.clone(), entry.tool.clone())) {
                return Err(wrong(format!("`{which}` is overridden twice; keep one of the two")));
            }
            match last {
                Some(last) if last < today => self.expired.push((which, last.to_string())),
                _ => self.entries.push((entry, AtomicBool::new(false))),
            }
        }
        Ok(())
    }

    /// Puts what a person settled in place of what the rules said: class, traits, risk and everything derived from them.
    /// What the rules said stays visible as overruled.
    pub fn apply(&self, rules: &Ruleset, mut verdict: Verdict) -> Verdict {
        let Some(entry) = self.find(&verdict.server, &verdict.name) else { return verdict };
        let said = format!("{} with risk {}", verdict.class, verdict.risk);
        verdict.overruled.insert(
            0,
            Overruled {
                class: verdict.class,
                traits: std::mem::take(&mut verdict.traits),
                reason: format!("settled otherwise by {} on {}", entry.author, entry.date),
                evidence: verdict.evidence.clone(),
            },
        );
        verdict.class = entry.class;
        verdict.traits.clone_from(&entry.traits);
        verdict.risk = entry.risk.unwrap_or_else(|| Risk::of(entry.class, &entry.traits));
        verdict.category = Category::of(entry.class, &entry.traits);
        verdict.confidence = Confidence::High;
        verdict.recognised = true;
        verdict.frameworks = rules.taxonomy.of(verdict.class, &verdict.traits);
        verdict.sep2793 = Sep2793::of(verdict.class, &verdict.traits, verdict.risk, true);
        // The person judged the tool as a whole: what the rules said of single operations no longer holds.
        verdict.operations.clear();
        let until = entry.expires.as_ref().map_or_else(String::new, |last| format!(" until {last}"));
        let reason = entry.reason.trim().trim_end_matches('.');
        verdict.rationale = format!(
            "{} settled on {}{until} that it is {} with risk {}: {reason}. The rules alone said {said}.",
            entry.author, entry.date, verdict.class, verdict.risk
        );
        verdict
    }

    /// As [`Overrides::apply`], of what a verdict decides.
    pub fn apply_briefly<'a>(&self, mut verdict: BriefVerdict<'a>) -> BriefVerdict<'a> {
        if let Some(entry) = self.find(verdict.server, verdict.name) {
            verdict.class = entry.class;
            verdict.traits.clone_from(&entry.traits);
            verdict.risk = entry.risk.unwrap_or_else(|| Risk::of(entry.class, &entry.traits));
            verdict.confidence = Confidence::High;
            verdict.recognised = true;
        }
        verdict
    }

    /// The last entry about a tool, which is used thereby.
    fn find(&self, server: &str, tool: &str) -> Option<&Syntax> {
        let found = self
            .entries
            .iter()
            .rev()
            .find(|(entry, _)| entry.tool == tool && entry.server.as_ref().is_none_or(|of| of == server));
        let (entry, used) = found?;
        used.store(true, Ordering::Relaxed);
        Some(entry)
    }

    /// What people should know before a run: entries that have expired.
    pub fn expired(&self) -> impl Iterator<Item = String> {
        self.expired
            .iter()
            .map(|(which, last)| format!("the override of `{which}` expired on {last} and is not applied"))
    }

    /// What people should know after a run over everything: entries that matched nothing.
    pub fn unused(&self) -> impl Iterator<Item = String> {
        self.entries
            .iter()
            .filter(|(_, used)| !used.load(Ordering::Relaxed))
            .map(|(entry, _)| format!("the override of `{}` matched nothing", entry.which()))
    }

    /// A digest of the entries that apply; `None` where there are none.
    pub fn digest(&self) -> Option<String> {
        use sha2::Digest;
        if self.entries.is_empty() {
            return None;
        }
        let mut digest = sha2::Sha256::new();
        for (entry, _) in &self.entries {
            digest.update(format!("{entry:?}"));
        }
        Some(digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
    }

    /// How many apply.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.expired.is_empty()
    }
}

impl Syntax {
    fn which(&self) -> String {
        format!("{} {}", self.server.as_deref().unwrap_or("*"), self.tool)
    }
}

/// Reads a day that is written YYYY-MM-DD and in the calendar.
fn day(text: &str) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    (day.to_string() == text).then_some(day)
}
