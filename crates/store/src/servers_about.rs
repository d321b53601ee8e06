//! A few servers whose own words fit a question: words in, some servers out, worst first among those that were looked at.
//! It jumps along an index and looks at a bounded number, so that it takes the same time in a database of any size; all
//! servers in order are `servers`' affair.

use super::{Reader, StoreError};
use mcpdex_model::{ServerLine, ServerPage};
use rusqlite::types::Value;

/// Servers that are looked at.
const WINDOW: usize = 100;
/// Characters from which on a word is found by way of the index.
const INDEXED: usize = 3;

impl Reader {
    /// At most `take` of the servers, those that are gone left out, that have all of these words in their name, title and
    /// description: of the first hundred the worst.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_about(&self, words: &[String], take: usize) -> Result<ServerPage, StoreError> {
        let (long, short): (Vec<&String>, Vec<&String>) =
            words.iter().partition(|word| word.chars().count() >= INDEXED);
        let mut values = Vec::new();
        // CROSS JOIN: the index is read only as far as the limit asks.
        let mut sql = match long.is_empty() {
            true => "SELECT id FROM server WHERE gone = 0".to_owned(),
            false => {
                let quoted: Vec<String> =
                    long.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
                values.push(Value::from(quoted.join(" AND ")));
                "SELECT id FROM server_text CROSS JOIN server ON server.id = server_text.rowid
                 WHERE server_text MATCH ? AND gone = 0"
                    .to_owned()
            }
        };
        for word in short {
            let text = "server.name || ' ' || coalesce(server.title, '') || ' ' || coalesce(server.description, '')";
            sql += &format!(" AND instr(lower({text}), lower(?)) > 0");
            values.push(Value::from(word.clone()));
        }
        sql += &format!(" LIMIT {}", WINDOW + 1);
        let mut ids: Vec<i64> = self
            .connection
            .prepare_cached(&sql)
            .and_then(|mut s| s.query_map(rusqlite::params_from_iter(&values), |row| row.get(0))?.collect())
            .map_err(self.fail())?;
        let bounded = ids.len() > WINDOW;
        ids.truncate(WINDOW);
        let worst = "SELECT server.name AS server, server.title AS title, server.description AS description,
                            EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id) AS is_read,
                            false AS is_partial, count(tool.id) AS tools,
                            coalesce(sum(judgement.risk = 'low'), 0) AS low,
                            coalesce(sum(judgement.risk = 'medium'), 0) AS medium,
                            coalesce(sum(judgement.risk = 'high'), 0) AS high,
                            coalesce(sum(judgement.risk = 'critical'), 0) AS critical, server.last_seen AS last_seen
                     FROM server
                     LEFT JOIN tool ON tool.server_id = server.id AND tool.current = 1
                     LEFT JOIN judged ON judged.tool_id = tool.id
                     LEFT JOIN judgement ON judgement.id = judged.judgement_id
                     WHERE server.id IN (SELECT value FROM json_each(?1))
                     GROUP BY server.id ORDER BY critical DESC, high DESC, medium DESC, server.name LIMIT ?2";
        let take = i64::try_from(take).unwrap_or(i64::MAX);
        let servers: Vec<ServerLine> = self.all(worst, (format!("{ids:?}"), take))?;
        Ok(ServerPage { found: ids.len() as u64, bounded, servers: self.with_reasons(servers)? })
    }
}
