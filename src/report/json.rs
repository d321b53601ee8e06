//! JSON for programs: every document names its schema, and ends with a line feed.

use serde::Serialize;

/// The document as indented JSON.
///
/// # Panics
/// Never for the documents of this room: they have text keys and no failing serializer.
pub fn to_json<T: Serialize>(document: &T) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("reports have text keys");
    text.push('\n');
    text
}
