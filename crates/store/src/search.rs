//! Full-text search that stays fast for words of any frequency: names first, a bounded number of candidates, ranked here.
//!
//! What a person types never reaches SQLite as query syntax: it is cut into words, and each is quoted.

use super::from_row::{FromRow, document, tool, word};
use super::full_text;
use super::index::{IN_NAME, IN_TITLE, facet, name_facet, server_facet, source_facet};
use super::sql::{self, Row};
use super::{Reader, StoreError};
use mcpdex_model::{Class, Hit, HitPage, Risk, ToolOrigin, Trait, spelling};
use std::collections::BTreeSet;

/// What a search must fulfil beside its words; an empty list asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    pub classes: Vec<Class>,
    pub risks: Vec<Risk>,
    /// All of them.
    pub traits: Vec<Trait>,
    pub origins: Vec<ToolOrigin>,
    /// Names, packages or addresses of servers.
    pub servers: Vec<String>,
    /// Sources as they were crawled.
    pub sources: Vec<String>,
    /// RFC 3339: tools of lists that were first seen in this form at or after this time.
    pub changed_since: Option<String>,
}

/// In which order hits are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HitOrder {
    /// What fits best first.
    #[default]
    Fit,
    /// The gravest first.
    Risk,
    Name,
    Server,
    /// The list that changed last first.
    Changed,
}

/// A question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    pub text: String,
    pub filters: Filters,
    pub order: HitOrder,
    /// Hits to pass over.
    pub skip: usize,
    /// Hits to give, at most.
    pub take: usize,
}

/// Candidates that are looked at and ranked: enough for the first pages, few enough for every word to be quick; and as many
/// as the page asked for needs, up to the second number.
const WINDOW: usize = 200;
const WIDEST: usize = 600;
/// Words of a question beyond these are not looked for.
const MOST_WORDS: usize = 16;
/// Characters of a description that are shown.
const SHOWN: usize = 200;

/// A candidate: how well it fits, then what orders candidates that fit equally.
type Candidate = (usize, usize, String, i64);

impl Reader {
    /// Answers a question. One without words lists what fulfils the filters.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn search(&self, search: &Search) -> Result<HitPage, StoreError> {
        let mut words = spelling::query_words(&search.text);
        words.truncate(MOST_WORDS);
        let filter = self.filter(&search.filters)?;
        let from = self.first_id(search.filters.changed_since.as_deref())?;
        let mut page = HitPage { words: words.clone(), hits: Vec::new(), found: 0, bounded: false, loosened: false };
        let (Some(mut filter), Some(from)) = (filter, from) else { return Ok(page) };
        if words.is_empty() && filter.is_empty() && search.filters.changed_since.is_some() {
            // Every tool has an origin, so this asks for all.
            let origins: Vec<String> = ToolOrigin::ALL.iter().map(|word| facet("origin", word.as_str())).collect();
            filter = format!("({})", quoted(&origins, " OR "));
        }
        let window = (search.skip + search.take).clamp(WINDOW, WIDEST);
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut known: BTreeSet<i64> = BTreeSet::new();
        let since = search.filters.changed_since.as_deref().unwrap_or_default();
        let filters =
            if words.is_empty() && filter.is_empty() { Vec::new() } else { Self::by_order(&filter, search.order) };
        let queries = filters.iter().flat_map(|filter| tiers(&search.text, &words, filter).into_iter().enumerate());
        for (tier, query) in queries {
            let most = window + 1 - candidates.len();
            for (id, name) in self.candidates(&query, from, since, most)? {
                if known.insert(id) {
                    candidates.push((tier, spelling::words(&name).len(), name, id));
                }
            }
            if candidates.len() > window {
                break;
            }
        }
        if candidates.is_empty() && words.len() > 1 {
            page.loosened = true;
            let any: Vec<String> = words.iter().map(|word| standing(word, &[IN_NAME, IN_TITLE])).collect();
            for filter in &filters {
                let any = with(&format!("({})", any.join(" OR ")), filter);
                for (id, name) in self.candidates(&any, from, since, (window + 1).saturating_sub(candidates.len()))? {
                    let of: BTreeSet<String> = spelling::words(&name).into_iter().collect();
                    let missing = words.iter().filter(|word| !of.contains(*word)).count();
                    candidates.push((missing, of.len(), name, id));
                }
            }
        }
        page.bounded = candidates.len() > window;
        candidates.truncate(window);
        candidates.sort();
        page.found = candidates.len();
        if search.order == HitOrder::Fit {
            candidates.drain(..search.skip.min(candidates.len()));
            candidates.truncate(search.take);
        }
        let mut hits = Vec::with_capacity(candidates.len());
        for (tier, words, name, id) in candidates {
            hits.push(((tier, words, name), self.hit(id)?));
        }
        // Ids tell which server answered first; the names of servers are the same after every crawl.
        hits.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| a.server.cmp(&b.server)));
        page.hits = hits.into_iter().map(|(_, hit)| hit).collect();
        if search.order != HitOrder::Fit {
            // Stable, so that what is alike stays as it fits.
            page.hits.sort_by(|a, b| match search.order {
                HitOrder::Fit => std::cmp::Ordering::Equal,
                HitOrder::Risk => b.risk.cmp(&a.risk),
                HitOrder::Name => a.tool.cmp(&b.tool),
                HitOrder::Server => a.server.cmp(&b.server),
                HitOrder::Changed => b.since.cmp(&a.since),
            });
            page.hits.drain(..search.skip.min(page.hits.len()));
            page.hits.truncate(search.take);
        }
        Ok(page)
    }

    /// The filter once, or where the gravest are to come first once for each risk, so that more matches than are looked at
    /// leave out the mild ones.
    fn by_order(filter: &str, order: HitOrder) -> Vec<String> {
        if order != HitOrder::Risk {
            return vec![filter.to_owned()];
        }
        let of = |risk: &Risk| {
            let facet = quoted(&[facet("risk", risk.as_str())], "");
            if filter.is_empty() { facet } else { format!("{filter} AND {facet}") }
        };
        Risk::ALL.iter().rev().map(of).collect()
    }

    fn candidates(&self, query: &str, from: i64, since: &str, most: usize) -> Result<Vec<(i64, String)>, StoreError> {
        full_text::tools(&self.connection, query, from, since, most).map_err(self.fail())
    }

    /// The expression for the filters, empty when there are none; `None` when nothing can fulfil them.
    fn filter(&self, filters: &Filters) -> Result<Option<String>, StoreError> {
        let mut all = Vec::new();
        let mut any = |words: Vec<String>| {
            if !words.is_empty() {
                all.push(format!("({})", quoted(&words, " OR ")));
            }
        };
        any(filters.classes.iter().map(|word| facet("class", word.as_str())).collect());
        any(filters.risks.iter().map(|word| facet("risk", word.as_str())).collect());
        any(filters.origins.iter().map(|word| facet("origin", word.as_str())).collect());
        filters.traits.iter().for_each(|word| any(vec![facet("trait", word.as_str())]));
        any(filters.sources.iter().map(|source| source_facet(source)).collect());
        let mut servers = Vec::new();
        for wanted in &filters.servers {
            servers.extend(self.server_ids(wanted)?.into_iter().map(server_facet));
        }
        if servers.is_empty() && !filters.servers.is_empty() {
            return Ok(None);
        }
        any(servers);
        Ok(Some(all.join(" AND ")))
    }

    /// The id before which no tool was first seen at or after `since`; `None` when there is no such tool.
    fn first_id(&self, since: Option<&str>) -> Result<Option<i64>, StoreError> {
        let Some(since) = since else { return Ok(Some(0)) };
        let id = |sql: &str, parameters: &[&dyn sql::ToSql]| {
            self.connection.query_row(sql, parameters, |row| row.get::<Option<i64>>(0)).map_err(self.fail())
        };
        match id("SELECT min(id) FROM observation WHERE first_seen >= ?1", &[&since])? {
            None => Ok(None),
            // Lists and their tools are written together, so ids of tools grow with those of lists.
            Some(list) => id(
                "SELECT (SELECT id FROM tool WHERE observation_id >= ?1 ORDER BY observation_id, position LIMIT 1)",
                &[&list],
            ),
        }
    }

    fn hit(&self, id: i64) -> Result<Hit, StoreError> {
        let sql = "SELECT server.name AS server, definition.raw AS definition, judgement.class AS class,
                          judgement.risk AS risk, judgement.traits AS traits, coalesce(tool.origin, observation.origin) AS origin,
                          observation.first_seen AS since
                   FROM tool JOIN server ON server.id = tool.server_id
                   JOIN definition ON definition.id = tool.definition_id
                   JOIN observation ON observation.id = tool.observation_id
                   JOIN judged ON judged.tool_id = tool.id
                   JOIN judgement ON judgement.id = judged.judgement_id WHERE tool.id = ?1";
        self.connection.prepare_cached(sql).and_then(|mut s| s.query_row([id], Hit::from_row)).map_err(self.fail())
    }
}

impl FromRow for Hit {
    fn from_row(row: &Row<'_>) -> sql::Result<Hit> {
        let tool = tool(row, "definition")?;
        Ok(Hit {
            server: row.get("server")?,
            title: tool.display_title().map(str::to_owned),
            description: tool.description.map(|text| cut(&text)),
            tool: tool.name,
            class: word(row, "class")?,
            risk: word(row, "risk")?,
            traits: document(row, "traits")?,
            origin: word(row, "origin")?,
            since: row.get("since")?,
        })
    }
}

/// The beginning of a description; what was cut off is marked by the last sign.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some(_) => text.chars().take(SHOWN - 1).chain(['…']).collect(),
    }
}

/// The expressions to try, best first.
fn tiers(text: &str, words: &[String], filter: &str) -> Vec<String> {
    if words.is_empty() {
        return if filter.is_empty() { Vec::new() } else { vec![filter.to_owned()] };
    }
    let exact = quoted(&[name_facet(text)], "");
    let places: [&[&str]; 3] = [&[IN_NAME], &[IN_NAME, IN_TITLE], &[IN_NAME, IN_TITLE, ""]];
    let all = places.map(|signs| words.iter().map(|word| standing(word, signs)).collect::<Vec<_>>().join(" AND "));
    [exact].iter().chain(&all).map(|tier| with(tier, filter)).collect()
}

/// A word in one of these places.
fn standing(word: &str, signs: &[&str]) -> String {
    let places: Vec<String> = signs.iter().map(|sign| format!("{sign}{word}")).collect();
    format!("({})", quoted(&places, " OR "))
}

fn with(query: &str, filter: &str) -> String {
    if filter.is_empty() { query.to_owned() } else { format!("{query} AND {filter}") }
}

/// Words hold letters and digits alone, so that quoting is all that is needed.
fn quoted(words: &[String], between: &str) -> String {
    words.iter().map(|word| format!("\"{}\"", word.replace('"', ""))).collect::<Vec<_>>().join(between)
}
