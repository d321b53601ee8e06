//! Servers in lists: by words, risk and source, each with how many tools of each risk it has.

use super::from_row::{FromRow, count};
use super::{Reader, StoreError};
use mcpdex_model::{Risk, ServerLine, ServerPage};
use rusqlite::Row;
use rusqlite::types::Value;

/// What lists of servers are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerOrder {
    /// Most critical tools first, then most high ones.
    #[default]
    Risk,
    Name,
    Tools,
    /// What was last seen to change, first.
    Seen,
}

/// Which servers; what is empty asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerQuery {
    /// All of these stand in the name, title or description.
    pub words: Vec<String>,
    /// The server has a tool of one of these risks.
    pub risks: Vec<Risk>,
    /// Only servers of which no list was ever learnt.
    pub unread: bool,
    /// Listed by one of these sources.
    pub sources: Vec<String>,
    /// Asked or read by this crawl (row of `run`).
    pub run: Option<i64>,
    pub order: ServerOrder,
    pub skip: usize,
    pub take: usize,
}

impl FromRow for ServerLine {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<ServerLine> {
        Ok(ServerLine {
            server: row.get("server")?,
            title: row.get("title")?,
            description: row.get("description")?,
            is_read: row.get("is_read")?,
            tools: count(row, "tools")?,
            low: count(row, "low")?,
            medium: count(row, "medium")?,
            high: count(row, "high")?,
            critical: count(row, "critical")?,
            last_seen: row.get("last_seen")?,
            unread: None,
        })
    }
}

impl Reader {
    /// One page of the servers that fulfil a query, and how many there are.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers(&self, query: &ServerQuery) -> Result<ServerPage, StoreError> {
        let (mut conditions, mut values) = (vec!["1".to_owned()], Vec::new());
        for word in &query.words {
            conditions.push(
                "(name || ' ' || coalesce(title, '') || ' ' || coalesce(description, '')) LIKE ? ESCAPE '\\'".into(),
            );
            let plain = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            values.push(Value::from(format!("%{plain}%")));
        }
        if !query.risks.is_empty() {
            let any: Vec<String> = query.risks.iter().map(|risk| format!("{risk} > 0")).collect();
            conditions.push(format!("({})", any.join(" OR ")));
        }
        if query.unread {
            conditions.push("is_read = 0".into());
        }
        if !query.sources.is_empty() {
            let places = vec!["?"; query.sources.len()].join(", ");
            let listed = "SELECT 1 FROM listing WHERE listing.server_id = server.id AND listing.source IN";
            conditions.push(format!("EXISTS ({listed} ({places}))"));
            values.extend(query.sources.iter().cloned().map(Value::from));
        }
        if let Some(run) = query.run {
            let tried = "SELECT 1 FROM attempt WHERE attempt.server_id = server.id AND attempt.run_id = ?";
            conditions.push(format!("EXISTS ({tried})"));
            values.push(Value::from(run));
        }
        let conditions = conditions.join(" AND ");
        let from = format!("FROM server_risk AS risk JOIN server ON server.name = risk.server WHERE {conditions}");
        // Risks are counted over all tools, which is only done where one is asked for.
        let counted = match query.risks.is_empty() {
            true => format!(
                "FROM (SELECT server.*, EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id)
                              AS is_read FROM server WHERE gone = 0) AS server WHERE {conditions}"
            ),
            false => from.clone(),
        };
        let found = self.number(&format!("SELECT count(*) {counted}"), rusqlite::params_from_iter(&values))?;
        let order = match query.order {
            ServerOrder::Risk => "critical DESC, high DESC, medium DESC, name",
            ServerOrder::Name => "name",
            ServerOrder::Tools => "tools DESC, name",
            ServerOrder::Seen => "last_seen DESC, name",
        };
        let sql = format!(
            "SELECT name AS server, title, description, is_read, tools, low, medium, high, critical, last_seen {from}
             ORDER BY {order} LIMIT {} OFFSET {}",
            query.take, query.skip
        );
        let mut servers: Vec<ServerLine> = self.all(&sql, rusqlite::params_from_iter(&values))?;
        for line in servers.iter_mut().filter(|line| !line.is_read) {
            line.unread = self.unread_of(&line.server)?.pop();
        }
        Ok(ServerPage { found, servers })
    }
}
