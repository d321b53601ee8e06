//! One hash for words, quick because it need not hold against anybody: it is made of our own words only, and a text of
//! strangers is looked up, never put in.

use std::hash::{BuildHasherDefault, Hasher};

/// For maps whose keys are words.
pub(crate) type ByWord = BuildHasherDefault<WordHasher>;

#[derive(Debug, Default)]
pub(crate) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.rotate_left(23) ^ hash(bytes);
    }

    fn write_u8(&mut self, _: u8) {
        // What the standard library sets behind each text, so that two of them cannot run together.
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Of a word, eight bytes at a time.
pub(crate) fn hash(word: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = word.len() as u64;
    let mut add = |part: u64| {
        hash = (hash ^ part).wrapping_mul(FACTOR);
        hash ^= hash >> 29;
    };
    let (parts, rest) = word.as_chunks::<8>();
    parts.iter().for_each(|part| add(u64::from_le_bytes(*part)));
    add(rest.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)));
    hash
}
