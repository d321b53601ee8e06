//! Which script a letter is of, as far as mcpdex treats scripts differently. Blocks of Unicode, by their first and last
//! character.

/// Latin letters, those with accents included.
pub fn is_latin(letter: char) -> bool {
    matches!(letter, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Cyrillic and its supplement.
pub fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52f}')
}

/// Hiragana and katakana.
pub fn is_kana(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}')
}

/// Syllables and jamo.
pub fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}')
}

/// Han characters, with the signs that repeat or stand for one.
pub fn is_han(letter: char) -> bool {
    matches!(letter,
        '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Whether the letter is of an East Asian script that sets no blanks between words or, as Korean, joins endings to them.
pub fn is_unspaced(letter: char) -> bool {
    is_kana(letter) || is_hangul(letter) || is_han(letter)
}

/// Whether text in the letter's script is searched by pairs of letters, since blanks do not tell its words apart: East
/// Asian scripts, Thai, Lao, Burmese and Khmer.
pub fn is_paired(letter: char) -> bool {
    is_unspaced(letter) || matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_of_the_script_that_readers_take_them_for() {
        for (letters, is_of) in [
            ("aZéßư", is_latin as fn(char) -> bool),
            ("дЁѣ", is_cyrillic),
            ("かカー", is_kana),
            ("한ᄀㄱ", is_hangul),
            ("文々〇𠀀", is_han),
            ("か한文", is_unspaced),
            ("か한文ไລမខ", is_paired),
        ] {
            for letter in letters.chars() {
                assert!(is_of(letter), "{letter}");
            }
        }
        assert!(!is_unspaced('ไ') && !is_paired('д') && !is_latin('д') && !is_cyrillic('d'));
    }
}
