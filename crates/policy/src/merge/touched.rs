//! What is put in or changed.

use crate::fitted::{FittedServer, FittedTool};

/// One tool that must be put in or changed, as the document spells it.
pub(super) struct Touched<'f> {
    pub(super) server: &'f FittedServer<'f>,
    pub(super) tool: &'f FittedTool<'f>,
}
