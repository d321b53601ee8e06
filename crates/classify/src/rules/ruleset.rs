//! Compiled rules in, a [`Ruleset`] that judges out: from rule files, or from the bytes that mcpdex carries of its own rules.
//! It judges nothing itself.
//!
//! It fails closed: what cannot be read or compiled is an error, and there is no set of rules without rules.

use crate::language::lexicon::{Lemma, Lexicon, Literal};
use crate::rules::builtin::{self, files_with};
use crate::rules::clause::ClauseRef;
use crate::rules::clause_index::ClauseIndex;
use crate::rules::compile::{self, Written};
use crate::rules::error::RulesError;
use crate::rules::kept::KeptPack;
use crate::rules::pack::{Pack, Rule};
use crate::rules::praise_words::SelfPraise;
use crate::rules::risk_factor::RiskFactors;
use crate::rules::source_file::SourceFile;
use crate::rules::syntax::{DeedSyntax, RuleSyntax};
use crate::rules::taxonomy::Taxonomy;
use crate::rules::{attacks, digest, taxonomy};
use std::path::Path;
use std::sync::OnceLock;

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
    pub(crate) by_shape: Vec<ClauseRef>,
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
    /// The files, where the rules as they were written have not been asked for yet; none are the embedded ones.
    files: Vec<SourceFile>,
    written: OnceLock<Vec<Written>>,
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
        match Pack::of_bytes(builtin::PACK) {
            Some(pack) => Ruleset::of_pack(pack, Vec::new(), Ruleset::builtin_digest().to_owned()),
            None => Ruleset::of_files(builtin::files(), "the embedded rules"),
        }
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

    /// As [`Ruleset::load`]; what folders come to is kept in `kept` and read from there while no file of theirs changes. It
    /// is made where it is missing; without one, or where it cannot be written, they are compiled each time.
    ///
    /// # Errors
    /// As [`Ruleset::load`].
    pub fn load_kept<P: AsRef<Path>>(dirs: &[P], kept: Option<&Path>) -> Result<Ruleset, RulesError> {
        let Some(folder) = kept.filter(|_| !dirs.is_empty()) else { return Ruleset::load(dirs) };
        let files = files_with(dirs)?;
        let kept = KeptPack::of(folder, &files);
        let digest = digest_of(&files);
        if let Some(pack) = kept.read() {
            return Ruleset::of_pack(pack, files, digest);
        }
        let (pack, _) = compile::compile(&files, "the folders given")?;
        kept.write(&pack);
        Ruleset::of_pack(pack, files, digest)
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
        let (pack, written) = compile::compile(&files, from)?;
        let set = Ruleset::of_pack(pack, Vec::new(), digest)?;
        set.written.get_or_init(|| written);
        Ok(set)
    }

    fn of_pack(pack: Pack, files: Vec<SourceFile>, digest: String) -> Result<Ruleset, RulesError> {
        let Pack { lexicon, rules, .. } = pack;
        let mut set = Ruleset {
            by_verb: vec![Vec::new(); lexicon.lemmas()],
            by_object: vec![Vec::new(); lexicon.lemmas()],
            by_literal: vec![Vec::new(); lexicon.literals()],
            by_shape: Vec::new(),
            index: ClauseIndex::of(rules.iter().map(|rule| (rule.class, rule.when.as_slice())), lexicon.lemmas()),
            lexicon,
            rules: Vec::new(),
            operation_parameters: pack.operation_parameters,
            doubtful_parameters: pack.doubtful_parameters,
            filter_parameters: pack.filter_parameters,
            operation_markers: pack.operation_markers,
            taxonomy: Taxonomy::builtin()?,
            circumstances: RiskFactors::of(&pack.circumstances),
            claims: pack.claims,
            deeds: pack.deeds,
            digest,
            files,
            written: OnceLock::new(),
        };
        for (number, rule) in rules.iter().enumerate() {
            for (index, clause) in rule.when.iter().enumerate() {
                let place = (number as u32, index as u32);
                if clause.is_of_shape() {
                    set.by_shape.push(place);
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

    /// The first 16 hexadecimal digits of the SHA-256 of the rule files and of the taxonomies: verdicts with the same digest
    /// were given by the same rules.
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

    /// By what the code behind a tool is weighed, as it was written.
    pub fn deeds(&self) -> &[DeedSyntax] {
        &self.deeds
    }

    /// The rules as they were written, with the files that they stand in.
    pub fn written(&self) -> impl Iterator<Item = (&str, &RuleSyntax)> {
        self.as_written().iter().map(|one| (one.file.as_str(), &one.rule))
    }

    /// The same, in the order of the compiled rules.
    pub(crate) fn as_written(&self) -> &[Written] {
        // They compiled before.
        self.written.get_or_init(|| match self.files.is_empty() {
            true => compile::written(&builtin::files(), "the embedded rules").unwrap_or_default(),
            false => compile::written(&self.files, "the folders given").unwrap_or_default(),
        })
    }
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
