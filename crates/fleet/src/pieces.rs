//! Which part of everything that other rules judge again is whose: a piece is handed to one worker at a time, and what a
//! worker had that is gone is handed out again. Pieces are cut, and ended, by whoever keeps the verdicts, in the transaction
//! that keeps them (`mcpdex_fleet.cut_piece`, `.end_piece`).

use super::FleetError;
use super::crew::{Link, Parameter};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio_postgres::types::Type;

/// A piece that this worker has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenPiece {
    pub id: i64,
    /// The number of its first server.
    pub first: i64,
    /// The number of its last server, which is part of it.
    pub last: i64,
    /// Only servers that have changed since the judging began, else only the others.
    pub late: bool,
}

/// The pieces of all that is judged again.
#[derive(Debug, Clone)]
pub struct Pieces(Arc<Link>);

impl super::Crew {
    /// The pieces that this worker takes beside all others.
    pub fn pieces(&self) -> Pieces {
        Pieces(self.link.clone())
    }
}

impl Pieces {
    /// Takes a piece of an edition of verdicts; `None` where none is free, or this worker lives no more.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn take(&self, edition: i64) -> Result<Option<TakenPiece>, FleetError> {
        let with: [Parameter<'_>; 2] = [(&self.0.worker, Type::INT8), (&edition, Type::INT8)];
        let rows = self.0.ask("SELECT id, first, last, late FROM mcpdex_fleet.take_piece($1, $2)", &with).await;
        let rows = rows.map_err(FleetError::database("taking a piece of what is judged again"))?;
        let piece = |row: &tokio_postgres::Row| TakenPiece {
            id: row.get(0),
            first: row.get(1),
            last: row.get(2),
            late: row.get(3),
        };
        Ok(rows.first().map(piece))
    }

    /// Counts servers that this worker has brought to their end, for those who look on.
    pub fn count_done(&self, servers: u64) {
        self.0.done.fetch_add(i64::try_from(servers).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}
