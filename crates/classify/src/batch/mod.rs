//! Many tools: rows of any input in, verdicts in the order of the input out, and how they compare with labels.

pub(crate) mod half;
pub(crate) mod resample;
pub(crate) mod rows;
pub(crate) mod score;
pub(crate) mod stream;
