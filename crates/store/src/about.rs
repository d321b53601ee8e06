//! What is known of one server beside its tools.

use super::{Reader, StoreError};
use mcpdex_model::{ListFacts, ServerFacts};
use std::collections::BTreeMap;

/// A tokeniser's name, and what each tool costs in its tokens.
pub type Tokens = (String, BTreeMap<String, u64>);

impl Reader {
    /// How a server is described, and who lists it; `None` when there is no server of this name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn server_facts(&self, server: &str) -> Result<Option<ServerFacts>, StoreError> {
        let sql = "SELECT name, title, description, version, repository, first_seen, last_seen FROM server
                   WHERE name = ?1";
        let facts: Option<ServerFacts> = self.all(sql, [server])?.pop();
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
        self.all(
            "SELECT observation.id AS observation, observation.origin AS origin, observation.target AS target,
                    observation.version AS version, observation.first_seen AS first_seen,
                    observation.last_seen AS last_seen, observation.latest AS latest, observation.partial AS partial,
                    (SELECT count(*) FROM tool WHERE tool.observation_id = observation.id) AS tools,
                    (SELECT count(*) FROM tool WHERE tool.observation_id = observation.id
                                                 AND tool.condition IS NOT NULL) AS conditional,
                    observation.remarks AS remarks
             FROM observation JOIN server ON server.id = observation.server_id
             WHERE server.name = ?1 ORDER BY observation.last_seen DESC, observation.id DESC",
            [server],
        )
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
