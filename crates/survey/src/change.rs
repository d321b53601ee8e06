//! What changed between two lists of one server's tools, risk-raising changes first.

use mcpdex_model::{Class, Risk, Tool, Verdict, lenient, words};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// What happened to a tool.
    ChangeKind, "kind of change" { Removed = "removed", Added = "added", Changed = "changed" }
}

/// One member of a tool's JSON object, before and after; `None` where it is not there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    pub field: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What happened to one tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    pub kind: ChangeKind,
    pub server: String,
    pub tool: String,
    pub fields: Vec<FieldChange>,
    pub class_before: Option<Class>,
    pub class_after: Option<Class>,
    pub risk_before: Option<Risk>,
    pub risk_after: Option<Risk>,
    /// Why the change is one for the worse, a few words each; empty where it is not.
    pub raises: Vec<String>,
}

/// A tool with the verdict on it.
pub type JudgedTool = (Tool, Verdict);

/// The changes from `before` to `after`, in the order of [`sort`].
pub fn changes(server: &str, before: &[JudgedTool], after: &[JudgedTool]) -> Vec<Change> {
    let by_name = |list: &'_ [JudgedTool]| -> BTreeMap<String, JudgedTool> {
        list.iter().map(|judged| (judged.0.name.clone(), judged.clone())).collect()
    };
    let (before, after) = (by_name(before), by_name(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        let fields = match (old, new) {
            (Some((old, _)), Some((new, _))) if old.raw == new.raw => continue,
            (Some((old, _)), Some((new, _))) => fields(&members(old), &members(new)),
            _ => Vec::new(),
        };
        let kind = match (old, new) {
            (Some(_), Some(_)) if fields.is_empty() => continue,
            (Some(_), Some(_)) => ChangeKind::Changed,
            (None, _) => ChangeKind::Added,
            _ => ChangeKind::Removed,
        };
        let verdict = |side: Option<&JudgedTool>| side.map(|(_, verdict)| verdict.clone());
        let (was, is) = (verdict(old), verdict(new));
        found.push(Change {
            kind,
            server: server.to_owned(),
            tool: name.clone(),
            fields,
            class_before: was.as_ref().map(|v| v.class),
            class_after: is.as_ref().map(|v| v.class),
            risk_before: was.as_ref().map(|v| v.risk),
            risk_after: is.as_ref().map(|v| v.risk),
            raises: raises(was.as_ref(), is.as_ref()),
        });
    }
    sort(&mut found);
    found
}

/// Risk-raising changes first, gravest first.
pub fn sort(changes: &mut [Change]) {
    changes.sort_by(|a, b| {
        let key = |c: &Change| (c.raises.is_empty(), std::cmp::Reverse(c.risk_after), std::cmp::Reverse(c.kind));
        key(a).cmp(&key(b)).then_with(|| (&a.server, &a.tool).cmp(&(&b.server, &b.tool)))
    });
}

fn raises(was: Option<&Verdict>, is: Option<&Verdict>) -> Vec<String> {
    let Some(is) = is else { return Vec::new() };
    let mut why = Vec::new();
    match was {
        None if is.risk > Risk::Low => why.push(format!("a new tool of risk {}", is.risk)),
        None => {}
        Some(was) => {
            if is.risk > was.risk {
                why.push(format!("risk {} → {}", was.risk, is.risk));
            }
            if is.class > was.class {
                why.push(format!("class {} → {}", was.class, is.class));
            }
            let new: Vec<&str> = is.traits.difference(&was.traits).map(|word| word.as_str()).collect();
            if !new.is_empty() {
                why.push(format!("now also {}", new.join(", ")));
            }
            why.extend(is.notes.iter().filter(|note| !was.notes.contains(note)).cloned());
            let claims = is.audit.iter().filter(|audit| !was.audit.contains(audit));
            why.extend(claims.map(|audit| format!("{}: {}", audit.claim, audit.finding)));
        }
    }
    why
}

fn members(tool: &Tool) -> Map<String, Value> {
    match lenient::parse(&tool.raw) {
        Ok((Value::Object(object), _)) => object,
        _ => Map::new(),
    }
}

fn fields(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<FieldChange> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = |name: &&String| {
        let canonical = |side: &Map<String, Value>| side.get(*name).map(super::pin::canonical);
        canonical(before) != canonical(after)
    };
    names
        .into_iter()
        .filter(differs)
        .map(|name| FieldChange {
            field: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}
