//! A document as its target reads it: calls in, effects out.

use crate::decision::PolicyEffect;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One call that an agent could make.
pub(crate) struct Call<'a> {
    /// The server's identity in the database, for targets that know no alias.
    pub(crate) server: &'a str,
    pub(crate) alias: &'a str,
    pub(crate) tool: &'a str,
    pub(crate) arguments: &'a Map<String, Value>,
    /// What the document is meant to answer, where that is known: an evaluator that finds a limit by trying may try it
    /// first, and answers the same without.
    #[cfg_attr(not(feature = "verify"), expect(dead_code, reason = "only Rego's evaluator tries limits"))]
    pub(crate) near: Option<PolicyEffect>,
}

/// A document as its target reads it.
pub(crate) trait Evaluator {
    /// What the target does with the call. A target that does not tell refusing from hiding may answer either.
    fn answer(&self, call: &Call<'_>) -> PolicyEffect;

    /// Why a call was not decided although it was answered, where that happened: the document is not to be trusted then.
    fn fault(&self) -> Option<String> {
        None
    }
}

/// JSON of a document.
pub(crate) fn json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// YAML of a document.
pub(crate) fn yaml<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
    serde_saphyr::from_str(text).map_err(|e| e.to_string())
}

/// A map that refuses a key that comes twice; JSON parsers keep one of the two silently.
#[derive(Deserialize)]
#[serde(transparent, bound = "V: Deserialize<'de>")]
pub(crate) struct Unique<V>(
    #[serde(deserialize_with = "serde_with::rust::maps_duplicate_key_is_error::deserialize")]
    pub(crate)  BTreeMap<String, V>,
);

impl<V> Default for Unique<V> {
    fn default() -> Unique<V> {
        Unique(BTreeMap::new())
    }
}
