//! A number and what it counts, in English.

use std::fmt::Display;

/// The word for so many: the first for one, else the second.
pub fn one_or_many<N: PartialEq + From<u8>>(number: N, one: &'static str, many: &'static str) -> &'static str {
    if number == N::from(1) { one } else { many }
}

/// `1 tool`, `3 tools`: for words that get an *s*.
pub fn counted<N: Display + PartialEq + From<u8>>(number: N, one: &str) -> String {
    let many = if number == N::from(1) { "" } else { "s" };
    format!("{number} {one}{many}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_one() {
        assert_eq!([0_u64, 1, 2].map(|n| counted(n, "tool")), ["0 tools", "1 tool", "2 tools"]);
        assert_eq!([0_usize, 1, 21].map(|n| one_or_many(n, "is", "are")), ["are", "is", "are"]);
    }
}
