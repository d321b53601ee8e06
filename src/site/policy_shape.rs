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
use std::ops::RangeInclusive;

/// Stand for the names, each spelled in one of the ways that [`spellings`] gives, in its order.
const GAPS: RangeInclusive<char> = '\u{e000}'..='\u{e007}';

/// The tool's name, the same in lower case, the alias, the server's name, the alias with `_` between its words, the tool's
/// name in lower case with `-` between its words, with `_` for each dot, and that in lower case. The script of the pages
/// spells names likewise.
fn spellings(tool: &str, alias: &str, server: &str) -> [String; 8] {
    let lower = tool.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    let undotted = tool.replace('.', "_");
    let undotted_lower = undotted.to_lowercase();
    [
        tool.to_owned(),
        lower,
        alias.to_owned(),
        server.to_owned(),
        alias.replace('-', "_"),
        slug,
        undotted,
        undotted_lower,
    ]
}

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
    let spelled = spellings(&names.tool, &names.alias, &names.server);
    let mut order: Vec<(char, &String)> = GAPS.zip(&spelled).collect();
    // Of two where one holds the other, the longer goes first; of two that are the same, the first.
    order.sort_by_key(|(_, spelling)| std::cmp::Reverse(spelling.len()));
    order
        .into_iter()
        .fold(text.to_owned(), |text, (gap, spelling)| text.replace(spelling.as_str(), gap.encode_utf8(&mut [0; 4])))
}

/// A document with names in its gaps.
pub(super) fn filled(text: &str, name: &str, alias: &str, server: &str) -> String {
    let spelled = spellings(name, alias, server);
    let (mut out, mut rest) = (String::with_capacity(text.len() + 64), text);
    while let Some(at) = rest.find(|c| GAPS.contains(&c)) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let mut signs = after.chars();
        let spelling = signs.next().and_then(|gap| spelled.get(gap as usize - *GAPS.start() as usize));
        out.push_str(spelling.map_or("", String::as_str));
        rest = signs.as_str();
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_each_with_its_spelling() {
        let gaps: String = GAPS.collect();
        assert_eq!(
            filled(&gaps, "Get_Row.s", "shelf-rows", "io.x/Shelf"),
            "Get_Row.s get_row.s shelf-rows io.x/Shelf shelf_rows get-row-s Get_Row_s get_row_s".replace(' ', "")
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
