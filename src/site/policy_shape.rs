//! Policies with a gap where names stand. Tools that are decided alike get the same documents but for their names, so each
//! decision is written and proved once for every target, and pages fill in the names.
//!
//! A document becomes a shape only where that is sound: it is written for two invented tools, and what one becomes when the
//! names are exchanged must be the other, byte for byte. A target for which it is not has no shape.

use crate::model::{Tool, parameters, text};
use crate::policy::{Decision, PlannedServer, PlannedTool, Target, TargetOptions, Uncounted, alias_of, document};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Stand for the tool's name, the same in lower case, the alias, the server's name, the alias with `_` between its words,
/// and the tool's name in lower case with `-` between its words.
const GAPS: [&str; 6] = ["\u{e000}", "\u{e001}", "\u{e002}", "\u{e003}", "\u{e004}", "\u{e005}"];

/// How a name is made, as far as targets treat names differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NameForm {
    capitals: bool,
    hyphens: bool,
    dots: bool,
}

/// Longer names meet the limits of some targets, and are written for themselves.
const LONGEST_TOOL: usize = 40;
const LONGEST_SERVER: usize = 120;

impl NameForm {
    /// The form of a tool's name; `None` for one that has to be written for itself.
    pub(super) fn of(tool: &str, server: &str) -> Option<NameForm> {
        let alias = alias_of(server);
        // Where an alias stands before the name, such a name means another tool.
        let begins_with = |alias: &str| tool.strip_prefix(alias).is_some_and(|rest| rest.starts_with('-'));
        if begins_with(&alias) || begins_with(&alias.replace('-', "_")) {
            return None;
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let begins = tool.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let is_plain = tool.bytes().all(|b| plain(b) || b == b'-' || b == b'.') && begins && tool.len() <= LONGEST_TOOL;
        // A pair of underscores is what some targets join names by.
        let is_plain = is_plain && !tool.contains("__") && !tool.ends_with(['_', '-', '.']);
        let server_is_plain =
            server.bytes().all(|b| plain(b) || b"-./:@".contains(&b)) && (1..=LONGEST_SERVER).contains(&server.len());
        (is_plain && server_is_plain).then(|| NameForm {
            capitals: tool.bytes().any(|b| b.is_ascii_uppercase()),
            hyphens: tool.contains('-'),
            dots: tool.contains('.'),
        })
    }

    /// An invented name of this form.
    fn invented(self, stem: &str) -> String {
        let mut name = format!("{stem}_q");
        for (has, more) in [(self.capitals, "Zq"), (self.hyphens, "-zq"), (self.dots, ".zq")] {
            if has {
                name.push_str(more);
            }
        }
        name
    }
}

/// The documents of one target, with gaps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct TargetShape {
    pub(super) target: &'static str,
    pub(super) title: &'static str,
    pub(super) file: &'static str,
    pub(super) steps: &'static [&'static str],
    /// As judged, blocked, limited: the document, or why there is none.
    pub(super) documents: [Result<String, String>; 3],
    pub(super) losses: Vec<String>,
}

/// All of one decision.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PolicyShape {
    /// What its folder is called by: a digest of all that is in it.
    pub(super) key: String,
    pub(super) effect: String,
    pub(super) targets: Vec<TargetShape>,
}

/// What a pair of documents is written for.
struct Names {
    tool: String,
    alias: String,
    server: String,
}

/// What one decision comes to at each target, `None` where that has no shape.
pub(super) type Gapped = Vec<Option<GappedDocument>>;

/// The document of one target with gaps, or why there is none, and what it does not say as it was decided.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GappedDocument {
    document: Result<String, String>,
    losses: Vec<String>,
}

/// Writes a decision for names of a form at every target.
pub(super) fn gapped_documents(
    decision: &Decision,
    form: NameForm,
    kinds: &ArgumentKinds,
    uncounted: Uncounted,
) -> Gapped {
    let names = |stem: &str, alias: &str| Names {
        tool: form.invented(stem),
        alias: alias.to_owned(),
        server: format!("qz.{stem}/{alias}"),
    };
    let (one, other) = (names("qztoolqz", "qz-alias-qz"), names("xjothertoolxj", "xj-othere-alias-xj"));
    let schema = kinds.schema();
    let at = |target: &Target| gapped_document(*target, (decision, &schema), uncounted, &one, &other);
    Target::ALL.par_iter().map(at).collect()
}

impl PolicyShape {
    /// The shape of a decision from its own documents and those of the changes that people ask for.
    pub(super) fn of(decision: &Decision, judged: &Gapped, [block, limit]: [&Gapped; 2]) -> PolicyShape {
        let document = |gapped: &Gapped, at: usize| Some(gapped.get(at)?.as_ref()?.document.clone());
        let shape = |(at, target): (usize, &Target)| {
            let capability = target.capability();
            Some(TargetShape {
                target: target.as_str(),
                title: capability.title,
                file: capability.file,
                steps: capability.steps,
                documents: [document(judged, at)?, document(block, at)?, document(limit, at)?],
                losses: judged.get(at)?.as_ref()?.losses.clone(),
            })
        };
        let targets: Vec<TargetShape> = Target::ALL.iter().enumerate().filter_map(shape).collect();
        let told = serde_json::to_string(&targets).unwrap_or_default();
        let key = text::hex(&Sha256::digest(told.as_bytes()))[..24].to_owned();
        PolicyShape { key, effect: decision.sentence(), targets }
    }

    /// The documents of one target.
    pub(super) fn target(&self, target: Target) -> Option<&TargetShape> {
        self.targets.iter().find(|shape| shape.target == target.as_str())
    }
}

impl TargetShape {
    /// The file: a script that hands the documents to the page that asked for them.
    pub(super) fn script(&self) -> String {
        format!("mcpdexPolicy({});\n", serde_json::to_string(self).unwrap_or_default())
    }
}

/// The types of the arguments that a decision looks at, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ArgumentKinds(BTreeMap<String, String>);

impl ArgumentKinds {
    /// Those of a tool.
    pub(super) fn of(decision: &Decision, tool: &Tool) -> ArgumentKinds {
        if decision.conditions.is_empty() {
            return ArgumentKinds::default();
        }
        let is_looked_at = |name: &str| decision.conditions.iter().any(|condition| condition.argument == name);
        let all = parameters(tool.input_schema.as_ref()).into_iter().filter(|one| is_looked_at(&one.name));
        ArgumentKinds(all.map(|one| (one.name, one.kind)).collect())
    }

    /// A schema of just these.
    fn schema(&self) -> Map<String, Value> {
        let property = |kind: &str| match kind.split(" | ").collect::<Vec<_>>() {
            words if words.iter().all(|word| PLAIN_KINDS.contains(word)) => json!({ "type": words }),
            _ => json!({}),
        };
        let properties: Map<String, Value> = self.0.iter().map(|(name, kind)| (name.clone(), property(kind))).collect();
        Map::from_iter([("type".to_owned(), json!("object")), ("properties".to_owned(), Value::Object(properties))])
    }
}

/// Types that documents tell apart.
const PLAIN_KINDS: [&str; 5] = ["string", "boolean", "integer", "number", "null"];

fn gapped_document(
    target: Target,
    (decision, schema): (&Decision, &Map<String, Value>),
    uncounted: Uncounted,
    one: &Names,
    other: &Names,
) -> Option<GappedDocument> {
    let written = |names: &Names| {
        let tool =
            PlannedTool { name: names.tool.clone(), decision: decision.clone(), input_schema: Some(schema.clone()) };
        let server =
            PlannedServer { name: names.server.clone(), alias: names.alias.clone(), launch: None, tools: vec![tool] };
        match document(target, &[server], &TargetOptions::default(), uncounted) {
            Ok(document) => (Ok(document.text().to_owned()), document.losses),
            Err(refused) => (Err(refused.to_string()), Vec::new()),
        }
    };
    let ((first, losses), (second, _)) = (written(one), written(other));
    let gaps = |text: &String| gapped(text, one);
    let fill = |text: &String| filled(text, &other.tool, &other.alias, &other.server);
    let first = first.as_ref().map(gaps).map_err(gaps);
    let is_sound = first.as_ref().map(fill).map_err(fill) == second;
    let losses = losses.iter().map(|loss| gapped(&format!("Here it is {}: {}.", loss.written, loss.why), one));
    is_sound.then(|| GappedDocument { document: first, losses: losses.collect() })
}

/// A document without the names that it was written for.
fn gapped(text: &str, names: &Names) -> String {
    let [tool, lower, alias, server, joined, slug] = GAPS;
    // The server's name holds the alias.
    text.replace(&names.server, server)
        .replace(&names.alias, alias)
        .replace(&names.alias.replace('-', "_"), joined)
        .replace(&names.tool, tool)
        .replace(&names.tool.to_lowercase(), lower)
        .replace(&slug_of(&names.tool), slug)
}

/// A document with names in its gaps.
pub(super) fn filled(text: &str, name: &str, alias: &str, server: &str) -> String {
    let [tool_gap, lower_gap, alias_gap, server_gap, joined_gap, slug_gap] = GAPS;
    let (mut out, mut rest) = (String::with_capacity(text.len() + 64), text);
    while let Some((at, gap)) = rest.char_indices().find(|(_, c)| ('\u{e000}'..='\u{e005}').contains(c)) {
        out.push_str(&rest[..at]);
        let after = at + gap.len_utf8();
        match &rest[at..after] {
            gap if gap == tool_gap => out.push_str(name),
            gap if gap == lower_gap => out.push_str(&name.to_lowercase()),
            gap if gap == alias_gap => out.push_str(alias),
            gap if gap == server_gap => out.push_str(server),
            gap if gap == joined_gap => out.push_str(&alias.replace('-', "_")),
            gap if gap == slug_gap => out.push_str(&slug_of(name)),
            other => out.push_str(other),
        }
        rest = &rest[after..];
    }
    out + rest
}

/// A plain name in lower case with one `-` between its words.
fn slug_of(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_each_with_its_spelling() {
        let gaps = GAPS.concat();
        assert_eq!(
            filled(&gaps, "Get_Row.s", "shelf-rows", "io.x/Shelf"),
            "Get_Row.sget_row.sshelf-rowsio.x/Shelfshelf_rowsget-row-s"
        );
        assert_eq!(filled("none", "a", "b", "c"), "none");
    }

    #[test]
    fn a_name_that_means_another_tool_behind_its_alias_has_no_shape() {
        assert!(NameForm::of("shelf-list", "io.x/shelf").is_none());
        assert!(NameForm::of("my_shelf-list", "io.x/my-shelf").is_none());
        assert!(NameForm::of("shelf_list", "io.x/shelf").is_some());
    }
}
