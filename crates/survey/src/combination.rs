//! Whether tools together let private data out: data worth taking, text from strangers that can give orders, a way out.

use mcpdex_model::{Class, Trait, Verdict};
use serde::Serialize;

/// One of the three and the tools that bring it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Leg {
    pub tools: Vec<String>,
}

/// All three, each with the tools that bring it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Combination {
    pub private_data: Leg,
    pub untrusted_content: Leg,
    pub way_out: Leg,
}

/// Tools that a sentence names of each of the three.
const NAMED: usize = 3;

impl Combination {
    /// The three in a few words.
    pub fn sentence(&self) -> String {
        let named = |leg: &Leg| {
            let names: Vec<_> = leg.tools.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
            let more = leg.tools.len().saturating_sub(NAMED);
            if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
        };
        format!(
            "private data from {}, untrusted content from {}, a way out through {}",
            named(&self.private_data),
            named(&self.untrusted_content),
            named(&self.way_out)
        )
    }
}

/// Which of the three a tool brings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brings {
    pub private_data: bool,
    pub untrusted_content: bool,
    pub way_out: bool,
}

impl Brings {
    /// What a tool of this verdict brings.
    pub fn of(verdict: &Verdict) -> Brings {
        let has = |all: &[Trait]| all.iter().any(|one| verdict.traits.contains(one));
        let runs_code = has(&[Trait::CodeExecution]);
        // An address of the caller's choice carries data out even when it is only read.
        let out = has(&[Trait::ExternalCommunication]) && verdict.class != Class::Read;
        Brings {
            private_data: has(&[Trait::PrivateData, Trait::CredentialAccess, Trait::FileAccess]) || runs_code,
            untrusted_content: has(&[Trait::UntrustedContent]),
            way_out: out || has(&[Trait::NetworkEgress]) || runs_code,
        }
    }

    /// What either brings.
    #[must_use]
    pub fn or(self, other: Brings) -> Brings {
        Brings {
            private_data: self.private_data || other.private_data,
            untrusted_content: self.untrusted_content || other.untrusted_content,
            way_out: self.way_out || other.way_out,
        }
    }
}

/// The combination that these tools make, where they make one.
pub fn combination<'a>(tools: impl Iterator<Item = (&'a str, &'a Verdict)>) -> Option<Combination> {
    let [mut private_data, mut untrusted_content, mut way_out] = [Leg::default(), Leg::default(), Leg::default()];
    for (name, verdict) in tools {
        let brings = Brings::of(verdict);
        for (leg, holds) in [
            (&mut private_data, brings.private_data),
            (&mut untrusted_content, brings.untrusted_content),
            (&mut way_out, brings.way_out),
        ] {
            if holds {
                leg.tools.push(name.to_owned());
            }
        }
    }
    let complete = [&private_data, &untrusted_content, &way_out].iter().all(|leg| !leg.tools.is_empty());
    complete.then_some(Combination { private_data, untrusted_content, way_out })
}
