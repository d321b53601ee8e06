//! Rule files in, what they come to out: it parses, checks and compiles; it judges nothing, and reads no file itself, since
//! the build script compiles the rules that come with mcpdex by it.
//!
//! It fails closed: a field that is not known, a rule that names nothing to look for and an id that is used twice are
//! errors, and there is no set of rules without rules.

use crate::language::lexicon::Lemma;
use crate::language::lexicon_builder::LexiconBuilder;
use crate::language::syntax::LanguageSyntax;
use crate::language::word_hash::ByWord;
use crate::rules::clause::{Clause, Compiler};
use crate::rules::error::RulesError;
use crate::rules::pack::{Pack, Rule};
use crate::rules::praise_words::SelfPraise;
use crate::rules::source_file::SourceFile;
use crate::rules::syntax::{ClauseSyntax, DeedSyntax, RiskFactorSyntax, RuleFile, RuleSyntax, SelfPraiseSyntax};
use mcpdex_model::Class;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A rule as it was written, kinds named in full, and the file that it stands in.
#[derive(Debug)]
pub(crate) struct Written {
    pub file: String,
    pub rule: RuleSyntax,
}

/// What files say, put together.
struct Parsed {
    languages: Vec<LanguageSyntax>,
    rules: Vec<Written>,
    claims: SelfPraiseSyntax,
    operation_parameters: Vec<String>,
    doubtful_parameters: Vec<String>,
    filters: Vec<String>,
    markers: Vec<String>,
    circumstances: Vec<RiskFactorSyntax>,
    deeds: Vec<DeedSyntax>,
}

/// The rules of files as they were written.
///
/// # Errors
/// See [`RulesError`].
pub(crate) fn written(files: &[SourceFile], from: &str) -> Result<Vec<Written>, RulesError> {
    Ok(parse(files, from)?.rules)
}

/// Compiles rule files; of two rules with one id in different files the later file's counts. `from` says whose they are.
///
/// # Errors
/// See [`RulesError`].
pub(crate) fn compile(files: &[SourceFile], from: &str) -> Result<(Pack, Vec<Written>), RulesError> {
    let parsed = parse(files, from)?;
    let (written, languages) = (parsed.rules, parsed.languages);
    let mut builder = LexiconBuilder::new();
    let clauses = || written.iter().flat_map(|Written { rule, .. }| rule.when.iter().chain(&rule.unless));
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
    for Written { file, rule } in &written {
        rules.push(compile_rule(file, rule, &written, &mut builder)?);
    }
    let mut claims = SelfPraise::of(&parsed.claims, &mut builder);
    let lexicon = builder.build(&languages);
    // The gravest class of the rules that name each verb.
    let mut classes: Vec<Option<Class>> = vec![None; lexicon.lemmas()];
    for rule in &rules {
        for clause in rule.when.iter().filter(|clause| !clause.is_of_shape()) {
            let of = |lemma: &Lemma| *lemma as usize;
            clause.verbs().iter().map(of).for_each(|lemma| classes[lemma] = classes[lemma].max(rule.class));
        }
    }
    claims.learn(classes.into_iter());
    let pack = Pack {
        lexicon,
        rules,
        claims,
        operation_parameters: parsed.operation_parameters,
        doubtful_parameters: parsed.doubtful_parameters,
        filter_parameters: parsed.filters,
        operation_markers: parsed.markers,
        circumstances: parsed.circumstances,
        deeds: parsed.deeds,
    };
    Ok((pack, written))
}

fn parse(files: &[SourceFile], from: &str) -> Result<Parsed, RulesError> {
    let mut languages: Vec<LanguageSyntax> = Vec::new();
    let mut rules: Vec<Written> = Vec::new();
    let mut operation_parameters = Vec::new();
    let mut doubtful_parameters = Vec::new();
    let (mut filters, mut markers) = (Vec::new(), Vec::new());
    let mut kinds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut circumstances: Vec<RiskFactorSyntax> = Vec::new();
    let mut claims = SelfPraiseSyntax::default();
    let mut deeds: Vec<DeedSyntax> = Vec::new();
    for file in files {
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
            match rules.iter_mut().find(|known| known.rule.id == rule.id) {
                Some(known) if known.file == file.path => {
                    return Err(broken(&file.path, &rule.id, "the id is used twice in this file"));
                }
                Some(known) => *known = Written { file: file.path.clone(), rule },
                None => rules.push(Written { file: file.path.clone(), rule }),
            }
        }
    }
    // English first: its inflections make the forms of the lemmas, and its small words are known everywhere.
    languages.sort_by_key(|language| (language.inflection.is_empty(), language.language.clone()));
    if rules.is_empty() || languages.is_empty() {
        return Err(RulesError::Empty(from.to_owned()));
    }
    for Written { file, rule } in &mut rules {
        for clause in rule.when.iter_mut().chain(&mut rule.unless) {
            name_kinds(clause, &kinds).map_err(|message| broken(file, &rule.id, &message))?;
        }
    }
    Ok(Parsed {
        languages,
        rules,
        claims,
        operation_parameters,
        doubtful_parameters,
        filters,
        markers,
        circumstances,
        deeds,
    })
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

fn compile_rule(
    file: &str,
    syntax: &RuleSyntax,
    all: &[Written],
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
    let mut clauses = |written: &[ClauseSyntax]| -> Result<Vec<Clause>, RulesError> {
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
        for (number, Written { rule: other, .. }) in all.iter().enumerate() {
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
    })
}
