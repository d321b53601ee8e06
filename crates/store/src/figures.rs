//! The whole database in numbers, each with the denominator it belongs to.

use super::from_row::damaged;
use super::unread::NEWEST_ATTEMPT;
use super::{Reader, StoreError};
use mcpdex_model::{
    Category, Class, Count, Coverage, Figures, Growth, Outcome, OutcomeCount, Risk, SourceFigures, Summary, ToolOrigin,
    Trait,
};

const READ: &str = "EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id)";
const IN_PART: &str = "EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id
                          AND observation.latest = 1 AND observation.partial != '[]' AND observation.origin = (
                              SELECT best.origin FROM observation AS best
                              WHERE best.server_id = server.id AND best.latest = 1
                              ORDER BY CASE best.origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2
                                       ELSE 3 END LIMIT 1))";

impl Reader {
    /// Counts everything. Reads the whole database: seconds for a million tools.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn figures(&self) -> Result<Figures, StoreError> {
        let count = |sql: &str| self.count(sql);
        Ok(Figures {
            coverage: self.coverage()?,
            tools: count("SELECT count(*) FROM tool WHERE current = 1")?,
            distinct_names: count("SELECT count(DISTINCT name) FROM tool WHERE current = 1")?,
            distinct_definitions: count("SELECT count(DISTINCT definition_id) FROM tool WHERE current = 1")?,
            lists: count("SELECT count(*) FROM observation WHERE server_id NOT IN (SELECT id FROM server WHERE gone = 1)")?,
            attempts: count("SELECT count(*) FROM attempt WHERE server_id NOT IN (SELECT id FROM server WHERE gone = 1)")?,
            classes: self.judged("class", Class::ALL)?,
            risks: self.judged("risk", Risk::ALL)?,
            categories: self.judged("category", Category::ALL)?,
            traits: self.spread(
                "SELECT word.value, count(*) FROM verdicts_current, json_each(verdicts_current.traits) AS word GROUP BY 1",
                Trait::ALL,
            )?,
            origins: self.spread(
                "SELECT coalesce(tool.origin, observation.origin), count(*) FROM tool
                 JOIN observation ON observation.id = tool.observation_id WHERE tool.current = 1 GROUP BY 1",
                ToolOrigin::ALL,
            )?,
            unrecognised: count(
                "SELECT count(*) FROM tool JOIN verdict ON verdict.tool_id = tool.id
                 WHERE tool.current = 1 AND verdict.document ->> '$.recognised' = 0",
            )?,
            outcomes: self.newest_outcomes()?,
            sources: self.source_figures()?,
            growth: self.growth()?,
        })
    }

    fn count(&self, sql: &str) -> Result<u64, StoreError> {
        let count: i64 = self.connection.query_row(sql, [], |row| row.get(0)).map_err(self.fail())?;
        Ok(count.unsigned_abs())
    }

    fn coverage(&self) -> Result<Coverage, StoreError> {
        let servers = |which: &str| self.count(&format!("SELECT count(*) FROM server WHERE gone = 0 AND ({which})"));
        let tried = "EXISTS (SELECT 1 FROM attempt WHERE attempt.server_id = server.id)";
        Ok(Coverage {
            servers: servers("true")?,
            read_whole: servers(&format!("{READ} AND NOT {IN_PART}"))?,
            read_in_part: servers(IN_PART)?,
            unread: servers(&format!("{tried} AND NOT {READ}"))?,
            not_tried: servers(&format!("NOT {tried} AND NOT {READ}"))?,
            read_but_failing: servers(&format!(
                "{READ} AND id IN (SELECT server_id FROM attempt WHERE {NEWEST_ATTEMPT}
                     AND outcome NOT IN ('ok', 'not-modified'))"
            ))?,
            without_tools: servers(&format!(
                "{READ} AND NOT EXISTS (SELECT 1 FROM tool WHERE tool.server_id = server.id AND tool.current = 1)"
            ))?,
        })
    }

    /// The whole database in a few numbers.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn summary(&self) -> Result<Summary, StoreError> {
        Ok(Summary {
            servers: self.count("SELECT count(*) FROM server WHERE gone = 0")?,
            servers_read: self.count(
                "SELECT count(DISTINCT server_id) FROM observation
                 WHERE server_id NOT IN (SELECT id FROM server WHERE gone = 1)",
            )?,
            tools: self.count("SELECT count(*) FROM tool WHERE current = 1")?,
            classes: pairs(self.judged("class", Class::ALL)?),
            risks: pairs(self.judged("risk", Risk::ALL)?),
            categories: pairs(self.judged("category", Category::ALL)?),
            outcomes: self.newest_outcomes()?,
        })
    }

    /// How many current tools have each word in a column of their verdict.
    fn judged<T>(&self, column: &str, words: &[T]) -> Result<Vec<Count<T>>, StoreError>
    where
        T: Copy + PartialEq + std::str::FromStr<Err: std::fmt::Display>,
    {
        self.spread(&format!("SELECT {column}, count(*) FROM verdicts_current GROUP BY 1"), words)
    }

    /// How often each word of a vocabulary occurs, in its order, words that never occur included.
    fn spread<T>(&self, sql: &str, words: &[T]) -> Result<Vec<Count<T>>, StoreError>
    where
        T: Copy + PartialEq + std::str::FromStr<Err: std::fmt::Display>,
    {
        let mut counts: Vec<Count<T>> = words.iter().map(|word| Count { of: *word, count: 0 }).collect();
        for (word, number) in self.numbered::<T>(sql)? {
            if let Some(slot) = counts.iter_mut().find(|slot| slot.of == word) {
                slot.count = number;
            }
        }
        Ok(counts)
    }

    fn newest_outcomes(&self) -> Result<Vec<OutcomeCount>, StoreError> {
        let sql = format!("SELECT outcome, count(*) FROM attempt WHERE {NEWEST_ATTEMPT} GROUP BY outcome");
        let counts = self.numbered::<Outcome>(&sql)?;
        let mut counts: Vec<_> =
            counts.into_iter().map(|(outcome, targets)| OutcomeCount { outcome, targets }).collect();
        counts.sort_by_key(|count| count.outcome);
        Ok(counts)
    }

    /// Words with a number each.
    fn numbered<T: std::str::FromStr<Err: std::fmt::Display>>(&self, sql: &str) -> Result<Vec<(T, u64)>, StoreError> {
        self.connection
            .prepare(sql)
            .and_then(|mut s| {
                s.query_map([], |row| {
                    let (word, number): (String, i64) = (row.get(0)?, row.get(1)?);
                    Ok((word.parse().map_err(|unknown| damaged("word", &unknown))?, number.unsigned_abs()))
                })?
                .collect()
            })
            .map_err(self.fail())
    }

    fn source_figures(&self) -> Result<Vec<SourceFigures>, StoreError> {
        let sql = format!(
            "SELECT source, count(*) AS servers, sum(is_read) AS servers_read, sum(tools) AS tools FROM (
                 SELECT DISTINCT listing.source AS source, server.id, {READ} AS is_read,
                        (SELECT count(*) FROM tool WHERE tool.server_id = server.id AND tool.current = 1) AS tools
                 FROM listing JOIN server ON server.id = listing.server_id
                 WHERE server.gone = 0 AND coalesce(listing.status, '') NOT IN ('deleted', 'unlisted'))
             GROUP BY source ORDER BY source"
        );
        self.all(&sql, [])
    }

    fn growth(&self) -> Result<Vec<Growth>, StoreError> {
        let sql = "SELECT month, sum(servers) AS servers, sum(lists) AS lists FROM (
                       SELECT substr(first_seen, 1, 7) AS month, count(*) AS servers, 0 AS lists FROM server
                       WHERE gone = 0 GROUP BY 1
                       UNION ALL SELECT substr(first_seen, 1, 7), 0, count(*) FROM observation
                       WHERE server_id NOT IN (SELECT id FROM server WHERE gone = 1) GROUP BY 1)
                   GROUP BY month ORDER BY month";
        self.all(sql, [])
    }
}

fn pairs<T>(counts: Vec<Count<T>>) -> Vec<(T, u64)> {
    counts.into_iter().map(|count| (count.of, count.count)).collect()
}
