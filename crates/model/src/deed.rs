//! What the code behind a tool was seen to do: evidence from source, beside what the definition says.

use super::ToolSite;
use crate::words;
use serde::{Deserialize, Serialize};

words! {
    /// What a call in a tool's code does. Whatever it does it may also do to no avail: a deed is what stands there.
    DeedKind, "deed" {
        /// Removes a file, a folder, rows of a database, something behind an API.
        Delete = "delete",
        /// Creates, changes or moves one of these.
        Write = "write",
        /// Starts a program, or runs text as code.
        Execute = "execute",
        /// Connects to an address.
        Network = "network",
        /// Reads variables of the environment.
        Environment = "environment",
    }
}

words! {
    /// Who decides what a deed reaches. Later is graver.
    DeedReach, "reach" {
        /// Only what the program itself made for a while: a temporary file, a cache.
        Scratch = "scratch",
        /// What the program names: one variable, a fixed address, a program with its arguments.
        Fixed = "fixed",
        /// What the caller names: the address, the program, the command, the variable.
        Chosen = "chosen",
        /// What leaves or is returned holds secrets: the whole environment, a file of keys.
        Secret = "secret",
    }
}

/// One call in the code of a tool's handler, or of what the handler calls in its own package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    pub kind: DeedKind,
    pub reach: DeedReach,
    /// How many functions of the package lie between the handler and the call: 0 in the handler itself.
    pub depth: u32,
    /// What is called, as it is written, at most 80 characters: `os.remove`.
    pub call: String,
    /// What decided the kind where the call alone does not: `DELETE`, `DROP TABLE`, `rm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    pub site: ToolSite,
}

/// What was seen of the code behind one tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSeen {
    /// Where the handler stands.
    pub handler: ToolSite,
    /// Whether every call into its own package was followed; where not, there may be more deeds.
    pub whole: bool,
    /// In the order of the walk.
    pub deeds: Vec<Deed>,
}

impl Deed {
    /// The place, as `file:line`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.site.file, self.site.line)
    }

    /// The call with what decided it, for people: `fetch` or `fetch` (DELETE).
    pub fn told(&self) -> String {
        match &self.detail {
            Some(detail) => format!("`{}` ({detail})", self.call),
            None => format!("`{}`", self.call),
        }
    }
}
