//! Letters that a reader takes for others.

use super::{is_latin, is_unspaced};
use std::sync::OnceLock;

/// The first letter of Cyrillic and how many follow it, of which nearly all text that needs a look is made.
const CYRILLIC: u32 = 0x400;
const CYRILLICS: usize = 0x130;

/// The small ASCII letter that a letter of another script looks like.
pub fn latin_lookalike(letter: char) -> Option<char> {
    static KNOWN: OnceLock<[Option<char>; CYRILLICS]> = OnceLock::new();
    let at = u32::from(letter).wrapping_sub(CYRILLIC) as usize;
    if at < CYRILLICS {
        let look = |at: usize| char::from_u32(CYRILLIC + at as u32).and_then(look_up);
        return KNOWN.get_or_init(|| std::array::from_fn(look))[at];
    }
    look_up(letter)
}

fn look_up(letter: char) -> Option<char> {
    if letter.is_ascii() || is_latin(letter) || is_unspaced(letter) || !letter.is_alphabetic() {
        return None;
    }
    let mut skeleton = [0u8; 4];
    let mut letters = unicode_security::skeleton(letter.encode_utf8(&mut skeleton));
    match (letters.next(), letters.next()) {
        (Some(plain), None) if plain.is_ascii_alphabetic() => Some(plain.to_ascii_lowercase()),
        _ => None,
    }
}

/// The Cyrillic letter that a Latin one stands for in a word that is Cyrillic otherwise.
pub fn cyrillic_lookalike(letter: char) -> Option<char> {
    Some(match letter {
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'e' => 'е',
        'h' => 'н',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_letters_of_other_scripts_stand_for_latin_ones() {
        assert_eq!(latin_lookalike('е'), Some('e'));
        for letter in ['e', 'é', '文', '3', 'ж'] {
            assert_eq!(latin_lookalike(letter), None, "{letter}");
        }
    }

    #[test]
    fn what_stands_for_a_cyrillic_letter_is_not_of_its_script() {
        for latin in 'a'..='z' {
            assert!(cyrillic_lookalike(latin).is_none_or(super::super::is_cyrillic), "{latin}");
        }
    }
}
