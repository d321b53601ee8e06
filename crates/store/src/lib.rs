//! The database: the only SQL on listings, tools and verdicts, in a SQLite file or on a PostgreSQL server.
//!
//! In go the events of a crawl through one [`Writer`], which alone owns the connection that writes; out come tools
//! with their verdicts through any number of [`Reader`]s. A verdict is data here: this room never judges, and a path is
//! all it knows of the world.
//!
//! ```
//! use mcpdex_model::{Class, CrawlEvent, Observation, Outcome, ServerId, Sighting, Tool, ToolOrigin, Verdict};
//! use mcpdex_store::{Reader, Writer, judge_stale};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("mcpdex.db");
//! let (server, target) = (ServerId("io.example/shop".to_owned()), "https://shop.example/mcp");
//! let mut seen = Observation::failed(server, ToolOrigin::Live, target, Outcome::Ok, "");
//! (seen.detail, seen.tools) = (None, vec![(Tool::from_json(r#"{"name": "wipe_list"}"#)?, Sighting::default())]);
//!
//! let writer = Writer::spawn(&path, || "2031-02-03T04:05:06Z".to_owned())?;
//! writer.send(CrawlEvent::Observation(Box::new(seen)))?;
//! writer.finish()?;
//! // A verdict is data here; `mcpdex-classify` makes real ones.
//! judge_stale(&path, "digest of the rules", |servers| {
//!     let of = |tool: &Tool| Verdict::bare(&tool.name, Class::Write, &[]);
//!     servers.iter().map(|server| server.tools.iter().map(of).collect()).collect()
//! })?;
//! let found = Reader::open(&path)?.tools_named("wipe_list")?;
//! assert_eq!((found[0].server.as_str(), found[0].verdict.class), ("io.example/shop", Class::Write));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod about;
mod ahead;
#[cfg(feature = "postgres")]
mod anew;
mod asked;
mod batch;
mod claims;
mod compact;
mod compact_json;
mod complete;
mod database_place;
mod desk;
mod dictionary;
mod digest;
mod dump;
mod edition;
mod error;
mod figures;
mod from_row;
mod full_text;
mod gone;
mod index;
mod judged;
mod kept_tools;
mod known;
mod leaves;
mod listings;
mod lists;
mod lookup;
mod merge;
mod migrate;
mod near;
mod newest;
mod open;
mod place;
mod price;
mod reader;
mod readings;
mod registry;
mod rows;
mod run;
mod search;
mod server_url;
mod servers;
mod servers_about;
mod sql;
mod stamps;
mod state;
#[cfg(feature = "postgres")]
mod stems;
mod sweeps;
mod tally;
mod unite;
mod unread;
mod work;
mod writer;
mod writing;

pub use about::Tokens;
#[cfg(feature = "postgres")]
pub use anew::{Anew, Begun, Piece, Step};
pub use batch::Recorded;
pub use database_place::{DatabasePlace, NamesDatabase};
pub use desk::Judging;
pub use dump::{LoadError, load, load_counted};
pub use error::StoreError;
pub use gone::Gone;
pub use judged::{JudgeError, Judged, ServerTools, judge_stale};
pub use known::Known;
pub use leaves::{LeafTool, RuleUse};
pub use lookup::Namesakes;
pub use merge::{Merged, merge};
pub use migrate::APPLICATION_ID;
pub use newest::NewTool;
pub use open::{bring_up_to_date, is_there};
pub use place::{check_place, is_denied};
pub use price::price_stale;
pub use reader::{Interrupter, Reader, ReaderPlace, Standing};
pub use readings::SourceReading;
pub use registry::{ListInUse, RegistryEntry, RegistryQuery, ToolJudgement, ToolsKnown};
pub use run::{begin_run, join_run};
pub use search::{Filters, HitOrder, Search};
pub use server_url::ServerUrl;
pub use servers::{ServerOrder, ServerQuery};
#[cfg(feature = "postgres")]
pub use sql::reach;
pub use state::State;
pub use writer::Writer;
