//! What a tool says it does: the verb of its name and the verbs of its sentences, each with its object.

use crate::language::lexicon::{Form, Lemma, Lexicon};
pub(crate) use crate::language::place::Place;
use crate::language::server_context::ServerContext;
use crate::language::tool_text::{NameWord, ToolText, name_words};

/// A word of an action, with its place in the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub lemma: Lemma,
    pub start: u32,
    pub end: u32,
}

/// One thing that the tool says it does.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub place: Place,
    /// `None` for a name or first sentence without a verb.
    pub verb: Option<Word>,
    pub objects: Vec<Word>,
    /// Index of the last word of the object proper (before `of …`), where there is one.
    pub head: Option<usize>,
    /// Whether the statement ends with the verb: "It only reads."
    pub bare: bool,
    /// Whether its verb says little ("run_…") or may be a noun ("trade_…"), and the description has another one.
    pub light: bool,
    /// Whether the object ends with a plural.
    pub plural: bool,
    /// Whether it is a first sentence that only names a thing: "The berths of a port".
    pub phrase: bool,
    /// Whether its verb is joined to an earlier one of the same sentence ("starts a scan and *returns* its number").
    pub joined: bool,
    /// How many steps weaker than its rule a hit of this action is.
    pub weaker: u8,
    /// Whether it stands beside the main verbs of name and description: it may add to a verdict and never take from it.
    pub extra: bool,
    /// Whether it is plainly asserted of the tool, not advised or spoken of.
    pub asserted: bool,
    /// Whether the tool is its subject and a thing its object: "it updates the journal".
    pub told: bool,
    /// Whether it only happens when an optional parameter is set.
    pub switch: bool,
}

impl Action {
    /// A plain action.
    pub(crate) fn said(place: Place, verb: Option<Word>, objects: Vec<Word>, head: Option<usize>) -> Action {
        Action {
            place,
            verb,
            objects,
            head,
            bare: false,
            light: false,
            plural: false,
            phrase: false,
            joined: false,
            weaker: 0,
            extra: false,
            asserted: false,
            told: false,
            switch: false,
        }
    }
}

/// The actions that the words `start..end` of a name state.
pub(crate) fn of_name(
    reading: &ToolText<'_>,
    lexicon: &Lexicon,
    context: &ServerContext,
    (start, end): (u32, u32),
) -> Vec<Action> {
    let mut words = name_words(reading, lexicon, start, end);
    let shared = context.shared_words(&reading.text[start as usize..end as usize]);
    skip_prefix(&mut words, shared, lexicon, context, &reading.text);
    let plural =
        words.last().is_some_and(|word| lexicon.is_plural(&reading.text[word.start as usize..word.end as usize]));
    let namespace = namespace_end(reading, start);
    let space = words.iter().position(|word| word.start >= namespace);
    let head_at = head_verb(&words, space.unwrap_or(0), lexicon);
    let others = other_readings(&words, head_at, lexicon);
    let Some(at) = head_at else {
        let objects = objects(&words, lexicon, usize::MAX);
        let head = objects.len().checked_sub(1);
        let nouns = Action { plural, ..Action::said(Place::Name, None, objects, head) };
        return std::iter::once(nouns).chain(others).collect();
    };
    let mut actions = vec![action_at(&words, at, lexicon)];
    for (index, word) in words.iter().enumerate().skip(at + 2) {
        let joined = words[index - 1]
            .literal
            .is_some_and(|literal| lexicon.meaning(literal).role(0) & crate::language::lexicon::role::CONJUNCTION != 0);
        let ends = index + 1 == words.len();
        if joined && is_name_verb(word, lexicon, false).is_some_and(|lemma| ends || !lexicon.is_nouny(lemma)) {
            actions.push(Action { joined: true, ..action_at(&words, index, lexicon) });
        }
    }
    actions.extend(others);
    actions
}

/// Every other verb that a name may have where its first word is not surely one: "lion_place_order", "acme_drop_table".
fn other_readings(words: &[NameWord], head: Option<usize>, lexicon: &Lexicon) -> Vec<Action> {
    let sure = words
        .first()
        .and_then(|word| is_name_verb(word, lexicon, true))
        .is_some_and(|lemma| !lexicon.is_nouny(lemma) || lexicon.is_verb_at_the_start(lemma));
    if sure || head.is_some_and(|at| is_plain(words, at, lexicon)) {
        return Vec::new();
    }
    (0..words.len())
        .filter(|index| Some(*index) != head)
        .filter(|index| is_name_verb(&words[*index], lexicon, *index == 0).is_some())
        // What ends a name and is as often a noun is what the name is about.
        .filter(|index| {
            *index + 1 < words.len()
                || head.is_none()
                || is_name_verb(&words[*index], lexicon, false).is_some_and(|lemma| !lexicon.is_nouny(lemma))
        })
        .map(|index| Action { extra: true, weaker: 1, ..action_at(words, index, lexicon) })
        .collect()
}

/// Whether the word at `at` is a verb that is hardly ever a noun.
fn is_plain(words: &[NameWord], at: usize, lexicon: &Lexicon) -> bool {
    is_name_verb(&words[at], lexicon, at == 0).is_some_and(|lemma| !lexicon.is_nouny(lemma))
}

fn action_at(words: &[NameWord], at: usize, lexicon: &Lexicon) -> Action {
    let verb = is_name_verb(&words[at], lexicon, at == 0).map(|lemma| Word {
        lemma,
        start: words[at].start,
        end: words[at].end,
    });
    let objects = objects(words, lexicon, at);
    let head = objects.len().checked_sub(1);
    Action::said(Place::Name, verb, objects, head)
}

/// Drops the words that say whose tool it is, unless they say what it does.
fn skip_prefix(words: &mut Vec<NameWord>, shared: usize, lexicon: &Lexicon, context: &ServerContext, text: &str) {
    let mut skip = 0;
    let doubtful = |lemma: Lemma| lexicon.is_nouny(lemma) && !lexicon.is_verb_at_the_start(lemma);
    while skip < shared && skip + 1 < words.len() {
        let word = words[skip];
        let named_after = context.server_words.contain(&format!(" {} ", &text[word.start as usize..word.end as usize]));
        let verb = is_name_verb(&word, lexicon, true);
        // "search_book" of a server for searches: what ends the name and is as often a noun is what is searched.
        let noun = |lemma: &Lemma| skip + 2 == words.len() && lexicon.is_nouny(*lemma);
        let next_verb = is_name_verb(&words[skip + 1], lexicon, true).filter(|lemma| !noun(lemma));
        let keeps = match verb {
            None => false,
            Some(lemma) => !(next_verb.is_some() && (named_after || doubtful(lemma))),
        };
        if keeps {
            break;
        }
        skip += 1;
    }
    words.drain(..skip);
}

fn is_name_verb(word: &NameWord, lexicon: &Lexicon, first: bool) -> Option<Lemma> {
    let meaning = lexicon.meaning(word.literal.filter(|_| !word.compound)?);
    if first && meaning.question.is_some() {
        return meaning.question;
    }
    let form = meaning.verbs.iter().find(|v| matches!(v.form, Form::Base | Form::Main));
    // "creates_page": a third person that is no plural.
    let third = || meaning.verbs.iter().find(|v| first && v.form == Form::Third && !lexicon.is_nouny(v.lemma));
    Some(form.or_else(third)?.lemma)
}

/// Where, in the reading, the namespace of the name at `start` ends: behind its last dot, slash, colon or double
/// underscore, or the last underscore of "ShelvesController_addShelf".
fn namespace_end(reading: &ToolText<'_>, start: u32) -> u32 {
    let segment = reading.name_segment();
    let name = segment.original;
    let bytes = name.as_bytes();
    let mark = |at: usize| matches!(bytes[at], b'.' | b'/' | b':') || at > 0 && bytes[at - 1..=at] == *b"__";
    let marked = (0..bytes.len()).rev().find(|at| mark(*at)).map(|at| at + 1);
    let Some(end) = marked.or_else(|| method_of_class(name)) else { return start };
    (segment.start..segment.end).find(|at| segment.original_span(*at, *at + 1).0 >= end).unwrap_or(start).max(start)
}

/// Where the method begins in a name that is a class and its method, as API descriptions made from code have them.
fn method_of_class(name: &str) -> Option<usize> {
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return None;
    }
    let (class, method) = name.rsplit_once('_')?;
    let camel = |word: &str| word.chars().any(char::is_lowercase) && word[1..].chars().any(char::is_uppercase);
    let fits = method.starts_with(|first: char| first.is_ascii_lowercase()) && (camel(class) || camel(method));
    fits.then(|| name.len() - method.len())
}

/// The index of the word that says what the tool does: the first where it is a verb, else the last, else the first
/// verb between; words that are as often nouns only where no other verb is.
fn head_verb(words: &[NameWord], space: usize, lexicon: &Lexicon) -> Option<usize> {
    // "workflow.run_schedule": what comes before the dot says whose tool it is.
    if space > 0 && space < words.len() && is_name_verb(&words[space], lexicon, true).is_some() {
        return Some(space);
    }
    let verb = |index: usize| is_name_verb(&words[index], lexicon, index == 0);
    let plain = |index: usize| verb(index).is_some_and(|lemma| !lexicon.is_nouny(lemma));
    let last = words.len().checked_sub(1)?;
    // "batch_read_rows": how it is done comes before what is done.
    let filler = words[0]
        .literal
        .is_some_and(|literal| lexicon.meaning(literal).role(0) & crate::language::lexicon::role::FILLER != 0);
    if filler && last > 1 && plain(1) {
        return Some(1);
    }
    if plain(0) {
        return Some(0);
    }
    if plain(last) {
        return Some(last);
    }
    if verb(0).is_some() {
        return Some(0);
    }
    if let Some(middle) = (1..last).find(|index| plain(*index)) {
        return Some(middle);
    }
    // "database_deploy_from_template": a preposition behind it shows the verb.
    let preposition = |index: usize| {
        words[index]
            .literal
            .is_some_and(|literal| lexicon.meaning(literal).role(0) & crate::language::lexicon::role::PREPOSITION != 0)
    };
    let shown = (1..last).find(|index| verb(*index).is_some() && preposition(index + 1));
    if shown.is_some() {
        return shown;
    }
    if verb(last).is_some_and(|lemma| last == 0 || !lexicon.is_noun_at_the_end(lemma)) {
        return Some(last);
    }
    // "acme_run_job": behind one word that says whose tool it is.
    (last == 2 && verb(1).is_some() && words[0].literal.is_none()).then_some(1)
}

fn objects(words: &[NameWord], lexicon: &Lexicon, except: usize) -> Vec<Word> {
    words
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != except)
        .map(|(_, word)| Word { lemma: word.lemma(lexicon), start: word.start, end: word.end })
        .collect()
}

impl Action {
    /// The word that the object ends with.
    pub(crate) fn last(&self) -> Option<Word> {
        self.head.and_then(|head| self.objects.get(head)).copied()
    }

    /// Where the phrase of lemmas is that the object ends with.
    pub(crate) fn ends_with(&self, phrase: &[Lemma]) -> Option<(u32, u32)> {
        let proper = self.objects.get(..=self.head?)?;
        let end = proper.get(proper.len().checked_sub(phrase.len())?..)?;
        let same = end.iter().map(|word| word.lemma).eq(phrase.iter().copied());
        same.then(|| Some((end.first()?.start, end.last()?.end))).flatten()
    }

    /// The words of the object; of the `proper` one, without what it belongs to.
    pub(crate) fn object(&self, proper: bool) -> Option<&[Word]> {
        match self.head {
            Some(head) if proper => self.objects.get(..=head),
            _ => Some(&self.objects),
        }
    }
}
