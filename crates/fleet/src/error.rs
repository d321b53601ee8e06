//! Why crawlers cannot agree.

/// Why crawlers cannot agree.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// The database does not answer, or refuses.
    #[error("{doing}")]
    Database {
        doing: &'static str,
        #[source]
        source: tokio_postgres::Error,
    },
    /// The database is that of a newer program.
    #[error("the work of crawlers is kept in a newer form ({found}) than this program knows ({known}); update mcpdex")]
    Newer { found: i32, known: i32 },
    /// The lease ran out: what this worker had is others' now.
    #[error("the database did not answer for as long as a lease lasts: what this crawler had at work is others' now")]
    Lost,
    /// What is kept there is not what this program writes.
    #[error("{what} of the work of crawlers cannot be read: {detail}")]
    Damaged { what: &'static str, detail: String },
}

impl FleetError {
    /// A failure of the database while `doing`.
    pub(super) fn database(doing: &'static str) -> impl Fn(tokio_postgres::Error) -> FleetError {
        move |source| FleetError::Database { doing, source }
    }
}
