//! One tool laid out for matching: all its texts in one normal form, one after the other, with the way back from each
//! byte to the original. Nothing is decided here.

use crate::language::documented::entries;
use crate::language::hidden::{self, Hidden};
use crate::language::lexicon::{Hit, Lexicon, Literal, UNKNOWN};
use crate::language::name_words::split_name;
use crate::language::normalize::{Normalized, normalize};
use crate::language::schema_walk::{FoundParam, walk};
use crate::language::shared_text::SharedText;
use mcpdex_model::{Field, Tool};
use serde_json::Value;

/// How much of a description is read, in bytes.
const MAX_DESCRIPTION: usize = 64 * 1024;
/// How much of a parameter's description is read, in bytes.
const MAX_ABOUT: usize = 4096;
/// How much of all texts of a tool is read, in bytes.
const MAX_ALL: usize = 1 << 20;

/// One text of the tool.
#[derive(Debug, Clone)]
pub(crate) struct Segment<'t> {
    pub field: Field,
    /// The parameter it belongs to.
    pub parameter: u32,
    /// Where its normal form stands in [`ToolText::text`].
    pub start: u32,
    pub end: u32,
    pub original: &'t str,
    /// JSON pointer to the text, of a parameter's.
    pub pointer: SharedText<'t>,
    /// Where `original` begins in that text: an entry of a section of arguments is part of the description.
    pub base: usize,
    /// For every byte of the normal form, where it came from; `None` when both have the same offsets.
    map: Option<Vec<(u32, u32)>>,
}

impl Segment<'_> {
    /// The range of the original that the range `start..end` of the normal form came from.
    pub(crate) fn original_span(&self, start: u32, end: u32) -> (usize, usize) {
        let (from, to) = ((start - self.start) as usize, (end - self.start) as usize);
        match &self.map {
            None => (from, to),
            Some(map) => match (map.get(from), map.get(to.wrapping_sub(1))) {
                (Some(first), Some(last)) => (first.0 as usize, last.1 as usize),
                _ => (0, self.original.len()),
            },
        }
    }

    /// The range of the original that the byte at `at` of the reading came from.
    pub(crate) fn origin(&self, at: u32) -> (u32, u32) {
        let at = at - self.start;
        self.map.as_ref().and_then(|map| map.get(at as usize)).copied().unwrap_or((at, at + 1))
    }

    /// Whether the normal form has the offsets of the original, and nothing was taken out.
    pub(crate) fn is_as_written(&self) -> bool {
        self.map.is_none()
    }

    /// Whether the original is plain ASCII and has no capital where the byte at `at` of the reading came from.
    pub(crate) fn has_no_capital(&self, at: u32) -> bool {
        let written = self.original.as_bytes().get((at - self.start) as usize);
        self.is_as_written() && written.is_some_and(|byte| !byte.is_ascii_uppercase())
    }

    /// Whether the original has something before the byte at `at` of the reading that the normal form has not.
    pub(crate) fn hides_before(&self, at: u32) -> bool {
        at > self.start && at < self.end && {
            let (before, here) = (self.origin(at - 1), self.origin(at));
            before != here && before.1 < here.0
        }
    }

    /// Takes another normal form, which stands at `start..end` of another reading.
    pub(crate) fn move_to(&mut self, start: u32, end: u32, map: Vec<(u32, u32)>) {
        (self.start, self.end, self.map) = (start, end, Some(map));
    }
}

/// One parameter, at any depth.
#[derive(Debug, Clone)]
pub(crate) struct Param<'t> {
    pub name: &'t str,
    pub schema: &'t Value,
    /// JSON pointer to where it is declared.
    pub pointer: SharedText<'t>,
    /// The names that lead to it: `request.action`; its own name for the parameters of the call itself.
    pub path: SharedText<'t>,
    pub required: bool,
    /// The segment of its name.
    pub segment: u32,
}

/// A tool laid out for matching.
#[derive(Debug, Clone)]
pub(crate) struct ToolText<'t> {
    pub text: String,
    pub segments: Vec<Segment<'t>>,
    pub params: Vec<Param<'t>>,
    /// Everything found in `text`, sorted by where it starts.
    pub hits: Vec<Hit>,
    pub mended: Normalized,
    /// What hides from people in its texts, each with the number of its segment; empty until it was looked for.
    pub hidden: Vec<(usize, Hidden)>,
    /// What of the schema was not read.
    pub unread: Vec<String>,
    /// JSON pointer to the title.
    pub title_pointer: &'static str,
}

impl<'t> ToolText<'t> {
    /// Lays out `tool` and finds all the words that rules name.
    pub(crate) fn of(tool: &'t Tool, lexicon: &Lexicon) -> ToolText<'t> {
        let description = tool.description.as_deref().unwrap_or("");
        let mut reading = ToolText {
            text: String::with_capacity(tool.name.len() * 2 + description.len().min(MAX_DESCRIPTION) + 256),
            segments: Vec::with_capacity(8),
            params: Vec::new(),
            hits: Vec::with_capacity(64),
            mended: Normalized::default(),
            hidden: Vec::new(),
            unread: Vec::new(),
            title_pointer: if tool.title.is_some() { "/title" } else { "/annotations/title" },
        };
        reading.name(Field::Name, 0, &tool.name, SharedText::Borrowed("/name"));
        let title_pointer = SharedText::Borrowed(reading.title_pointer);
        reading.prose(Field::Title, 0, tool.display_title().unwrap_or(""), MAX_ABOUT, title_pointer);
        reading.prose(Field::Description, 0, description, MAX_DESCRIPTION, SharedText::Borrowed("/description"));
        if let Some(schema) = &tool.input_schema {
            let walk = walk(schema);
            reading.unread = walk.unread;
            let mut documented = documented_in(description, &walk.params).into_iter();
            for (index, found) in walk.params.into_iter().enumerate() {
                let FoundParam { name, schema, pointer, path, required, texts } = found;
                let segment = reading.segments.len() as u32;
                reading.name(Field::Parameter, index as u32, name, pointer.clone());
                if let Some((base, text)) = documented.next().flatten() {
                    let place = SharedText::Borrowed("/description");
                    reading.prose(Field::ParameterDescription, index as u32, text, MAX_ABOUT, place);
                    if let Some(segment) = reading.segments.last_mut() {
                        segment.base = base;
                    }
                }
                for (text, place) in texts {
                    let room = MAX_ALL.saturating_sub(reading.text.len()).min(MAX_ABOUT);
                    reading.prose(Field::ParameterDescription, index as u32, text, room, place);
                }
                reading.params.push(Param { name, schema, pointer, path, required, segment });
            }
        }
        lexicon.find(&reading.text, &mut reading.hits);
        reading
    }

    /// Looks for what hides from people in the originals, which are the same in every reading; names of parameters aside.
    pub(crate) fn look_for_hidden(&mut self) {
        let own = |segment: &Segment<'_>| segment.field != Field::Parameter && segment.base == 0;
        let segments = self.segments.iter().enumerate().filter(|(_, segment)| own(segment));
        let found =
            segments.flat_map(|(at, segment)| hidden::find(segment.original).into_iter().map(move |of| (at, of)));
        self.hidden = found.collect();
    }

    fn name(&mut self, field: Field, parameter: u32, original: &'t str, pointer: SharedText<'t>) {
        let start = self.text.len() as u32;
        let map = split_name(original, &mut self.text, &mut self.mended);
        self.push(field, parameter, start, original, map, pointer);
    }

    fn prose(&mut self, field: Field, parameter: u32, original: &'t str, limit: usize, pointer: SharedText<'t>) {
        let start = self.text.len() as u32;
        let map = normalize(original, limit, &mut self.text, &mut self.mended);
        self.push(field, parameter, start, original, map, pointer);
    }

    #[allow(clippy::too_many_arguments)]
    fn push(
        &mut self,
        field: Field,
        parameter: u32,
        start: u32,
        original: &'t str,
        map: Option<Vec<(u32, u32)>>,
        pointer: SharedText<'t>,
    ) {
        let end = self.text.len() as u32;
        self.segments.push(Segment { field, parameter, start, end, original, pointer, base: 0, map });
        // A line end that no literal contains, so that none is found across two texts.
        self.text.push('\n');
    }

    /// The segments of name, title and description.
    pub(crate) fn name_segment(&self) -> &Segment<'t> {
        &self.segments[0]
    }

    /// The same text with `;` in the place of each blank at `ends`, so that a sentence ends there.
    pub(crate) fn ended_at(&self, ends: &[u32]) -> ToolText<'t> {
        let mut ended = self.clone();
        for at in ends {
            ended.text.replace_range(*at as usize..*at as usize + 1, ";");
            ended.hits.retain(|hit| hit.end <= *at || hit.start > *at);
        }
        ended
    }

    /// The same text without what stands at `range`.
    pub(crate) fn without(&self, (from, to): (u32, u32)) -> ToolText<'t> {
        let mut rest = self.clone();
        rest.text.replace_range(from as usize..to as usize, &" ".repeat((to - from) as usize));
        rest.hits.retain(|hit| hit.end <= from || hit.start >= to);
        rest
    }

    pub(crate) fn segment_at(&self, at: u32) -> usize {
        self.segments.partition_point(|segment| segment.end < at)
    }

    /// The description, in its normal form.
    pub(crate) fn described(&self) -> &str {
        let segment = &self.segments[2];
        &self.text[segment.start as usize..segment.end as usize]
    }

    /// The longest word of sentences that starts at `at` and ends at or before `end`.
    pub(crate) fn lexical_at(&self, lexicon: &Lexicon, at: u32, end: u32) -> Option<(u32, Literal)> {
        let from = self.hits.partition_point(|hit| hit.start < at);
        self.hits[from..]
            .iter()
            .take_while(|hit| hit.start == at)
            .find(|hit| hit.end <= end && lexicon.facts(hit.literal).lexical)
            .map(|hit| (hit.end, hit.literal))
    }
}

/// For each parameter what the description says of it, where its schema says nothing.
fn documented_in<'t>(description: &'t str, params: &[FoundParam<'t>]) -> Vec<Option<(usize, &'t str)>> {
    let described = |param: &FoundParam<'_>| param.texts.iter().any(|(_, place)| place.ends_with("/description"));
    let names: Vec<&str> =
        params.iter().map(|param| if *param.path == *param.name { param.name } else { "" }).collect();
    if description.len() > MAX_DESCRIPTION || params.iter().all(described) {
        return Vec::new();
    }
    let mut found = entries(description, &names);
    for (entry, param) in found.iter_mut().zip(params) {
        *entry = entry.filter(|(_, text)| !described(param) && text.len() <= MAX_ABOUT);
    }
    found
}

/// One word of a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameWord {
    pub start: u32,
    pub end: u32,
    pub literal: Option<Literal>,
    /// Whether it is part of a noun of several words, and so no verb.
    pub compound: bool,
}

/// The words of the segment, each with its literal where rules name it.
pub(crate) fn name_words(reading: &ToolText<'_>, lexicon: &Lexicon, start: u32, end: u32) -> Vec<NameWord> {
    let mut words = Vec::with_capacity(8);
    let text = &reading.text;
    let compounds = lexicon.compounds(&reading.hits, start, end);
    let inside_compound = |from: u32, to: u32| compounds.iter().any(|(start, end)| *start <= from && to <= *end);
    let mut at = start;
    while at < end {
        if text.as_bytes()[at as usize] == b' ' {
            at += 1;
            continue;
        }
        let until = text[at as usize..end as usize].find(' ').map_or(end, |gap| at + gap as u32);
        // In scripts without blanks a word holds several; elsewhere it is one literal or none.
        let mut inside = at;
        let mut found_any = false;
        while inside < until {
            match reading.lexical_at(lexicon, inside, until) {
                Some((stop, literal)) if stop == until || !lexicon.meaning(literal).bounded => {
                    let compound = inside_compound(inside, stop);
                    words.push(NameWord { start: inside, end: stop, literal: Some(literal), compound });
                    found_any = true;
                    inside = stop;
                }
                _ => {
                    let width = text[inside as usize..].chars().next().map_or(1, char::len_utf8) as u32;
                    inside += width;
                }
            }
        }
        if !found_any {
            let literal = lexicon.short(&text.as_bytes()[at as usize..until as usize]);
            words.push(NameWord { start: at, end: until, literal, compound: inside_compound(at, until) });
        }
        at = until;
    }
    words
}

impl NameWord {
    pub(crate) fn lemma(&self, lexicon: &Lexicon) -> u32 {
        self.literal.map_or(UNKNOWN, |literal| lexicon.meaning(literal).word)
    }
}
