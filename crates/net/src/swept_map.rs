//! A map that forgets: entries in, and those that are of no more use out again from time to time, so that it stays small
//! and a new entry costs the same however many there are. Never forgets what its owner says is in use.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

/// A map is not swept before it holds this many entries.
pub(super) const MANY: usize = 2_048;

/// A map and the size at which it is swept next.
#[derive(Debug)]
pub(super) struct SweptMap<K, V> {
    map: BTreeMap<K, V>,
    full: usize,
}

impl<K, V> Default for SweptMap<K, V> {
    fn default() -> Self {
        SweptMap { map: BTreeMap::new(), full: MANY }
    }
}

impl<K: Ord, V> SweptMap<K, V> {
    /// Drops what `keep` does not hold to be of use, when the map has doubled since it last did.
    pub(super) fn sweep(&mut self, keep: impl FnMut(&K, &mut V) -> bool) {
        if self.map.len() >= self.full {
            self.map.retain(keep);
            self.full = MANY.max(self.map.len() * 2);
        }
    }
}

impl<K, V> Deref for SweptMap<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &BTreeMap<K, V> {
        &self.map
    }
}

impl<K, V> DerefMut for SweptMap<K, V> {
    fn deref_mut(&mut self) -> &mut BTreeMap<K, V> {
        &mut self.map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_swept_when_it_is_full_and_not_for_every_entry() {
        let mut kept = SweptMap::default();
        let mut looks = 0;
        for number in 0..10 * MANY {
            kept.sweep(|key, ()| {
                looks += 1;
                key % 4 == 0
            });
            kept.insert(number, ());
        }
        assert!(kept.len() < 8 * MANY, "{}", kept.len());
        assert!(looks < 30 * MANY, "{looks} looks");
    }
}
