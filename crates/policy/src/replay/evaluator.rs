//! A document as its target reads it: calls in, effects out.

use crate::decision::PolicyEffect;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// One call that an agent could make.
pub(crate) struct Call<'a> {
    /// The server's identity in the database, for targets that know no alias.
    pub(crate) server: &'a str,
    pub(crate) alias: &'a str,
    pub(crate) tool: &'a str,
    pub(crate) arguments: &'a Map<String, Value>,
}

/// A document as its target reads it.
pub(crate) trait Evaluator {
    /// What the target does with the call. A target that does not tell refusing from hiding may answer either.
    fn answer(&self, call: &Call<'_>) -> PolicyEffect;
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
pub(crate) struct Unique<V>(pub(crate) BTreeMap<String, V>);

impl<V> Default for Unique<V> {
    fn default() -> Unique<V> {
        Unique(BTreeMap::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Unique<V> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Unique<V>, D::Error> {
        struct Reads<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Reads<V> {
            type Value = Unique<V>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map without a key that comes twice")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique<V>, A::Error> {
                let mut found = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, V>()? {
                    if found.insert(key, value).is_some() {
                        return Err(serde::de::Error::custom("a key comes twice"));
                    }
                }
                Ok(Unique(found))
            }
        }
        deserializer.deserialize_map(Reads(PhantomData))
    }
}
