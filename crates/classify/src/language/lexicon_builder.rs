//! Words and phrases of rules and languages in, the compiled [`Lexicon`] out: it makes the forms of each verb and noun and
//! gives every literal its meanings. It looks at no text of a tool.

use crate::language::lexicon::{
    Facts, Form, Language, Lemma, Lexicon, Literal, Meaning, UNKNOWN, VerbForm, role, short,
};
use crate::language::literal_finder::LiteralFinder;
use crate::language::name_words::words_of;
use crate::language::normalize::normal;
use crate::language::syntax::{EndingSyntax, LanguageSyntax};
use crate::language::word_hash::ByWord;
use mcpdex_model::text::is_unspaced;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Collects literals until [`LexiconBuilder::build`].
#[derive(Debug, Default)]
pub(crate) struct LexiconBuilder {
    literals: HashMap<Rc<str>, Literal, ByWord>,
    order: Vec<Rc<str>>,
    meanings: Vec<Meaning>,
    lemmas: Vec<String>,
    lemma_ids: HashMap<String, Lemma, ByWord>,
    verbs: BTreeSet<Lemma>,
    nouns: BTreeSet<Lemma>,
    /// Nouns that stand by themselves, or end a phrase.
    heads: BTreeSet<Lemma>,
}

impl LexiconBuilder {
    pub(crate) fn new() -> Self {
        let mut builder = LexiconBuilder::default();
        builder.lemmas.push(String::new());
        builder
    }

    fn lemma(&mut self, text: &str) -> Lemma {
        if let Some(&known) = self.lemma_ids.get(text) {
            return known;
        }
        let id = self.lemmas.len() as Lemma;
        self.lemmas.push(text.to_owned());
        self.lemma_ids.insert(text.to_owned(), id);
        id
    }

    /// Makes one lemma of a noun and its plural where rules name both, so that each stands for the other wherever it is
    /// named. `verbs` are named as verbs and stay by themselves.
    pub(crate) fn unify(&mut self, nouns: &BTreeSet<&str>, verbs: &BTreeSet<&str>, language: &LanguageSyntax) {
        for noun in nouns {
            let Some(plural) = plural_of(noun, language) else { continue };
            let exception = language.plural_exceptions.iter().any(|end| plural.ends_with(end.as_str()));
            if nouns.contains(plural.as_str()) && !verbs.contains(plural.as_str()) && !exception {
                let lemma = self.lemma(noun);
                self.lemma_ids.insert(plural, lemma);
            }
        }
    }

    /// Notes a verb that a rule names.
    pub(crate) fn verb(&mut self, text: &str) -> Lemma {
        let lemma = self.lemma(text);
        self.verbs.insert(lemma);
        lemma
    }

    /// Notes an object word, or a phrase of them, that a rule names.
    pub(crate) fn object(&mut self, text: &str) -> Vec<Lemma> {
        let words: Vec<Lemma> = text.split_whitespace().map(|word| self.lemma(word)).collect();
        self.nouns.extend(&words);
        self.heads.extend(words.last());
        words
    }

    /// Notes a phrase that a rule looks for in running text.
    pub(crate) fn phrase(&mut self, text: &str) -> Literal {
        let literal = self.literal(&normal(text));
        self.meanings[literal as usize].phrase = true;
        literal
    }

    /// Notes a phrase that a rule looks for where nothing denies it.
    pub(crate) fn said_phrase(&mut self, text: &str) -> Literal {
        let literal = self.phrase(text);
        self.meanings[literal as usize].said = true;
        literal
    }

    /// Notes a phrase by which servers praise their own tools.
    pub(crate) fn praise(&mut self, text: &str) -> Literal {
        let literal = self.phrase(text);
        self.meanings[literal as usize].praise = true;
        literal
    }

    /// Notes a phrase that a rule looks for among the words of a name.
    pub(crate) fn name_phrase(&mut self, text: &str) -> Literal {
        let literal = self.literal(&words_of(text));
        self.meanings[literal as usize].phrase = true;
        literal
    }

    fn literal(&mut self, text: &str) -> Literal {
        if let Some(&known) = self.literals.get(text) {
            return known;
        }
        let id = self.order.len() as Literal;
        let text: Rc<str> = Rc::from(text);
        self.literals.insert(Rc::clone(&text), id);
        self.order.push(Rc::clone(&text));
        let bounded = !text.chars().any(is_unspaced);
        self.meanings.push(Meaning { bounded, ..Meaning::default() });
        id
    }

    fn word(&mut self, text: &str, lemma: Lemma) {
        let literal = self.literal(&normal(text)) as usize;
        let meaning = &mut self.meanings[literal];
        meaning.lexical = true;
        if meaning.word == UNKNOWN {
            meaning.word = lemma;
        }
    }

    fn verb_form(&mut self, text: &str, form: VerbForm) {
        let literal = self.literal(&normal(text)) as usize;
        let meaning = &mut self.meanings[literal];
        meaning.lexical = true;
        let known = meaning.verbs.iter().any(|v| v.lemma == form.lemma && v.language == form.language);
        if !known {
            meaning.verbs.push(form);
        }
        if meaning.word == UNKNOWN && form.form != Form::Past {
            meaning.word = form.lemma;
        }
    }

    fn role(&mut self, texts: &[String], language: u8, role: u32) {
        for text in texts {
            let literal = self.literal(&normal(text)) as usize;
            let meaning = &mut self.meanings[literal];
            meaning.lexical = true;
            match meaning.roles.iter_mut().find(|(of, _)| *of == language) {
                Some((_, roles)) => *roles |= role,
                None => meaning.roles.push((language, role)),
            }
        }
    }

    /// Compiles what was collected.
    pub(crate) fn build(mut self, languages: &[LanguageSyntax]) -> Lexicon {
        let (mut nouny, mut nouny_in_prose, mut light) = (Vec::new(), Vec::new(), Vec::new());
        let (mut starts, mut ends, mut states) = (Vec::new(), Vec::new(), Vec::new());
        for (index, language) in languages.iter().enumerate() {
            let index = index as u8;
            self.small_words(language, index);
            if !language.inflection.is_empty() {
                self.inflect(language, index);
            }
            for (lemma, forms) in &language.irregular {
                self.forms(lemma, forms, index, Form::Third);
            }
            for (lemma, forms) in &language.verbs {
                self.forms(lemma, forms, index, Form::Main);
            }
            for (lemma, forms) in &language.participles {
                self.forms(lemma, forms, index, Form::Past);
            }
            self.foreign_nouns(&language.nouns);
            for text in &language.compounds {
                let literal = self.literal(&normal(text));
                self.meanings[literal as usize].compound = true;
            }
            for (lemma, words) in &language.passives {
                let lemma = self.lemma(lemma);
                for text in words {
                    let literal = self.literal(&normal(text));
                    self.meanings[literal as usize].passive = Some(lemma);
                    self.meanings[literal as usize].lexical = true;
                }
            }
            for (lemma, words) in &language.nominals {
                let lemma = self.lemma(lemma);
                for text in words {
                    let literal = self.literal(&normal(text));
                    self.meanings[literal as usize].nominal = Some(lemma);
                    self.meanings[literal as usize].lexical = true;
                }
            }
            for (lemma, words) in &language.questions {
                let lemma = self.lemma(lemma);
                for text in words {
                    let literal = self.literal(&normal(text));
                    self.meanings[literal as usize].question = Some(lemma);
                }
            }
            for (words, marks) in [
                (&language.nouny, &mut nouny),
                (&language.nouny_in_prose, &mut nouny_in_prose),
                (&language.light, &mut light),
                (&language.verbs_at_the_start, &mut starts),
                (&language.nouns_at_the_end, &mut ends),
                (&language.states, &mut states),
            ] {
                for lemma in words {
                    let lemma = self.lemma(lemma) as usize;
                    if marks.len() <= lemma {
                        marks.resize(lemma + 1, false);
                    }
                    marks[lemma] = true;
                }
            }
        }
        nouny_in_prose.resize(self.lemmas.len(), false);
        nouny.resize(self.lemmas.len(), false);
        light.resize(self.lemmas.len(), false);
        starts.resize(self.lemmas.len(), false);
        states.resize(self.lemmas.len(), false);
        ends.resize(self.lemmas.len(), false);
        let (mut shorts, mut long) = (Vec::new(), Vec::new());
        for (id, text) in self.order.iter().enumerate() {
            let bounded = self.meanings[id].bounded;
            if let Some(word) = short(text.as_bytes()).filter(|_| bounded) {
                shorts.push((word, id as Literal));
            } else {
                long.push((&**text, bounded, id as Literal));
            }
        }
        shorts.sort_unstable();
        let finder = LiteralFinder::of(&long);
        let languages = languages
            .iter()
            .map(|language| Language {
                script: language.script,
                order: language.order,
                final_infinitive: language.final_infinitive,
                adverb_endings: language.adverb_endings.clone(),
                deed_endings: language.deed_endings.clone(),
                before_verbs: language.before_verbs.clone(),
                adjectives: language.adjectives.clone(),
                plural_endings: language.plural_endings.clone(),
                plural_exceptions: language.plural_exceptions.clone(),
            })
            .collect();
        let money = self.literals.get("money").copied();
        let modifies =
            |lemma: Lemma| self.nouns.contains(&lemma) && !self.heads.contains(&lemma) && !self.verbs.contains(&lemma);
        let modifiers = (0..self.lemmas.len() as Lemma).map(modifies).collect();
        Lexicon {
            finder,
            facts: self.meanings.iter().map(Facts::of).collect(),
            meanings: self.meanings,
            short: shorts,
            languages,
            lemmas: self.lemmas,
            nouny,
            nouny_in_prose,
            light,
            verbs_at_the_start: starts,
            nouns_at_the_end: ends,
            states,
            modifiers,
            money,
        }
    }

    fn small_words(&mut self, language: &LanguageSyntax, index: u8) {
        for (texts, role) in [
            (&language.common, role::COMMON),
            (&language.fillers, role::FILLER),
            (&language.carriers, role::CARRIER),
            (&language.conjunctions, role::CONJUNCTION),
            (&language.negations, role::NEGATION),
            (&language.determiners, role::DETERMINER),
            (&language.prepositions, role::PREPOSITION),
            (&language.subordinators, role::SUBORDINATOR),
            (&language.asides, role::ASIDE),
            (&language.alternatives, role::ALTERNATIVE),
            (&language.headings, role::HEADING),
            (&language.participle_before, role::PARTICIPLE_BEFORE),
            (&language.participle_after, role::PARTICIPLE_AFTER),
            (&language.genitives, role::GENITIVE),
            (&language.instruments, role::INSTRUMENT),
            (&language.copulas, role::COPULA),
            (&language.passive_before, role::PASSIVE),
            (&language.relatives, role::RELATIVE | role::SUBORDINATOR),
            (&language.causes, role::CAUSES),
            (&language.means, role::MEANS),
            (&language.subjects, role::SUBJECT),
            (&language.modals, role::MODAL),
            (&language.listings, role::LISTING),
            (&language.leads, role::LEAD),
            (&language.causatives, role::CAUSATIVE),
        ] {
            self.role(texts, index, role);
        }
    }

    fn forms(&mut self, lemma: &str, forms: &[String], language: u8, form: Form) {
        // A lemma that no rule names is still a verb: it must not be taken for the object of another.
        let lemma = self.lemma(lemma);
        for text in forms {
            self.verb_form(text, VerbForm { lemma, form, language });
        }
    }

    fn foreign_nouns(&mut self, nouns: &BTreeMap<String, Vec<String>>) {
        for (lemma, forms) in nouns {
            let lemma = self.lemma(lemma);
            self.heads.insert(lemma);
            for text in forms {
                self.word(text, lemma);
            }
        }
    }

    /// Makes the forms of every verb and noun. Where a word is named by itself and is a form of another too, it is itself;
    /// in which file or order rules name words changes nothing.
    fn inflect(&mut self, language: &LanguageSyntax, index: u8) {
        let mut verbs: Vec<Lemma> = self.verbs.iter().copied().collect();
        let mut nouns: Vec<Lemma> = self.nouns.iter().copied().collect();
        verbs.sort_by(|one, other| self.lemmas[*one as usize].cmp(&self.lemmas[*other as usize]));
        nouns.sort_by(|one, other| self.lemmas[*one as usize].cmp(&self.lemmas[*other as usize]));
        for lemma in verbs {
            let text = self.lemmas[lemma as usize].clone();
            let Some(rule) = language.inflection.iter().find(|i| i.ends.iter().any(|end| text.ends_with(end.as_str())))
            else {
                continue;
            };
            let doubled = match text.chars().last() {
                Some(last) if language.doubling.contains(&text) => format!("{text}{last}"),
                _ => text.clone(),
            };
            let with_third = with_ending(&text, &rule.third);
            self.verb_form(&text, VerbForm { lemma, form: Form::Base, language: index });
            self.verb_form(&with_third, VerbForm { lemma, form: Form::Third, language: index });
            self.verb_form(
                &with_ending(&doubled, &rule.gerund),
                VerbForm { lemma, form: Form::Gerund, language: index },
            );
            self.verb_form(&with_ending(&doubled, &rule.past), VerbForm { lemma, form: Form::Past, language: index });
        }
        for lemma in &nouns {
            let text = self.lemmas[*lemma as usize].clone();
            self.word(&text, *lemma);
        }
        for lemma in nouns {
            let text = self.lemmas[lemma as usize].clone();
            if let Some(plural) = plural_of(&text, language) {
                self.word(&plural, lemma);
            }
        }
    }
}

/// The plural of a noun, which is made as the third person of a verb is.
fn plural_of(text: &str, language: &LanguageSyntax) -> Option<String> {
    let rule = language.inflection.iter().find(|i| i.ends.iter().any(|end| text.ends_with(end.as_str())))?;
    Some(with_ending(text, &rule.third))
}

fn with_ending(text: &str, ending: &EndingSyntax) -> String {
    let keep = text.char_indices().rev().nth(ending.drop.wrapping_sub(1)).map_or(text.len(), |(at, _)| at);
    let keep = if ending.drop == 0 { text.len() } else { keep };
    format!("{}{}", &text[..keep], ending.add)
}
