//! Why nothing is merged.

use crate::loss::Refused;
use crate::targets::Target;
use crate::written::WrittenError;

/// Why nothing can be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error(
        "nothing can be merged into {0} documents without touching what a person wrote; write the document with --out and \
         put its entries in by hand"
    )]
    NotInPlace(Target),
    #[error("the file has something else where `{0}` belongs; `mcpdex policy check` says what is wrong")]
    OtherShape(String),
    #[error("merging would change what becomes of `{0}`, which is not among the tools to be merged")]
    TouchesOthers(String),
    #[error(transparent)]
    Written(#[from] WrittenError),
    #[error(transparent)]
    Refused(#[from] Refused),
}
