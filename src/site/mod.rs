//! The catalogue as pages: a database in, the bytes of one page out. Whoever wants them all (`mcpdex site`) asks for one
//! after the other and keeps them as files; whoever shows them live renders the one that is asked for.
//!
//! * [`Pages`] is made once from the rules and the settings. It holds no connection and may be shared by threads.
//! * [`Pages::render`] takes a [`Reader`](crate::store::Reader) and a [`PagePath`] and gives a [`SitePage`]: bytes and
//!   their media type, or `None` where the database has no such page. The same database and settings give the same bytes.
//! * [`PagePath::address`] is where a page lies from the root; links in pages are relative, so that a folder of them
//!   works from `file://`, below any path of a web server, and live. [`Pages::find`] is the way back.
//! * [`Pages::asset`] gives the style sheet, the scripts and the icon by the names that pages call them by: their names
//!   are digests of their bytes, so that they may be kept for ever.
//!
//! ```no_run
//! # fn shown(reader: &mcpdex::store::Reader, pages: &mcpdex::site::Pages, address: &str) -> Result<(), Box<dyn std::error::Error>> {
//! if let Some(path) = pages.find(reader, address)? {
//!     let page = pages.render(reader, &path)?.expect("what was found is there");
//!     println!("{}: {} bytes of {}", path.address(), page.bytes.len(), page.media_type);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Text of servers is hostile: every value of a template is escaped ([`escape`]), no page holds a script or a style of its
//! own, a strict Content-Security-Policy stands in each, nothing is asked of any other host. The clock is never read and no
//! verdict is made here.

mod address;
mod asset;
mod browse;
mod canvas;
mod card;
mod escape;
mod evidence;
mod folder;
mod frame;
mod highlight;
mod history;
mod home;
mod joining;
mod leaf_page;
mod listing;
mod live_search;
mod pages;
mod policy_shape;
mod policy_view;
mod question;
mod rule_note;
mod rules;
mod search_index;
mod search_page;
mod server_page;
mod server_policy;
mod server_read;
mod tool_page;
mod unread_page;
mod web;
mod write;

pub use address::PagePath;
pub use asset::Asset;
pub use browse::Facet;
pub use history::successions;
pub use live_search::SiteSearch;
pub use pages::{Pages, RaisedRisk, SiteError, SitePage, SiteSettings};
pub use rule_note::RuleNote;
pub use write::{SiteReport, WriteError, write};
