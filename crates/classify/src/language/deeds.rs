//! Deeds that stand beside the main verb of a sentence, wherever the sentence stands: passives ("all rows are removed"),
//! deeds behind a comma, a bracket or a colon, gerunds of means ("by charging the card"), nominal deeds ("performs deletion
//! of …"), hyphenated verbs ("auto-deletes"). It reads what is asserted: conditions, relative clauses, negations and
//! advice to call something yield nothing. Nothing here knows a word.

use crate::language::action::{Action, Place, Word};
use crate::language::lexicon::{Form, Lemma, VerbForm, role};
use crate::language::passive::{FAR, NEAR};
use crate::language::sentence::Prose;
use crate::language::syntax::Order;
use crate::language::token::Kind;

/// How many deeds beside the main verbs one text yields.
const MAX_DEEDS: usize = 60;

impl Prose<'_, '_> {
    /// Appends the deeds of the sentence `from..to`. `opens` says that it is the first of the tool's description,
    /// `antecedent` tells what its pronouns stand for.
    pub(crate) fn deeds(
        &self,
        (from, to): (usize, usize),
        language: u8,
        opens: bool,
        place: Place,
        antecedent: &dyn Fn() -> Vec<Word>,
        out: &mut Vec<Action>,
    ) {
        let last_verb = self.lexicon.languages.get(usize::from(language)).is_some_and(|l| l.order == Order::Last);
        for index in from..to {
            if out.len() > MAX_DEEDS || !self.may_be_deed(index) || self.is_listed_state(from, index, to, language) {
                continue;
            }
            if let Some((lemma, objects)) = self.deed(from, index, to, language, opens, last_verb) {
                let token = self.tokens[index];
                let known = |action: &&mut Action| action.verb.is_some_and(|verb| verb.start == token.start);
                if out.iter_mut().find(known).is_some() {
                    continue;
                }
                // "lists files and wipes them": what a pronoun stands for was named before.
                let led = index > from && language != 0 && self.role(index - 1, language) & role::DETERMINER != 0;
                let pronoun = objects.is_empty() && (led || self.has_determiner(index, to, language));
                let objects = if pronoun { antecedent() } else { objects };
                let head = objects.len().checked_sub(1);
                let verb = Some(Word { lemma, start: token.start, end: token.end });
                let told = self.is_told_of_the_tool(from, index, to, language)
                    || self.is_asked_for_by_a_parameter(from, index, language);
                out.push(Action { extra: true, weaker: 1, told, ..Action::said(place, verb, objects, head) });
            }
        }
    }

    /// Whether the word at `index` can be one at all; most words cannot, whatever stands around them.
    fn may_be_deed(&self, index: usize) -> bool {
        let token = self.tokens[index];
        token.is_deed || token.kind == Kind::Word && token.literal.is_none() && self.is_hyphenated(index)
    }

    fn deed(
        &self,
        from: usize,
        index: usize,
        to: usize,
        language: u8,
        opens: bool,
        last_verb: bool,
    ) -> Option<(Lemma, Vec<Word>)> {
        let start = self.outside_brackets(from, self.clause_start(from, index), language);
        if (start.max(index.saturating_sub(NEAR))..index).any(|at| self.role(at, language) & role::NEGATION != 0) {
            return None;
        }
        let meaning = self.tokens[index].literal.map(|literal| self.lexicon.meaning(literal));
        if let Some(lemma) = meaning.and_then(|meaning| meaning.passive)
            && !self.is_subordinate(start, index, language, true)
        {
            return Some((lemma, self.nouns(start, index, language)));
        }
        if let Some(lemma) = meaning.and_then(|meaning| meaning.nominal)
            && self.is_nominal_deed(from, start, index, to, language, opens)
        {
            return Some((lemma, self.object(index + 1, to, language).0));
        }
        let verb = self.verb_here(index, language)?;
        let english = language == 0;
        // "sont supprimés": what makes a participle of other verbs makes a deed of this one.
        let passive = verb.form == Form::Past && index > 0 && self.role(index - 1, language) & role::PASSIVE != 0;
        let participle = !passive && self.is_participle(index, to, language);
        if !english && (participle || self.follows_negation(index, to, language)) {
            return None;
        }
        if matches!(verb.form, Form::Base | Form::Main)
            && let Some(objects) = self.listed_deed(from, index, to, language)
        {
            return Some((verb.lemma, objects));
        }
        let elsewhere = || (index..to).any(|at| self.role(at, language) & role::ALTERNATIVE != 0);
        if self.labelled && self.is_label(index) && !elsewhere() {
            return Some((verb.lemma, Vec::new()));
        }
        let after = || self.object(index + 1, to, language).0;
        match verb.form {
            Form::Past => {
                let far = self.lexicon.languages.get(usize::from(language)).is_some_and(|l| l.final_infinitive);
                let (start, index) = self.series_start(from, start, index, language);
                let auxiliary = self.auxiliary(start, index, language, if far { FAR } else { NEAR })?;
                if self.is_subordinate(start, auxiliary, language, true) {
                    return None;
                }
                let subject = self.subject_end(start, auxiliary, language);
                let mut objects = self.nouns(start, subject, language);
                objects.extend(self.nouns(auxiliary + 1, index, language));
                Some((verb.lemma, objects))
            }
            Form::Third | Form::Main => {
                let anywhere =
                    self.lexicon.languages.get(usize::from(language)).is_some_and(|l| l.order == Order::Anywhere);
                let moved = anywhere && (start..index).any(|at| self.role(at, language) & role::MODAL != 0);
                let bounded = last_verb || moved || self.begins_clause(from, start, index, language, verb.form);
                let noun = self.lexicon.is_nouny(verb.lemma) || self.lexicon.is_nouny_in_prose(verb.lemma);
                let led = index
                    .checked_sub(1)
                    .filter(|at| *at >= start)
                    .is_some_and(|at| self.role(at, language) & (role::FILLER | role::SUBJECT | role::MODAL) != 0);
                let shown = !noun || last_verb || led || self.has_determiner(index, to, language);
                // "field names and types available": a plural that is joined to nouns.
                let joined = index > start && self.role(index - 1, language) & role::CONJUNCTION != 0;
                // "el resultado de eliminar un archivo"
                if verb.form == Form::Main && index > start && self.role(index - 1, language) & role::MEANS != 0 {
                    return Some((verb.lemma, after()));
                }
                let told = |at: usize| {
                    self.verb(at, language)
                        .is_some_and(|verb| verb.form == Form::Third && !self.lexicon.is_nouny(verb.lemma))
                };
                let subject = (start..index).any(|at| self.role(at, language) & role::SUBJECT != 0);
                let plural = noun
                    && joined
                    && verb.form == Form::Third
                    && !subject
                    && !(from..index).any(told)
                    && !self.has_plain_object(index, to, language);
                if !bounded || !shown || plural || self.is_subordinate(start, index, language, false) {
                    return None;
                }
                let mut objects = after();
                if last_verb {
                    objects = self.nouns(start, index, language).into_iter().chain(objects).take(8).collect();
                }
                (!objects.is_empty() || index + 1 >= to || self.has_determiner(index, to, language))
                    .then_some((verb.lemma, objects))
            }
            Form::Gerund => {
                let before = index.checked_sub(1).filter(|at| *at >= from)?;
                // "by deleting", "starts deleting"
                let finite = self
                    .verb_here(before, language)
                    .is_some_and(|verb| matches!(verb.form, Form::Base | Form::Third | Form::Main));
                let asks = (start..before).any(|at| self.role(at, language) & role::SUBORDINATOR != 0);
                let causes = finite && !asks && self.role(before, language) & role::CAUSES != 0;
                let means = causes || self.role(before, language) & role::MEANS != 0;
                let comma = self.ends_a_clause(from, before, language)
                    || self.role(before, language) & role::CONJUNCTION != 0
                        && self.gerund_before(from, before, language);
                let shown = self.has_determiner(index, to, language);
                // "by trading symbol": a word that is as often a noun needs a thing that is plainly its object.
                let plain = !self.lexicon.is_nouny(verb.lemma) || shown;
                // "cleans it up, deleting files"
                let objects = (means && plain || comma && (shown || opens && plain)).then(after)?;
                (means || shown || !objects.is_empty()).then_some((verb.lemma, objects))
            }
            Form::Base if self.listed && index == from && self.has_determiner(index, to, language) => {
                Some((verb.lemma, after()))
            }
            Form::Base => {
                let before = index.checked_sub(1).filter(|at| *at >= from)?;
                let roles = self.role(before, language);
                // "look at and change which servers are held"
                let asks = index + 1 < to && self.role(index + 1, language) & role::RELATIVE != 0;
                let shown = asks || self.has_determiner(index, to, language);
                let advises = |at: usize| self.role(at, language) & role::ASIDE != 0;
                // "Note that this will …" is told of the tool.
                let told = |from: usize| (from..index).any(|at| self.role(at, language) & role::SUBJECT != 0);
                let advised = (start..index).rev().find(|at| advises(*at)).is_some_and(|at| !told(at));
                let carried = roles & role::MODAL != 0 && !advised;
                let conjunction = |at: usize| self.role(at, language) & role::CONJUNCTION != 0;
                let behind = before > from && roles & role::FILLER != 0 && conjunction(before - 1);
                let joined = opens && shown && (conjunction(before) || behind);
                // `{"action":"delete all files"}`
                let quoted = shown && self.tokens[before].kind == Kind::Colon && (opens || self.is_quoted(index));
                let comma = opens && shown && index + 2 >= to && self.tokens[before].kind == Kind::Comma;
                let hyphenated = opens && shown && self.is_hyphenated(index);
                if !(carried || joined || hyphenated || quoted || comma)
                    || self.is_subordinate(start, index, language, false)
                {
                    return None;
                }
                Some((verb.lemma, after()))
            }
        }
    }

    /// Whether the verb at `index` follows a subject that is the tool, and is followed by a determined object: "it updates
    /// the journal", "this will change its state".
    fn is_told_of_the_tool(&self, from: usize, index: usize, to: usize, language: u8) -> bool {
        let finite =
            self.verb_here(index, language).is_some_and(|verb| !matches!(verb.form, Form::Past | Form::Gerund));
        let slight = |at: &usize| {
            let roles = self.role(*at, language);
            roles & role::SUBJECT == 0
                && (roles & (role::FILLER | role::MODAL | role::CONJUNCTION) != 0 || self.is_adverb(*at, language))
        };
        let subject = (from.max(index.saturating_sub(3))..index).rev().find(|at| !slight(at));
        // "Updates the journal": a sentence that begins with the deed is told of the tool.
        let opens = (from..index).all(|at| slight(&at)) && self.has_plain_object(index, to, language);
        let by_tool = opens || subject.is_some_and(|at| self.role(at, language) & role::SUBJECT != 0);
        finite && by_tool && self.has_determiner(index, to, language)
    }

    /// Whether a word without an object stands in brackets, or behind a colon, after a noun whose values are listed so:
    /// "by status (open, delete)".
    pub(crate) fn is_listed_state(&self, from: usize, index: usize, to: usize, language: u8) -> bool {
        let alone = index + 1 >= to
            || self.tokens[index + 1].kind != Kind::Word
            || self.role(index + 1, language) & (role::CONJUNCTION | role::PARTICIPLE_AFTER) != 0;
        let opens = |at: &usize| matches!(self.tokens[*at].kind, Kind::Open | Kind::Colon | Kind::Stop | Kind::Close);
        let Some(mark) = (from..index).rev().find(opens).filter(|_| alone) else { return false };
        if !matches!(self.tokens[mark].kind, Kind::Open | Kind::Colon) {
            return false;
        }
        // "状态包括：…": what leads to the list stands between.
        let leads = |at: &usize| self.role(*at, language) & (role::SUBORDINATOR | role::COPULA) == 0;
        let noun = (from.max(mark.saturating_sub(3))..mark).rev().find(leads).map(|at| self.tokens[at]);
        noun.is_some_and(|noun| {
            noun.kind == Kind::Word
                && noun.literal.is_some_and(|literal| self.lexicon.is_state(self.lexicon.meaning(literal).word))
        })
    }

    /// The verb at `index`; of a hyphenated word, the verb that its last part is.
    pub(crate) fn verb_here(&self, index: usize, language: u8) -> Option<VerbForm> {
        if let Some(verb) = self.verb(index, language) {
            return Some(verb);
        }
        let token = self.tokens[index];
        if token.literal.is_some() || token.compound {
            return None;
        }
        let text = &self.reading.text[token.start as usize..token.end as usize];
        let (_, last) = text.rsplit_once('-')?;
        let meaning = self.lexicon.meaning(self.lexicon.whole(last)?);
        meaning
            .verbs
            .iter()
            .find(|verb| verb.language == language || verb.language == 0)
            .copied()
            .filter(|verb| verb.form != Form::Past || self.auxiliary(0, index, language, 2).is_some())
    }

    fn is_quoted(&self, index: usize) -> bool {
        let start = self.tokens[index].start as usize;
        self.reading.text[..start].ends_with(['"', '\'', '“'])
    }

    fn is_hyphenated(&self, index: usize) -> bool {
        let token = self.tokens[index];
        self.reading.text[token.start as usize..token.end as usize].contains('-')
    }

    /// Where the clause that `index` stands in begins.
    pub(crate) fn clause_start(&self, from: usize, index: usize) -> usize {
        (from..index)
            .rev()
            .find(|at| {
                matches!(
                    self.tokens[*at].kind,
                    Kind::Comma | Kind::Stop | Kind::Colon | Kind::Dash | Kind::Open | Kind::Close | Kind::LineEnd
                )
            })
            .map_or(from, |at| at + 1)
    }

    /// Where the clause begins that goes on at `start`: what joins in brackets goes on with what stands before them ("who
    /// types (or sends a file)"), and what follows them with its subject ("the cleaner (at night) wipes").
    fn outside_brackets(&self, from: usize, start: usize, language: u8) -> usize {
        let Some(mark) = start.checked_sub(1).filter(|at| *at > from) else { return start };
        let open = match self.tokens[mark].kind {
            Kind::Open if self.role(start, language) & role::CONJUNCTION != 0 => mark,
            Kind::Close => match (from..mark).rev().find(|at| self.tokens[*at].kind == Kind::Open) {
                Some(open) if self.has_subject(from, open, language) => open,
                _ => return start,
            },
            _ => return start,
        };
        self.clause_start(from, open)
    }

    /// Whether what stands before brackets is a noun that begins its clause, and no deed with its object.
    fn has_subject(&self, from: usize, open: usize, language: u8) -> bool {
        let start = self.clause_start(from, open);
        start > from
            && start < open
            && (start..open).all(|at| self.verb(at, language).is_none_or(|v| v.form == Form::Past))
    }

    /// Whether what stands at `index` is said of something else only: in a relative clause, or under a condition.
    fn is_subordinate(&self, start: usize, index: usize, language: u8, passive: bool) -> bool {
        let Some(at) = (start..index).rev().find(|at| self.role(*at, language) & role::SUBORDINATOR != 0) else {
            return false;
        };
        if self.role(at, language) & role::RELATIVE == 0 {
            // "to", "for", "by" begin no clause of their own, nor does "since" in "columns added since are dropped".
            let participle = |at: usize| self.verb_here(at, language).is_some_and(|verb| verb.form == Form::Past);
            let bare = passive && at + 1 == index && at > start && participle(at - 1);
            return self.role(at, language) & role::PREPOSITION == 0 && !bare;
        }
        // "tables that exist already are dropped": the relative clause has a verb of its own, and "records not in it are
        // dropped" needs none.
        let own_verb = usize::from(self.role(at, language) & role::PREPOSITION == 0);
        !(passive && index > at + 1 + own_verb)
    }

    /// Whether a finite verb at `index` begins a clause: nothing but small words between it and the boundary.
    fn begins_clause(&self, from: usize, start: usize, index: usize, language: u8, form: Form) -> bool {
        let mut at = index;
        while at > start {
            at -= 1;
            let roles = self.role(at, language);
            if roles & role::CONJUNCTION != 0 {
                return form != Form::Main || index > from;
            }
            // "puis la déverrouille": what looks like an article is what is opened.
            let pronoun = form == Form::Main && at + 1 == index && roles & role::DETERMINER != 0 && at > start;
            let slight = roles & (role::FILLER | role::SUBJECT) != 0 || pronoun || self.is_adverb(at, language);
            if !slight {
                return false;
            }
        }
        true
    }

    /// Whether a comma stands at `at`, and no other gerund before it: "what wiping, purging and shredding mean" lists them.
    fn ends_a_clause(&self, from: usize, at: usize, language: u8) -> bool {
        self.tokens[at].kind == Kind::Comma
            && (at == from || self.verb_here(at - 1, language).is_none_or(|verb| verb.form != Form::Gerund))
    }

    fn gerund_before(&self, from: usize, at: usize, language: u8) -> bool {
        (from.max(at.saturating_sub(5))..at).any(|index| {
            self.verb_here(index, language).is_some_and(|verb| verb.form == Form::Gerund)
                && index.checked_sub(1).is_some_and(|before| {
                    self.ends_a_clause(from, before, language) || self.role(before, language) & role::MEANS != 0
                })
        })
    }

    /// Whether a determiner and the word that it determines follow: "wipes the disk", not "types available for".
    fn has_plain_object(&self, index: usize, to: usize, language: u8) -> bool {
        const SMALL: u32 = role::PREPOSITION | role::SUBORDINATOR | role::CONJUNCTION;
        let thing = |at: usize| self.tokens[at].kind == Kind::Word && self.role(at, language) & SMALL == 0;
        self.has_determiner(index, to, language) && index + 2 < to && thing(index + 2)
    }

    pub(crate) fn has_determiner(&self, index: usize, to: usize, language: u8) -> bool {
        index + 1 < to && self.role(index + 1, language) & role::DETERMINER != 0
    }

    fn is_nominal_deed(&self, from: usize, start: usize, index: usize, to: usize, language: u8, opens: bool) -> bool {
        let of = index + 1 < to && self.role(index + 1, language) & (role::GENITIVE | role::PREPOSITION) != 0;
        if opens && index == from && of {
            return true;
        }
        (start.max(index.saturating_sub(3))..index).any(|at| {
            let roles = self.role(at, language);
            roles & role::CAUSES != 0
                && (at + 1..index).all(|between| {
                    self.role(between, language) & (role::DETERMINER | role::FILLER | role::GENITIVE) != 0
                        || self.tokens[between].literal.is_none()
                })
        })
    }

    /// The words between two tokens that may be nouns.
    pub(crate) fn nouns(&self, from: usize, to: usize, language: u8) -> Vec<Word> {
        const SMALL: u32 =
            role::DETERMINER | role::CONJUNCTION | role::FILLER | role::PREPOSITION | role::GENITIVE | role::SUBJECT;
        // "all records of the period": what is done to them stands before what they belong to.
        let until = (from + 1..to)
            .find(|at| self.role(*at, language) & (role::GENITIVE | role::RELATIVE) != 0 && *at > from)
            .filter(|at| (from..*at).any(|index| self.tokens[index].kind == Kind::Word))
            .unwrap_or(to);
        let words =
            (from..until).filter(|at| self.tokens[*at].kind == Kind::Word && self.role(*at, language) & SMALL == 0);
        let word = |at: usize| {
            let token = self.tokens[at];
            Word { lemma: token.word, start: token.start, end: token.end }
        };
        words.map(word).take(8).collect()
    }
}
