//! What the listings in the database say of who servers are.

use super::from_row::{FromRow, document};
use super::sql::bulk::{SERVER_MARK, SERVER_UNMARKED};
use super::sql::{self, Connection, Optional as _, Params, Row};
use super::{DatabasePlace, StoreError};
use mcpdex_model::identity::{ClaimedServer, IdentityClaim, marks};
use mcpdex_model::{Listing, ServerId};
use std::collections::BTreeMap;

/// The listings that speak for a server today: of each source and name those that were seen last, with what was deleted.
pub(super) const SPEAKING: &str =
    "SELECT server.name AS server, listing.* FROM listing JOIN server ON server.id = listing.server_id
     WHERE coalesce(listing.status, '') != 'unlisted'
       AND coalesce(listing.run_id, 0) = (SELECT max(coalesce(other.run_id, 0)) FROM listing AS other
           WHERE other.server_id = listing.server_id AND other.source = listing.source
             AND other.claimed IS NOT DISTINCT FROM listing.claimed)";

/// Longer marks find nobody, in bytes.
const LONGEST_MARK: usize = 2_000;

/// A listing as it says itself who it is.
struct Said {
    id: i64,
    server: String,
    claim: IdentityClaim,
}

impl FromRow for Said {
    fn from_row(row: &Row<'_>) -> sql::Result<Said> {
        let listing = Listing {
            claimed: row.get::<Option<String>>("claimed")?.map(ServerId),
            status: row.get("status")?,
            // What cannot be read says nothing of who somebody is.
            packages: document(row, "packages").unwrap_or_default(),
            remotes: document(row, "remotes").unwrap_or_default(),
            repository: row.get("repository")?,
            manifest: row.get("manifest")?,
            meta: row.get("meta")?,
            ..Listing::bare(ServerId(row.get("server")?), row.get::<String>("source")?)
        };
        Ok(Said { id: row.get("server_id")?, claim: IdentityClaim::of(&listing), server: listing.server.0 })
    }
}

/// Every server with what its sources say of it, in the order of their names. Servers without a listing say nothing but
/// their name, and are not here.
pub(super) fn known_servers(connection: &Connection, place: &DatabasePlace) -> Result<Vec<ClaimedServer>, StoreError> {
    let sql = format!("{SPEAKING} ORDER BY server.name, listing.source, listing.id");
    gathered(connection, &sql, (), place)
}

/// The server that holds a name, or that took it in; `None` where none does.
pub(super) fn server_called(
    connection: &Connection,
    name: &str,
    place: &DatabasePlace,
) -> Result<Option<ClaimedServer>, StoreError> {
    let fail = StoreError::sql("read", place);
    let Some((id, called)) = holder(connection, name).map_err(fail)? else { return Ok(None) };
    let sql = format!("{SPEAKING} AND listing.server_id = ?1 ORDER BY listing.source, listing.id");
    let found = gathered(connection, &sql, [id], place)?.pop();
    Ok(Some(found.unwrap_or(ClaimedServer { name: called, claims: Vec::new() })))
}

/// The row and the name of the server that goes by this name.
pub(super) fn holder(connection: &Connection, name: &str) -> sql::Result<Option<(i64, String)>> {
    connection
        .prepare_cached(
            "SELECT id, name FROM server WHERE name = ?1
             UNION ALL SELECT server.id, server.name FROM same JOIN server ON server.id = same.server_id
             WHERE same.name = ?1 LIMIT 1",
        )?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// Writes the marks by which servers (their rows and names) are found beside others.
pub(super) fn mark(connection: &Connection, servers: &[(i64, &str)], place: &DatabasePlace) -> Result<(), StoreError> {
    let fail = StoreError::sql("write to", place);
    let mut known: BTreeMap<i64, ClaimedServer> = BTreeMap::new();
    if connection.is_server() {
        let ids: Vec<i64> = servers.iter().map(|(id, _)| *id).collect();
        let sql = format!(
            "{SPEAKING} AND listing.server_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))
             ORDER BY listing.source, listing.id"
        );
        known = gathered_by_row(connection, &sql, [format!("{ids:?}")], place)?;
    } else {
        let sql = format!("{SPEAKING} AND listing.server_id = ?1 ORDER BY listing.source, listing.id");
        for (server, _) in servers {
            known.extend(gathered_by_row(connection, &sql, [*server], place)?);
        }
    }
    for (server, _) in servers {
        connection.add(&SERVER_UNMARKED, [*server]).map_err(&fail)?;
    }
    for (server, name) in servers {
        let nobody = || ClaimedServer { name: (*name).to_owned(), claims: Vec::new() };
        let known = known.remove(server).unwrap_or_else(nobody);
        // An index of a server holds nothing as long as no mark should be.
        for mark in marks(&known).into_iter().filter(|mark| mark.len() <= LONGEST_MARK) {
            connection.add(&SERVER_MARK, (*server, mark)).map_err(&fail)?;
        }
    }
    Ok(())
}

/// The servers of listings, in the order of their names.
pub(super) fn gathered(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    place: &DatabasePlace,
) -> Result<Vec<ClaimedServer>, StoreError> {
    let mut servers: Vec<ClaimedServer> = gathered_by_row(connection, sql, values, place)?.into_values().collect();
    servers.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(servers)
}

fn gathered_by_row(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    place: &DatabasePlace,
) -> Result<BTreeMap<i64, ClaimedServer>, StoreError> {
    let fail = StoreError::sql("read", place);
    let mut statement = connection.prepare_cached(sql).map_err(&fail)?;
    let rows = statement.query_map(values, Said::from_row).map_err(&fail)?;
    let mut servers: BTreeMap<i64, ClaimedServer> = BTreeMap::new();
    for said in rows {
        let Said { id, server, claim } = said.map_err(&fail)?;
        let known = servers.entry(id).or_insert_with(|| ClaimedServer { name: server, claims: Vec::new() });
        // Versions that say the same are one claim.
        if !known.claims.contains(&claim) {
            known.claims.push(claim);
        }
    }
    Ok(servers)
}
