//! What a server's pages depend on, as a number that changes with it: so that whoever keeps pages knows which to make anew
//! without making any.

use super::sql::{Row, ValueRef};
use super::{Reader, StoreError};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

impl Reader {
    /// What changes whenever a page about the server might: a number for each server that is not gone, by name. Costs a few
    /// microseconds a tool. It is the same in every process of one build of mcpdex.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn for_each_stamp<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(&str, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut names: BTreeMap<u64, u64> = BTreeMap::new();
        self.each_hash(
            "SELECT tool.name, tool.server_id, judged.judgement_id FROM tool
             JOIN judged ON judged.tool_id = tool.id WHERE tool.current = 1",
            |row| {
                let (mut name, mut rest) = (DefaultHasher::new(), DefaultHasher::new());
                hash(row, 0, &mut name);
                (1..3).for_each(|at| hash(row, at, &mut rest));
                // Whatever the order in which servers are gone through.
                let sum = names.entry(name.finish()).or_default();
                *sum = sum.wrapping_add(rest.finish());
            },
        )?;
        let mut rest: BTreeMap<i64, u64> = BTreeMap::new();
        for sql in [
            "SELECT server_id, source, version, status, packages, remotes, manifest FROM listing",
            "SELECT server_id, id, origin, target, latest, partial, remarks, first_seen, last_seen, version FROM observation",
            "SELECT server_id, origin, target, outcome, detail FROM attempt
             WHERE id IN (SELECT max(id) FROM attempt GROUP BY server_id, origin, target)",
            "SELECT server_id, sha256, name, position, file, line, origin, condition, inexact, code, judgement_id, rationale_id,
                    quoted, rest
             FROM tool JOIN judged ON judged.tool_id = tool.id JOIN definition ON definition.id = definition_id
             WHERE current = 1",
            "SELECT server_id, ruleset_id FROM judged_by",
        ] {
            let is_tools = sql.contains("rationale_id");
            self.each_hash(sql, |row| {
                let mut hasher = DefaultHasher::new();
                let columns = row.columns();
                (1..columns).for_each(|at| hash(row, at, &mut hasher));
                if is_tools {
                    let mut name = DefaultHasher::new();
                    hash(row, 2, &mut name);
                    names.get(&name.finish()).hash(&mut hasher);
                }
                let sum = rest.entry(row.get(0).unwrap_or_default()).or_default();
                *sum = sum.wrapping_add(hasher.finish());
            })?;
        }
        let sql = "SELECT name, id, title, description, version, repository, first_seen, last_seen FROM server
                   WHERE gone = 0 ORDER BY name";
        let mut statement = self.connection.prepare(sql).map_err(self.fail())?;
        let mut rows = statement.query(()).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            let mut hasher = DefaultHasher::new();
            (0..8).for_each(|at| hash(&row, at, &mut hasher));
            rest.get(&row.get(1).map_err(self.fail())?).hash(&mut hasher);
            let name: String = row.get(0).map_err(self.fail())?;
            each(&name, hasher.finish())?;
        }
        Ok(())
    }

    /// Servers that are not gone and of which a list took the place of another one, the last to change first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_with_history(&self, most: usize) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT server.name FROM observation INDEXED BY observation_replaced
                   JOIN server ON server.id = observation.server_id
                   WHERE observation.latest = 0 AND server.gone = 0
                   GROUP BY server.id
                   ORDER BY (SELECT max(first_seen) FROM observation AS list WHERE list.server_id = server.id) DESC, server.name
                   LIMIT ?1";
        self.names(sql, [i64::try_from(most).unwrap_or(i64::MAX)])
    }

    fn each_hash(&self, sql: &str, mut each: impl FnMut(&Row<'_>)) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare(sql).map_err(self.fail())?;
        let mut rows = statement.query(()).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            each(&row);
        }
        Ok(())
    }
}

/// One column of a row, whatever it holds.
fn hash(row: &Row<'_>, at: usize, into: &mut DefaultHasher) {
    match row.get_ref(at) {
        Ok(ValueRef::Integer(number)) => number.hash(into),
        Ok(ValueRef::Text(text)) => text.as_bytes().hash(into),
        Ok(ValueRef::Blob(bytes)) => bytes.hash(into),
        _ => 0_u8.hash(into),
    }
}
