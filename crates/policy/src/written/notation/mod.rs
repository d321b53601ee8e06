//! Text of each notation into one tree. What nests too deep or grows too large by references is no document.

mod json;
mod toml;
mod yaml;

pub(crate) use json::json;
pub(crate) use toml::toml;
pub(crate) use yaml::yaml;
