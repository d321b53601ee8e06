//! What several rooms must read in the same way: which characters are invisible, which look alike, which script a letter
//! is of, where a word begins in a name, how a number is told, how a JSON pointer and a digest are written. Text in, text out; no word list, no
//! language.

mod case;
mod counted;
mod hex;
mod invisible;
mod lookalike;
mod pointer;
mod script;

pub use case::{Case, begins_word};
pub use counted::{counted, one_or_many};
pub use hex::hex;
pub use invisible::{is_deceptive, is_hidden, is_invisible, visible};
pub use lookalike::{cyrillic_lookalike, latin_lookalike};
pub use pointer::{escape_key, pointer_to};
pub use script::{is_cyrillic, is_han, is_hangul, is_kana, is_latin, is_paired, is_unspaced};
