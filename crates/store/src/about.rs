//! What is known of one server beside its tools.

use super::sql::{self, Row};
use super::{Reader, StoreError};
use crate::from_row::{FromRow, document, maybe_document};
use mcpdex_model::{ListFacts, Package, Remote, ServerFacts};
use std::collections::{BTreeMap, BTreeSet};

/// A tokeniser's name, and what each tool costs in its tokens.
pub type Tokens = (String, BTreeMap<String, u64>);

/// What the newest listing of a server says.
struct Newest {
    packages: Vec<Package>,
    remotes: Vec<Remote>,
    status: Option<String>,
    manifest: Option<serde_json::Value>,
}

impl FromRow for Newest {
    fn from_row(row: &Row<'_>) -> sql::Result<Newest> {
        Ok(Newest {
            packages: document(row, "packages")?,
            remotes: document(row, "remotes")?,
            status: row.get("status")?,
            manifest: maybe_document(row, "manifest")?,
        })
    }
}

/// The names of variables and headers that a manifest asks for, wherever in it they stand.
fn variables(manifest: &serde_json::Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = vec![manifest];
    while let Some(value) = rest.pop() {
        match value {
            serde_json::Value::Object(object) => {
                for (key, below) in object {
                    let named = matches!(key.as_str(), "environmentVariables" | "headers");
                    let entries = below.as_array().filter(|_| named).into_iter().flatten();
                    found.extend(entries.filter_map(|entry| entry["name"].as_str()).map(str::to_owned));
                    rest.push(below);
                }
            }
            serde_json::Value::Array(items) => rest.extend(items),
            _ => {}
        }
    }
    found
}

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
        let newest = "SELECT listing.* FROM listing JOIN server ON server.id = listing.server_id
                      WHERE server.name = ?1 ORDER BY listing.last_seen DESC, listing.id DESC LIMIT 1";
        if let Some(Newest { packages, remotes, status, manifest }) = self.all(newest, [server])?.pop() {
            let variables = manifest.map(|manifest| variables(&manifest)).unwrap_or_default();
            facts = ServerFacts { packages, remotes, status, variables: variables.into_iter().collect(), ..facts };
        }
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
        let tokeniser = self.names("SELECT value FROM fact WHERE key = 'tokeniser'", ())?.pop();
        let Some(tokeniser) = tokeniser else { return Ok(None) };
        let sql = "SELECT tool.name, cost.tokens FROM tool JOIN server ON server.id = tool.server_id
                   JOIN cost ON cost.definition_id = tool.definition_id
                   WHERE server.name = ?1 AND tool.current = 1 ORDER BY tool.id";
        let tokens = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut s| {
                s.query_map([server], |row| Ok((row.get(0)?, row.get::<i64>(1)?.unsigned_abs())))?.collect()
            })
            .map_err(self.fail())?;
        Ok(Some((tokeniser, tokens)))
    }
}
