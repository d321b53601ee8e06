//! The tools of a piece, and what has changed since they were read.

use crate::judged::tool_to_judge;
use crate::sql::{self, Connection};
use crate::{DatabasePlace, ServerTools, StoreError};
use mcpdex_model::Verdict;
use std::collections::{HashMap, HashSet};

/// Some servers with their current tools, all three in step.
#[derive(Debug)]
pub(super) struct Servers {
    pub(super) ids: Vec<i64>,
    pub(super) tools: Vec<ServerTools>,
    /// How often each had changed when it was read; `None`: never since the judging began.
    times: Vec<Option<i64>>,
}

/// Servers that several origins know.
const SEVERAL: &str = "SELECT server_id FROM observation WHERE latest = 1 AND server_id BETWEEN ?1 AND ?2
                       GROUP BY server_id HAVING count(DISTINCT origin) > 1";

/// Reads the servers of these numbers (both included) that have changed since the judging began, or the others.
pub(super) fn servers(
    connection: &Connection,
    place: &DatabasePlace,
    (first, last): (i64, i64),
    late: bool,
) -> Result<Servers, StoreError> {
    let fail = StoreError::sql("read", place);
    let mut found = Servers { ids: Vec::new(), tools: Vec::new(), times: Vec::new() };
    let mut at = HashMap::new();
    let named = format!(
        "SELECT server.id, server.name, changed.times FROM server LEFT JOIN changed ON changed.server_id = server.id
         WHERE server.id BETWEEN ?1 AND ?2 AND (changed.times IS NOT NULL) = {late} ORDER BY server.id"
    );
    let mut statement = connection.prepare_cached(&named).map_err(&fail)?;
    let mut rows = statement.query([first, last]).map_err(&fail)?;
    while let Some(row) = rows.next().map_err(&fail)? {
        let (id, name): (i64, String) = (row.get(0).map_err(&fail)?, row.get(1).map_err(&fail)?);
        at.insert(id, found.ids.len());
        found.ids.push(id);
        found.tools.push(ServerTools::none(&name));
        found.times.push(row.get(2).map_err(&fail)?);
    }
    // A server that only one origin knows has nothing to be completed from.
    let several = match late {
        false => SEVERAL.to_owned(),
        true => SEVERAL.replace("GROUP BY", "AND server_id IN (SELECT server_id FROM changed) GROUP BY"),
    };
    let several: HashSet<i64> = connection
        .prepare_cached(&several)
        .and_then(|mut s| s.query_map([first, last], |row| row.get(0))?.collect())
        .map_err(&fail)?;
    let tools = match late {
        false => tool_to_judge!(
            ", tool.server_id",
            "WHERE tool.server_id BETWEEN ?1 AND ?2 AND tool.current = 1 ORDER BY tool.server_id, tool.id"
        ),
        true => tool_to_judge!(
            ", tool.server_id",
            "WHERE tool.server_id IN (SELECT server_id FROM changed WHERE server_id BETWEEN ?1 AND ?2)
               AND tool.current = 1 ORDER BY tool.server_id, tool.id"
        ),
    };
    let mut statement = connection.prepare_cached(tools).map_err(&fail)?;
    let mut rows = statement.query([first, last]).map_err(&fail)?;
    while let Some(row) = rows.next().map_err(&fail)? {
        let server: i64 = row.get(10).map_err(&fail)?;
        if let Some(into) = at.get(&server).and_then(|at| found.tools.get_mut(*at)) {
            into.add(connection, place, several.contains(&server).then_some(server), &row)?;
        }
    }
    Ok(found)
}

/// The servers of these numbers that have changed since the judging began, and how often.
pub(super) fn changed(connection: &Connection, first: i64, last: i64) -> sql::Result<HashMap<i64, i64>> {
    connection
        .prepare_cached("SELECT server_id, times FROM changed WHERE server_id BETWEEN ?1 AND ?2")?
        .query_map([first, last], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Takes servers off the list of those that have changed.
pub(super) fn forget(connection: &Connection, servers: &[i64]) -> sql::Result<()> {
    let sql = "DELETE FROM changed WHERE server_id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))";
    connection.execute(sql, [format!("{servers:?}")]).map(drop)
}

impl Servers {
    /// Lets go of those that have changed since they were read, and of their verdicts.
    pub(super) fn keep_unchanged(&mut self, verdicts: &mut Vec<Vec<Verdict>>, now: &HashMap<i64, i64>) {
        let stays: Vec<bool> =
            self.ids.iter().zip(&self.times).map(|(id, times)| now.get(id) == times.as_ref()).collect();
        if stays.iter().all(|stays| *stays) {
            return;
        }
        keep(&mut self.ids, &stays);
        keep(&mut self.tools, &stays);
        keep(&mut self.times, &stays);
        keep(verdicts, &stays);
    }
}

fn keep<T>(all: &mut Vec<T>, stays: &[bool]) {
    let mut stays = stays.iter();
    all.retain(|_| stays.next().copied().unwrap_or(false));
}
