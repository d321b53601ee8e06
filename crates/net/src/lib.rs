//! The one HTTP client: in goes a URL and how far it is trusted, out come bytes under limits or a failure with its
//! outcome. Never connects to an address that untrusted data named unless that address is public, never follows a
//! redirect unchecked, never carries credentials to another host, never reads more than the limits allow.
//!
//! - [`Client::exchange`] is one step of a conversation: any method, any status, the body piece by piece.
//! - [`Client::get`] fetches; [`Request`] says what, [`FetchLimits`] how much and how long.
//! - [`Trust`] and the address guard are in [`guard`], the table of addresses that are not public in [`address`].
//! - [`HostLimiter`] keeps one slow host from holding up the others; [`SharedPlaces`] is who counts for several processes.
//!
//! ```no_run
//! use mcpdex_net::{Client, Config, Request, Trust};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Config::default())?;
//! // Whoever wrote the address is not trusted: it must lead to a public one, redirects included.
//! let page = Request::page("https://registry.example/v0/servers".parse()?, Trust::Untrusted, "application/json");
//! let fetched = client.get(page).await?;
//! println!("{} bytes", fetched.body.len());
//! # Ok(())
//! # }
//! ```

pub use mcpdex_model::address;
pub mod guard;

mod body;
mod body_budget;
mod client;
mod exchange;
mod failure;
mod fetch;
mod host;
mod host_limiter;
mod rate_limit;
mod request;
mod retry;
mod shared_places;
mod swept_map;

pub use client::{Client, Config, SetupError, store_client};
pub use exchange::{Deadline, Exchange, Opened, Verb};
pub use failure::{Cause, ConnectionFailure, Failure};
pub use guard::{Dial, Lookup, LookupFuture, Refusal, SystemLookup, Trust, same_place};
pub use host::HostRecord;
pub use host_limiter::{HostLimiter, Permit, key as host_key};
pub use rate_limit::RateLimit;
pub use request::{Encoding, FetchLimits, FetchedBody, Request, Validators, shown, split_user_info};
pub use shared_places::{PlaceFuture, PlaceRequest, SharedPlaces, TakenPlace};
