//! Policies with a gap where names stand. Tools that are decided alike get the same documents but for their names, so each
//! decision is written and proved once for every target, and pages fill in the names.
//!
//! A document becomes a shape only where that is sound: it is written for two invented tools, and what one becomes when the
//! names are exchanged must be the other, byte for byte. A target for which it is not has no shape.

use super::policy_view::LIMIT;
use crate::model::text;
use crate::policy::{Decision, PlannedServer, PlannedTool, Target, TargetOptions, Uncounted, advise};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Stand for the tool's name, the same in lower case, the alias and the server's name.
pub(super) const GAPS: [&str; 4] = ["\u{e000}", "\u{e001}", "\u{e002}", "\u{e003}"];

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
    /// What its file is called by: a digest of all that is in it.
    pub(super) key: String,
    pub(super) effect: String,
    pub(super) targets: Vec<TargetShape>,
    /// The file: a script that hands the documents to the page that asked for them.
    pub(super) script: String,
}

/// What a pair of documents is written for.
struct Names {
    tool: String,
    alias: String,
    server: String,
}

impl PolicyShape {
    /// The shape of a decision for names of a form.
    pub(super) fn of(decision: &Decision, form: NameForm, uncounted: Uncounted) -> PolicyShape {
        let names = |stem: &str, alias: &str| Names {
            tool: form.invented(stem),
            alias: alias.to_owned(),
            server: format!("qz.{stem}/{alias}"),
        };
        let (one, other) = (names("qztoolqz", "qz-alias-qz"), names("xjothertoolxj", "xj-othere-alias-xj"));
        let targets: Vec<TargetShape> = Target::ALL
            .iter()
            // Its documents hold the types of each tool's arguments.
            .filter(|target| **target != Target::AgentCore)
            .filter_map(|target| shape(*target, decision, uncounted, &one, &other))
            .collect();
        let told = serde_json::to_string(&targets).unwrap_or_default();
        let key = text::hex(&Sha256::digest(told.as_bytes()))[..24].to_owned();
        let script = format!("mcpdexPolicy(\"{key}\",{told});\n");
        PolicyShape { key, effect: decision.sentence(), targets, script }
    }

    /// The documents of one target.
    pub(super) fn target(&self, target: Target) -> Option<&TargetShape> {
        self.targets.iter().find(|shape| shape.target == target.as_str())
    }
}

fn shape(target: Target, decision: &Decision, uncounted: Uncounted, one: &Names, other: &Names) -> Option<TargetShape> {
    let written = |names: &Names| {
        let tool = PlannedTool::new(names.tool.clone(), decision.clone());
        let server =
            PlannedServer { name: names.server.clone(), alias: names.alias.clone(), launch: None, tools: vec![tool] };
        advise(target, &server, &TargetOptions::default(), uncounted, LIMIT)
    };
    let (first, second) = (written(one), written(other));
    let gaps = |text: Result<String, String>| match text {
        Ok(text) => Ok(gapped(&text, one)),
        Err(why) => Err(gapped(&why, one)),
    };
    let (mut sound, mut documents) = (true, Vec::new());
    for (text, proof) in [(first.document, second.document), (first.block, second.block), (first.limit, second.limit)] {
        let gapped = gaps(text);
        let filled = match &gapped {
            Ok(text) => Ok(filled(text, &other.tool, &other.alias, &other.server)),
            Err(why) => Err(filled(why, &other.tool, &other.alias, &other.server)),
        };
        sound &= filled == proof;
        documents.push(gapped);
    }
    let capability = target.capability();
    let losses = first.losses.iter().map(|loss| format!("Here it is {}: {}.", loss.written, loss.why));
    let losses: Vec<String> = losses.map(|told| gapped(&told, one)).collect();
    let documents: [Result<String, String>; 3] = documents.try_into().ok()?;
    sound.then_some(TargetShape {
        target: target.as_str(),
        title: capability.title,
        file: capability.file,
        steps: capability.steps,
        documents,
        losses,
    })
}

/// A document without the names that it was written for.
fn gapped(text: &str, names: &Names) -> String {
    let [tool, lower, alias, server] = GAPS;
    // The server's name holds the alias.
    text.replace(&names.server, server)
        .replace(&names.alias, alias)
        .replace(&names.tool, tool)
        .replace(&names.tool.to_lowercase(), lower)
}

/// A document with names in its gaps.
pub(super) fn filled(text: &str, name: &str, alias: &str, server: &str) -> String {
    let [tool_gap, lower_gap, alias_gap, server_gap] = GAPS;
    text.replace(tool_gap, name)
        .replace(lower_gap, &name.to_lowercase())
        .replace(alias_gap, alias)
        .replace(server_gap, server)
}
