//! The database: the only SQL of the project.
//!
//! In go the events of a crawl through one [`Writer`], which alone owns the connection that writes; out come tools
//! with their verdicts through any number of [`Reader`]s. A verdict is data here: this room never judges, and a path is
//! all it knows of the world.

mod about;
mod complete;
mod digest;
mod dump;
mod error;
mod figures;
mod from_row;
mod gone;
mod index;
mod judged;
mod known;
mod lists;
mod lookup;
mod migrate;
mod place;
mod price;
mod reader;
mod rows;
mod run;
mod search;
mod state;
mod unread;
mod writer;

pub use about::Tokens;
pub use dump::{LoadError, load};
pub use error::StoreError;
pub use gone::Gone;
pub use index::index_stale;
pub use judged::{JudgeError, Judged, ServerTools, judge_stale};
pub use known::Known;
pub use lookup::Namesakes;
pub use migrate::{APPLICATION_ID, bring_up_to_date};
pub use place::{check as check_place, is_denied};
pub use price::price_stale;
pub use reader::{Reader, Standing};
pub use run::begin_run;
pub use search::{Filters, Search};
pub use state::State;
pub use writer::{Recorded, Writer};
