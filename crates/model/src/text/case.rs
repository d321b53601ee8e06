//! Where a word begins in a name that is written without blanks: `deleteTask`, `getHTTPPage`, `listAPIs`, `PDF転換`.

/// What a letter is to the eye that looks for words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// No part of a word.
    Gap,
    Lower,
    Upper,
    /// A letter of a script that knows no case.
    None,
    Digit,
}

impl Case {
    /// Of one character as it is written.
    pub fn of(c: char) -> Case {
        match c {
            'a'..='z' => Case::Lower,
            'A'..='Z' => Case::Upper,
            '0'..='9' => Case::Digit,
            _ if c.is_ascii() => Case::Gap,
            _ if c.is_numeric() => Case::Digit,
            _ if !c.is_alphabetic() => Case::Gap,
            _ if c.is_uppercase() => Case::Upper,
            _ if c.is_lowercase() => Case::Lower,
            _ => Case::None,
        }
    }
}

/// Whether a word begins at a letter of case `at` which follows one of case `before`; `rest` is the text behind it.
///
/// A capital behind anything else begins one, and so does the last capital before a small letter, unless that is the
/// plural of capitals. What follows a gap is no question of case: it answers no.
pub fn begins_word(before: Case, at: Case, mut rest: impl Iterator<Item = char>) -> bool {
    match (before, at) {
        (Case::Lower | Case::None | Case::Digit, Case::Upper) => true,
        (Case::Upper, Case::Upper) => rest.next().is_some_and(|next| {
            let plural = next == 's' && !rest.next().is_some_and(char::is_alphabetic);
            Case::of(next) == Case::Lower && !plural
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_begins_where_a_reader_sees_one() {
        for (name, words) in [
            ("deleteTask", "delete Task"),
            ("getHTTPPage", "get HTTP Page"),
            ("listAPIs", "list APIs"),
            ("listAPIsNow", "list AP Is Now"),
            ("URLs", "URLs"),
            ("USStates", "US States"),
            ("x2Y", "x2 Y"),
            ("X2y", "X2y"),
            ("PDF転換", "PDF転換"),
            ("転換PDF", "転換 PDF"),
            ("ÉcoleÉté", "École Été"),
            ("", ""),
        ] {
            let (mut cut, mut before) = (String::new(), Case::Gap);
            for (at, c) in name.char_indices() {
                if begins_word(before, Case::of(c), name[at + c.len_utf8()..].chars()) {
                    cut.push(' ');
                }
                cut.push(c);
                before = Case::of(c);
            }
            assert_eq!(cut, words, "{name}");
        }
    }
}
