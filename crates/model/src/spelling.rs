//! How names are compared and text is cut into words for searching: text in, text out, the same on every machine.
//!
//! No word list and no dictionary: scripts that are written without spaces are cut into overlapping pairs, so that a
//! word of two characters is found wherever it stands.

use crate::text::{Case, begins_word, is_paired};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Longer words are cut to this many characters.
const LONGEST: usize = 64;

/// A name without letter case, separators and compatibility forms: `deleteFile`, `delete_file` and `Delete-File` are
/// one.
pub fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    name.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a name looks like, after [`fold`]: names with one skeleton can be taken for each other by a reader.
pub fn skeleton(name: &str) -> String {
    // Lower case first: look-alikes are listed for small letters apart from capitals.
    let plain: String = name.nfkc().flat_map(char::to_lowercase).collect();
    fold(&unicode_security::skeleton(&plain).collect::<String>())
}

/// The words of a text or a name, in lower case and without accents: names are cut at case changes, scripts without
/// spaces into single characters and overlapping pairs.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each_word(text, |word| found.push(word.to_owned()));
    found
}

/// Hands over each word of [`words`].
pub fn each_word(text: &str, mut each: impl FnMut(&str)) {
    if text.is_ascii() {
        return each_ascii_word(text, each);
    }
    let mut word = String::new();
    let mut tell = |signs: &[char]| {
        word.clear();
        word.extend(signs);
        each(&word);
    };
    each_run(text, |run, paired| {
        if !paired {
            return tell(&run[..run.len().min(LONGEST)]);
        }
        run.chunks(1).for_each(&mut tell);
        run.windows(2).for_each(&mut tell);
    });
}

/// As [`each_run`] cuts, of text that needs no other form: most text, and several times as fast.
fn each_ascii_word(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    let mut before = Case::Gap;
    let mut flush = |word: &mut String| {
        if !word.is_empty() {
            each(&word[..word.len().min(LONGEST)]);
            word.clear();
        }
    };
    for (at, c) in text.bytes().map(char::from).enumerate() {
        let case = Case::of(c);
        if case == Case::Gap || begins_word(before, case, text[at + 1..].chars()) {
            flush(&mut word);
        }
        if case != Case::Gap {
            word.push(c.to_ascii_lowercase());
        }
        before = case;
    }
    flush(&mut word);
}

/// The words of what a person typed: like [`words`], but a run in a script without spaces asks for its pairs alone.
/// Each word once, in order.
pub fn query_words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut known = BTreeSet::new();
    let mut add = |word: String| {
        if known.insert(word.clone()) {
            found.push(word);
        }
    };
    each_run(text, |run, paired| {
        if paired && run.len() > 1 {
            run.windows(2).for_each(|pair| add(pair.iter().collect()));
        } else {
            add(run.iter().take(LONGEST).collect());
        }
    });
    found
}

/// Names of several words (`delete_file`, `deleteFile`) that a text mentions, each once.
pub fn mentions(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
        .map(|word| word.trim_matches(['-', '_']))
        .filter(|word| (5..=128).contains(&word.len()) && has_several_words(word))
        .collect()
}

fn has_several_words(word: &str) -> bool {
    word.contains('_')
        || word.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
}

/// Hands over each run of letters and digits, and whether its script is written without spaces.
fn each_run(text: &str, mut each: impl FnMut(&[char], bool)) {
    let mut run: Vec<char> = Vec::new();
    let (mut paired, mut before) = (false, Case::Gap);
    let mut flush = |run: &mut Vec<char>, paired: bool| {
        if !run.is_empty() {
            each(run, paired);
            run.clear();
        }
    };
    let accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let plain: Vec<char> = text.nfkd().filter(|c| !accent(c)).nfc().collect();
    for (at, &c) in plain.iter().enumerate() {
        let case = Case::of(c);
        let letter = c.is_alphanumeric() || (paired && is_mark(c));
        let is_paired = is_paired(c);
        if !letter || is_paired != paired || begins_word(before, case, plain[at + 1..].iter().copied()) {
            flush(&mut run, paired);
        }
        if letter {
            paired = is_paired;
            run.extend(c.to_lowercase().filter(|c| !accent(c)));
        }
        before = case;
    }
    flush(&mut run, paired);
}

/// Vowel signs that are part of the letters before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{3099}' | '\u{309a}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_many_styles_is_one_name() {
        for name in ["deleteFile", "delete_file", "Delete-File", "DELETE.FILE", "ｄｅｌｅｔｅ file"] {
            assert_eq!(fold(name), "deletefile", "{name}");
        }
    }

    #[test]
    fn letters_that_look_alike_have_one_skeleton() {
        assert_ne!(fold("s\u{435}nd_mail"), fold("send_mail"));
        for name in ["s\u{435}nd_mail", "sendMail", "send\u{200b}_mail"] {
            assert_eq!(skeleton(name), skeleton("send_mail"), "{name}");
        }
        assert_ne!(skeleton("send_mail"), skeleton("sent_mail"));
    }

    #[test]
    fn words_are_cut_at_separators_case_and_script() {
        assert_eq!(words("getHTTPPage_v2 Résumé"), ["get", "http", "page", "v2", "resume"]);
        assert_eq!(words("listAPIs"), ["list", "apis"]);
        assert_eq!(words("删除文件 now"), ["删", "除", "文", "件", "删除", "除文", "文件", "now"]);
        assert_eq!(query_words("删除文件"), ["删除", "除文", "文件"]);
        assert_eq!(query_words("ファイル delete delete"), ["ファ", "ァイ", "イル", "delete"]);
        assert_eq!(query_words("字"), ["字"]);
        assert!(query_words("*\"()-:^ 🦀").is_empty());
    }

    #[test]
    fn plain_text_is_cut_as_any_other() {
        for text in ["getHTTPPage_v2", "HTTPServer", "a", "", "ABc9D x--y", "URLs", "9Ab", "XMLHttpRequest2Go", "aB1C"]
        {
            let mut runs = Vec::new();
            each_run(text, |run, _| runs.push(run.iter().collect::<String>()));
            assert_eq!(words(text), runs, "{text}");
        }
        assert_eq!(words(&"x".repeat(70)), ["x".repeat(LONGEST)]);
    }

    #[test]
    fn only_names_of_several_words_are_mentions() {
        let found = mentions("Call read_file first, then sendMail; never use delete.");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["read_file", "sendMail"]);
    }
}
