//! A few servers whose own words fit a question: words in, some servers out, worst first among those that were looked at.
//! It jumps along an index and looks at a bounded number, so that it takes the same time in a database of any size; all
//! servers in order are `servers`' affair.

use super::full_text;
use super::{Reader, StoreError};
use mcpdex_model::{ServerLine, ServerPage};

/// Servers that are looked at.
const WINDOW: usize = 100;

impl Reader {
    /// At most `take` of the servers, those that are gone left out, that have all of these words in their name, title and
    /// description: of the first hundred the worst.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_about(&self, words: &[String], take: usize) -> Result<ServerPage, StoreError> {
        let mut ids = full_text::servers(&self.connection, words, WINDOW + 1).map_err(self.fail())?;
        let bounded = ids.len() > WINDOW;
        ids.truncate(WINDOW);
        let worst = "SELECT server.name AS server, server.title AS title, server.description AS description,
                            EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id) AS is_read,
                            false AS is_partial, count(tool.id) AS tools,
                            count(*) FILTER (WHERE judgement.risk = 'low') AS low,
                            count(*) FILTER (WHERE judgement.risk = 'medium') AS medium,
                            count(*) FILTER (WHERE judgement.risk = 'high') AS high,
                            count(*) FILTER (WHERE judgement.risk = 'critical') AS critical, server.last_seen AS last_seen
                     FROM server
                     LEFT JOIN tool ON tool.server_id = server.id AND tool.current = 1
                     LEFT JOIN judged ON judged.tool_id = tool.id
                     LEFT JOIN judgement ON judgement.id = judged.judgement_id
                     WHERE server.id IN (SELECT CAST(value AS BIGINT) FROM json_each(?1))
                     GROUP BY server.id ORDER BY critical DESC, high DESC, medium DESC, server.name LIMIT ?2";
        let take = i64::try_from(take).unwrap_or(i64::MAX);
        let servers: Vec<ServerLine> = self.all(worst, (format!("{ids:?}"), take))?;
        Ok(ServerPage { found: ids.len() as u64, bounded, servers: self.with_reasons(servers)? })
    }
}
