//! SQL of the caller's in, whether it provably only reads out. It decides by what it knows to read, never by a list of what
//! is known to change: a construct, a function or an operator that nobody listed is not proven.
//!
//! A statement passes only when the text has one reading. `lexical` refuses what databases split into words differently;
//! then `sqlparser` reads it in the dialect that is told **and in every other**: a dialect is the server's claim, so one
//! that reads something else into the same text refuses it too.

mod expression;
mod functions;
mod lexical;
mod name;
mod query;
mod unproven;

pub use unproven::Unproven;

use sqlparser::ast::Statement;
use sqlparser::dialect::{
    BigQueryDialect, ClickHouseDialect, Dialect, DuckDbDialect, GenericDialect, MsSqlDialect, MySqlDialect,
    PostgreSqlDialect, SQLiteDialect, SnowflakeDialect,
};
use sqlparser::parser::{Parser, ParserError};
use unproven::{DEEPEST, Place, TOO_DEEP};

mcpdex_model::words! {
    /// The language of a statement, as far as a tool tells.
    SqlDialect, "SQL dialect" {
        /// Not told.
        Generic = "generic",
        Postgres = "postgres",
        MySql = "mysql",
        Sqlite = "sqlite",
        MsSql = "mssql",
        BigQuery = "bigquery",
        Snowflake = "snowflake",
        DuckDb = "duckdb",
        ClickHouse = "clickhouse",
    }
}

fn parser_of(dialect: SqlDialect) -> &'static dyn Dialect {
    match dialect {
        SqlDialect::Generic => &GenericDialect,
        SqlDialect::Postgres => &PostgreSqlDialect {},
        SqlDialect::MySql => &MySqlDialect {},
        SqlDialect::Sqlite => &SQLiteDialect {},
        SqlDialect::MsSql => &MsSqlDialect {},
        SqlDialect::BigQuery => &BigQueryDialect,
        SqlDialect::Snowflake => &SnowflakeDialect,
        SqlDialect::DuckDb => &DuckDbDialect,
        SqlDialect::ClickHouse => &ClickHouseDialect {},
    }
}

/// Whether a statement provably only reads, in the dialect that is told and in every other that reads it at all.
///
/// # Errors
/// Why it is not proven to.
pub fn only_reads(dialect: SqlDialect, text: &str) -> Result<(), Unproven> {
    lexical::has_one_reading(text)?;
    match read(dialect, text) {
        Reading::Reads => {}
        Reading::Not(why) => return Err(why),
        Reading::Unreadable => return Err(Unproven::Unreadable),
    }
    for other in SqlDialect::ALL {
        if let Reading::Not(why) = read(*other, text) {
            return Err(why);
        }
    }
    Ok(())
}

enum Reading {
    Reads,
    Not(Unproven),
    Unreadable,
}

fn read(dialect: SqlDialect, text: &str) -> Reading {
    let parsed = Parser::new(parser_of(dialect)).with_recursion_limit(DEEPEST).try_with_sql(text);
    let statements = match parsed.and_then(|mut parser| parser.parse_statements()) {
        Ok(statements) => statements,
        Err(ParserError::RecursionLimitExceeded) => return Reading::Not(TOO_DEEP),
        Err(_) => return Reading::Unreadable,
    };
    let [statement] = statements.as_slice() else { return Reading::Not(Unproven::NotReading("is not one statement")) };
    let Statement::Query(query) = statement else {
        return Reading::Not(Unproven::NotReading("is another statement than a query"));
    };
    match query::reads(query, Place::new(query::reads)) {
        Ok(()) => Reading::Reads,
        Err(why) => Reading::Not(why),
    }
}
