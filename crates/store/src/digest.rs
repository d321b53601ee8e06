//! Digests as text, and back.

use sha2::{Digest, Sha256};

/// SHA-256 in lower-case hexadecimal.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    mcpdex_model::text::hex(&Sha256::digest(bytes))
}

/// The bytes of a SHA-256 in hexadecimal; `None`: the text is none.
pub(super) fn of_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|sign| sign.is_ascii_hexdigit()) {
        return None;
    }
    (0..32).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()).collect()
}
