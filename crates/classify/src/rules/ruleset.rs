//! Rule files in, a compiled [`Ruleset`] out. It compiles; it judges nothing.
//!
//! It fails closed: a file that cannot be read, a field that is not known, a rule that names nothing to look for and an
//! id that is used twice are errors, and there is no set of rules without rules.

use crate::language::lexicon::{Lemma, Lexicon, Literal};
use crate::language::lexicon_builder::LexiconBuilder;
use crate::language::syntax::LanguageSyntax;
use crate::language::word_hash::ByWord;
use crate::rules::builtin::files_with;
use crate::rules::clause::{Clause, ClauseRef, Compiler};
use crate::rules::clause_index::ClauseIndex;
use crate::rules::error::RulesError;
use crate::rules::risk_factor::RiskFactors;
use crate::rules::self_praise::SelfPraise;
use crate::rules::source_file::SourceFile;
use crate::rules::syntax::{ClauseSyntax, DeedSyntax, RiskFactorSyntax, RuleFile, RuleSyntax, SelfPraiseSyntax};
use crate::rules::taxonomy::Taxonomy;
use crate::rules::{attacks, digest, taxonomy};
use mcpdex_model::{Class, Confidence, Risk, Trait};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

/// A compiled rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub id: String,
    pub class: Option<Class>,
    pub traits: Vec<Trait>,
    pub floor: Option<Risk>,
    pub confidence: Confidence,
    pub light: bool,
    pub because: String,
    pub when: Vec<Clause>,
    pub unless: Vec<Clause>,
    pub only_for: Vec<Class>,
    /// Rules, by number, whose hits do not count when this one fires.
    pub overrules: Vec<u32>,
    /// The file it was written in.
    pub file: String,
    pub syntax: RuleSyntax,
}

/// The rules and the lexicon, compiled.
#[derive(Debug)]
pub struct Ruleset {
    pub(crate) lexicon: Lexicon,
    pub(crate) rules: Vec<Rule>,
    /// Clauses by the verb that they need.
    pub(crate) by_verb: Vec<Vec<ClauseRef>>,
    /// The same, with what else they ask of an action.
    pub(crate) index: ClauseIndex,
    /// Clauses without a verb by an object word that they need.
    pub(crate) by_object: Vec<Vec<ClauseRef>>,
    /// Clauses about the tool as a whole by a literal that they need.
    pub(crate) by_literal: Vec<Vec<ClauseRef>>,
    /// Clauses about an action without a verb that names several things.
    pub(crate) by_plural: Vec<ClauseRef>,
    /// Words that the name of a parameter that selects an operation ends with.
    pub(crate) operation_parameters: Vec<String>,
    pub(crate) doubtful_parameters: Vec<String>,
    /// Words that the name of a parameter ends with whose values say what to look for.
    pub(crate) filter_parameters: Vec<String>,
    /// Words of a text behind which it lists operations.
    pub(crate) operation_markers: Vec<String>,
    pub(crate) taxonomy: Taxonomy,
    pub(crate) circumstances: RiskFactors,
    pub(crate) claims: SelfPraise,
    /// What handlers do, in the order of the files.
    pub(crate) deeds: Vec<DeedSyntax>,
    digest: String,
}

/// The digest of rule files and of what verdicts hold beside: which entries of public taxonomies they point at.
fn digest_of(files: &[SourceFile]) -> String {
    let beside = [("data/attacks.toml", attacks::ATTACKS), ("data/taxonomies.toml", taxonomy::TAXONOMIES)];
    digest::of(files.iter().map(|file| (file.path.as_str(), file.text.as_str())).chain(beside))
}

impl Ruleset {
    /// The rules that come with mcpdex.
    ///
    /// # Errors
    /// The embedded rules are broken; a test holds that they are not.
    pub fn builtin() -> Result<Ruleset, RulesError> {
        Ruleset::of(crate::rules::builtin::files(), "the embedded rules", Ruleset::builtin_digest().to_owned())
    }

    /// The digest of the rules that come with mcpdex, without compiling them; worked out when mcpdex was built.
    pub fn builtin_digest() -> &'static str {
        env!("MCPDEX_RULES_DIGEST")
    }

    /// The embedded rules with those of `dirs` added: a rule with a known id and a language file of a known name
    /// replace the embedded ones.
    ///
    /// # Errors
    /// A folder cannot be read, holds no rules, or holds what is not a rule file.
    pub fn load<P: AsRef<Path>>(dirs: &[P]) -> Result<Ruleset, RulesError> {
        if dirs.is_empty() {
            return Ruleset::builtin();
        }
        Ruleset::of_files(files_with(dirs)?, "the folders given")
    }

    /// The digest of what [`Ruleset::load`] loads, without compiling it.
    ///
    /// # Errors
    /// A folder cannot be read or holds no rules.
    pub fn digest_with<P: AsRef<Path>>(dirs: &[P]) -> Result<String, RulesError> {
        if dirs.is_empty() {
            return Ok(Ruleset::builtin_digest().to_owned());
        }
        Ok(digest_of(&files_with(dirs)?))
    }

    /// Compiles rule files; of two rules with one id in different files the later file's counts.
    ///
    /// # Errors
    /// See [`RulesError`].
    pub fn of_files(files: Vec<SourceFile>, from: &str) -> Result<Ruleset, RulesError> {
        let digest = digest_of(&files);
        Ruleset::of(files, from, digest)
    }

    fn of(files: Vec<SourceFile>, from: &str, digest: String) -> Result<Ruleset, RulesError> {
        let mut languages: Vec<LanguageSyntax> = Vec::new();
        let mut rules: Vec<(String, RuleSyntax)> = Vec::new();
        let mut operation_parameters = Vec::new();
        let mut doubtful_parameters = Vec::new();
        let (mut filters, mut markers) = (Vec::new(), Vec::new());
        let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut circumstances: Vec<RiskFactorSyntax> = Vec::new();
        let mut claims = SelfPraiseSyntax::default();
        let mut deeds: Vec<DeedSyntax> = Vec::new();
        for file in &files {
            let syntax = |e: toml::de::Error| RulesError::Syntax { file: file.path.clone(), message: e.to_string() };
            if file.path.starts_with("language/") {
                languages.push(toml::from_str(&file.text).map_err(syntax)?);
                continue;
            }
            let parsed: RuleFile = toml::from_str(&file.text).map_err(syntax)?;
            if let Some(operations) = parsed.operations {
                operation_parameters.extend(operations.parameters);
                doubtful_parameters.extend(operations.doubtful);
                filters.extend(operations.filters);
                markers.extend(operations.markers);
            }
            if let Some(found) = parsed.claims {
                claims.phrases.extend(found.phrases);
                claims.subjects.extend(found.subjects);
                claims.hollow.extend(found.hollow);
            }
            kinds.extend(parsed.kinds);
            for one in parsed.circumstance {
                circumstances.retain(|known| known.id != one.id);
                circumstances.push(one);
            }
            for deed in parsed.deed {
                if deed.class.is_none() && deed.traits.is_empty() || deed.reach.is_empty() {
                    return Err(broken(&file.path, &deed.id, "it has no reach, or neither class nor traits"));
                }
                deeds.retain(|known| known.id != deed.id);
                deeds.push(deed);
            }
            for rule in parsed.rule {
                match rules.iter_mut().find(|(_, known)| known.id == rule.id) {
                    Some((known_file, _)) if *known_file == file.path => {
                        return Err(broken(&file.path, &rule.id, "the id is used twice in this file"));
                    }
                    Some(known) => *known = (file.path.clone(), rule),
                    None => rules.push((file.path.clone(), rule)),
                }
            }
        }
        // English first: its inflections make the forms of the lemmas, and its small words are known everywhere.
        languages.sort_by_key(|language| (language.inflection.is_empty(), language.language.clone()));
        if rules.is_empty() || languages.is_empty() {
            return Err(RulesError::Empty(from.to_owned()));
        }
        for (file, rule) in &mut rules {
            for clause in rule.when.iter_mut().chain(&mut rule.unless) {
                name_kinds(clause, &kinds).map_err(|message| broken(file, &rule.id, &message))?;
            }
        }
        let mut set = compile(rules, &languages, &claims, digest)?;
        set.operation_parameters = operation_parameters;
        set.doubtful_parameters = doubtful_parameters;
        set.filter_parameters = filters;
        set.operation_markers = markers;
        set.circumstances = RiskFactors::of(&circumstances);
        set.deeds = deeds;
        let gravest =
            |places: &Vec<ClauseRef>| places.iter().filter_map(|(rule, _)| set.rules[*rule as usize].class).max();
        let classes: Vec<Option<Class>> = set.by_verb.iter().map(gravest).collect();
        set.claims.learn(classes.into_iter());
        Ok(set)
    }

    /// The first 16 hexadecimal digits of the SHA-256 of the rule files and of the taxonomies: verdicts with the same digest were given by
    /// the same rules.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are no rules; never true of a set that compiled.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules as they were written, with the files that they stand in.
    pub fn written(&self) -> impl Iterator<Item = (&str, &RuleSyntax)> {
        self.rules.iter().map(|rule| (rule.file.as_str(), &rule.syntax))
    }
}

/// Puts the words of a kind in the place of its name.
fn name_kinds(clause: &mut ClauseSyntax, kinds: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
    let lists = [
        &mut clause.verb,
        &mut clause.object,
        &mut clause.last,
        &mut clause.name,
        &mut clause.about,
        &mut clause.anywhere,
        &mut clause.opening,
        &mut clause.said,
        &mut clause.parameter,
        &mut clause.parameter_about,
        &mut clause.server,
    ];
    for list in lists {
        if !list.iter().any(|word| word.starts_with('@')) {
            continue;
        }
        let mut words = Vec::with_capacity(list.len() * 8);
        for word in list.drain(..) {
            match word.strip_prefix('@') {
                None => words.push(word),
                Some(kind) => words.extend_from_slice(kinds.get(kind).ok_or(format!("`@{kind}` is no kind"))?),
            }
        }
        *list = words;
    }
    Ok(())
}

fn broken(file: &str, rule: &str, message: &str) -> RulesError {
    RulesError::Rule { file: file.to_owned(), rule: rule.to_owned(), message: message.to_owned() }
}

fn compile(
    written: Vec<(String, RuleSyntax)>,
    languages: &[LanguageSyntax],
    claims: &SelfPraiseSyntax,
    digest: String,
) -> Result<Ruleset, RulesError> {
    let mut builder = LexiconBuilder::new();
    let clauses = || written.iter().flat_map(|(_, rule)| rule.when.iter().chain(&rule.unless));
    let nouns = clauses().flat_map(|clause| clause.object.iter().chain(&clause.last));
    // Most are named many times: each once before they are put in order.
    let nouns: HashSet<&str, ByWord> = nouns.flat_map(|phrase| phrase.split_whitespace()).collect();
    let nouns: BTreeSet<&str> = nouns.into_iter().collect();
    let verbs: HashSet<&str, ByWord> = clauses().flat_map(|clause| clause.verb.iter().map(String::as_str)).collect();
    let verbs: BTreeSet<&str> = verbs.into_iter().collect();
    if let Some(english) = languages.first() {
        builder.unify(&nouns, &verbs, english);
    }
    let mut rules = Vec::with_capacity(written.len());
    for (file, syntax) in &written {
        rules.push(compile_rule(file, syntax, &written, &mut builder)?);
    }
    let claims = SelfPraise::of(claims, &mut builder);
    let lexicon = builder.build(languages);
    let mut set = Ruleset {
        by_verb: vec![Vec::new(); lexicon.lemmas()],
        by_object: vec![Vec::new(); lexicon.lemmas()],
        by_literal: vec![Vec::new(); lexicon.literals()],
        by_plural: Vec::new(),
        index: ClauseIndex::of(rules.iter().map(|rule| (rule.class, rule.when.as_slice())), lexicon.lemmas()),
        lexicon,
        rules: Vec::new(),
        operation_parameters: Vec::new(),
        doubtful_parameters: Vec::new(),
        filter_parameters: Vec::new(),
        operation_markers: Vec::new(),
        taxonomy: Taxonomy::builtin()?,
        circumstances: RiskFactors::default(),
        claims,
        deeds: Vec::new(),
        digest,
    };
    for (number, rule) in rules.iter().enumerate() {
        for (index, clause) in rule.when.iter().enumerate() {
            let place = (number as u32, index as u32);
            if clause.is_of_plurals() {
                set.by_plural.push(place);
                continue;
            }
            let (verbs, objects, literals) = clause.anchors();
            verbs.into_iter().for_each(|lemma: Lemma| set.by_verb[lemma as usize].push(place));
            objects.into_iter().for_each(|lemma: Lemma| set.by_object[lemma as usize].push(place));
            literals.into_iter().for_each(|literal: Literal| set.by_literal[literal as usize].push(place));
        }
    }
    set.rules = rules;
    Ok(set)
}

fn compile_rule(
    file: &str,
    syntax: &RuleSyntax,
    all: &[(String, RuleSyntax)],
    builder: &mut LexiconBuilder,
) -> Result<Rule, RulesError> {
    let wrong = |message: &str| broken(file, &syntax.id, message);
    let kebab =
        !syntax.id.is_empty() && syntax.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !kebab {
        return Err(wrong("the id is not in kebab-case"));
    }
    if syntax.class.is_none() && syntax.traits.is_empty() && syntax.floor.is_none() {
        return Err(wrong("it gives neither a class nor traits nor a floor"));
    }
    if syntax.when.is_empty() {
        return Err(wrong("it has no `when`"));
    }
    if syntax.fires.is_empty() || syntax.quiet.is_empty() {
        return Err(wrong("it needs at least one `fires` and one `quiet` example"));
    }
    if !(syntax.because.starts_with("it ") || syntax.because.starts_with("its ")) {
        return Err(wrong("`because` does not start with \"it\" or \"its\""));
    }
    let mut compiler = Compiler { builder };
    let mut clauses = |written: &[crate::rules::syntax::ClauseSyntax]| -> Result<Vec<Clause>, RulesError> {
        written.iter().map(|clause| compiler.clause(clause).map_err(|message| wrong(&message))).collect()
    };
    let mut when = clauses(&syntax.when)?;
    let unless = clauses(&syntax.unless)?;
    // What is changed is the object itself; what is read may be named by what it belongs to.
    let changes = syntax.class.is_some_and(|class| class != Class::Read);
    when.iter_mut().for_each(|clause| clause.proper = changes);
    let mut overrules = Vec::new();
    for pattern in &syntax.overrules {
        let before = overrules.len();
        for (number, (_, other)) in all.iter().enumerate() {
            let fits = match pattern.strip_suffix('*') {
                Some(prefix) => other.id.starts_with(prefix),
                None => other.id == *pattern,
            };
            if fits && other.id != syntax.id {
                overrules.push(number as u32);
            }
        }
        if overrules.len() == before {
            return Err(wrong(&format!("`overrules` names `{pattern}`, which is no rule")));
        }
    }
    Ok(Rule {
        id: syntax.id.clone(),
        class: syntax.class,
        traits: syntax.traits.clone(),
        floor: syntax.floor,
        confidence: syntax.confidence,
        light: syntax.light,
        because: syntax.because.clone(),
        when,
        unless,
        only_for: syntax.only_for.clone(),
        overrules,
        file: file.to_owned(),
        syntax: syntax.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_holds_rules_and_taxonomies() {
        let files = crate::rules::builtin::files();
        let of = |beside: &[(&str, &str)]| {
            let rules = files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
            digest::of(rules.chain(beside.iter().copied()))
        };
        let (attacks, taxonomies) = (attacks::ATTACKS, taxonomy::TAXONOMIES);
        let whole = of(&[("data/attacks.toml", attacks), ("data/taxonomies.toml", taxonomies)]);
        // The build script's and that of a load agree.
        assert_eq!((Ruleset::builtin_digest(), digest_of(&files)), (whole.as_str(), whole.clone()));
        let edited = taxonomies.replace("Missing Authorization", "Lacking Authorization");
        assert_ne!(edited, taxonomies);
        assert_ne!(of(&[("data/attacks.toml", attacks), ("data/taxonomies.toml", &edited)]), whole);
    }
}
