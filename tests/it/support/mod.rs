//! What several test modules need.

pub(crate) mod binary;
#[cfg(all(feature = "parquet", feature = "s3"))]
pub(crate) mod bucket;
pub(crate) mod corpus;
pub(crate) mod database;
pub(crate) mod hostile;
pub(crate) mod listening;
pub(crate) mod mirror;
pub(crate) mod namespace;
pub(crate) mod pack;
pub(crate) mod policy;
#[cfg(all(unix, feature = "postgres"))]
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod python;
pub(crate) mod sarif;
pub(crate) mod schema;
pub(crate) mod shelf;
pub(crate) mod source;
pub(crate) mod world;
