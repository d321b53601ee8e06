//! Values of the model as compact JSON text.

/// The text of a value.
pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("model types have string keys and no failing serializer")
}
