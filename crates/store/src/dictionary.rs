//! Texts that many verdicts share, each kept once: the text in, its number out. Asks the database only for what it has
//! not seen yet.

use super::compact_json::json;
use super::sql::{self, Connection, Optional as _, Params, params};
use mcpdex_model::{Category, Class, Confidence, Evidence, Framework, Risk, Sep2793, Trait, Verdict};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Texts that are remembered; beyond that all are forgotten and asked for again.
const MOST: usize = 200_000;

/// What a judgement is, but for what follows from the rules' taxonomies.
type Key = (Class, Risk, Category, Confidence, bool, BTreeSet<Trait>);

/// What follows from the rules' taxonomies, and the number of the judgement.
type Derived = (Arc<[Framework]>, Sep2793, i64);

/// The numbers of texts that were asked for.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    phrases: HashMap<String, i64>,
    grounds: HashMap<String, i64>,
    judgements: HashMap<Key, Vec<Derived>>,
}

impl Dictionary {
    /// The number of a text; it is kept where it is new.
    pub(super) fn phrase(&mut self, connection: &Connection, text: &str) -> sql::Result<i64> {
        if let Some(id) = self.phrases.get(text) {
            return Ok(*id);
        }
        let known = "SELECT id FROM phrase WHERE text = ?1";
        let id = match number(connection, known, [text])? {
            Some(id) => id,
            None => add(connection, "INSERT INTO phrase (text) VALUES (?1)", [text])?,
        };
        if self.phrases.len() >= MOST {
            self.phrases.clear();
        }
        self.phrases.insert(text.to_owned(), id);
        Ok(id)
    }

    /// The number of what a piece of evidence rests on.
    pub(super) fn ground(&mut self, connection: &Connection, evidence: &Evidence) -> sql::Result<i64> {
        let (rule, field, pointer) = (&evidence.rule, evidence.field.as_str(), &evidence.pointer);
        let key = [rule, field, pointer].join("\0");
        if let Some(id) = self.grounds.get(&key) {
            return Ok(*id);
        }
        let known = "SELECT id FROM ground WHERE rule = ?1 AND field = ?2 AND pointer = ?3";
        let id = match number(connection, known, params![rule, field, pointer])? {
            Some(id) => id,
            None => add(
                connection,
                "INSERT INTO ground (rule, field, pointer) VALUES (?1, ?2, ?3)",
                params![rule, field, pointer],
            )?,
        };
        if self.grounds.len() >= MOST {
            self.grounds.clear();
        }
        self.grounds.insert(key, id);
        Ok(id)
    }

    /// The number of what a verdict says apart from words of its own.
    pub(super) fn judgement(&mut self, connection: &Connection, verdict: &Verdict) -> sql::Result<i64> {
        let Verdict { class, risk, category, confidence, recognised, traits, frameworks, sep2793, .. } = verdict;
        let key = (*class, *risk, *category, *confidence, *recognised, traits.clone());
        let same = self.judgements.entry(key).or_default();
        if let Some((.., id)) = same.iter().find(|(known, also, _)| known == frameworks && also == sep2793) {
            return Ok(*id);
        }
        let (of_traits, of_frameworks, of_sep) = (json(traits), json(frameworks), json(sep2793));
        let row = params![
            class.as_str(),
            risk.as_str(),
            category.as_str(),
            confidence.as_str(),
            of_traits,
            recognised,
            of_frameworks,
            of_sep
        ];
        let known = "SELECT id FROM judgement WHERE class = ?1 AND risk = ?2 AND category = ?3 AND confidence = ?4
                       AND traits = ?5 AND recognised = ?6 AND frameworks = ?7 AND sep2793 = ?8";
        let id = match number(connection, known, row)? {
            Some(id) => id,
            None => add(
                connection,
                "INSERT INTO judgement (class, risk, category, confidence, traits, recognised, frameworks, sep2793)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                row,
            )?,
        };
        same.push((Arc::clone(frameworks), sep2793.clone(), id));
        Ok(id)
    }
}

fn number(connection: &Connection, sql: &str, values: impl Params) -> sql::Result<Option<i64>> {
    connection.prepare_cached(sql)?.query_row(values, |row| row.get(0)).optional()
}

fn add(connection: &Connection, sql: &str, values: impl Params) -> sql::Result<i64> {
    connection.prepare_cached(sql)?.insert(values)
}
