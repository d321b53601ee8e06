//! Keeps what definitions cost a model, counted once for each distinct definition.

use super::sql::bulk::COST;
use super::{NamesDatabase, StoreError, open};

/// Definitions handed over at a time.
const CHUNK: i64 = 4_096;

/// Counts the definitions that were not counted yet, or all of them when another tokeniser counted before. `count` gets
/// definitions as they are stored and answers with their tokens, in the same order.
///
/// # Errors
/// The database cannot be read or written. What was counted until then stays.
pub fn price_stale(
    place: &(impl NamesDatabase + ?Sized),
    tokeniser: &str,
    mut count: impl FnMut(&[String]) -> Vec<u64>,
) -> Result<u64, StoreError> {
    let place = &place.database();
    let fail = StoreError::sql("count the tokens in", place);
    let connection = open::for_writing(place)?;
    let known: Option<String> = connection
        .query_row("SELECT max(value) FROM fact WHERE key = 'tokeniser'", (), |row| row.get(0))
        .map_err(&fail)?;
    if known.as_deref() != Some(tokeniser) {
        let transaction = connection.transaction().map_err(&fail)?;
        transaction.execute("DELETE FROM cost", ()).map_err(&fail)?;
        transaction
            .execute(
                "INSERT INTO fact (key, value) VALUES ('tokeniser', ?1)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [tokeniser],
            )
            .map_err(&fail)?;
        transaction.commit().map_err(&fail)?;
    }
    let mut counted = 0;
    loop {
        let transaction = connection.transaction().map_err(&fail)?;
        // Definitions are never removed, so whatever is beyond the last one that was counted is new.
        let rows: Vec<(i64, String)> = transaction
            .prepare_cached(
                "SELECT id, raw FROM definition WHERE id > (SELECT coalesce(max(definition_id), 0) FROM cost)
                 ORDER BY id LIMIT ?1",
            )
            .and_then(|mut s| s.query_map([CHUNK], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(&fail)?;
        if rows.is_empty() {
            return Ok(counted);
        }
        let (ids, raws): (Vec<i64>, Vec<String>) = rows.into_iter().unzip();
        for (id, tokens) in ids.iter().zip(count(&raws)) {
            transaction.add(&COST, [*id, i64::try_from(tokens).unwrap_or(i64::MAX)]).map_err(&fail)?;
            counted += 1;
        }
        transaction.commit().map_err(&fail)?;
    }
}
