//! Which pieces there are: ranges of servers with about as many tools each.

use crate::edition::Editions;
use crate::sql::{self, Connection};

/// Tools in a piece, more or less: what is lost with a worker, and what is held in memory at a time.
pub(super) const PIECE: i64 = 2_048;

/// Begins the next edition, by the rules of this digest, with all servers in pieces. Only in a transaction of the one who
/// writes.
pub(super) fn all(connection: &Connection, editions: &Editions, ruleset: &str) -> sql::Result<()> {
    // What has changed since it was judged or indexed is changed from the first.
    connection.execute("DELETE FROM changed", ())?;
    let stale = "INSERT INTO changed (server_id) SELECT server_id FROM unjudged UNION SELECT server_id FROM unindexed";
    connection.execute(stale, ())?;
    connection.execute("UPDATE edition SET coming = ?1, moved = clock_timestamp()", [ruleset])?;
    let next = editions.next();
    let begun = "SELECT mcpdex_fleet.judge_anew(?1, ?2)";
    connection.query_row(begun, (next, ruleset), |row| row.get::<i64>(0))?;
    pieces(connection, next, "server", false)
}

/// Cuts what a crawl has changed since then.
pub(super) fn late(connection: &Connection, edition: i64) -> sql::Result<()> {
    pieces(connection, edition, "server JOIN changed ON changed.server_id = server.id", true)
}

fn pieces(connection: &Connection, edition: i64, servers: &str, late: bool) -> sql::Result<()> {
    let sql = format!(
        "SELECT count(mcpdex_fleet.cut_piece(?1, first, last, {late}, tools)) FROM (
             SELECT min(id) AS first, max(id) AS last, CAST(sum(tools) AS bigint) AS tools FROM (
                 SELECT server.id, coalesce(held.tools, 0) AS tools,
                        CAST(sum(coalesce(held.tools, 0) + 1) OVER (ORDER BY server.id) AS bigint) / {PIECE} AS nth
                 FROM {servers}
                 LEFT JOIN (SELECT server_id, count(*) AS tools FROM tool WHERE current = 1 GROUP BY server_id) AS held
                     ON held.server_id = server.id) AS along
             GROUP BY nth ORDER BY nth) AS cut"
    );
    connection.query_row(&sql, [edition], |row| row.get::<i64>(0)).map(drop)
}
