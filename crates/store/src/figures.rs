//! The whole database in numbers, each with the denominator it belongs to.

use super::tally::{JudgementTally, ServerTally, Tally};
use super::{Reader, StoreError};
use mcpdex_model::{
    Category, Class, Count, Coverage, Figures, Growth, OutcomeCount, Risk, SourceFigures, Summary, ToolOrigin, Trait,
};
use std::collections::BTreeMap;

impl Reader {
    /// Counts everything. Reads the whole database once: about a second for a million tools.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn figures(&self) -> Result<Figures, StoreError> {
        let (tally, judgements) = (self.tally()?, self.judgements()?);
        let judged = |is: &dyn Fn(&JudgementTally) -> bool| -> u64 {
            judgements.iter().filter(|one| is(one)).map(|one| one.tools).sum()
        };
        Ok(Figures {
            coverage: coverage(&tally),
            tools: tally.tools,
            // In the order of the index, so that equal names lie together.
            distinct_names: self.number(
                "SELECT count(*) FROM (SELECT DISTINCT name FROM tool INDEXED BY tool_by_name WHERE current = 1)
                 AS distinct_name",
                (),
            )?,
            distinct_definitions: tally.definitions,
            lists: tally.lists,
            attempts: tally.attempts,
            classes: spread(Class::ALL, |class| judged(&|one| one.class == class)),
            risks: spread(Risk::ALL, |risk| judged(&|one| one.risk == risk)),
            categories: spread(Category::ALL, |category| judged(&|one| one.category == category)),
            traits: spread(Trait::ALL, |one| judged(&|judgement| judgement.traits.contains(&one))),
            origins: spread(ToolOrigin::ALL, |origin| tally.origins.get(&origin).copied().unwrap_or(0)),
            unrecognised: judged(&|one| !one.recognised),
            outcomes: outcomes(&tally),
            sources: self.source_figures(&tally)?,
            growth: self.growth()?,
        })
    }

    /// The whole database in a few numbers.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn summary(&self) -> Result<Summary, StoreError> {
        let (tally, judgements) = (self.tally()?, self.judgements()?);
        let judged = |is: &dyn Fn(&JudgementTally) -> bool| -> u64 {
            judgements.iter().filter(|one| is(one)).map(|one| one.tools).sum()
        };
        Ok(Summary {
            servers: tally.count(|_| true),
            servers_read: tally.count(|server| server.is_read),
            tools: tally.tools,
            classes: Class::ALL.iter().map(|class| (*class, judged(&|one| one.class == *class))).collect(),
            risks: Risk::ALL.iter().map(|risk| (*risk, judged(&|one| one.risk == *risk))).collect(),
            categories: Category::ALL
                .iter()
                .map(|category| (*category, judged(&|one| one.category == *category)))
                .collect(),
            outcomes: outcomes(&tally),
        })
    }

    /// Servers, those that were read, and tools: what can be told at once, however much there is.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn size(&self) -> Result<(u64, u64, u64), StoreError> {
        let count = |sql: &str| self.number(sql, ());
        let gone = count("SELECT count(*) FROM server INDEXED BY server_gone WHERE gone = 1")?;
        let gone_read = count(
            "SELECT count(*) FROM server INDEXED BY server_gone WHERE gone = 1
               AND EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id)",
        )?;
        Ok((
            count("SELECT count(*) FROM server")? - gone,
            count(
                "SELECT count(*) FROM (SELECT DISTINCT server_id FROM observation INDEXED BY observation_of_server) AS read",
            )? - gone_read,
            count("SELECT count(*) FROM tool INDEXED BY tool_of_server WHERE current = 1")?,
        ))
    }

    fn source_figures(&self, tally: &Tally) -> Result<Vec<SourceFigures>, StoreError> {
        let sql = "SELECT DISTINCT source, server_id FROM listing
                   WHERE status IS NULL OR status NOT IN ('deleted', 'unlisted')";
        let pairs: Vec<(String, i64)> = self
            .connection
            .prepare(sql)
            .and_then(|mut s| s.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(self.fail())?;
        let mut sources: BTreeMap<String, SourceFigures> = BTreeMap::new();
        for (source, server) in pairs {
            let server = usize::try_from(server).ok().and_then(|at| tally.servers.get(at)).filter(|s| s.is_listed);
            let Some(server) = server else { continue };
            let figures = sources.entry(source.clone()).or_insert_with(|| SourceFigures {
                source,
                servers: 0,
                read: 0,
                tools: 0,
            });
            figures.servers += 1;
            figures.read += u64::from(server.is_read);
            figures.tools += server.tools;
        }
        Ok(sources.into_values().collect())
    }

    fn growth(&self) -> Result<Vec<Growth>, StoreError> {
        let sql = "SELECT month, CAST(sum(servers) AS BIGINT) AS servers, CAST(sum(lists) AS BIGINT) AS lists FROM (
                       SELECT substr(first_seen, 1, 7) AS month, count(*) AS servers, 0 AS lists FROM server
                       WHERE gone = 0 GROUP BY 1
                       UNION ALL SELECT substr(first_seen, 1, 7), 0, count(*) FROM observation
                       WHERE server_id NOT IN (SELECT id FROM server WHERE gone = 1) GROUP BY 1) AS growth
                   GROUP BY month ORDER BY month";
        self.all(sql, ())
    }
}

fn coverage(tally: &Tally) -> Coverage {
    let unread = |server: &ServerTally| !server.is_read;
    Coverage {
        servers: tally.count(|_| true),
        read_whole: tally.count(|server| server.is_read && !server.is_partial),
        read_in_part: tally.count(|server| server.is_partial),
        unread: tally.count(|server| server.is_tried && unread(server)),
        not_tried: tally.count(|server| !server.is_tried && unread(server)),
        read_but_failing: tally.count(|server| server.is_read && server.is_failing),
        without_tools: tally.count(|server| server.is_read && server.tools == 0),
    }
}

/// How often each word of a vocabulary occurs, in its order, words that never occur included.
fn spread<T: Copy>(words: &[T], count: impl Fn(T) -> u64) -> Vec<Count<T>> {
    words.iter().map(|word| Count { of: *word, count: count(*word) }).collect()
}

fn outcomes(tally: &Tally) -> Vec<OutcomeCount> {
    tally.outcomes.iter().map(|(outcome, targets)| OutcomeCount { outcome: *outcome, targets: *targets }).collect()
}
