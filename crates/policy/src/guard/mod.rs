//! Guards: a value of an argument in, whether it is admitted out. They decide wherever mcpdex itself does; each admits what
//! it knows to be harmless and refuses the rest. They read no file, resolve no name and follow no link.

mod address;
mod command;
mod folder;
mod public;
mod sql;

pub(crate) use address::{is_below, is_prefix as is_address_prefix};
pub(crate) use command::{Words, is_only as is_only_command, is_plain as is_plain_command, takes_words};
pub(crate) use folder::{is_inside, is_root as is_folder};
pub(crate) use public::is_public;
pub use sql::{SqlDialect, Unproven, only_reads};
