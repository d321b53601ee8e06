//! The lockfile: what the tools of a client's servers were when somebody looked at them.
//!
//! Every member of a tool's JSON object counts. Of each tool the raw bytes, the canonical form (RFC 8785) and each
//! member are hashed, so that a change is found and the field that changed is named without keeping the text.

use mcpdex_model::{Class, FoundTool, Risk, ToolOrigin, lenient};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Digest;
use std::collections::BTreeMap;

/// `mcpdex.lock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    pub schema: String,
    /// In the order of the configuration's names.
    pub servers: Vec<LockedServer>,
}

/// A server as it was pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedServer {
    /// The name that the configuration gives it.
    pub name: String,
    /// The server in the database.
    pub server: String,
    /// What the configuration starts, whatever it calls it: a package, an address, the place of a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The version that the configuration asks for, where it asks for one.
    pub wanted: Option<String>,
    pub origin: ToolOrigin,
    pub target: String,
    /// The version that was read.
    pub version: Option<String>,
    pub tools: Vec<LockedTool>,
}

/// A tool as it was pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedTool {
    pub name: String,
    pub class: Class,
    pub risk: Risk,
    /// SHA-256 of the JSON object as it came.
    pub raw_sha256: String,
    /// SHA-256 of its canonical form.
    pub canonical_sha256: String,
    /// SHA-256 of the canonical form of each member.
    pub fields: BTreeMap<String, String>,
}

/// Why a lockfile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("it is not a lockfile of mcpdex: {0}")]
    Syntax(#[from] serde_json::Error),
    #[error("it is of the kind `{0}`, and this mcpdex knows `{SCHEMA}`; write it anew with `mcpdex pin`")]
    Schema(String),
    #[error("it names `{0}` twice")]
    Twice(String),
}

const SCHEMA: &str = "mcpdex/lock/1";

impl Lock {
    /// A lockfile of these servers.
    pub fn new(mut servers: Vec<LockedServer>) -> Lock {
        servers.sort_by(|a, b| a.name.cmp(&b.name));
        Lock { schema: SCHEMA.to_owned(), servers }
    }

    /// Reads a lockfile.
    ///
    /// # Errors
    /// The text is not one, or is of another version.
    pub fn from_json(text: &str) -> Result<Lock, LockError> {
        let lock: Lock = serde_json::from_str(text)?;
        if lock.schema != SCHEMA {
            return Err(LockError::Schema(lock.schema));
        }
        for (at, server) in lock.servers.iter().enumerate() {
            if lock.servers[..at].iter().any(|other| other.name == server.name) {
                return Err(LockError::Twice(server.name.clone()));
            }
        }
        Ok(lock)
    }
}

impl LockedServer {
    /// What the server is known by, whatever it is called.
    pub(super) fn key(&self) -> &str {
        self.identity.as_deref().unwrap_or(&self.server)
    }
}

impl LockedTool {
    /// Pins a tool.
    pub fn of(found: &FoundTool) -> LockedTool {
        let value = lenient::parse(&found.tool.raw).map(|(value, _)| value).unwrap_or(Value::Null);
        let fields = value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), sha256(canonical(value).as_bytes())))
            .collect();
        LockedTool {
            name: found.tool.name.clone(),
            class: found.verdict.class,
            risk: found.verdict.risk,
            raw_sha256: sha256(found.tool.raw.as_bytes()),
            canonical_sha256: sha256(canonical(&value).as_bytes()),
            fields,
        }
    }
}

/// The canonical form of a JSON value, RFC 8785. A value that has none (a number beyond doubles) stands as it is.
pub fn canonical(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value).unwrap_or_else(|_| value.to_string())
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    mcpdex_model::text::hex(&sha2::Sha256::digest(bytes))
}
