//! Which listings a server has and why they are its own, and the servers that have something to do with it.

use super::claims::{SPEAKING, gathered, holder};
use super::from_row::{FromRow, document, maybe_document};
use super::sql::{self, AsJson, Row};
use super::{Reader, StoreError};
use mcpdex_model::identity::{ClaimedServer, ServerListing, marks};
use std::collections::BTreeMap;

/// Servers that have something in common with one, at most.
const BESIDE: i64 = 200;

impl FromRow for ServerListing {
    fn from_row(row: &Row<'_>) -> sql::Result<ServerListing> {
        Ok(ServerListing {
            source: row.get("source")?,
            name: row.get("name")?,
            version: Some(row.get::<String>("version")?).filter(|version| !version.is_empty()),
            status: row.get("status")?,
            repository: row.get("repository")?,
            packages: document::<Vec<mcpdex_model::Package>>(row, "packages")?.iter().map(|p| p.key()).collect(),
            remotes: document::<Vec<mcpdex_model::Remote>>(row, "remotes")?.into_iter().map(|r| r.url).collect(),
            first_seen: row.get("first_seen")?,
            last_seen: row.get("last_seen")?,
            reason: maybe_document(row, "reason")?,
            refused: row.get("refused")?,
        })
    }
}

impl Reader {
    /// The listings of a server, of each source and name the one that was seen last.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn listings_of(&self, server: &str) -> Result<Vec<ServerListing>, StoreError> {
        let all: Vec<ServerListing> = self.all(
            "SELECT listing.source, coalesce(listing.claimed, server.name) AS name, listing.version, listing.status,
                    listing.repository, listing.packages, listing.remotes, listing.first_seen, listing.last_seen,
                    same.reason AS reason,
                    listing.claimed IS NOT NULL AND same.name IS NULL AS refused
             FROM listing JOIN server ON server.id = listing.server_id
             LEFT JOIN same ON same.name = listing.claimed AND same.server_id = listing.server_id
             WHERE server.name = ?1 ORDER BY listing.source, name, listing.last_seen, listing.id",
            [server],
        )?;
        let mut newest: BTreeMap<(String, String), ServerListing> = BTreeMap::new();
        for listing in all {
            newest.insert((listing.source.clone(), listing.name.clone()), listing);
        }
        Ok(newest.into_values().collect())
    }

    /// What the sources of a server say of who it is; `None` where nobody lists it.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn claims_of(&self, server: &str) -> Result<Option<ClaimedServer>, StoreError> {
        let sql = format!("{SPEAKING} AND server.name = ?1 ORDER BY listing.source, listing.id");
        Ok(gathered(&self.connection, &sql, [server], self.at())?.pop())
    }

    /// The server that goes by this name now, or that took it in.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn server_now(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(holder(&self.connection, name).map_err(self.fail())?.map(|(_, name)| name))
    }

    /// Servers, those that are gone left out, that name a package, an address, a repository or a name of this one; some
    /// hundreds at most.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn servers_beside(&self, server: &ClaimedServer) -> Result<Vec<ClaimedServer>, StoreError> {
        let shared: Vec<String> = marks(server).into_iter().filter(|mark| !mark.starts_with("like:")).collect();
        let names = self.names(
            "SELECT DISTINCT server.name FROM server_mark JOIN server ON server.id = server_mark.server_id
             WHERE server_mark.mark IN (SELECT value FROM json_each(?1)) AND server.name != ?2 AND server.gone = 0
             ORDER BY server.name LIMIT ?3",
            (AsJson(&super::compact_json::json(&shared)), &server.name, BESIDE),
        )?;
        let mut found = Vec::new();
        for name in names {
            found.extend(self.claims_of(&name)?);
        }
        Ok(found)
    }

    /// Servers whose marks look like one of these, each by its first such mark: those of one beginning whose rest is as
    /// long as `length` says, give or take `slack`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn marks_like(&self, prefix: &str, length: usize, slack: usize) -> Result<Vec<(String, String)>, StoreError> {
        let shortest = (prefix.chars().count() + length).saturating_sub(slack) as i64;
        let longest = (prefix.chars().count() + length + slack) as i64;
        self.connection
            .prepare_cached(
                "SELECT server_mark.mark, server.name FROM server_mark JOIN server ON server.id = server_mark.server_id
                 WHERE server_mark.mark >= ?1 AND server_mark.mark < ?2 AND length(server_mark.mark) BETWEEN ?3 AND ?4
                   AND server.gone = 0
                 ORDER BY server_mark.mark, server.name",
            )
            .and_then(|mut s| {
                let end = format!("{prefix}\u{10ffff}");
                s.query_map((prefix, end, shortest, longest), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
            })
            .map_err(self.fail())
    }

    /// How many sources list a server, those that list it no more left out, and when it was first seen.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn renown_of(&self, server: &str) -> Result<(usize, String), StoreError> {
        let sql = "SELECT count(DISTINCT CASE WHEN coalesce(listing.status, '') NOT IN ('deleted', 'unlisted')
                              THEN listing.source END), server.first_seen
                   FROM server LEFT JOIN listing ON listing.server_id = server.id
                   WHERE server.name = ?1 GROUP BY server.id";
        let found: Result<(i64, String), sql::Error> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_row([server], |row| Ok((row.get(0)?, row.get(1)?))));
        match found {
            Ok((sources, first_seen)) => Ok((sources.unsigned_abs() as usize, first_seen)),
            Err(sql::Error::NoRow) => Ok((0, String::new())),
            Err(error) => Err(self.fail()(error)),
        }
    }
}
