//! What changed between the lists that were learnt of a server, as far as definitions tell: no state is judged here.

use super::pages::SiteError;
use crate::model::{ListFacts, Tool, lenient};
use crate::store::{Reader, State};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What happened to a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Happened {
    /// When the list that has it was first seen.
    pub(super) at: String,
    pub(super) tool: String,
    /// In words: `added`, `removed`, or which of its fields are others.
    pub(super) what: String,
}

/// Pairs of lists of one target, one of which took the place of the other: their numbers, and when that was first seen.
pub fn successions(lists: &[ListFacts]) -> Vec<(i64, i64, String)> {
    let mut by_target: BTreeMap<(&str, &str), Vec<&ListFacts>> = BTreeMap::new();
    for list in lists {
        by_target.entry((list.origin.as_str(), &list.target)).or_default().push(list);
    }
    let mut pairs = Vec::new();
    for mut lists in by_target.into_values() {
        lists.sort_by(|a, b| (&a.first_seen, a.observation).cmp(&(&b.first_seen, b.observation)));
        let pair = |two: &[&ListFacts]| (two[0].observation, two[1].observation, two[1].first_seen.clone());
        pairs.extend(lists.windows(2).map(pair));
    }
    pairs.sort_by(|a, b| b.2.cmp(&a.2).then(b.1.cmp(&a.1)));
    pairs
}

/// Pairs of lists that are compared, the newest.
const PAIRS: usize = 6;

/// What happened to the tools of a server, newest first.
pub(super) fn history(reader: &Reader, server: &str, lists: &[ListFacts]) -> Result<Vec<Happened>, SiteError> {
    let mut all = Vec::new();
    for (before, after, at) in successions(lists).into_iter().take(PAIRS) {
        let state = |number| -> Result<BTreeMap<String, Tool>, SiteError> {
            let tools = reader.state_of(server, &State::Observation(number))?;
            Ok(tools.into_iter().map(|tool| (tool.name.clone(), tool)).collect())
        };
        let (was, is) = (state(before)?, state(after)?);
        let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for name in names {
            let what = match (was.get(name), is.get(name)) {
                (None, _) => "added".to_owned(),
                (_, None) => "removed".to_owned(),
                (Some(old), Some(new)) if old.raw == new.raw => continue,
                (Some(old), Some(new)) => match fields(old, new) {
                    fields if fields.is_empty() => continue,
                    fields => format!("changed: {}", fields.join(", ")),
                },
            };
            all.push(Happened { at: at.clone(), tool: name.clone(), what });
        }
    }
    Ok(all)
}

/// The members of the definition that differ.
fn fields(old: &Tool, new: &Tool) -> Vec<String> {
    let members = |tool: &Tool| match lenient::parse(&tool.raw) {
        Ok((Value::Object(object), _)) => object,
        _ => Map::new(),
    };
    let (old, new) = (members(old), members(new));
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}
