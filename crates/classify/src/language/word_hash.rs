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

/// Of a word, eight bytes at a time, the last of them filled up with zeros.
pub(crate) fn hash(word: &[u8]) -> u64 {
    let (parts, rest) = word.as_chunks::<8>();
    let begun = parts.iter().fold(word.len() as u64, |hash, part| mix(hash, u64::from_le_bytes(*part)));
    mix(begun, rest.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)))
}

/// Of a word of less than eight bytes, as [`hash`] has it, from those bytes as one number.
pub(crate) fn hash_short(length: usize, bytes: u64) -> u64 {
    mix(length as u64, bytes)
}

fn mix(hash: u64, part: u64) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let hash = (hash ^ part).wrapping_mul(FACTOR);
    hash ^ hash >> 29
}
