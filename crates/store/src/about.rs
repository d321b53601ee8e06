//! What is known of one server beside its tools.

use super::{Reader, StoreError};
use mcpdex_model::{ListFacts, PartialList, ServerFacts, Unread};
use rusqlite::OptionalExtension;
use std::collections::BTreeMap;

/// A tokeniser's name, and what each tool costs in its tokens.
pub type Tokens = (String, BTreeMap<String, u64>);

impl Reader {
    /// How a server is described, and who lists it; `None` when there is no server of this name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn server_facts(&self, server: &str) -> Result<Option<ServerFacts>, StoreError> {
        let facts = self
            .connection
            .prepare_cached(
                "SELECT name, title, description, version, repository, first_seen, last_seen FROM server
                 WHERE name = ?1",
            )
            .and_then(|mut s| {
                s.query_row([server], |row| {
                    Ok(ServerFacts {
                        server: row.get(0)?,
                        title: row.get(1)?,
                        description: row.get(2)?,
                        version: row.get(3)?,
                        repository: row.get(4)?,
                        first_seen: row.get(5)?,
                        last_seen: row.get(6)?,
                        sources: Vec::new(),
                    })
                })
                .optional()
            })
            .map_err(self.fail())?;
        let Some(mut facts) = facts else { return Ok(None) };
        facts.sources = self.names(
            "SELECT DISTINCT listing.source FROM listing JOIN server ON server.id = listing.server_id
             WHERE server.name = ?1 AND coalesce(listing.status, '') NOT IN ('deleted', 'unlisted')
             ORDER BY listing.source",
            [server],
        )?;
        Ok(Some(facts))
    }

    /// Every list that was ever learnt of a server, newest first.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn lists_of(&self, server: &str) -> Result<Vec<ListFacts>, StoreError> {
        let sql = "SELECT observation.id, observation.origin, observation.target, observation.version,
                          observation.first_seen, observation.last_seen, observation.latest, observation.partial,
                          (SELECT count(*) FROM tool WHERE tool.observation_id = observation.id)
                   FROM observation JOIN server ON server.id = observation.server_id
                   WHERE server.name = ?1 ORDER BY observation.last_seen DESC, observation.id DESC";
        let mut statement = self.connection.prepare_cached(sql).map_err(self.fail())?;
        let mut rows = statement.query([server]).map_err(self.fail())?;
        let mut lists = Vec::new();
        while let Some(row) = rows.next().map_err(self.fail())? {
            let text = |i: usize| row.get::<_, String>(i).map_err(self.fail());
            lists.push(ListFacts {
                observation: row.get(0).map_err(self.fail())?,
                origin: self.word(&text(1)?)?,
                target: text(2)?,
                version: row.get(3).map_err(self.fail())?,
                first_seen: text(4)?,
                last_seen: text(5)?,
                latest: row.get(6).map_err(self.fail())?,
                partial: self.document("partial", &text(7)?)?,
                tools: row.get::<_, i64>(8).map_err(self.fail())?.unsigned_abs(),
            });
        }
        Ok(lists)
    }

    /// The targets of a server whose newest attempt failed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn unread_of(&self, server: &str) -> Result<Vec<Unread>, StoreError> {
        let sql = "SELECT attempt.target, attempt.outcome, attempt.detail FROM attempt WHERE attempt.id IN (
                       SELECT max(attempt.id) FROM attempt JOIN server ON server.id = attempt.server_id
                       WHERE server.name = ?1 GROUP BY attempt.origin, attempt.target)
                     AND attempt.outcome NOT IN ('ok', 'not-modified')
                     AND NOT (attempt.origin = 'declared' AND attempt.outcome = 'gone') ORDER BY attempt.target, attempt.id";
        let rows: Vec<(String, String, Option<String>)> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map([server], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect())
            .map_err(self.fail())?;
        rows.into_iter()
            .map(|(target, outcome, detail)| {
                Ok(Unread { server: server.to_owned(), target, outcome: self.word(&outcome)?, detail })
            })
            .collect()
    }

    /// The lists of a server that are in use and known to be incomplete.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn partial_of(&self, server: &str) -> Result<Vec<PartialList>, StoreError> {
        let lists = self.lists_of(server)?.into_iter().filter(|list| list.latest && !list.partial.is_empty());
        Ok(lists
            .map(|list| PartialList { server: server.to_owned(), target: list.target, missing: list.partial })
            .collect())
    }

    /// What each current tool of a server costs a model, in tokens of the named tokeniser; `None` when nothing was
    /// counted.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn tokens_of(&self, server: &str) -> Result<Option<Tokens>, StoreError> {
        let tokeniser = self.names("SELECT value FROM fact WHERE key = 'tokeniser'", [])?.pop();
        let Some(tokeniser) = tokeniser else { return Ok(None) };
        let sql = "SELECT tool.name, cost.tokens FROM tool JOIN server ON server.id = tool.server_id
                   JOIN cost ON cost.definition_id = tool.definition_id
                   WHERE server.name = ?1 AND tool.current = 1";
        let tokens = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut s| {
                s.query_map([server], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?.collect()
            })
            .map_err(self.fail())?;
        Ok(Some((tokeniser, tokens)))
    }
}
