//! Verdicts that a person settled: read from TOML, held against what the rules said, each with who, why and when.
//! One that matches nothing is reported, one that has expired is not applied.

use crate::model::{Category, Class, Confidence, Risk, Trait, Verdict};
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
    /// Entries that have expired, as `server tool`.
    expired: Vec<String>,
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

    /// Adds those of a file's `text`; later entries win. `today` is a day as YYYY-MM-DD.
    ///
    /// # Errors
    /// The text is not a file of overrides, or an entry lacks a reason, an author or a day.
    pub fn add(&mut self, file: &str, text: &str, today: &str) -> Result<(), OverridesError> {
        let wrong = |message: String| OverridesError { file: file.to_owned(), message };
        let parsed: File = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        for entry in parsed.r#override {
            let which = format!("{} {}", entry.server.as_deref().unwrap_or("*"), entry.tool);
            for (what, value) in [("reason", &entry.reason), ("author", &entry.author)] {
                if value.trim().is_empty() {
                    return Err(wrong(format!("the override of `{which}` has no {what}")));
                }
            }
            for day in [Some(&entry.date), entry.expires.as_ref()].into_iter().flatten() {
                if !is_day(day) {
                    return Err(wrong(format!("the override of `{which}` has `{day}` for a day; write YYYY-MM-DD")));
                }
            }
            if entry.expires.as_deref().is_some_and(|last| last < today) {
                self.expired.push(which);
            } else {
                self.entries.push((entry, AtomicBool::new(false)));
            }
        }
        Ok(())
    }

    /// Replaces the verdict where a person settled another.
    pub fn apply(&self, mut verdict: Verdict) -> Verdict {
        let found = self.entries.iter().rev().find(|(entry, _)| {
            entry.tool == verdict.name && entry.server.as_ref().is_none_or(|server| *server == verdict.server)
        });
        let Some((entry, used)) = found else { return verdict };
        used.store(true, Ordering::Relaxed);
        verdict.class = entry.class;
        verdict.traits.clone_from(&entry.traits);
        verdict.risk = entry.risk.unwrap_or_else(|| Risk::of(entry.class, &entry.traits));
        verdict.category = Category::of(entry.class, &entry.traits);
        verdict.confidence = Confidence::High;
        verdict.recognised = true;
        verdict.rationale = format!(
            "Settled by {} on {}: {}. The rules said: {}",
            entry.author, entry.date, entry.reason, verdict.rationale
        );
        verdict
    }

    /// What people should know after a run: entries that matched nothing, entries that have expired.
    pub fn complaints(&self) -> Vec<String> {
        let unused = self.entries.iter().filter(|(_, used)| !used.load(Ordering::Relaxed)).map(|(entry, _)| {
            format!("override of `{} {}` matched nothing", entry.server.as_deref().unwrap_or("*"), entry.tool)
        });
        unused.chain(self.expired.iter().map(|which| format!("override of `{which}` has expired"))).collect()
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

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.expired.is_empty()
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}
