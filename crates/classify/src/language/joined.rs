//! Words that a joint takes apart ("de-letes", "wi·pes", a word that is hyphenated at the end of its line), read as the
//! words that they are: a laid-out tool in, the same tool with those words joined out, where there are any.
//!
//! Whether the joined reading counts is for the judge to say; no word is known here.

use crate::language::lexicon::Lexicon;
use crate::language::tool_text::{Segment, ToolText};
use mcpdex_model::Field;
use mcpdex_model::text::is_unspaced;

/// The longest word that is put together, in bytes.
const MAX_WORD: usize = 40;
/// How many parts a chain has at most; longer ones are addresses and paths.
const MAX_PARTS: usize = 8;

impl<'t> ToolText<'t> {
    /// The same tool with every word joined that a joint takes apart; `None` where there is none.
    pub(crate) fn joined(&self, lexicon: &Lexicon) -> Option<ToolText<'t>> {
        let cuts: Vec<Vec<(u32, u32)>> = self.segments.iter().map(|segment| self.joints(segment, lexicon)).collect();
        if cuts.iter().all(Vec::is_empty) {
            return None;
        }
        let mut joined = self.clone();
        joined.text.clear();
        for (segment, cuts) in joined.segments.iter_mut().zip(&cuts) {
            let start = joined.text.len() as u32;
            let kept = (segment.start..segment.end).filter(|at| !cuts.iter().any(|cut| cut.0 <= *at && *at < cut.1));
            let map = kept.clone().map(|at| segment.origin(at)).collect();
            let mut from = segment.start;
            for (cut, until) in cuts.iter().copied().chain([(segment.end, segment.end)]) {
                joined.text.push_str(&self.text[from as usize..cut as usize]);
                from = until;
            }
            segment.move_to(start, joined.text.len() as u32, map);
            joined.text.push('\n');
        }
        joined.hits.clear();
        lexicon.find(&joined.text, &mut joined.hits);
        Some(joined)
    }

    /// The joints of one text behind which a known word goes on, as ranges.
    fn joints(&self, segment: &Segment<'_>, lexicon: &Lexicon) -> Vec<(u32, u32)> {
        let is_name = matches!(segment.field, Field::Name | Field::Parameter);
        let text = &self.text[segment.start as usize..segment.end as usize];
        let mut cuts = Vec::new();
        let hidden = |at| segment.hides_before(segment.start + at);
        let hidden: Option<&dyn Fn(u32) -> bool> =
            if is_name || segment.is_as_written() { None } else { Some(&hidden) };
        let mut whole = String::new();
        for chain in chains(text, hidden, is_name) {
            let mut first = 0;
            while first + 1 < chain.len() {
                let mut word = |last: usize| {
                    let (start, end) = (chain[first].0 + segment.start, chain[last].1 + segment.start);
                    let parts = &chain[first..=last];
                    if (end - start) as usize > MAX_WORD || self.is_literal(lexicon, start, end) {
                        return None;
                    }
                    // "read-only", "set up": two words that are known are one word only where that is a deed, in prose.
                    let strange = parts.iter().any(|(from, to)| !self.is_literal_word(lexicon, segment, *from, *to));
                    if is_name && !strange {
                        return None;
                    }
                    whole.clear();
                    parts.iter().for_each(|(from, to)| whole.push_str(&text[*from as usize..*to as usize]));
                    let (verb, word) = known(lexicon, &whole);
                    (verb || word && strange).then_some(last)
                };
                let until = chain.len().min(first + MAX_PARTS);
                let Some(last) = (first + 1..until).rev().find_map(&mut word) else {
                    first += 1;
                    continue;
                };
                cuts.extend(
                    chain[first..=last].windows(2).map(|pair| (segment.start + pair[0].1, segment.start + pair[1].0)),
                );
                first = last + 1;
            }
        }
        cuts
    }

    /// Whether the lexicon names exactly what stands between `start` and `end`.
    fn is_literal(&self, lexicon: &Lexicon, start: u32, end: u32) -> bool {
        self.lexical_at(lexicon, start, end).is_some_and(|(until, _)| until == end)
    }

    fn is_literal_word(&self, lexicon: &Lexicon, segment: &Segment<'_>, from: u32, to: u32) -> bool {
        let (start, end) = (segment.start + from, segment.start + to);
        self.is_literal(lexicon, start, end)
            || lexicon.short(&self.text.as_bytes()[start as usize..end as usize]).is_some()
    }
}

/// Whether the lexicon has `word` as a verb in some form, and whether as a word that rules name.
fn known(lexicon: &Lexicon, word: &str) -> (bool, bool) {
    let meaning = lexicon.whole(word).map(|literal| lexicon.meaning(literal)).filter(|meaning| meaning.lexical);
    meaning.map_or((false, false), |meaning| (!meaning.verbs.is_empty(), meaning.word != 0))
}

/// What stands behind an apostrophe in honest words.
const CLITICS: [&str; 7] = ["s", "t", "d", "m", "re", "ve", "ll"];

/// Runs of letters with nothing but one joint between each and the next, as ranges of `text`. `hidden` says whether
/// something that nobody sees stands before a place of it; `None`: nothing does.
fn chains(text: &str, hidden: Option<&dyn Fn(u32) -> bool>, is_name: bool) -> Vec<Vec<(u32, u32)>> {
    let mut found: Vec<Vec<(u32, u32)>> = Vec::new();
    let plain = text.is_ascii();
    if plain && hidden.is_none() && !has_joint(text.as_bytes(), is_name) {
        return found;
    }
    let mut chain: Vec<(u32, u32)> = Vec::new();
    let mut gap: Option<usize> = None;
    let mut at = 0;
    while let Some(start) = part_from(text, at, plain) {
        let end = part_end(text, start, plain);
        let joins = gap.is_some_and(|from| {
            let between = &text[from..start];
            let clitic = between.ends_with(['\'', '\u{2019}']) && CLITICS.contains(&&text[start..end]);
            let hides = |at: usize| hidden.is_some_and(|hidden| hidden(at as u32));
            !clitic && is_joint(between, is_name, || hides(from) || hides(start))
        });
        if !joins {
            if chain.len() > 1 {
                found.push(std::mem::take(&mut chain));
            }
            chain.clear();
        }
        chain.push((start as u32, end as u32));
        gap = Some(end);
        at = end;
    }
    found.extend((chain.len() > 1).then_some(chain));
    found
}

/// Whether a mark that may stand inside a word has a letter before it and one not far behind it, in plain ASCII.
fn has_joint(text: &[u8], is_name: bool) -> bool {
    const MARKS: [bool; 256] = {
        let mut marks = [false; 256];
        let mut at = 0;
        while at < 11 {
            marks[b"-_.*~|+'`^="[at] as usize] = true;
            at += 1;
        }
        marks
    };
    let mark = |byte: &u8| if is_name { *byte == b' ' } else { MARKS[usize::from(*byte)] };
    let joins = |at: usize| {
        text[at - 1].is_ascii_alphabetic()
            && (text[at + 1].is_ascii_alphabetic()
                || mark(&text[at + 1]) && text.get(at + 2).is_some_and(u8::is_ascii_alphabetic)
                || text[at] == b'-' && text[at + 1].is_ascii_whitespace())
    };
    let mut from = 1;
    while let Some(inside) = text.get(from..text.len().saturating_sub(1)) {
        let Some(next) = inside.iter().position(mark) else { return false };
        if joins(from + next) {
            return true;
        }
        from += next + 1;
    }
    false
}

/// Where the next run of letters begins.
fn part_from(text: &str, at: usize, plain: bool) -> Option<usize> {
    let found =
        if plain { text.as_bytes()[at..].iter().position(u8::is_ascii_alphabetic) } else { text[at..].find(is_part) };
    found.map(|length| at + length)
}

/// Where the run of letters ends that begins at `start`.
fn part_end(text: &str, start: usize, plain: bool) -> usize {
    let found = if plain {
        text.as_bytes()[start..].iter().position(|byte| !byte.is_ascii_alphabetic())
    } else {
        text[start..].find(|letter| !is_part(letter))
    };
    found.map_or(text.len(), |length| start + length)
}

fn is_part(letter: char) -> bool {
    letter.is_alphabetic() && !is_unspaced(letter)
}

/// Whether what stands between two runs of letters may stand inside a word: one or two marks, a hyphen at the end of a
/// line, a line's end before which something hides.
fn is_joint(between: &str, is_name: bool, hidden: impl Fn() -> bool) -> bool {
    if is_name || between == " " {
        return is_name && between == " ";
    }
    let line_end = between.contains('\n') && !between.contains("\n\n");
    let marks = between.trim();
    let hyphen = |mark: char| matches!(mark, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '¬');
    let inside = |mark: char| {
        hyphen(mark)
            || matches!(
                mark,
                '_' | '.' | '·' | '‧' | '・' | '*' | '~' | '|' | '+' | '\'' | '\u{2019}' | '`' | '^' | '='
            )
    };
    if marks.is_empty() {
        return line_end && hidden();
    }
    if marks.len() < between.len() {
        return line_end && marks.chars().count() == 1 && marks.chars().all(hyphen) && between.starts_with(marks);
    }
    between.chars().count() <= 2 && between.chars().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Vec<String> {
        let words = |chain: &Vec<(u32, u32)>| {
            chain.iter().map(|(from, to)| &text[*from as usize..*to as usize]).collect::<Vec<_>>().join("")
        };
        chains(text, None, false).iter().map(words).collect()
    }

    #[test]
    fn marks_inside_a_word_join_it_and_blanks_do_not() {
        assert_eq!(joined("wi-pes the la·dder, un-\n  locks it"), ["wipes", "ladder", "unlocks"]);
        assert_eq!(joined("wi*pes **la**dder** w-i-p-e"), ["wipes", "ladder", "wipe"]);
        assert!(joined("wipes - the ladder\nlocks it. Then, stops; ends\n\nall").is_empty());
    }
}
