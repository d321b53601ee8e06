//! What servers offered at a time: today, at a moment in the past, or in one list that was learnt.

use super::complete::parse_tool;
use super::{Reader, StoreError};
use mcpdex_model::Tool;

/// A state of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// What servers are held to offer today.
    Current,
    /// What was held at this time (RFC 3339, UTC, whole seconds), it included.
    At(String),
    /// One list by its number, whatever replaced it.
    Observation(i64),
}

/// The newest list of each target at a time, of the best origin that had one.
const AT: &str = "WITH newest AS (
        SELECT attempt.origin, attempt.observation_id FROM attempt WHERE attempt.id IN (
            SELECT max(attempt.id) FROM attempt JOIN server ON server.id = attempt.server_id
            WHERE server.name = ?1 AND attempt.at <= ?2 AND attempt.observation_id IS NOT NULL
            GROUP BY attempt.origin, attempt.target)),
     best AS (SELECT origin FROM newest
        ORDER BY CASE origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2 ELSE 3 END LIMIT 1)
     SELECT min(tool.id) AS id FROM tool JOIN newest ON newest.observation_id = tool.observation_id
     WHERE newest.origin = (SELECT origin FROM best) GROUP BY tool.name";

impl Reader {
    /// The tools of a server in a state, by number; numbers of equal definitions are equal, so two states with the same
    /// numbers are the same.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn definitions_of(&self, server: &str, state: &State) -> Result<Vec<i64>, StoreError> {
        let (sql, parameters) = Self::select("tool.definition_id", server, state);
        let parameters = &parameters[..];
        self.connection
            .prepare_cached(&sql)
            .and_then(|mut s| s.query_map(parameters, |row| row.get(0))?.collect())
            .map_err(self.fail())
    }

    /// The tools of a server in a state, as the list states them.
    ///
    /// # Errors
    /// The database cannot be read, or a stored definition is damaged.
    pub fn state_of(&self, server: &str, state: &State) -> Result<Vec<Tool>, StoreError> {
        let (sql, parameters) = Self::select("definition.raw", server, state);
        let parameters = &parameters[..];
        let raws: Vec<String> = self
            .connection
            .prepare_cached(&sql)
            .and_then(|mut s| s.query_map(parameters, |row| row.get(0))?.collect())
            .map_err(self.fail())?;
        raws.iter().map(|raw| parse_tool(self.at(), raw)).collect()
    }

    /// The tool of this definition, whatever list it was in; `None` where no list ever held it. `sha256` is that of the
    /// JSON object as it came, in lower-case hexadecimal.
    ///
    /// # Errors
    /// The database cannot be read, or the stored definition is damaged.
    pub fn definition(&self, sha256: &str) -> Result<Option<Tool>, StoreError> {
        let Some(digest) = super::digest::of_hex(sha256) else { return Ok(None) };
        let known = "SELECT raw FROM definition WHERE sha256 = ?1 AND substr(sha256, 1, 6) = substr(?1, 1, 6)";
        let raw = self.names(known, [digest.as_slice()])?.pop();
        raw.map(|raw| parse_tool(self.at(), &raw)).transpose()
    }

    fn select(what: &str, server: &str, state: &State) -> (String, Vec<String>) {
        let from = format!("SELECT {what} FROM tool JOIN definition ON definition.id = tool.definition_id");
        let server = server.to_owned();
        match state {
            State::Current => (
                format!(
                    "{from} JOIN server ON server.id = tool.server_id
                     WHERE server.name = ?1 AND tool.current = 1 ORDER BY tool.name, tool.id"
                ),
                vec![server],
            ),
            State::At(time) => (
                format!("{from} WHERE tool.id IN (SELECT id FROM ({AT}) AS held) ORDER BY tool.name"),
                vec![server, time.clone()],
            ),
            State::Observation(id) => (
                format!(
                    "{from} JOIN server ON server.id = tool.server_id
                     WHERE server.name = ?1 AND tool.observation_id = CAST(?2 AS BIGINT) ORDER BY tool.name, tool.id"
                ),
                vec![server, id.to_string()],
            ),
        }
    }

    /// The servers that may have offered something else at some time after `since` (RFC 3339, UTC) than at that time, by
    /// name: all others certainly have not. Costs what changed, not what there is.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_changed_since(&self, since: &str) -> Result<Vec<String>, StoreError> {
        // A list that was new since then; one that came back, which takes a list that another took the place of; a server
        // that went.
        let sql = "SELECT name FROM server WHERE id IN (
                       SELECT server_id FROM observation INDEXED BY observation_first_seen WHERE first_seen > ?1
                       UNION SELECT server_id FROM observation INDEXED BY observation_replaced WHERE latest = 0
                         AND EXISTS (SELECT 1 FROM attempt
                             WHERE attempt.server_id = observation.server_id AND attempt.at > ?1)
                       UNION SELECT id FROM server INDEXED BY server_gone WHERE gone = 1)
                   ORDER BY name";
        self.names(sql, [since])
    }

    /// The server that a list belongs to; `None` when there is no list of this number.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn server_of_observation(&self, id: i64) -> Result<Option<String>, StoreError> {
        let sql = "SELECT server.name FROM observation JOIN server ON server.id = observation.server_id
                   WHERE observation.id = ?1";
        Ok(self.names(sql, [id])?.pop())
    }
}
