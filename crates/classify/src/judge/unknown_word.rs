//! Names and texts that begin with a word that no rule knows: an unknown word where the verb stands is no look, whatever noun
//! follows. It takes evidence of reading away and adds none.

use crate::judge::finding::{Fate, Finding, Fired};
use crate::language::action::{Action, Place, Word};
use crate::language::lexicon::role;
use crate::language::tool_text::ToolText;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::Class;

impl Ruleset {
    /// Makes what nouns say of looking weaker where a verb stands before them that no rule knows.
    pub(crate) fn doubt_unknown_words(
        &self,
        reading: &ToolText<'_>,
        actions: &[Action],
        fired: &mut [Fired],
        unknown_verb: bool,
    ) {
        let bare = self.is_named_by_unknown_word(reading, actions, unknown_verb);
        let idle = self.has_idle_verb(fired, actions);
        if unknown_verb || bare || idle {
            doubt_lookups_by_noun(self, fired, actions, bare, idle);
        }
        if self.is_named_by_stranger(reading, actions) {
            let phrase = |hit: &&mut Fired| hit.action.is_some_and(|index| actions[index as usize].phrase);
            let named = |hit: &&mut Fired| self.rules[hit.rule as usize].when[hit.clause as usize].is_of_shape();
            fired.iter_mut().filter(phrase).filter(named).for_each(|hit| hit.fate = Fate::Weaker);
        }
    }

    /// Whether nouns alone say that the tool reads, and its name begins with a word that nobody knows and that nothing shows
    /// to be a noun: "glorp_records: Glorping of records". Low must be earned.
    pub(crate) fn rests_on_a_stranger(&self, finding: &Finding<'_>) -> bool {
        if finding.class != Class::Read || !finding.recognised || finding.gravest_operation.is_some() {
            return false;
        }
        let (reading, actions) = (&finding.reading, &finding.actions);
        let Some(first) = self.stranger(reading, actions) else { return false };
        let described = reading.described();
        let words = || actions.iter().filter(|action| action.place == Place::Name).flat_map(|action| &action.objects);
        // "acme_glorp_records": of the words that nobody knows the one that the text says.
        let unknown = words().filter(|word| self.lexicon.is_strange(word.lemma));
        let mut unknown = unknown.map(|word| &reading.text[word.start as usize..word.end as usize]);
        let said = unknown.find(|word| says(described, word));
        let stranger = said.unwrap_or(first);
        let followed = words().any(|word| !self.lexicon.is_strange(word.lemma));
        // "glorp_order_history": what the clause names is the noun, whatever verb the name may hold.
        let by_noun = |hit: &Fired| {
            let named = self.rules[hit.rule as usize].when[hit.clause as usize].verbs().is_empty();
            hit.action.is_some_and(|index| named || actions[index as usize].verb.is_none())
        };
        let reads: Vec<&Fired> = finding
            .fired
            .iter()
            .filter(|hit| hit.fate == Fate::Won && self.rules[hit.rule as usize].class == Some(Class::Read))
            .collect();
        // "loinc_details: Details of a laboratory code": the text says so without the stranger.
        let in_text =
            |hit: &&Fired| hit.action.is_some_and(|index| actions[index as usize].place == Place::Description);
        let told = said.is_none() && (reads.iter().any(in_text) || actions.iter().any(|action| action.phrase));
        (said.is_some() || followed)
            && !told
            && reads.into_iter().all(by_noun)
            && !self.is_a_noun_in_text(reading, stranger)
    }

    /// The first word of the name, where nobody knows it, and it is no plural and no adjective.
    fn stranger<'r>(&self, reading: &'r ToolText<'_>, actions: &[Action]) -> Option<&'r str> {
        let words = actions.iter().filter(|action| action.place == Place::Name);
        let first = words.flat_map(|action| action.verb.iter().chain(&action.objects)).min_by_key(|word| word.start)?;
        let word = &reading.text[first.start as usize..first.end as usize];
        let known = || self.lexicon.is_plural(word) || self.lexicon.is_adjective(word);
        (self.lexicon.is_strange(first.lemma) && !known()).then_some(word)
    }

    /// Whether the description has the word, or its plural, where only a noun stands: behind a determiner or a preposition
    /// ("of the moon"), behind another word at the end of a phrase ("tonight's moon"), or in capitals.
    fn is_a_noun_in_text(&self, reading: &ToolText<'_>, word: &str) -> bool {
        const BEFORE_NOUNS: u32 = role::DETERMINER | role::PREPOSITION | role::GENITIVE;
        let described = reading.described();
        let from = reading.segments[2].start;
        let role_of = |start: usize, end: usize| {
            let (at, to) = (from + start as u32, from + end as u32);
            let long = reading.lexical_at(&self.lexicon, at, to).filter(|(end, _)| *end == to);
            let literal = long.map(|(_, literal)| literal);
            let literal = literal.or_else(|| self.lexicon.short(&described.as_bytes()[start..end]));
            literal.map_or(0, |literal| self.lexicon.meaning(literal).role(0))
        };
        let is_noun = |at: usize| {
            let before = described[..at].trim_end();
            let start = before.rfind(|letter: char| !letter.is_alphabetic()).map_or(0, |blank| blank + 1);
            let rest = &described[at + word.len()..];
            let plural = rest.strip_prefix("es").or(rest.strip_prefix('s'));
            let after = plural.unwrap_or(rest);
            let whole = before.len() < at && !after.starts_with(char::is_alphanumeric);
            if !whole || start == before.len() || self.lexicon.awaits_verb(0, &before[start..]) {
                return false;
            }
            let next = after.trim_start_matches(' ');
            let next_at = described.len() - next.len();
            let length = next.find(|letter: char| !letter.is_alphabetic()).unwrap_or(next.len());
            // "A glorp of records" may be the deed.
            let deed = plural.is_none() && role_of(next_at, next_at + length) & role::GENITIVE != 0;
            let led = role_of(start, before.len()) & BEFORE_NOUNS != 0;
            led && !deed || !next.starts_with(char::is_alphanumeric)
        };
        // A text that is all in capitals shows nothing by them.
        let original = &reading.segments[2].original;
        let mixed = || original.chars().any(char::is_lowercase);
        let shouted = || word.len() > 1 && mixed() && original.contains(&word.to_uppercase());
        described.match_indices(word).any(|(at, _)| is_noun(at)) || shouted()
    }

    /// Whether a tool without a description, or whose first sentence begins with an unknown verb, has a name whose first
    /// word nobody knows, and whose only verb may be the noun that it ends with: "zorb_report", "zorb_list: Zorbs the list."
    fn is_named_by_unknown_word(&self, reading: &ToolText<'_>, actions: &[Action], unknown_verb: bool) -> bool {
        let bare = unknown_verb || reading.segments[2].original.trim().is_empty();
        let Some(first) = actions.first().and_then(|action| action.objects.first()) else { return false };
        let noun = |action: &Action| {
            action.verb.is_none_or(|verb| {
                self.lexicon.is_nouny(verb.lemma) && action.objects.iter().all(|word| word.start < verb.start)
            })
        };
        let word = &reading.text[first.start as usize..first.end as usize];
        bare && self.lexicon.is_strange(first.lemma)
            && !self.lexicon.is_plural(word)
            && actions.iter().all(noun)
            && actions.iter().any(|action| action.objects.len() + usize::from(action.verb.is_some()) > 1)
    }

    /// Whether the name begins with a word that nobody knows and that the description does not say: "jettison_hold: The hold
    /// of a ship." What a noun phrase names need not be all that such a tool does.
    fn is_named_by_stranger(&self, reading: &ToolText<'_>, actions: &[Action]) -> bool {
        let Some(word) = self.stranger(reading, actions) else { return false };
        !says(reading.described(), word)
    }

    /// Whether the description opens with a verb of which no rule says anything: "Raises a limit". What nouns say of looking
    /// is no better evidence there than behind a word that nobody knows.
    fn has_idle_verb(&self, fired: &[Fired], actions: &[Action]) -> bool {
        let opening = |action: &&Action| action.place == Place::Description && action.weaker == 0 && !action.extra;
        let plain = |action: &Action| action.verb.is_some_and(|verb| !self.lexicon.is_nouny(verb.lemma));
        let idle = actions.iter().filter(opening).any(plain);
        let heard = |index: Option<u32>| {
            index.is_some_and(|index| {
                let action = &actions[index as usize];
                opening(&action) && action.verb.is_some()
            })
        };
        idle && !fired.iter().any(|hit| heard(hit.action) && self.rules[hit.rule as usize].class.is_some())
    }
}

/// Whether `text` has `word`, or a form of it: "glorping" of "glorp", and not "laboratory" of "lab".
fn says(text: &str, word: &str) -> bool {
    const LONGEST_ENDING: usize = 4;
    text.match_indices(word).any(|(at, _)| {
        let ending = text[at + word.len()..]
            .chars()
            .take(LONGEST_ENDING + 1)
            .take_while(|letter| letter.is_alphabetic())
            .count();
        ending <= LONGEST_ENDING && !text[..at].ends_with(char::is_alphanumeric)
    })
}

/// What a name that begins with an unknown word is a look at, only its nouns say: an unknown word where the verb stands is
/// no look, whatever noun follows.
fn doubt_lookups_by_noun(set: &Ruleset, fired: &mut [Fired], actions: &[Action], bare: bool, idle: bool) {
    for hit in fired {
        // A verb that ends the name may be its noun: "zorb_list".
        let by_noun = hit.action.is_some_and(|index| {
            let action = &actions[index as usize];
            let last = |verb: Word| action.objects.iter().all(|word| word.start < verb.start);
            let named = set.rules[hit.rule as usize].when[hit.clause as usize].verbs().is_empty();
            // "grade: enters a grade": a name of one word may be its noun.
            let alone = idle && action.place == Place::Name && action.objects.is_empty();
            named || alone || action.verb.is_none_or(|verb| bare && action.place == Place::Name && last(verb))
        });
        if by_noun && set.rules[hit.rule as usize].class == Some(Class::Read) {
            hit.strength = 0;
            if hit.fate == Fate::Won {
                hit.fate = Fate::Weaker;
            }
        }
    }
}
