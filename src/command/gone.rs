//! Says of a server that is gone that it is: for every command that is asked for one by name.

use crate::report::visible;
use crate::store::{Gone, Reader, StoreError};

/// Says which servers of this name are gone; whether there are any.
///
/// # Errors
/// The database cannot be read.
pub(super) fn say(reader: &Reader, name: &str) -> Result<bool, StoreError> {
    let gone = reader.gone_called(name)?;
    for Gone { server, sources, lists } in &gone {
        let sources = sources.join(", ");
        eprintln!("error: server `{}` is gone: {} lists it no more", visible(server), visible(&sources));
        if let Some(last) = lists.last() {
            eprintln!("its history: `mcpdex diff '#{}' '#{last}'`", lists.first().unwrap_or(last));
        }
    }
    Ok(!gone.is_empty())
}

/// Says which servers that are gone had a tool of this name; whether there are any.
///
/// # Errors
/// The database cannot be read.
pub(super) fn say_of_tool(reader: &Reader, tool: &str) -> Result<bool, StoreError> {
    let gone = reader.gone_with_tool(tool)?;
    for server in &gone {
        eprintln!("server `{}` had it and is gone: no source lists it any more", visible(server));
    }
    Ok(!gone.is_empty())
}
