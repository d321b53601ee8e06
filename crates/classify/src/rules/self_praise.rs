//! Praise of a tool by its own server ("this tool is safe, read-only and does not modify anything"): found in the
//! description and blanked out of its normal form, so that a verdict is the same with it and without it.
//!
//! Only sentences that say nothing else are blanked: one that names a deed, what is read, or what is accepted stays. The
//! original is never touched, and no word is known here: phrases and hollow words are data.

use crate::language::lexicon::{Form, Lexicon, role};
use crate::language::tool_text::{NameWord, ToolText};
use crate::rules::praise_words::SelfPraise;
use mcpdex_model::Field;

/// How many phrases of praise are looked at in one tool.
const MAX_CLAIMS: usize = 64;

impl SelfPraise {
    /// Blanks the praise in the title and description of `reading`.
    pub(crate) fn blank(&self, reading: &mut ToolText<'_>, lexicon: &Lexicon) {
        let found: Vec<(u32, u32, bool)> = reading
            .hits
            .iter()
            .filter(|hit| lexicon.facts(hit.literal).praise)
            .take(MAX_CLAIMS)
            .map(|hit| (hit.start, hit.end, self.openers.binary_search(&hit.literal).is_ok()))
            .collect();
        let mut blanked: Vec<(u32, u32)> = Vec::new();
        for (start, end, opens) in &found {
            let segment = &reading.segments[reading.segment_at(*start)];
            let prose = matches!(segment.field, Field::Title | Field::Description);
            if !prose || blanked.last().is_some_and(|last| *start < last.1) {
                continue;
            }
            let from = sentence_start(&reading.text, segment.start, *start);
            let to = sentence_end(&reading.text, *end, segment.end);
            // Without a full stop in front, praise begins where it first speaks of the tool.
            let opened = label_before(&reading.text, from, *start);
            let subject = |hit: &&crate::language::lexicon::Hit| {
                from <= hit.start && hit.end <= *start && self.subjects.contains(&hit.literal)
            };
            let subject = reading.hits.iter().rev().find(subject).map(|hit| hit.start);
            let subject = subject.map(|at| label_before(&reading.text, from, at));
            let whole = self.is_slight(reading, lexicon, (from, *start)).then_some(from);
            let candidates = [whole, subject, opens.then_some(opened)];
            let hollow = |from: &u32| self.is_hollow(reading, lexicon, &found, (*from, to));
            if let Some(from) = candidates.into_iter().flatten().find(hollow) {
                blanked.push((from, to));
            }
        }
        for (from, to) in blanked {
            let mut blank = " ".repeat((to - from) as usize);
            let ended = reading.text[..from as usize].ends_with(['.', '!', '?', '。', '！', '？']);
            if blank.len() > 1 && !ended {
                // Praise that is appended without a full stop ends the sentence before it all the same.
                blank.replace_range(..1, ".");
            }
            reading.text.replace_range(from as usize..to as usize, &blank);
            reading.hits.retain(|hit| hit.end <= from || hit.start >= to);
        }
    }

    /// Whether `range` holds praise and nothing else: no deed, nothing that is read, no phrase that a rule looks for.
    fn is_hollow(
        &self,
        reading: &ToolText<'_>,
        lexicon: &Lexicon,
        claims: &[(u32, u32, bool)],
        (from, to): (u32, u32),
    ) -> bool {
        let praise = |at: u32| claims.iter().find(|(start, end, _)| *start <= at && at < *end).map(|claim| claim.1);
        let foreign = |hit: &&crate::language::lexicon::Hit| {
            hit.start >= from
                && hit.end <= to
                && lexicon.meaning(hit.literal).phrase
                && !lexicon.meaning(hit.literal).praise
                && !self.subjects.contains(&hit.literal)
                && !lexicon.meaning(hit.literal).lexical
                && praise(hit.start).is_none()
        };
        if reading.hits.iter().any(|hit| foreign(&hit)) {
            return false;
        }
        // Whether what comes next is denied, and whether a look waits for its object.
        let (mut denied, mut looks) = (false, false);
        for word in words(reading, lexicon, (from, to)) {
            let praised = praise(word.start).is_some();
            let Some(meaning) = word.literal.map(|literal| lexicon.meaning(literal)) else {
                if looks && !praised {
                    return false;
                }
                denied = false;
                continue;
            };
            let roles = meaning.roles.iter().fold(0, |all, (_, role)| all | role);
            let verb = meaning.verbs.iter().find(|verb| verb.form != Form::Past);
            looks &= !praised;
            if roles != 0 {
                denied |= roles & role::NEGATION != 0;
            } else if let Some(verb) = verb {
                // "does not change, move or delete": the whole chain is denied.
                if !denied && !praised {
                    if self.grave.get(verb.lemma as usize).copied().unwrap_or(false) {
                        return false;
                    }
                    looks = true;
                }
            } else {
                if looks && !self.hollow.contains(&meaning.word) {
                    return false;
                }
                denied = false;
            }
        }
        true
    }

    /// Whether `range` holds small and hollow words only.
    fn is_slight(&self, reading: &ToolText<'_>, lexicon: &Lexicon, range: (u32, u32)) -> bool {
        words(reading, lexicon, range).iter().all(|word| {
            word.literal.is_some_and(|literal| {
                let meaning = lexicon.meaning(literal);
                !meaning.roles.is_empty() || self.hollow.contains(&meaning.word)
            })
        })
    }
}

/// The words in `range`, each with its literal where the lexicon has one.
fn words(reading: &ToolText<'_>, lexicon: &Lexicon, (from, to): (u32, u32)) -> Vec<NameWord> {
    let bytes = reading.text.as_bytes();
    let mut found = Vec::new();
    let mut start = from;
    while start < to {
        if let Some((end, literal)) = reading.lexical_at(lexicon, start, to) {
            found.push(NameWord { start, end, literal: Some(literal), compound: false });
            start = end;
            continue;
        }
        let end = word_end(&reading.text, start, to);
        if bytes[start as usize].is_ascii_alphanumeric() || !bytes[start as usize].is_ascii() {
            let literal = lexicon.short(&bytes[start as usize..end as usize]);
            found.push(NameWord { start, end, literal, compound: false });
        }
        start = end;
    }
    found
}

/// Where the sentence that `at` stands in begins.
fn sentence_start(text: &str, from: u32, at: u32) -> u32 {
    let before = &text[from as usize..at as usize];
    let mut start = from;
    for (index, letter) in before.char_indices() {
        let next = before[index + letter.len_utf8()..].chars().next();
        if ends_sentence(letter, next) {
            start = from + (index + letter.len_utf8()) as u32;
        }
    }
    start
}

/// One past the end of the sentence that `at` stands in, its full stop left out.
fn sentence_end(text: &str, at: u32, to: u32) -> u32 {
    let rest = &text[at as usize..to as usize];
    let end = rest.char_indices().find(|(index, letter)| {
        let next = rest[index + letter.len_utf8()..].chars().next();
        ends_sentence(*letter, next)
    });
    end.map_or(to, |(index, _)| at + index as u32)
}

fn ends_sentence(letter: char, next: Option<char>) -> bool {
    match letter {
        '.' | '!' | '?' => next.is_none_or(|next| next.is_whitespace() || !next.is_ascii()),
        '。' | '！' | '？' | ';' | '；' | '｡' | '\n' => true,
        _ => false,
    }
}

/// `at`, or where the one word and colon in front of it begin ("note: …").
fn label_before(text: &str, from: u32, at: u32) -> u32 {
    let before = text[from as usize..at as usize].trim_end();
    let Some(label) = before.strip_suffix(':').or_else(|| before.strip_suffix('：')) else { return at };
    let word = label.trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == '*');
    from + word.len() as u32
}

/// The end of what stands at `at` and is no word of the lexicon: a word, or one other character.
fn word_end(text: &str, at: u32, to: u32) -> u32 {
    let rest = &text[at as usize..to as usize];
    let unspaced = rest.chars().next().is_some_and(mcpdex_model::text::is_unspaced);
    let word = rest
        .char_indices()
        .find(|(_, letter)| !letter.is_alphanumeric() || mcpdex_model::text::is_unspaced(*letter))
        .map_or(rest.len(), |(index, _)| index);
    let first = rest.chars().next().map_or(1, char::len_utf8);
    at + if unspaced || word == 0 { first } else { word } as u32
}
