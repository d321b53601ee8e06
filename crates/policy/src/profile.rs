//! Profiles: TOML in, rules from verdict to effect out.
//!
//! Three are built in (`data/policy/*.toml`); a user's own has the same form. A profile that does not parse stops the
//! command: there is no falling back to another.

use super::decision::{Decision, PolicyEffect, Uncounted, UnknownEffect};
use super::guard;
use mcpdex_model::{Category, Class, Confidence, Risk, ToolOrigin, Trait, Verdict};
use serde::Deserialize;
use std::sync::LazyLock;

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("profile `{name}` is not valid: {detail}")]
    Syntax { name: String, detail: String },
    #[error("profile `{0}` has no rule, so it would decide nothing")]
    NoRule(String),
}

/// One way of deciding.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    pub name: String,
    /// What the profile does, in half a sentence.
    pub about: String,
    pub uncounted: Uncounted,
    rules: Vec<Rule>,
    pub arguments: Arguments,
}

/// Which arguments are looked at. Everything is off unless a profile turns it on.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Arguments {
    /// Allow only those values of the operation parameter whose operation would be allowed by itself.
    pub operations: bool,
    /// Boolean parameters (letter case and separators aside) that must stay off in tools that change something.
    pub flags: Vec<String>,
    /// Boolean parameters that make a destructive tool rehearse: allowed only with the switch on.
    pub dry_run: Vec<String>,
    /// Parameters that are SQL and nothing else must hold one statement that only reads.
    pub sql: bool,
    /// The highest amount that a tool which moves money may be called with, in the unit of its own parameter.
    pub amount_at_most: Option<u32>,
    /// What URL parameters must be below: scheme, host and a path that ends with `/`.
    pub urls: Vec<String>,
    /// URL parameters must be of a public host, where `urls` lists none.
    pub public_urls: bool,
    /// Folders that path parameters must be inside of: absolute, ending with `/`.
    pub paths: Vec<String>,
    /// Commands, with their options, that may be run with plain words after them, and with what is below `paths` and `urls`.
    pub commands: Vec<String>,
}

impl Arguments {
    /// Whether what the operator lists can be compared with, or which cannot.
    fn check(&self) -> Result<(), String> {
        if let Some(url) = self.urls.iter().find(|url| !guard::is_address_prefix(url)) {
            return Err(format!("url prefix `{url}` must be like https://host/ or https://host/folder/"));
        }
        if let Some(path) = self.paths.iter().find(|path| !guard::is_folder(path)) {
            return Err(format!(
                "folder `{path}` must be like /srv/data/: absolute, without links of the system, with / at its end"
            ));
        }
        match self.commands.iter().find(|command| !guard::is_plain_command(command)) {
            Some(command) => Err(format!("command `{command}` must be plain words, such as `git status`")),
            None => Ok(()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    about: String,
    /// A built-in profile whose rules are tried after these; what this file does not say of the rest is as there.
    base: Option<String>,
    uncounted: Option<Uncounted>,
    #[serde(default, rename = "rule")]
    rules: Vec<RuleFile>,
    arguments: Option<Arguments>,
}

/// Rules that a person settled, without a profile around them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettledFile {
    #[serde(rename = "rule")]
    rules: Vec<RuleFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(default)]
    when: When,
    effect: String,
    /// What becomes of a limit where the target cannot count.
    uncounted: Option<Uncounted>,
    /// What becomes of `ask` where the target cannot ask but counts: a limit.
    unasked: Option<String>,
    /// What a call gets, instead of `ask`, that a guard on the arguments admits: a limit.
    guarded: Option<String>,
    because: String,
}

/// Conditions of a rule: lists are ORed inside, all that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct When {
    category: Vec<Category>,
    class: Vec<Class>,
    /// Any of these.
    traits: Vec<Trait>,
    risk: Vec<Risk>,
    risk_at_least: Option<Risk>,
    confidence: Vec<Confidence>,
    origin: Vec<ToolOrigin>,
    recognised: Option<bool>,
    /// The server's own name, not what a configuration calls it.
    server: Vec<String>,
    /// The tool's name, as its server spells it.
    tool: Vec<String>,
    /// Any evidence by one of these rules of the rule pack.
    rule: Vec<String>,
    /// No evidence by any other rule than these.
    only_rules: Vec<String>,
    /// None of these.
    without_traits: Vec<Trait>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    when: When,
    effect: PolicyEffect,
    uncounted: Option<Uncounted>,
    unasked: Option<PolicyEffect>,
    guarded: Option<PolicyEffect>,
    because: String,
}

impl Rule {
    fn read(file: RuleFile) -> Result<Rule, String> {
        let read = |text: &str| text.parse().map_err(|e: UnknownEffect| e.to_string());
        let effect = read(&file.effect)?;
        let unasked = file.unasked.as_deref().map(read).transpose()?;
        let guarded = file.guarded.as_deref().map(read).transpose()?;
        for (key, instead) in [("unasked", unasked), ("guarded", guarded)] {
            if instead.is_some_and(|instead| !matches!(instead, PolicyEffect::Limit { .. })) {
                return Err(format!("{key} takes a limit such as 10/minute"));
            }
            if instead.is_some() && effect != PolicyEffect::Ask {
                return Err(format!("{key} stands beside the effect ask only"));
            }
        }
        let RuleFile { when, uncounted, because, .. } = file;
        Ok(Rule { when, effect, uncounted, unasked, guarded, because })
    }
}

impl When {
    fn holds(&self, verdict: &Verdict, origin: Option<ToolOrigin>) -> bool {
        let among = |empty: bool, found: bool| empty || found;
        among(self.category.is_empty(), self.category.contains(&verdict.category))
            && among(self.class.is_empty(), self.class.contains(&verdict.class))
            && among(self.traits.is_empty(), self.traits.iter().any(|t| verdict.traits.contains(t)))
            && among(self.risk.is_empty(), self.risk.contains(&verdict.risk))
            && self.risk_at_least.is_none_or(|least| verdict.risk >= least)
            && among(self.confidence.is_empty(), self.confidence.contains(&verdict.confidence))
            && among(self.origin.is_empty(), origin.is_some_and(|o| self.origin.contains(&o)))
            && self.recognised.is_none_or(|wanted| verdict.recognised == wanted)
            && among(self.server.is_empty(), self.server.contains(&verdict.server))
            && among(self.tool.is_empty(), self.tool.contains(&verdict.name))
            && among(self.rule.is_empty(), verdict.evidence.iter().any(|e| self.rule.contains(&e.rule)))
            && among(self.only_rules.is_empty(), verdict.evidence.iter().all(|e| self.only_rules.contains(&e.rule)))
            && !self.without_traits.iter().any(|t| verdict.traits.contains(t))
    }
}

/// In few words, for the documentation.
impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fn any<T: std::fmt::Display>(what: &str, words: &[T]) -> Option<String> {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            (!words.is_empty()).then(|| format!("{what} {}", words.join(" or ")))
        }
        let recognised = self.recognised.map(|yes| if yes { "recognised" } else { "not recognised" }.to_owned());
        let parts = [
            any("risk", &self.risk),
            self.risk_at_least.map(|least| format!("risk {least} or above")),
            any("class", &self.class),
            any("category", &self.category),
            any("trait", &self.traits),
            any("confidence", &self.confidence),
            any("learnt", &self.origin),
            any("by the rule", &self.rule),
            (!self.only_rules.is_empty()).then(|| "and by none that says more".to_owned()),
            any("not", &self.without_traits),
            recognised,
            any("server", &self.server),
            any("tool", &self.tool),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(if parts.is_empty() { "anything" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}

/// Each is read when it is first asked for: a lookup asks for one.
static BUILTIN: [LazyLock<Profile>; 3] = [
    LazyLock::new(|| embedded("strict", include_str!("../data/policy/strict.toml"))),
    LazyLock::new(|| embedded("balanced", include_str!("../data/policy/balanced.toml"))),
    LazyLock::new(|| embedded("permissive", include_str!("../data/policy/permissive.toml"))),
];

fn embedded(name: &str, text: &str) -> Profile {
    Profile::from_toml(name, text).expect("a test reads the built-in profiles")
}

impl Profile {
    /// Reads a profile from its TOML text.
    ///
    /// # Errors
    /// The text is not TOML, has an unknown key or word, or holds no rule.
    pub fn from_toml(name: &str, text: &str) -> Result<Profile, ProfileError> {
        let syntax = |detail: String| ProfileError::Syntax { name: name.to_owned(), detail };
        let file: File = toml::from_str(text).map_err(|e| syntax(e.to_string().trim_end().to_owned()))?;
        if file.rules.is_empty() {
            return Err(ProfileError::NoRule(name.to_owned()));
        }
        let base = match file.base.as_deref() {
            None => None,
            Some(base) => Some(
                Profile::named(base)
                    .ok_or_else(|| syntax(format!("base takes one of strict, balanced, permissive, not `{base}`")))?,
            ),
        };
        let arguments = file.arguments.or_else(|| base.map(|base| base.arguments.clone())).unwrap_or_default();
        arguments.check().map_err(syntax)?;
        let own: Result<Vec<Rule>, String> = file.rules.into_iter().map(Rule::read).collect();
        let mut rules = own.map_err(syntax)?;
        rules.extend(base.iter().flat_map(|base| base.rules.iter().cloned()));
        Ok(Profile {
            name: name.to_owned(),
            about: file.about,
            uncounted: file.uncounted.or(base.map(|base| base.uncounted)).unwrap_or_default(),
            rules,
            arguments,
        })
    }

    /// The same with the rules of a TOML text (`[[rule]]` and nothing else) tried before its own.
    ///
    /// # Errors
    /// The text is not TOML, or has an unknown key or word.
    pub fn settled(&self, text: &str) -> Result<Profile, ProfileError> {
        let syntax = |detail: String| ProfileError::Syntax { name: self.name.clone(), detail };
        let file: SettledFile = toml::from_str(text).map_err(|e| syntax(e.to_string().trim_end().to_owned()))?;
        let own: Result<Vec<Rule>, String> = file.rules.into_iter().map(Rule::read).collect();
        let mut rules = own.map_err(syntax)?;
        rules.extend(self.rules.iter().cloned());
        Ok(Profile { rules, ..self.clone() })
    }

    /// The three that are built in: strict, balanced, permissive.
    pub fn builtin() -> [&'static Profile; 3] {
        let [strict, balanced, permissive] = &BUILTIN;
        [strict, balanced, permissive]
    }

    /// The built-in profile of that name.
    pub fn named(name: &str) -> Option<&'static Profile> {
        Profile::builtin().into_iter().find(|profile| profile.name == name)
    }

    /// The default.
    pub fn balanced() -> &'static Profile {
        &BUILTIN[1]
    }

    /// The rules in the order in which they are tried, for the documentation: when, what, what a guard admits, and what
    /// becomes of counting and of asking where a target knows neither.
    pub(crate) fn lines(&self) -> impl Iterator<Item = [String; 5]> + '_ {
        self.rules.iter().map(|rule| {
            let uncounted = match (rule.effect, rule.uncounted.unwrap_or(self.uncounted)) {
                (PolicyEffect::Limit { .. }, Uncounted::Allow) => "allowed uncounted",
                (PolicyEffect::Limit { .. }, Uncounted::Stricter) => "ask, else refused",
                _ => "–",
            };
            let unasked = match (rule.effect, rule.unasked) {
                (PolicyEffect::Ask, Some(limit)) => format!("{limit} where it counts, else refused"),
                (PolicyEffect::Ask, None) => "refused".to_owned(),
                _ => "–".to_owned(),
            };
            let guarded = rule.guarded.map_or("–".to_owned(), |limit| limit.to_string());
            [rule.when.to_string(), rule.effect.to_string(), guarded, uncounted.to_owned(), unasked]
        })
    }

    /// What the first rule that holds says; ask where none does.
    pub(super) fn rule_for(&self, verdict: &Verdict, origin: Option<ToolOrigin>) -> Decision {
        match self.rules.iter().find(|rule| rule.when.holds(verdict, origin)) {
            Some(rule) => Decision {
                uncounted: rule.uncounted,
                unasked: rule.unasked,
                guarded: rule.guarded,
                ..Decision::plain(rule.effect, rule.because.clone())
            },
            None => Decision::plain(PolicyEffect::Ask, "no rule of the profile speaks of it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_profiles_parse_and_have_different_names() {
        let names: Vec<_> = Profile::builtin().iter().map(|profile| profile.name.as_str()).collect();
        assert_eq!(names, ["strict", "balanced", "permissive"]);
        assert_eq!(Profile::balanced().name, "balanced");
    }

    #[test]
    fn a_profile_with_an_unknown_word_is_refused_and_the_word_named() {
        for (text, word) in [
            ("about='x'\n[[rule]]\nwhen={category=['red']}\neffect='ask'\nbecause='y'", "red"),
            ("about='x'\n[[rule]]\neffect='sometimes'\nbecause='y'", "sometimes"),
            ("about='x'\n[[rule]]\neffect='deny'\nguarded='1/minute'\nbecause='y'", "guarded"),
            ("about='x'\n[[rule]]\neffect='ask'\nguarded='allow'\nbecause='y'", "guarded"),
            ("about='x'\n[arguments]\npaths=['/srv/../']\n[[rule]]\neffect='ask'\nbecause='y'", "/srv/../"),
            ("about='x'\n[arguments]\npaths=['/proc/']\n[[rule]]\neffect='ask'\nbecause='y'", "/proc/"),
            ("about='x'\n[arguments]\ncommands=['a; b']\n[[rule]]\neffect='ask'\nbecause='y'", "a; b"),
            ("about='x'\n[arguments]\nurls=['https://a@b/']\n[[rule]]\neffect='ask'\nbecause='y'", "a@b"),
            ("about='x'\n[[rule]]\nefect='ask'\nbecause='y'", "efect"),
            (
                "about='x'\n[arguments]\nurls=['https://example.com']\n[[rule]]\neffect='ask'\nbecause='y'",
                "example.com",
            ),
        ] {
            let error = Profile::from_toml("mine", text).expect_err("refused").to_string();
            assert!(error.contains(word) && error.contains("mine"), "{error}");
        }
        assert!(matches!(Profile::from_toml("mine", "about = 'x'"), Err(ProfileError::NoRule(_))));
    }

    #[test]
    fn rules_of_ones_own_come_before_those_of_the_base_and_the_rest_is_as_there() {
        let text = "about='x'\nbase='balanced'\n[[rule]]\nwhen={server=['s'],tool=['t']}\neffect='3/hour'\nbecause='y'";
        let profile = Profile::from_toml("mine", text).expect("valid");
        let [mut own, other] = ["t", "u"].map(|name| Verdict::bare(name, Class::Execute, &[]));
        own.server = "s".to_owned();
        assert_eq!(profile.rule_for(&own, None).effect.to_string(), "3/hour");
        assert_eq!(profile.rule_for(&other, None), Profile::balanced().rule_for(&other, None));
        own.server = "another".to_owned();
        assert_eq!(profile.rule_for(&own, None), Profile::balanced().rule_for(&own, None));
        assert_eq!((profile.uncounted, &profile.arguments), (Uncounted::Allow, &Profile::balanced().arguments));
        let unknown = Profile::from_toml("mine", &text.replace("balanced", "mild")).expect_err("refused").to_string();
        assert!(unknown.contains("mild"), "{unknown}");
    }

    #[test]
    fn the_first_rule_that_holds_decides_and_origin_counts() {
        let text = "about='x'\n[[rule]]\nwhen={origin=['live']}\neffect='allow'\nbecause='seen'\n\
                    [[rule]]\nwhen={class=['write']}\neffect='3/hour'\nbecause='writes'";
        let profile = Profile::from_toml("mine", text).expect("valid");
        let tool = Verdict::bare("t", Class::Write, &[]);
        assert_eq!(profile.rule_for(&tool, Some(ToolOrigin::Live)).effect, PolicyEffect::Allow);
        assert_eq!(profile.rule_for(&tool, None).effect.to_string(), "3/hour");
        assert_eq!(profile.rule_for(&Verdict::bare("t", Class::Read, &[]), None).effect, PolicyEffect::Ask);
    }
}
