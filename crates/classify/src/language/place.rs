//! Where in a definition something was read.

use serde::{Deserialize, Serialize};

/// Where an action was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Place {
    Name,
    Description,
    /// The description of a parameter.
    Parameter,
}
