//! One resolver of what a person calls a server: its name, its package with the registry's mark or without, its address.
//! Every command that takes the name of a server asks here, and says the same where none is meant.

use super::gone;
use crate::query::server_names_near;
use crate::report::visible;
use crate::store::{Reader, StoreError};
use std::io::ErrorKind;

/// What a person named is not there. The command ends as with everything that was named and gave nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotThere(pub(super) String);

/// Whether a command failed because what it was to look at is not there: a file, a server, the database itself.
pub(super) fn is_not_there(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<NotThere>() || matches!(cause.downcast_ref::<StoreError>(), Some(StoreError::Missing(_)))
    })
}

/// What came of opening or reading a file that a person named to be looked at.
///
/// # Errors
/// It is not there, as [`NotThere`]; or it could not be read, as that.
pub(super) fn file<T>(read: std::io::Result<T>) -> anyhow::Result<T> {
    read.map_err(|error| match error.kind() {
        ErrorKind::NotFound => NotThere(error.to_string()).into(),
        _ => error.into(),
    })
}

/// The servers that a person may mean. Where there are none that is said, with the nearest names.
///
/// # Errors
/// The database cannot be read.
pub(super) fn servers(reader: &Reader, wanted: &str) -> anyhow::Result<Vec<String>> {
    let found = reader.servers_called(wanted)?;
    if found.is_empty() {
        say_unknown(reader, wanted)?;
    }
    Ok(found)
}

/// The one server that a person means. Where there is none, or several and none of them is called exactly so, that is said.
///
/// # Errors
/// The database cannot be read.
pub(super) fn server(reader: &Reader, wanted: &str) -> anyhow::Result<Option<String>> {
    let found = servers(reader, wanted)?;
    if let Some(exact) = found.iter().find(|name| *name == wanted) {
        return Ok(Some(exact.clone()));
    }
    if found.len() > 1 {
        eprintln!("error: several servers are called `{}`; choose one:", visible(wanted));
        for name in &found {
            eprintln!("  {}", visible(name));
        }
        return Ok(None);
    }
    Ok(found.into_iter().next())
}

/// Says that a server is not known, and what the person may have meant.
fn say_unknown(reader: &Reader, name: &str) -> anyhow::Result<()> {
    if gone::say(reader, name)? {
        return Ok(());
    }
    eprintln!("error: no server, package or address `{}` is known", visible(name));
    let names: Vec<String> = server_names_near(reader, name)?.iter().map(|name| visible(name).into_owned()).collect();
    if names.is_empty() {
        eprintln!("no name in the database is near it; `mcpdex crawl` adds servers");
    } else {
        eprintln!("the nearest names: {}", names.join(", "));
    }
    Ok(())
}
