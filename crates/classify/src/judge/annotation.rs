//! What the server claims about a tool, held against what its definition says. HintsWeighed may raise a verdict; they lower
//! one only where the operator trusts them.

use crate::judge::finding::Finding;
use crate::language::server_context::ServerContext;
use mcpdex_model::{AuditFinding, ClaimEffect, Class, Confidence, Hint, Risk, Tool, Trait};
use std::collections::BTreeSet;

/// How far the annotations of a server are believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnnotationTrust {
    /// They may raise a verdict, never lower it.
    #[default]
    RaiseOnly,
    /// They may lower a verdict too.
    Full,
    /// They are not looked at.
    Ignore,
}

/// What became of the claims.
pub(crate) struct HintsWeighed {
    pub class: Class,
    pub traits: BTreeSet<Trait>,
    pub audit: Vec<AuditFinding>,
    pub lowered: bool,
    pub raised: Option<&'static str>,
    /// What the hints ask for at least.
    pub at_least: Risk,
}

/// Weighs the annotations of `tool` against `finding`.
pub(crate) fn weigh(
    tool: &Tool,
    context: &ServerContext,
    finding: &Finding<'_>,
    confidence: Confidence,
    trust: AnnotationTrust,
) -> HintsWeighed {
    let mut claims = HintsWeighed {
        class: finding.class,
        traits: finding.traits.clone(),
        audit: Vec::new(),
        lowered: false,
        raised: None,
        at_least: Risk::Low,
    };
    let hints = &tool.annotations;
    if trust == AnnotationTrust::Ignore || hints.are_sdk_defaults() {
        return claims;
    }
    if trust != AnnotationTrust::Full && context.is_stamped(hints) {
        // One pair of hints on nearly every tool of a server tells nothing apart.
        if finding.class == Class::Read && (hints.read_only_hint == Some(false) || hints.destructive_hint == Some(true))
        {
            let says = "nearly every tool of the server carries the same hints".to_owned();
            let hint = if hints.destructive_hint == Some(true) { Hint::Destructive } else { Hint::ReadOnly };
            claims.audit(hint, hint == Hint::Destructive, says, ClaimEffect::NotFollowed);
            return claims;
        }
    }
    let stamped = context.is_stamped(hints);
    let read_only = hints.read_only_hint;
    let destructive = hints.destructive_hint;
    if read_only == Some(true) && finding.class != Class::Read {
        let says = format!("its definition speaks of {}", finding.class);
        if trust == AnnotationTrust::Full {
            claims.audit(Hint::ReadOnly, true, says, ClaimEffect::Lowered);
            claims.class = Class::Read;
            claims.traits.retain(|t| !matches!(t, Trait::Destructive | Trait::Financial | Trait::CodeExecution));
            claims.lowered = true;
        } else if finding.recognised {
            claims.audit(Hint::ReadOnly, true, says, ClaimEffect::NotFollowed);
        } else {
            claims.audit(
                Hint::ReadOnly,
                true,
                "nothing in its definition confirms it".to_owned(),
                ClaimEffect::NotFollowed,
            );
        }
        return claims;
    }
    let claims_write = read_only == Some(false) || (read_only.is_none() && destructive == Some(true));
    if claims_write && finding.class == Class::Read {
        // A bare `readOnlyHint: false` is also what some SDKs write when nobody said anything.
        let stated = destructive == Some(true) || confidence < Confidence::High;
        let hint = if read_only == Some(false) { Hint::ReadOnly } else { Hint::Destructive };
        let value = hint == Hint::Destructive;
        let says = "its definition speaks only of reading".to_owned();
        if stated {
            claims.audit(hint, value, says, ClaimEffect::Raised);
            claims.class = Class::Write;
            claims.raised = Some(hint.key());
        } else {
            claims.audit(hint, value, says, ClaimEffect::NotFollowed);
        }
    }
    let is_destructive = claims.traits.contains(&Trait::Destructive);
    if destructive == Some(true) && read_only != Some(true) && !stamped && finding.class != Class::Read {
        // In the protocol the hint covers overwriting too: it raises by one step and adds no trait.
        let own = finding.risk(claims.class, &claims.traits);
        if !is_destructive && own < Risk::Critical {
            claims.at_least = if own == Risk::High { Risk::Critical } else { Risk::High };
            let says = "its definition names nothing that cannot be brought back".to_owned();
            claims.audit(Hint::Destructive, true, says, ClaimEffect::Raised);
            claims.raised = Some(Hint::Destructive.key());
        }
    }
    if destructive == Some(false) && is_destructive {
        let says = "its definition speaks of what cannot be brought back".to_owned();
        if trust == AnnotationTrust::Full {
            claims.audit(Hint::Destructive, false, says, ClaimEffect::Lowered);
            claims.traits.remove(&Trait::Destructive);
            claims.lowered = true;
        } else {
            claims.audit(Hint::Destructive, false, says, ClaimEffect::NotFollowed);
        }
    }
    claims
}

impl HintsWeighed {
    fn audit(&mut self, hint: Hint, value: bool, finding: String, effect: ClaimEffect) {
        let claim = format!("{}: {value}", hint.key());
        self.audit.push(AuditFinding { claim, finding, effect });
    }
}
