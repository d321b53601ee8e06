//! The whole database in numbers, each with the denominator it belongs to.

use super::reader::NEWEST_ATTEMPT;
use super::{Reader, StoreError};
use mcpdex_model::{
    Category, Class, Count, Coverage, Figures, Growth, OutcomeCount, Risk, SourceFigures, ToolOrigin, Trait,
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
            classes: self.spread("SELECT class, count(*) FROM verdicts_current GROUP BY 1", Class::ALL)?,
            risks: self.spread("SELECT risk, count(*) FROM verdicts_current GROUP BY 1", Risk::ALL)?,
            categories: self.spread("SELECT category, count(*) FROM verdicts_current GROUP BY 1", Category::ALL)?,
            traits: self.spread(
                "SELECT word.value, count(*) FROM verdicts_current, json_each(verdicts_current.traits) AS word GROUP BY 1",
                Trait::ALL,
            )?,
            origins: self.spread(
                "SELECT observation.origin, count(*) FROM tool
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

    /// How often each word of a vocabulary occurs, in its order, words that never occur included.
    fn spread<T>(&self, sql: &str, words: &[T]) -> Result<Vec<Count<T>>, StoreError>
    where
        T: Copy + PartialEq + std::str::FromStr<Err: std::fmt::Display>,
    {
        let mut counts: Vec<Count<T>> = words.iter().map(|word| Count { of: *word, count: 0 }).collect();
        for (word, number) in self.pairs(sql)? {
            let word: T = self.word(&word)?;
            if let Some(slot) = counts.iter_mut().find(|slot| slot.of == word) {
                slot.count = number;
            }
        }
        Ok(counts)
    }

    fn newest_outcomes(&self) -> Result<Vec<OutcomeCount>, StoreError> {
        let sql = format!("SELECT outcome, count(*) FROM attempt WHERE {NEWEST_ATTEMPT} GROUP BY outcome");
        let mut counts = Vec::new();
        for (outcome, targets) in self.pairs(&sql)? {
            counts.push(OutcomeCount { outcome: self.word(&outcome)?, targets });
        }
        counts.sort_by_key(|count| count.outcome);
        Ok(counts)
    }

    fn source_figures(&self) -> Result<Vec<SourceFigures>, StoreError> {
        let sql = format!(
            "SELECT source, count(*), sum(is_read), sum(tools) FROM (
                 SELECT DISTINCT listing.source, server.id, {READ} AS is_read,
                        (SELECT count(*) FROM tool WHERE tool.server_id = server.id AND tool.current = 1) AS tools
                 FROM listing JOIN server ON server.id = listing.server_id
                 WHERE server.gone = 0 AND coalesce(listing.status, '') NOT IN ('deleted', 'unlisted'))
             GROUP BY source ORDER BY source"
        );
        self.connection
            .prepare(&sql)
            .and_then(|mut s| {
                s.query_map([], |row| {
                    let number = |i| row.get::<_, i64>(i).map(i64::unsigned_abs);
                    Ok(SourceFigures { source: row.get(0)?, servers: number(1)?, read: number(2)?, tools: number(3)? })
                })?
                .collect()
            })
            .map_err(self.fail())
    }

    fn growth(&self) -> Result<Vec<Growth>, StoreError> {
        let sql = "SELECT month, sum(servers), sum(lists) FROM (
                       SELECT substr(first_seen, 1, 7) AS month, count(*) AS servers, 0 AS lists FROM server
                       WHERE gone = 0 GROUP BY 1
                       UNION ALL SELECT substr(first_seen, 1, 7), 0, count(*) FROM observation
                       WHERE server_id NOT IN (SELECT id FROM server WHERE gone = 1) GROUP BY 1)
                   GROUP BY month ORDER BY month";
        self.connection
            .prepare(sql)
            .and_then(|mut s| {
                s.query_map([], |row| {
                    let number = |i| row.get::<_, i64>(i).map(i64::unsigned_abs);
                    Ok(Growth { month: row.get(0)?, servers: number(1)?, lists: number(2)? })
                })?
                .collect()
            })
            .map_err(self.fail())
    }
}
