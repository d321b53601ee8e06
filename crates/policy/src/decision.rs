//! What a gateway should do when an agent calls a tool: the words for it.
//!
//! Nothing here knows a verdict, a profile or a target.

use super::condition::{Condition, Test};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The time over which calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    Minute,
    Hour,
    Day,
}

impl Window {
    /// The word that policy documents use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Window::Minute => "minute",
            Window::Hour => "hour",
            Window::Day => "day",
        }
    }

    const fn seconds(self) -> u64 {
        match self {
            Window::Minute => 60,
            Window::Hour => 3_600,
            Window::Day => 86_400,
        }
    }
}

/// What happens when the tool is called. See [`PolicyEffect::rank`] for the order of strictness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "effect")]
pub enum PolicyEffect {
    /// Allowed without conditions.
    Allow,
    /// Allowed, so many calls in each window.
    Limit { max: u32, window: Window },
    /// Refused until a person approves.
    Ask,
    /// Shown to the agent, and refused.
    Deny,
    /// Not shown to the agent, and refused.
    Hide,
}

impl PolicyEffect {
    /// Strictness from 0 (allow) to 4 (hide); equal ranks of `Limit` are ordered by [`PolicyEffect::stricter`].
    pub const fn rank(self) -> u8 {
        match self {
            PolicyEffect::Allow => 0,
            PolicyEffect::Limit { .. } => 1,
            PolicyEffect::Ask => 2,
            PolicyEffect::Deny => 3,
            PolicyEffect::Hide => 4,
        }
    }

    /// Whether an agent may call the tool without a person.
    pub const fn is_allowed(self) -> bool {
        self.rank() < 2
    }

    /// Whether the tool is refused whatever a person says.
    pub const fn is_refused(self) -> bool {
        self.rank() > 2
    }

    /// The stricter of two; of two limits the one that lets fewer calls through in the long run.
    #[must_use]
    pub fn stricter(self, other: PolicyEffect) -> PolicyEffect {
        match (self, other) {
            (PolicyEffect::Limit { max: a, window: w }, PolicyEffect::Limit { max: b, window: v }) => {
                let (here, there) = (u64::from(a) * v.seconds(), u64::from(b) * w.seconds());
                if here <= there { self } else { other }
            }
            _ if self.rank() >= other.rank() => self,
            _ => other,
        }
    }
}

/// In few words, for reports and the command line: `allow`, `10/minute`, `ask`, `deny`, `hide`.
impl std::fmt::Display for PolicyEffect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PolicyEffect::Allow => f.pad("allow"),
            PolicyEffect::Limit { max, window } => f.pad(&format!("{max}/{}", window.as_str())),
            PolicyEffect::Ask => f.pad("ask"),
            PolicyEffect::Deny => f.pad("deny"),
            PolicyEffect::Hide => f.pad("hide"),
        }
    }
}

/// Text that is no effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an effect; expected allow, ask, deny, hide or a limit such as 10/minute (minute, hour or day)")]
pub struct UnknownEffect(pub String);

impl std::str::FromStr for PolicyEffect {
    type Err = UnknownEffect;

    fn from_str(text: &str) -> Result<PolicyEffect, UnknownEffect> {
        let unknown = || UnknownEffect(text.chars().take(40).collect());
        match text {
            "allow" => return Ok(PolicyEffect::Allow),
            "ask" => return Ok(PolicyEffect::Ask),
            "deny" => return Ok(PolicyEffect::Deny),
            "hide" => return Ok(PolicyEffect::Hide),
            _ => {}
        }
        let (max, window) = text.split_once('/').ok_or_else(unknown)?;
        let window = [Window::Minute, Window::Hour, Window::Day].into_iter().find(|w| w.as_str() == window);
        match (max.parse::<u32>(), window) {
            (Ok(max), Some(window)) if max > 0 => Ok(PolicyEffect::Limit { max, window }),
            _ => Err(unknown()),
        }
    }
}

/// What a limit becomes where the target cannot count calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Uncounted {
    /// Ask where the target can, else refuse.
    #[default]
    Stricter,
    /// Allow without counting; reported as looser.
    Allow,
}

/// An effect and why it was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    #[serde(flatten)]
    pub effect: PolicyEffect,
    /// What must hold of the arguments beside; a call that fails one is refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The effect where the conditions cannot be expressed; never less strict than `effect`.
    #[serde(skip)]
    pub otherwise: PolicyEffect,
    /// The conditions keep to less what would be let through without them: where a target cannot look at arguments, and the
    /// profile lets calls through that cannot be counted, they are left out and not asked about.
    #[serde(skip)]
    pub tightened: bool,
    /// What becomes of a limit where the target cannot count; without it the profile's own word holds.
    #[serde(skip)]
    pub uncounted: Option<Uncounted>,
    /// What becomes of asking where the target cannot ask but counts; without it the call is refused.
    #[serde(skip)]
    pub unasked: Option<PolicyEffect>,
    /// What a call gets, instead of asking, that a guard on its arguments admits.
    #[serde(skip)]
    pub guarded: Option<PolicyEffect>,
    /// One sentence for the person who applies it.
    pub reason: String,
}

impl Decision {
    /// A decision that looks at no argument.
    pub fn plain(effect: PolicyEffect, reason: impl Into<String>) -> Decision {
        Decision {
            effect,
            conditions: Vec::new(),
            otherwise: effect,
            tightened: false,
            uncounted: None,
            unasked: None,
            guarded: None,
            reason: reason.into(),
        }
    }

    /// Adds a condition; without it the call would have to wait for a person at least.
    pub(crate) fn need(&mut self, argument: &str, test: Test, reason: &str) {
        self.otherwise = self.otherwise.stricter(PolicyEffect::Ask);
        self.conditions.push(Condition { argument: argument.to_owned(), test, reason: reason.to_owned() });
    }

    /// What happens to a call with these arguments where mcpdex itself decides: the guards of [`Condition::holds`] are
    /// asked, and a call that one of them does not admit gets what the tool gets without conditions.
    pub fn answer(&self, arguments: &Map<String, Value>) -> PolicyEffect {
        let holds = |condition: &Condition| condition.holds(arguments.get(&condition.argument));
        if self.conditions.iter().all(holds) { self.effect } else { self.otherwise.stricter(self.effect) }
    }

    /// What happens and why, in one sentence.
    pub fn sentence(&self) -> String {
        let what = match self.effect {
            PolicyEffect::Allow => "allow it".to_owned(),
            PolicyEffect::Limit { max, window } => format!("allow it {max} times per {}", window.as_str()),
            PolicyEffect::Ask => "refuse it until a person approves".to_owned(),
            PolicyEffect::Deny => "refuse it".to_owned(),
            PolicyEffect::Hide => "hide it from agents and refuse it".to_owned(),
        };
        if self.conditions.is_empty() {
            return format!("{what}, because {}", self.reason);
        }
        let conditions: Vec<_> = self.conditions.iter().map(Condition::sentence).collect();
        format!("{what} only when {}, because {}", conditions.join(" and "), self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_read_back_as_they_are_written() {
        for text in ["allow", "10/minute", "3/day", "ask", "deny", "hide"] {
            assert_eq!(text.parse::<PolicyEffect>().expect("an effect").to_string(), text);
        }
        for text in ["", "0/minute", "-1/hour", "5/year", "5", "4294967296/day", "Allow"] {
            assert!(text.parse::<PolicyEffect>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_stricter_limit_lets_fewer_calls_through() {
        let limit = |max, window| PolicyEffect::Limit { max, window };
        assert_eq!(limit(30, Window::Minute).stricter(limit(30, Window::Hour)), limit(30, Window::Hour));
        assert_eq!(limit(1, Window::Minute).stricter(limit(100, Window::Hour)), limit(1, Window::Minute));
        assert_eq!(limit(1, Window::Minute).stricter(PolicyEffect::Ask), PolicyEffect::Ask);
    }
}
