//! What the commands print: tables for people, JSON for programs. Text from servers is made harmless here.

mod visible;

pub use visible::visible;
