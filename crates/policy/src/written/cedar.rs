//! Cedar as a person writes it: one statement after another, each with its place, each read by the engine by itself.

use super::finding::{PolicyFault, PolicyFinding};
use super::node::Unparsed;
use cedar_policy::{ActionConstraint, Policy, PolicyId, ResourceConstraint};
use std::ops::Range;

/// The statements of a text with their bytes; the last one also where its `;` is missing.
pub(crate) fn statements(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = text[at..].find('\n').map_or(bytes.len(), |end| at + end);
                continue;
            }
            b'"' => {
                start.get_or_insert(at);
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b';' => {
                if let Some(begun) = start.take() {
                    found.push(begun..at + 1);
                }
            }
            byte if !byte.is_ascii_whitespace() => {
                start.get_or_insert(at);
            }
            _ => {}
        }
        at += 1;
    }
    if let Some(begun) = start {
        found.push(begun..begun + text[begun..].trim_end().len());
    }
    found
}

/// One policy and what its scope says.
pub(crate) struct CedarRule {
    pub(crate) policy: Policy,
    pub(crate) permits: bool,
    /// The ids of the actions of the scope; none where any is meant.
    pub(crate) actions: Vec<String>,
    /// The id of the entity that the scope names as the resource.
    pub(crate) resource: Option<String>,
    /// Whether `when` or `unless` say more.
    pub(crate) has_conditions: bool,
}

/// Reads one statement.
///
/// # Errors
/// It is none; the finding's place is within `text`.
pub(crate) fn cedar_rule(text: &str, number: usize) -> Result<CedarRule, Unparsed> {
    let id = PolicyId::new(format!("policy{number}"));
    let policy = Policy::parse(Some(id), text).map_err(|error| {
        let label = miette_place(&error);
        Unparsed::new(text, label.unwrap_or(0..0), error.to_string().lines().next().unwrap_or_default().to_owned())
    })?;
    let actions = match policy.action_constraint() {
        ActionConstraint::Any => Vec::new(),
        ActionConstraint::Eq(one) => vec![one.id().unescaped().to_owned()],
        ActionConstraint::In(many) => many.iter().map(|one| one.id().unescaped().to_owned()).collect(),
    };
    let resource = match policy.resource_constraint() {
        ResourceConstraint::Eq(one) => Some(one.id().unescaped().to_owned()),
        _ => None,
    };
    let permits = policy.effect() == cedar_policy::Effect::Permit;
    let has_conditions = policy.has_non_scope_constraint();
    Ok(CedarRule { policy, permits, actions, resource, has_conditions })
}

/// Where the engine says that a text is wrong.
fn miette_place(errors: &cedar_policy::ParseErrors) -> Option<Range<usize>> {
    let first = errors.iter().next()?;
    let mut labels = miette::Diagnostic::labels(first)?;
    let label = labels.next()?;
    Some(label.offset()..label.offset() + label.len())
}

/// Attributes that are used without `has` before: where one is missing the policy is an error, and does not count.
pub(crate) fn unguarded<'a>(text: &str, names: &[&'a str]) -> Option<&'a str> {
    let used =
        |name: &&&str| text.contains(&format!("resource.{name}")) || text.contains(&format!("resource[\"{name}\"]"));
    let guarded = |name: &str| {
        [format!("resource has {name}"), format!("resource has \"{name}\"")].iter().any(|guard| text.contains(guard))
    };
    names.iter().find(|name| used(name) && !guarded(name)).copied()
}

/// The finding of a statement that is none, at its place in the document.
pub(crate) fn misread(error: Unparsed, start: usize) -> PolicyFinding {
    let span = error.at.start + start..error.at.end + start;
    PolicyFinding::new(PolicyFault::Unreadable, span, error.why)
}

/// The text of an id as Cedar writes it in a scope.
pub(crate) fn place_of(text: &str, id: &str) -> Option<Range<usize>> {
    let quoted = crate::text::cedar_quoted(id);
    let start = text.find(&quoted)?;
    Some(start..start + quoted.len())
}

/// A set that holds one policy.
pub(crate) fn alone(policy: &Policy) -> Option<cedar_policy::PolicySet> {
    cedar_policy::PolicySet::from_policies([policy.clone()]).ok()
}
