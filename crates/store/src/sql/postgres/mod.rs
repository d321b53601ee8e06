//! Databases of PostgreSQL servers: an address in, an open session out.

mod connect;
mod dialect;
mod runtime;
mod session;
mod steps;
mod tls;
mod waiting;
mod wire;

pub(crate) use session::{Begin, Interrupter, Rows, Session, Statement};
pub(crate) use steps::{open_for_reading, open_for_writing};
pub use tls::reach;
pub(crate) use wire::{column, kept, place_of};
