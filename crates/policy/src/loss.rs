//! What a document does not say as it was decided, once for each cause, and why there is none.

use super::condition::Condition;
use super::decision::PolicyEffect;
use super::targets::Target;
use serde::Serialize;

/// How far what is written is from what was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Deviation {
    /// The call is refused or asked about more often.
    Stricter,
    /// The call is answered alike, but the agent sees the tool.
    Visible,
    /// The call is let through more often; only where the user or the profile asked for it.
    Looser,
    /// The call was to be refused, which the target cannot: it never runs by itself, and a person is asked each time.
    Asked,
}

/// One thing that a document does not say as it was decided, and all tools that it holds for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// What was decided, in few words; without the particulars of the arguments where they differ from tool to tool.
    pub decided: String,
    /// What the document does.
    pub written: String,
    pub change: Deviation,
    pub why: String,
    /// How many tools it holds for.
    pub count: usize,
    /// The tools, in the order of the servers and their lists.
    pub tools: Vec<LostTool>,
}

/// A tool that a loss holds for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostTool {
    pub server: String,
    pub tool: String,
}

/// Tools that a sentence names of a loss.
const NAMED: usize = 3;

impl Loss {
    /// Whether it holds for a tool of this name.
    pub fn is_of(&self, tool: &str) -> bool {
        self.tools.iter().any(|lost| lost.tool == tool)
    }

    /// The loss in one sentence, with the first names; all of them where the target lets run what was to be refused.
    pub fn sentence(&self) -> String {
        let named = if self.change == Deviation::Asked { self.tools.len() } else { NAMED };
        let names: Vec<String> = self.tools.iter().take(named).map(|lost| format!("`{}`", lost.tool)).collect();
        let Loss { decided, written, why, .. } = self;
        let more = self.count.saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (names, one) = (names.join(", "), self.count == 1);
        let (was, is) = if one { ("was", "is") } else { ("were", "are") };
        format!("{names}{more} {was} to be {decided} and {is} {written}: {why}")
    }
}

/// Losses of one document while it is made.
#[derive(Debug, Default)]
pub(super) struct Losses(Vec<(Key, Loss)>);

/// What makes two losses one: their words without the particulars of the arguments.
#[derive(Debug, PartialEq, Eq)]
struct Key {
    decided: String,
    written: String,
    change: Deviation,
    why: String,
}

/// What was decided or is written of a tool, in few words.
pub(super) struct Described {
    text: String,
    /// The same where the particulars differ from tool to tool.
    outline: String,
}

impl Described {
    /// An effect and the conditions under which it holds.
    pub(super) fn new(effect: PolicyEffect, conditions: &[Condition]) -> Described {
        let outline = effect.to_string();
        if conditions.is_empty() {
            return Described { text: outline.clone(), outline };
        }
        let words: Vec<_> = conditions.iter().map(Condition::sentence).collect();
        let outline = format!("{outline} for some arguments");
        Described { text: format!("{effect} when {}", words.join(" and ")), outline }
    }

    /// With the particulars.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether both are the same, particulars included.
    pub(super) fn is(&self, other: &Described) -> bool {
        self.text == other.text
    }
}

impl From<&Condition> for Described {
    fn from(condition: &Condition) -> Described {
        let text = condition.sentence();
        Described { outline: text.clone(), text }
    }
}

impl Losses {
    /// Takes one loss of one tool.
    pub(super) fn add(
        &mut self,
        (server, tool): (&str, &str),
        decided: &Described,
        written: &Described,
        change: Deviation,
        why: &str,
    ) {
        let key =
            Key { decided: decided.outline.clone(), written: written.outline.clone(), change, why: why.to_owned() };
        let lost = LostTool { server: server.to_owned(), tool: tool.to_owned() };
        if let Some((key, loss)) = self.0.iter_mut().find(|(other, _)| *other == key) {
            for (all, one, outline) in
                [(&mut loss.decided, decided, &key.decided), (&mut loss.written, written, &key.written)]
            {
                if *all != one.text {
                    all.clone_from(outline);
                }
            }
            loss.count += 1;
            loss.tools.push(lost);
            return;
        }
        let loss = Loss {
            decided: decided.text.clone(),
            written: written.text.clone(),
            change,
            why: why.to_owned(),
            count: 1,
            tools: vec![lost],
        };
        self.0.push((key, loss));
    }

    /// The losses, each cause once, in the order in which they were met.
    pub(super) fn done(self) -> Vec<Loss> {
        self.0.into_iter().map(|(_, loss)| loss).collect()
    }
}

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error(
        "{target} cannot write the names of {tools} tools of `{server}` that must be refused, for instance `{example}`; \
             --lossy leaves them to what it does with tools it does not know"
    )]
    CannotRefuse { target: Target, server: String, tools: usize, example: String },
    #[error("{target} cannot name the server `{alias}`: {why}")]
    Alias { target: Target, alias: String, why: &'static str },
    #[error("two servers are both named `{0}` in the document")]
    TwoServers(String),
    #[error("{0} is decided by an engine that this build leaves out (feature `verify`), so nothing vouches for it")]
    NoEngine(Target),
    #[error("the {target} document would not do what was decided: {detail}")]
    Unverified { target: Target, detail: String },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::Test;

    #[test]
    fn a_cause_is_listed_once_and_its_particulars_only_where_all_share_them() {
        let ask = Described::new(PolicyEffect::Ask, &[]);
        let under = |argument: &str| {
            let condition = Condition { argument: argument.to_owned(), test: Test::Absent, reason: String::new() };
            Described::new(PolicyEffect::Allow, &[condition])
        };
        let mut losses = Losses::default();
        for (tool, argument) in [("a", "x"), ("b", "x"), ("c", "y")] {
            losses.add(("kiln", tool), &under(argument), &ask, Deviation::Stricter, "it does not look");
            if tool == "b" {
                assert!(losses.0[0].1.decided.contains("`x`"));
            }
        }
        losses.add(("kiln", "d"), &under("x"), &ask, Deviation::Stricter, "another cause");
        let losses = losses.done();
        assert_eq!(losses.iter().map(|loss| loss.count).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(losses[0].decided, "allow for some arguments");
        assert!(losses[0].is_of("c") && !losses[0].is_of("d"));
        assert_eq!(losses[1].sentence(), "`d` was to be allow when `x` is not given and is ask: another cause");
    }
}
