//! The recommended policy as a page shows it: the document for the first target in three variants, each vouched for.

use crate::model::{FoundTool, is_hidden};
use crate::policy::{
    Advice, PlannedServer, PlannedTool, Profile, Target, TargetOptions, Window, advise, alias_of, decide_found,
};

/// One way to settle the tool.
pub(super) struct Variant {
    pub(super) key: &'static str,
    pub(super) title: &'static str,
    /// What it does, in a sentence.
    pub(super) effect: String,
    /// The document; `Err` says why there is none.
    pub(super) document: Result<String, String>,
}

/// The policy of a tool at one target.
pub(super) struct PolicyBlock {
    pub(super) title: &'static str,
    pub(super) file: &'static str,
    pub(super) variants: Vec<Variant>,
    pub(super) steps: &'static [&'static str],
    /// What the target does not say as it was decided.
    pub(super) losses: Vec<String>,
    /// The command that writes the same.
    pub(super) command: String,
}

/// What the rate-limit variant counts.
pub(super) const LIMIT: (u32, Window) = (10, Window::Minute);

impl PolicyBlock {
    /// The policy for the tools of one name on one server.
    pub(super) fn of(profile: &Profile, target: Target, found: &[&FoundTool]) -> PolicyBlock {
        let Some(first) = found.first() else {
            return PolicyBlock::from(Advice {
                target,
                effect: String::new(),
                document: Err(String::new()),
                steps: &[],
                block: Err(String::new()),
                limit: Err(String::new()),
                losses: Vec::new(),
            });
        };
        let plan = |found: &&FoundTool| PlannedTool {
            name: found.tool.name.clone(),
            decision: decide_found(profile, found),
            input_schema: found.tool.input_schema.clone(),
        };
        let server = PlannedServer {
            name: first.server.clone(),
            alias: alias_of(&first.server),
            launch: None,
            tools: found.iter().map(plan).collect(),
        };
        let advice = advise(target, &server, &TargetOptions::default(), profile.uncounted, LIMIT);
        let command =
            format!("mcpdex policy {} --server {} --target {target}", shell(&first.tool.name), shell(&first.server));
        PolicyBlock { command, ..PolicyBlock::from(advice) }
    }

    /// Whether a document can be copied as it is shown: not where a page has to show a sign by an escape.
    pub(super) fn can_be_copied(&self) -> bool {
        self.variants.iter().flat_map(|variant| &variant.document).all(|text| !text.chars().any(is_hidden))
    }
}

impl From<Advice> for PolicyBlock {
    fn from(advice: Advice) -> PolicyBlock {
        let capability = advice.target.capability();
        let (max, window) = LIMIT;
        PolicyBlock {
            title: capability.title,
            file: capability.file,
            variants: vec![
                Variant { key: "as-judged", title: "Recommended", effect: advice.effect, document: advice.document },
                Variant {
                    key: "block",
                    title: "Block completely",
                    effect: "hide it from agents and refuse it, whatever it was judged to do".to_owned(),
                    document: advice.block,
                },
                Variant {
                    key: "limit",
                    title: "Rate-limit",
                    effect: format!("allow it {max} times per {} and look at nothing else", window.as_str()),
                    document: advice.limit,
                },
            ],
            steps: advice.steps,
            losses: advice.losses.iter().map(|loss| format!("here it is {}: {}", loss.written, loss.why)).collect(),
            command: String::new(),
        }
    }
}

/// A word as a POSIX shell takes it.
pub(super) fn shell(word: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./:@".contains(&b);
    match !word.is_empty() && word.bytes().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
