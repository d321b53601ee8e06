//! Recommendations into a policy that somebody wrote: the entries of the tools are put in or changed, every other byte stays.
//!
//! A decision of the person that is stricter than what is recommended stays too, and what was written is read back: no other
//! tool may be decided otherwise than before.

mod entries;
mod error;
mod json;
mod toml;
mod touched;

pub use error::MergeError;

use crate::decision::{PolicyEffect, Uncounted};
use crate::fit::fit;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{PolicyFile, TargetOptions};
use crate::loss::Losses;
use crate::plan::PlannedServer;
use crate::replay::evaluator::Call;
use crate::targets::Target;
use crate::written::WrittenPolicy;
use crate::written::rule::Role;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use touched::Touched;

/// A policy into which recommendations were merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedPolicy {
    /// The whole file; the same as before where nothing had to change.
    pub text: String,
    /// Tools whose entries were put in or changed.
    pub changed: Vec<String>,
    /// Tools that the person decided more strictly, which stays.
    pub kept: Vec<String>,
    /// Tools on which another rule of the person decides, whatever their entry says.
    pub overruled: Vec<String>,
}

/// Merges what was decided on the tools of servers into the text of a policy.
///
/// # Errors
/// The text cannot be read or has another shape, its format cannot be edited in place, or a tool that is not among those to
/// be merged would be decided otherwise.
pub fn merge(
    target: Target,
    text: &str,
    servers: &[PlannedServer],
    options: &TargetOptions,
    uncounted: Uncounted,
) -> Result<MergedPolicy, MergeError> {
    let read = |text: &str| {
        let files = [PolicyFile { file: "policy".to_owned(), text: text.to_owned() }];
        WrittenPolicy::read(&files, Some(target), options)
    };
    let before = read(text)?;
    if let (false, Some(fault)) = (before.is_readable(), before.faults().first()) {
        return Err(MergeError::Unreadable(fault.message.clone()));
    }
    let options_lossy = TargetOptions { lossy: true, ..options.clone() };
    let fitted = fit(target, servers, &options_lossy, uncounted, &mut Losses::default())?;
    let (mut touched, mut kept) = (Vec::new(), Vec::new());
    for server in &fitted {
        for tool in &server.tools {
            match standing(&before, server, tool) {
                Standing::Right => {}
                Standing::Stricter => kept.extend(tool.stands_for.iter().map(|name| (*name).to_owned())),
                Standing::Other => touched.push(Touched { server, tool }),
            }
        }
    }
    let merged = if touched.is_empty() { text.to_owned() } else { entries::write(target, text, &touched, options)? };
    let after = read(&merged)?;
    if let (false, Some(fault)) = (after.is_readable(), after.faults().first()) {
        return Err(MergeError::Unreadable(fault.message.clone()));
    }
    others_stay(&before, &after, servers, &touched)?;
    let names = |wanted: fn(bool) -> bool| -> Vec<String> {
        let right = |one: &&Touched<'_>| wanted(matches!(standing(&after, one.server, one.tool), Standing::Right));
        touched.iter().filter(right).flat_map(|one| one.tool.stands_for.iter().map(|name| (*name).to_owned())).collect()
    };
    Ok(MergedPolicy { changed: names(|right| right), overruled: names(|right| !right), kept, text: merged })
}

/// Puts a value under a key of the object at `path` into a client's file; every other byte stays. `is_toml` says which
/// language it is; an empty text is an empty file.
///
/// # Errors
/// The text cannot be read, or has something else than an object at the path.
pub fn put_entry(text: &str, is_toml: bool, path: &[&str], key: &str, value: &Value) -> Result<String, MergeError> {
    if is_toml {
        let mut file = toml::TomlFile::open(text)?;
        file.put(path, key, value)?;
        return Ok(file.text());
    }
    let file = json::JsonFile::open(if text.trim().is_empty() { "{}\n" } else { text })?;
    file.set(path, key, value)?;
    Ok(file.text())
}

/// How a tool stands in a document.
enum Standing {
    /// As recommended, by a rule of its own.
    Right,
    /// More strictly, by a rule that is not the rest's.
    Stricter,
    Other,
}

fn standing(policy: &WrittenPolicy, server: &FittedServer<'_>, tool: &FittedTool<'_>) -> Standing {
    let none = Map::new();
    let name = tool.stands_for.first().copied().unwrap_or_default();
    let call = Call { server: server.name, alias: &server.alias, tool: name, arguments: &none, near: None };
    let ruling = policy.ruling(&call);
    let by_rule = ruling.rule.is_some_and(|at| policy.book.rules[at].role != Role::Default);
    let conditional = policy.book.is_conditional(&call);
    let named = policy.book.speaking_of(&call).iter().any(|rule| rule.names().is_some() || rule.role == Role::Decides);
    // A format without a word for some effect says it by leaving the tool out.
    let said = by_rule || named || !can_say(policy.target(), tool.effect);
    let effect = ruling.effect;
    if !tool.conditions.is_empty() {
        // Conditions of the person's own are stricter than none, and which of two is nobody can say.
        let right = said && conditional;
        return if right {
            Standing::Right
        } else if by_rule && !effect.is_allowed() {
            Standing::Stricter
        } else {
            Standing::Other
        };
    }
    let same = effect == tool.effect || (effect.is_refused() && tool.effect.is_refused());
    match () {
        () if same && said && !conditional => Standing::Right,
        () if by_rule && (conditional || (effect != tool.effect && effect.stricter(tool.effect) == effect)) => {
            Standing::Stricter
        }
        () => Standing::Other,
    }
}

/// Whether the format has an entry for an effect, or only the absence of one.
const fn can_say(target: Target, effect: PolicyEffect) -> bool {
    match target {
        Target::Cursor => effect.is_allowed(),
        Target::Kiro | Target::OpenCode => effect.is_allowed() || effect.is_refused(),
        _ => true,
    }
}

/// No tool of which the document spoke before, and none of the servers, may be decided otherwise unless it was touched.
fn others_stay(
    before: &WrittenPolicy,
    after: &WrittenPolicy,
    servers: &[PlannedServer],
    touched: &[Touched<'_>],
) -> Result<(), MergeError> {
    let changed: BTreeSet<(&str, &str)> = touched
        .iter()
        .flat_map(|one| one.tool.stands_for.iter().map(|name| (one.server.alias.as_str(), *name)))
        .collect();
    let names = before.named();
    let of_document = names.iter().map(|(server, tool)| {
        let alias = server.as_deref().or_else(|| servers.first().map(|server| server.alias.as_str()));
        (alias.unwrap_or("server"), tool.as_str())
    });
    let of_servers =
        servers.iter().flat_map(|server| server.tools.iter().map(|tool| (server.alias.as_str(), tool.name.as_str())));
    let none = Map::new();
    for (alias, tool) in of_document.chain(of_servers).chain([("mcpdex-other", "mcpdex_other")]) {
        if changed.contains(&(alias, tool)) {
            continue;
        }
        let call = Call { server: alias, alias, tool, arguments: &none, near: None };
        let (old, new) = (before.ruling(&call).effect, after.ruling(&call).effect);
        if old != new && !touched.iter().any(|one| one.tool.name == tool && one.server.alias == alias) {
            return Err(MergeError::TouchesOthers(tool.chars().take(80).collect()));
        }
    }
    Ok(())
}
