//! How much of a server was read: one word for whoever wants no more than that.

use super::words;

words! {
    /// How much of a server's tools was read and judged. The order is that of trust: later is more.
    ReadingExtent, "reading" {
        /// Nothing is known of the tools of this version, or what was known is no longer in force.
        Unread = "unread",
        /// A list was read, and more may be there.
        Partial = "partial",
        /// Every place that the manifest names was read whole, in this version, and judged by the rules in force.
        Complete = "complete",
    }
}
