//! What several crawlers agree on over one PostgreSQL: in goes what one of them is about to do, out comes whether it may,
//! or when. Who is at work and for how long yet ([`Crew`]), which server is whose ([`Jobs`]), how many requests are at a
//! host over all of them ([`Places`]), which part of all that other rules judge again is whose ([`Pieces`]), who does what
//! ([`Overview`]). Never keeps what was learnt, and never lets anything
//! begin while the database does not answer.
//!
//! A worker lives as long as its lease, which its heartbeat moves on; all that it holds, it holds by being alive, so that
//! one row a heartbeat keeps a thousand places. [`Crew::lost`] ends *before* the database gives them to others:
//! whoever holds a place drops what it does at that moment. A connection that breaks ends the crew at once; to go on is to
//! join again, which costs nothing but what was under way.
//!
//! Statements are sent whole, without a name on the server, and none leaves anything in its session: a pooler that hands
//! out connections by the transaction may stand between.

mod crew;
mod error;
mod jobs;
mod notices;
mod overview;
mod pieces;
mod places;
mod schema;

pub use crew::{Crew, Member};
pub use error::FleetError;
pub use jobs::{Jobs, RunState, TakenJob};
pub use notices::{CHANNEL, Notices};
pub use overview::{JudgingState, Overview, QueueState, WorkerState};
pub use pieces::{Pieces, TakenPiece};
pub use places::Places;
pub use tokio_postgres::{Config, NoTls};
