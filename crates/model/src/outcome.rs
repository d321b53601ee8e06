//! What happened to one attempt to learn a tool list. Stored as data, never only logged.

use crate::words;

words! {
    /// How one attempt ended. An attempt that did not end in [`Outcome::Ok`] or [`Outcome::NotModified`] leaves the
    /// server *unread*: it must never be shown as clean.
    Outcome, "outcome" {
        /// A list was learnt (it may be empty, and it may be partial).
        Ok = "ok",
        /// The source says that nothing changed since the last attempt.
        NotModified = "not-modified",
        /// The server wants credentials that mcpdex was not given.
        AuthRequired = "auth-required",
        /// The other side answered, and said no (4xx, 5xx, a protocol error).
        Refused = "refused",
        /// A deadline passed.
        Timeout = "timeout",
        /// No connection, or it broke.
        Unreachable = "unreachable",
        /// More bytes, files, pages or tools than the limits allow.
        TooLarge = "too-large",
        /// The answer came and could not be understood, or failed its hash.
        Unreadable = "unreadable",
        /// A guard of mcpdex refused to make the attempt.
        Blocked = "blocked",
        /// The package or server no longer exists.
        Gone = "gone",
    }
}

impl Outcome {
    /// Whether the attempt left a tool list that may be judged.
    pub const fn is_read(self) -> bool {
        matches!(self, Outcome::Ok | Outcome::NotModified)
    }
}
