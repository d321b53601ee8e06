//! One call that was made, and the times that records of calls give.

use jiff::Timestamp;
use mcpdex_model::words;
use serde_json::{Map, Value};

words! {
    /// What happened to a call when it was made.
    RecordedDecision, "decision" {
        Allowed = "allow",
        Asked = "ask",
        Refused = "deny",
    }
}

/// One call that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecord {
    /// When, in milliseconds since 1970.
    pub at: Option<i64>,
    /// The server as the client or whoever wrote the record calls it.
    pub server: Option<String>,
    pub tool: String,
    pub arguments: Map<String, Value>,
    pub decision: Option<RecordedDecision>,
}

/// A time in milliseconds since 1970.
pub(super) fn time(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => Some(text.parse::<Timestamp>().ok()?.as_millisecond()),
        Value::Number(number) => {
            let number = number.as_f64()?;
            // A number this large is in milliseconds: as seconds it would be past the year 5000.
            let milliseconds = if number.abs() >= 1e11 { number } else { number * 1_000.0 };
            #[allow(clippy::cast_possible_truncation, reason = "held between the bounds of time before")]
            let within = (milliseconds.abs() < 8e15).then_some(milliseconds as i64);
            within
        }
        _ => None,
    }
}
