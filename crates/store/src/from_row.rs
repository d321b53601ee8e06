//! One row of an answer as one value of the model, by the names of its columns: a query may say them in any order, and
//! one that lacks a column fails instead of giving another's value.

use super::sql::{self, Row, damaged};
use mcpdex_model::{
    Growth, ListFacts, Listing, NamedTool, PartialList, RelatedTool, ServerFacts, ServerId, Tool, Unread, Validator,
};
use std::fmt::Display;
use std::str::FromStr;

/// What can be read from one row.
pub(super) trait FromRow: Sized {
    /// # Errors
    /// A column is missing or holds something else.
    fn from_row(row: &Row<'_>) -> sql::Result<Self>;
}

/// A word of a closed vocabulary.
pub(super) fn word<T: FromStr<Err: Display>>(row: &Row<'_>, column: &str) -> sql::Result<T> {
    row.get::<String>(column)?.parse().map_err(|unknown| damaged("word", &unknown))
}

/// A JSON document; the column's name is what it is called where it is damaged.
pub(super) fn document<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &'static str) -> sql::Result<T> {
    serde_json::from_str(&row.get::<String>(column)?).map_err(|error| damaged(column, &error))
}

/// A JSON document that may not be there.
pub(super) fn maybe_document<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: &'static str,
) -> sql::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| damaged(column, &error))).transpose()
}

/// A tool from its definition as it came.
pub(super) fn tool(row: &Row<'_>, column: &str) -> sql::Result<Tool> {
    Tool::from_json(&row.get::<String>(column)?).map_err(|error| damaged("tool definition", &error))
}

/// A number that is never below zero.
pub(super) fn count(row: &Row<'_>, column: &str) -> sql::Result<u64> {
    row.get::<i64>(column).map(i64::unsigned_abs)
}

impl FromRow for Listing {
    fn from_row(row: &Row<'_>) -> sql::Result<Listing> {
        Ok(Listing {
            server: ServerId(row.get("server")?),
            source: row.get("source")?,
            version: Some(row.get::<String>("version")?).filter(|version| !version.is_empty()),
            status: row.get("status")?,
            packages: document(row, "packages")?,
            remotes: document(row, "remotes")?,
            problems: document(row, "problems")?,
            title: row.get("title")?,
            description: row.get("description")?,
            repository: row.get("repository")?,
            manifest: row.get("manifest")?,
            meta: row.get("meta")?,
            claimed: row.get::<Option<String>>("claimed")?.map(ServerId),
        })
    }
}

impl FromRow for Validator {
    fn from_row(row: &Row<'_>) -> sql::Result<Validator> {
        Ok(Validator {
            url: row.get("url")?,
            etag: row.get("etag")?,
            last_modified: row.get("last_modified")?,
            next: row.get("next")?,
        })
    }
}

impl FromRow for Unread {
    fn from_row(row: &Row<'_>) -> sql::Result<Unread> {
        Ok(Unread {
            server: row.get("server")?,
            target: row.get("target")?,
            outcome: word(row, "outcome")?,
            detail: row.get("detail")?,
        })
    }
}

impl FromRow for PartialList {
    fn from_row(row: &Row<'_>) -> sql::Result<PartialList> {
        Ok(PartialList { server: row.get("server")?, target: row.get("target")?, missing: document(row, "partial")? })
    }
}

impl FromRow for NamedTool {
    fn from_row(row: &Row<'_>) -> sql::Result<NamedTool> {
        Ok(NamedTool { server: row.get("server")?, tool: row.get("tool")? })
    }
}

impl FromRow for ListFacts {
    fn from_row(row: &Row<'_>) -> sql::Result<ListFacts> {
        Ok(ListFacts {
            observation: row.get("observation")?,
            origin: word(row, "origin")?,
            target: row.get("target")?,
            version: row.get("version")?,
            first_seen: row.get("first_seen")?,
            last_seen: row.get("last_seen")?,
            latest: row.get("latest")?,
            partial: document(row, "partial")?,
            tools: count(row, "tools")?,
            conditional: count(row, "conditional")?,
            remarks: document(row, "remarks")?,
        })
    }
}

/// Without the sources, which are rows of their own.
impl FromRow for ServerFacts {
    fn from_row(row: &Row<'_>) -> sql::Result<ServerFacts> {
        Ok(ServerFacts {
            server: row.get("name")?,
            title: row.get("title")?,
            description: row.get("description")?,
            version: row.get("version")?,
            repository: row.get("repository")?,
            first_seen: row.get("first_seen")?,
            last_seen: row.get("last_seen")?,
            sources: Vec::new(),
            packages: Vec::new(),
            remotes: Vec::new(),
            status: None,
            variables: Vec::new(),
        })
    }
}

impl FromRow for RelatedTool {
    fn from_row(row: &Row<'_>) -> sql::Result<RelatedTool> {
        Ok(RelatedTool {
            server: row.get("server")?,
            tool: row.get("tool")?,
            class: word(row, "class")?,
            risk: word(row, "risk")?,
            traits: document(row, "traits")?,
        })
    }
}

impl FromRow for Growth {
    fn from_row(row: &Row<'_>) -> sql::Result<Growth> {
        Ok(Growth { month: row.get("month")?, servers: count(row, "servers")?, lists: count(row, "lists")? })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;
    use crate::DatabasePlace;
    use crate::StoreError;
    use crate::sql::Connection;

    fn one<T: FromRow>(sql: &str) -> Result<T, StoreError> {
        let connection = Connection::Sqlite(rusqlite::Connection::open_in_memory().unwrap());
        let place = DatabasePlace::File("x.db".into());
        connection.query_row(sql, (), T::from_row).map_err(StoreError::sql("read", &place))
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        let wanted = NamedTool { server: "kiln".to_owned(), tool: "fire".to_owned() };
        assert_eq!(one::<NamedTool>("SELECT 'fire' AS tool, 'kiln' AS server").unwrap(), wanted);
        assert!(matches!(one::<NamedTool>("SELECT 'fire', 'kiln' AS server"), Err(StoreError::Sql { .. })));
    }

    #[test]
    fn a_word_or_a_document_that_was_tampered_with_is_damage_and_names_the_file() {
        let unread = "SELECT 'kiln' AS server, 'npm:kiln' AS target, 'lost' AS outcome, NULL AS detail";
        let error = one::<Unread>(unread).unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { what: "word", .. }), "{error}");
        assert!(error.to_string().contains("x.db") && error.to_string().contains("`lost`"), "{error}");
        let list = "SELECT 'kiln' AS server, 'npm:kiln' AS target, '[{]' AS partial";
        assert!(matches!(one::<PartialList>(list), Err(StoreError::Damaged { what: "partial", .. })));
    }
}
