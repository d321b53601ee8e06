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
}

impl FleetError {
    /// Whether the database was not to be reached, rather than refused: it may be back in a moment.
    pub fn is_away(&self) -> bool {
        use tokio_postgres::error::SqlState as State;
        match self {
            FleetError::Lost => true,
            FleetError::Database { source, .. } => match source.code() {
                None => true,
                Some(code) => {
                    let ended = [State::ADMIN_SHUTDOWN, State::CRASH_SHUTDOWN, State::CANNOT_CONNECT_NOW];
                    ended.contains(code) || code.code().starts_with("08")
                }
            },
            FleetError::Newer { .. } => false,
        }
    }

    /// Whether this user may not do what was to be done.
    pub fn is_denied(&self) -> bool {
        let denied = tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE;
        matches!(self, FleetError::Database { source, .. } if source.code() == Some(&denied))
    }

    /// A failure of the database while `doing`.
    pub(super) fn database(doing: &'static str) -> impl Fn(tokio_postgres::Error) -> FleetError {
        move |source| FleetError::Database { doing, source }
    }
}
