//! Where snapshots and package archives lie. In: an address (a folder, `file:///…`, `s3://BUCKET/PREFIX`), names and bytes.
//! Out: the same bytes, whole or not at all, and an object that is replaced only while it is the one that was read.
//!
//! Kinds of stores are known below `store` and nowhere else: whoever adds one writes a file there and a line in its table.
//! Never: tell a credential, in an error or anywhere else; take bytes that are larger than was said; write an object in part.

mod address;
mod archives;
mod error;
mod lake;
mod store;

pub use address::is_address;
pub use archives::{Archives, ContentAddress};
pub use error::LakeError;
pub use lake::{Lake, Writing};
pub use store::Version;
