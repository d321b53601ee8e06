//! Crawlers that agree over a real PostgreSQL. Where there is none the tests say that they are skipped.

mod hosts;
mod server;
mod work;
