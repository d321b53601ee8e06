//! Verdicts in editions: readers see one, and a server's database may hold what differs in the next, which other rules make
//! (`sql/postgres/migrations/0003_editions.sql`). A file has one edition.

use super::sql::{self, Connection};

/// Which verdicts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    /// Those that readers see.
    Shown,
    /// Those of the next edition, by its number.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "a file has one edition"))]
    Coming(i64),
}

/// What a server's database says of its editions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Editions {
    /// The number of what is shown.
    pub(super) shown: i64,
    /// The digest of the rules that make the next one, where one is made.
    pub(super) coming: Option<String>,
}

impl Editions {
    /// Those of a server's database.
    pub(super) fn of(connection: &Connection) -> sql::Result<Editions> {
        connection.query_row("SELECT shown, coming FROM edition", (), |row| {
            Ok(Editions { shown: row.get(0)?, coming: row.get(1)? })
        })
    }

    /// The number of the one that is made next.
    pub(super) fn next(&self) -> i64 {
        self.shown + 1
    }
}

/// Takes back what the next edition says of some servers (their rows), so that what is shown of them may be changed or the
/// next edition be made of them again. Only in a transaction of the one who writes.
pub(super) fn take_back(connection: &Connection, edition: i64, servers: &[i64]) -> sql::Result<()> {
    let servers = format!("{servers:?}");
    for table in ["judged_ever", "search_ever"] {
        let of =
            "tool_id IN (SELECT id FROM tool WHERE server_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?2)))";
        connection.execute(&format!("DELETE FROM {table} WHERE since = ?1 AND {of}"), (edition, servers.as_str()))?;
        let stays = format!("UPDATE {table} SET until = NULL WHERE until = ?1 AND {of}");
        connection.execute(&stays, (edition, servers.as_str()))?;
    }
    Ok(())
}

/// Puts servers on the list of those of which the next edition is made again: a piece that was read before leaves them out,
/// and one that had taken them off the list is not the last word. Only in a transaction of the one who writes.
pub(super) fn note_changed(connection: &Connection, servers: &[i64]) -> sql::Result<()> {
    let noted = "INSERT INTO changed AS changed (server_id)
                 SELECT DISTINCT CAST(value AS BIGINT) FROM json_each(?1)
                 ON CONFLICT (server_id) DO UPDATE SET times = changed.times + 1";
    connection.execute(noted, [format!("{servers:?}")]).map(drop)
}

/// Gives the next edition up, where one is made: all of it is taken back. Only in a transaction of the one who writes.
pub(super) fn give_up(connection: &Connection) -> sql::Result<()> {
    let editions = Editions::of(connection)?;
    if editions.coming.is_none() {
        return Ok(());
    }
    let next = editions.next();
    for table in ["judged_ever", "search_ever"] {
        connection.execute(&format!("DELETE FROM {table} WHERE since = ?1"), [next])?;
        connection.execute(&format!("UPDATE {table} SET until = NULL WHERE until = ?1"), [next])?;
    }
    connection.execute("DELETE FROM judged_by_ever WHERE since = ?1", [next])?;
    connection.execute("DELETE FROM changed", ())?;
    connection.execute("UPDATE edition SET coming = NULL", ())?;
    connection.query_row("SELECT count(mcpdex_fleet.judged(?1))", [next], |row| row.get::<i64>(0)).map(drop)
}

/// Forgets what is said of editions, before every verdict is another one and told with its rules; nothing in a file.
pub(super) fn forget(connection: &Connection) -> sql::Result<()> {
    if !connection.is_server() {
        return Ok(());
    }
    give_up(connection)?;
    connection.execute("UPDATE edition SET ruleset_id = NULL", ()).map(drop)
}
