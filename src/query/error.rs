//! Why a question has no answer.

use crate::policy::Target;
use crate::store::StoreError;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// What was named is not known.
    #[error("{what}")]
    NotFound {
        what: String,
        /// Names that may have been meant.
        nearest: Vec<String>,
    },
    /// The question makes no sense, or asks for more than is answered.
    #[error("{0}")]
    Invalid(String),
    #[error("the database could not be asked: {0}")]
    Store(#[from] StoreError),
    /// The question was given up: it took too long, or whoever asked has gone.
    #[error("the question was given up")]
    GivenUp,
}

/// A target by its name.
///
/// # Errors
/// There is none of this name.
pub fn target_named(name: &str) -> Result<Target, QueryError> {
    name.parse::<Target>().map_err(|error| QueryError::Invalid(error.to_string()))
}
