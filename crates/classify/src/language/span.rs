//! A range of the laid-out text, as everybody who points at words names it.

/// A range of [`ToolText::text`].
pub(crate) type Span = (u32, u32);
