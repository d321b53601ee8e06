//! What evidence is called by, as pages tell of it: rules of files, what the code behind a tool is weighed by, and the
//! few ids that the judge itself gives.

use crate::classify::syntax::{DeedSyntax, ExampleSyntax, RuleSyntax};
use crate::classify::{Ruleset, UNWRITTEN};
use crate::model::{Class, Confidence, DeedKind, DeedReach, Trait};

/// A rule as pages tell of it: what it is, and what it is tried on.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleNote {
    pub id: String,
    /// Among which rules it stands: the file of the pack, or in words what is no rule of a file.
    pub group: String,
    /// Whether `group` is the name of a file.
    pub is_in_file: bool,
    pub class: Option<Class>,
    pub traits: Vec<Trait>,
    /// How sure a tool is of which nothing else is known; `None` where that is left to the definition.
    pub confidence: Option<Confidence>,
    /// What it means that the rule fires, as a clause.
    pub because: String,
    /// What it looks at, a sentence each; none where examples show that.
    pub sees: Vec<String>,
    /// Invented tools on which it decides, and on which it must not: names and descriptions.
    pub fires: Vec<(String, String)>,
    pub quiet: Vec<(String, String)>,
}

impl RuleNote {
    /// Everything that evidence may be called by under these rules, each once.
    pub fn all(rules: &Ruleset) -> Vec<RuleNote> {
        let written = rules.written().map(|(file, rule)| RuleNote::of(file, rule));
        let deeds = rules.deeds().iter().map(RuleNote::of_deed);
        let unwritten = UNWRITTEN
            .iter()
            .map(|(id, because)| RuleNote { group: "Without a rule".to_owned(), ..RuleNote::bare(id, because) });
        let mut all: Vec<RuleNote> = Vec::new();
        for note in written.chain(deeds).chain(unwritten) {
            if all.iter().all(|known| known.id != note.id) {
                all.push(note);
            }
        }
        all
    }

    fn bare(id: &str, because: &str) -> RuleNote {
        RuleNote {
            id: id.to_owned(),
            group: String::new(),
            is_in_file: false,
            class: None,
            traits: Vec::new(),
            confidence: None,
            because: because.to_owned(),
            sees: Vec::new(),
            fires: Vec::new(),
            quiet: Vec::new(),
        }
    }

    /// A rule of the pack, from the file that it stands in.
    pub fn of(file: &str, rule: &RuleSyntax) -> RuleNote {
        let shown = |example: &ExampleSyntax| (example.name.clone(), example.description.clone().unwrap_or_default());
        RuleNote {
            group: file.to_owned(),
            is_in_file: true,
            class: rule.class,
            traits: rule.traits.clone(),
            confidence: Some(rule.confidence),
            fires: rule.fires.iter().map(shown).collect(),
            quiet: rule.quiet.iter().map(shown).collect(),
            ..RuleNote::bare(&rule.id, &rule.because)
        }
    }

    /// What a call in a handler is weighed by.
    pub fn of_deed(deed: &DeedSyntax) -> RuleNote {
        let reaches: Vec<&str> = deed.reach.iter().map(|reach| reached(*reach)).collect();
        let mut sees = vec![
            format!("It looks at calls in the code behind a tool that {}.", done(deed.kind)),
            format!("It counts those that reach {}.", reaches.join(", or ")),
            "It makes a verdict graver or leaves it as it is, never milder.".to_owned(),
        ];
        if let Some(most) = deed.within {
            let many = crate::model::text::one_or_many(u64::from(most), "function", "functions");
            sees.push(format!("At most {most} {many} may lie between the handler and the call."));
        }
        if deed.contradicts {
            sees.push("Where the definition speaks of reading, it is told as a disagreement.".to_owned());
        }
        RuleNote {
            group: "What the code behind a tool does".to_owned(),
            class: deed.class,
            traits: deed.traits.clone(),
            sees,
            ..RuleNote::bare(&deed.id, &deed.because)
        }
    }
}

const fn done(kind: DeedKind) -> &'static str {
    match kind {
        DeedKind::Delete => "delete something",
        DeedKind::Write => "write something",
        DeedKind::Execute => "start a program, or run text as code",
        DeedKind::Network => "connect to an address",
        DeedKind::Environment => "read the environment",
    }
}

/// What a deed reaches, as pages tell it.
pub(super) const fn reached(reach: DeedReach) -> &'static str {
    match reach {
        DeedReach::Scratch => "only what it made itself",
        DeedReach::Fixed => "what the program names",
        DeedReach::Chosen => "what the caller names",
        DeedReach::Secret => "secrets",
    }
}
