//! Arguments of a call, as a model gave them: bounded, and of the type that is meant.

use crate::query::QueryError;
use serde_json::{Map, Value};

/// Characters of a name.
const MAX_NAME: usize = 512;

/// Bytes of a posted document.
pub(super) const MAX_DOCUMENT: usize = 2 << 20;

/// The arguments of one call; what is not asked for is refused at the end.
pub(super) struct Arguments(Map<String, Value>);

impl Arguments {
    pub(super) fn of(arguments: Map<String, Value>) -> Arguments {
        Arguments(arguments)
    }

    /// A text that has to be given.
    pub(super) fn needed(&mut self, name: &str) -> Result<String, QueryError> {
        self.text(name)?.ok_or_else(|| QueryError::Invalid(format!("the argument `{name}` is missing")))
    }

    /// A text, where it is given.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, QueryError> {
        self.bounded(name, MAX_NAME)
    }

    /// A long text that has to be given.
    pub(super) fn document(&mut self, name: &str) -> Result<String, QueryError> {
        let given = self.bounded(name, MAX_DOCUMENT)?;
        given.ok_or_else(|| QueryError::Invalid(format!("the argument `{name}` is missing")))
    }

    fn bounded(&mut self, name: &str, most: usize) -> Result<Option<String>, QueryError> {
        match self.0.shift_remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() <= most => Ok(Some(text)),
            Some(Value::String(_)) => Err(QueryError::Invalid(format!("`{name}` is longer than {most} bytes"))),
            Some(_) => Err(QueryError::Invalid(format!("`{name}` has to be a text"))),
        }
    }

    /// Words of a closed vocabulary, where they are given.
    pub(super) fn words<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        name: &str,
    ) -> Result<Vec<T>, QueryError> {
        let read = |word: &Value| {
            let word = word.as_str().ok_or_else(|| QueryError::Invalid(format!("`{name}` has to hold texts")))?;
            word.parse::<T>().map_err(|error| QueryError::Invalid(error.to_string()))
        };
        match self.0.shift_remove(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(words)) if words.len() <= 32 => words.iter().map(read).collect(),
            Some(_) => Err(QueryError::Invalid(format!("`{name}` has to be a list of at most 32 texts"))),
        }
    }

    /// A whole number from one to `most`, where it is given.
    pub(super) fn number(&mut self, name: &str, most: u64) -> Result<Option<usize>, QueryError> {
        match self.0.shift_remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) if (1..=most).contains(&number) => Ok(Some(number as usize)),
                _ => Err(QueryError::Invalid(format!("`{name}` has to be a number from 1 to {most}"))),
            },
        }
    }

    /// Any value.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name)
    }

    /// Refuses what nobody asked for: a misspelt filter would otherwise answer something else.
    pub(super) fn done(self) -> Result<(), QueryError> {
        match self.0.keys().next() {
            Some(name) => {
                Err(QueryError::Invalid(format!("there is no argument `{}`", super::harmless::harmless_text(name))))
            }
            None => Ok(()),
        }
    }
}
