//! The recommended policy as a page shows it: the document for the first target in three variants, each vouched for.

use super::pages::Pages;
use super::policy_shape::{ArgumentKinds, NameForm, PolicyShape, TargetShape, filled};
use crate::model::{FoundTool, is_hidden};
use crate::policy::{
    Advice, PlannedServer, PlannedTool, Target, TargetOptions, Window, advise, alias_of, decide_found,
};
use std::sync::Arc;

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
    /// The command that writes the same, but for the target's name at its end.
    pub(super) command: String,
    /// How to show other targets; `None` where a name needs documents of its own.
    pub(super) switch: Option<Switch>,
}

/// What the rate-limit variant counts.
pub(super) const LIMIT: (u32, Window) = (10, Window::Minute);

impl PolicyBlock {
    /// The policy for the tools of one name on one server, at the first target.
    pub(super) fn of(pages: &Pages, found: &[&FoundTool]) -> PolicyBlock {
        let (tool, server) = match found.first() {
            Some(first) => (first.tool.name.as_str(), first.server.as_str()),
            None => ("", ""),
        };
        let (profile, alias) = (&pages.settings().profile, alias_of(server));
        let shape = match (found, NameForm::of(tool, server)) {
            ([one], Some(form)) => {
                let decision = decide_found(profile, one);
                Some(pages.shape(&decision, form, &ArgumentKinds::of(&decision, &one.tool)))
            }
            _ => None,
        };
        let ready = shape.as_deref().and_then(|shape| Some((shape, shape.target(FIRST)?)));
        let block = match ready {
            Some((shape, first)) => PolicyBlock::filled(shape, first, (tool, &alias, server)),
            None => {
                let plan = |found: &&FoundTool| PlannedTool {
                    name: found.tool.name.clone(),
                    decision: decide_found(profile, found),
                    input_schema: found.tool.input_schema.clone(),
                };
                let tools = found.iter().map(plan).collect();
                let planned = PlannedServer { name: server.to_owned(), alias: alias.clone(), launch: None, tools };
                PolicyBlock::advised(advise(FIRST, &planned, &TargetOptions::default(), profile.uncounted, LIMIT))
            }
        };
        let switch = shape.map(|shape| Switch {
            address: format!("policy/{}/", shape.key),
            tool: tool.to_owned(),
            alias,
            server: server.to_owned(),
            shape,
        });
        let command = format!("mcpdex policy {} --server {} --target", shell(tool), shell(server));
        PolicyBlock { command, switch, ..block }
    }

    fn filled(shape: &PolicyShape, target: &TargetShape, (tool, alias, server): (&str, &str, &str)) -> PolicyBlock {
        let fill = |text: &String| filled(text, tool, alias, server);
        let [document, block, limit] = [0, 1, 2].map(|at| target.documents[at].as_ref().map(fill).map_err(fill));
        PolicyBlock {
            title: target.title,
            file: target.file,
            variants: variants(shape.effect.clone(), document, block, limit),
            steps: target.steps,
            losses: target.losses.iter().map(fill).collect(),
            command: String::new(),
            switch: None,
        }
    }

    fn advised(advice: Advice) -> PolicyBlock {
        let capability = advice.target.capability();
        PolicyBlock {
            title: capability.title,
            file: capability.file,
            variants: variants(advice.effect, advice.document, advice.block, advice.limit),
            steps: advice.steps,
            losses: advice.losses.iter().map(|loss| format!("Here it is {}: {}.", loss.written, loss.why)).collect(),
            command: String::new(),
            switch: None,
        }
    }

    /// The recommended document, or why there is none.
    pub(super) fn recommended(&self) -> Result<&str, &str> {
        let first = self.variants.first().map(|variant| variant.document.as_deref().map_err(String::as_str));
        first.unwrap_or(Err("there is no tool"))
    }

    /// Whether a document can be copied as it is shown: not where a page has to show a sign by an escape.
    pub(super) fn can_be_copied(&self) -> bool {
        self.variants.iter().flat_map(|variant| &variant.document).all(|text| !text.chars().any(is_hidden))
    }
}

/// The target that a page shows before anybody chooses.
pub(super) const FIRST: Target = Target::PolicyLayer;

/// The ways to settle a tool, from the documents for them.
fn variants(
    effect: String,
    document: Result<String, String>,
    block: Result<String, String>,
    limit: Result<String, String>,
) -> Vec<Variant> {
    let (max, window) = LIMIT;
    vec![
        Variant { key: "as-judged", title: "Recommended", effect, document },
        Variant {
            key: "block",
            title: "Block completely",
            effect: "hide it from agents and refuse it, whatever it was judged to do".to_owned(),
            document: block,
        },
        Variant {
            key: "limit",
            title: "Rate-limit",
            effect: format!("allow it {max} times per {} and look at nothing else", window.as_str()),
            document: limit,
        },
    ]
}

/// What the page's script needs to show the same for another target.
pub(super) struct Switch {
    /// The folder of the scripts that hold the documents, each called by its target.
    pub(super) address: String,
    pub(super) tool: String,
    pub(super) alias: String,
    pub(super) server: String,
    shape: Arc<PolicyShape>,
}

impl Switch {
    /// The targets to choose from: their words and what people call them.
    pub(super) fn targets(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.shape.targets.iter().map(|target| (target.target, target.title))
    }

    /// What people call the targets that cannot be chosen, with commas; empty where all can.
    pub(super) fn left_out(&self) -> String {
        let is_left_out = |target: &&Target| self.shape.target(**target).is_none();
        let titles: Vec<&str> = Target::ALL.iter().filter(is_left_out).map(|one| one.capability().title).collect();
        titles.join(", ")
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
