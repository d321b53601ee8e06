//! Configurations of MCP clients, whatever the client: the text of a file in, its servers out, each with what it starts
//! and what the file says about it. The one reader of such files: every command asks it.
//!
//! What a file gives to a server (environment, headers, arguments) may be secret: it is looked at and not kept, no variable
//! is expanded, and nothing that a file says is done. A place that is not understood is a problem by name and hides no
//! other.

mod approval;
mod entry;
mod node;
mod places;
mod position;
mod scope;
mod secret;
mod server;
mod shape;

pub use node::{Broken, MAX_BYTES};
pub use places::{Base, ClientPlace, PLACES, SystemKind};
pub use position::Position;
pub use server::{ClientServer, Configuration, Flag, ToolFilter};

use mcpdex_model::lenient;

/// Reads a configuration as bytes. `name` is the file's, whose ending tells the language where it has one.
///
/// # Errors
/// Why the bytes are no configuration.
pub fn read(bytes: &[u8], name: &str) -> Result<Configuration, Broken> {
    let (text, _) = lenient::text_of(bytes).ok_or(Broken::NoText)?;
    read_text(&text, name)
}

/// As [`read`], for text.
///
/// # Errors
/// Why the text is no configuration.
pub fn read_text(text: &str, name: &str) -> Result<Configuration, Broken> {
    let mut found = shape::read(&node::read(text, name)?);
    position::note(&mut found.servers, text, name);
    Ok(found)
}

/// Whether an object is a client's configuration by its wrapper, given which of its keys hold objects.
pub(crate) fn is_one(holds: impl Fn(&str) -> bool) -> bool {
    shape::WRAPPERS.iter().any(|key| holds(key))
        || ["servers", "mcp", "projects", "amp.mcpServers"].iter().any(|key| holds(key))
}

#[cfg(test)]
mod tests;
