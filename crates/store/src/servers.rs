//! Servers in lists: by words, risk and source, each with how many tools of each risk it has.

use super::from_row::{FromRow, count};
use super::sql::{self, Row, Value};
use super::{Reader, StoreError};
use mcpdex_model::{Grade, Risk, ServerLine, ServerPage};

/// Whether the newest of the best lists of a server is known to be incomplete.
const IN_PART: &str = "EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id
                          AND observation.latest = 1 AND observation.partial != '[]' AND observation.origin = (
                              SELECT best.origin FROM observation AS best
                              WHERE best.server_id = server.id AND best.latest = 1
                              ORDER BY CASE best.origin WHEN 'live' THEN 0 WHEN 'card' THEN 1 WHEN 'declared' THEN 2
                                       ELSE 3 END LIMIT 1))";

/// What lists of servers are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServerOrder {
    /// Most critical tools first, then most high ones.
    #[default]
    Risk,
    /// Worst grade first, as [`Grade::of`] gives it; servers without one last.
    Grade,
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
    fn from_row(row: &Row<'_>) -> sql::Result<ServerLine> {
        let (is_read, is_partial): (bool, bool) = (row.get("is_read")?, row.get("is_partial")?);
        let counts = [count(row, "low")?, count(row, "medium")?, count(row, "high")?, count(row, "critical")?];
        Ok(ServerLine {
            grade: Grade::of(is_read.then_some(counts), !is_partial),
            is_partial,
            server: row.get("server")?,
            title: row.get("title")?,
            description: row.get("description")?,
            is_read,
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
        let (mut conditions, mut values) = (vec!["true".to_owned()], Vec::new());
        for word in &query.words {
            // Letters of other scripts are compared as they are.
            let text = "name || ' ' || coalesce(title, '') || ' ' || coalesce(description, '')";
            conditions.push(format!("instr(lower({text}), ?) > 0"));
            values.push(Value::from(word.to_ascii_lowercase()));
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
                "FROM (SELECT server.*, CASE WHEN EXISTS (SELECT 1 FROM observation WHERE observation.server_id = server.id)
                              THEN 1 ELSE 0 END AS is_read FROM server WHERE gone = 0) AS server WHERE {conditions}"
            ),
            false => from.clone(),
        };
        let found = self.number(&format!("SELECT count(*) {counted}"), &values[..])?;
        let order = match query.order {
            ServerOrder::Risk => "critical DESC, high DESC, medium DESC, name".to_owned(),
            ServerOrder::Grade => format!(
                "CASE WHEN is_read = 0 THEN 0 WHEN critical * 4 > tools THEN 5 WHEN critical > 0 THEN 4 WHEN high > 0 THEN 3
                      WHEN medium > 0 OR {IN_PART} THEN 2 ELSE 1 END DESC, critical DESC, high DESC, medium DESC, name"
            ),
            ServerOrder::Name => "name".to_owned(),
            ServerOrder::Tools => "tools DESC, name".to_owned(),
            ServerOrder::Seen => "last_seen DESC, name".to_owned(),
        };
        // Looked for on every server only where that decides what comes first.
        let is_partial = if query.order == ServerOrder::Grade { IN_PART } else { "false" };
        let sql = format!(
            "SELECT name AS server, title, description, is_read, {is_partial} AS is_partial, tools, low, medium, high, critical,
                    last_seen {from}
             ORDER BY {order} LIMIT {} OFFSET {}",
            query.take, query.skip
        );
        let servers: Vec<ServerLine> = self.all(&sql, &values[..])?;
        Ok(ServerPage { found, bounded: false, servers: self.with_reasons(servers)? })
    }

    /// The same lines with why a server was not read, whether its list is partial and its grade.
    pub(super) fn with_reasons(&self, mut servers: Vec<ServerLine>) -> Result<Vec<ServerLine>, StoreError> {
        for line in &mut servers {
            if !line.is_read {
                line.unread = self.unread_of(&line.server)?.pop();
                continue;
            }
            let sql = format!("SELECT count(*) FROM server WHERE name = ?1 AND {IN_PART}");
            line.is_partial = self.number(&sql, [&line.server])? > 0;
            line.grade = Grade::of(Some([line.low, line.medium, line.high, line.critical]), !line.is_partial);
        }
        Ok(servers)
    }
}
