//! What a page says by its labels, its tables and the policies on it: lines in, claims out.

use super::lines::Line;
use super::record::treatments;
use super::{Claim, Published, category, is_tool, risk};
use std::collections::BTreeMap;

/// Labels, and what they are labels of.
const LABELS: [(&str, Label); 11] = [
    ("server", Label::Server),
    ("package", Label::Package),
    ("tool", Label::Tool),
    ("tool name", Label::Tool),
    ("category", Label::Category),
    ("class", Label::Category),
    ("risk class", Label::Risk),
    ("risk level", Label::Risk),
    ("risk", Label::Risk),
    ("severity", Label::Risk),
    ("name", Label::Tool),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Server,
    Package,
    Tool,
    Category,
    Risk,
    Description,
}

fn label(text: &str) -> Option<Label> {
    let text = text.trim().trim_end_matches(':').to_ascii_lowercase();
    LABELS.iter().find(|(word, _)| *word == text).map(|(_, label)| *label)
}

/// Reads the lines of a page.
pub(super) fn read(lines: &[Line]) -> Published {
    let mut found = Published::default();
    let mut about = About::default();
    let mut policies = BTreeMap::new();
    let mut header: Option<Vec<Option<Label>>> = None;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        if !matches!(line, Line::Row(_)) {
            header = None;
        }
        match line {
            Line::Code(text) => {
                policies.extend(serde_json::from_str(text).ok().map(|value| treatments(&value)).into_iter().flatten())
            }
            Line::Quote(text) => about.quote(text),
            Line::Heading(text) => {
                about.is_definition = text.to_ascii_lowercase().contains("definition");
                about.heading(text);
            }
            Line::Text(text) => {
                if about.is_definition && label(text).is_none() && !text.contains(": ") {
                    about.quote(text);
                } else if text.to_ascii_lowercase().contains("definition") && text.len() < 60 {
                    about.is_definition = true;
                } else if let Some((word, value)) =
                    text.split_once(':').and_then(|(word, value)| Some((label(word)?, value)))
                {
                    about.say(word, value);
                } else if let Some((word, Line::Text(value))) = label(text).zip(lines.get(at)) {
                    about.say(word, value);
                    at += 1;
                } else {
                    about.sentence(text);
                }
            }
            Line::Row(cells) => {
                let labels: Vec<Option<Label>> = cells.iter().map(|cell| column(cell)).collect();
                let is_header =
                    labels.contains(&Some(Label::Tool)) && labels.iter().flatten().count() >= 2 && cells.len() > 2;
                match (&header, cells.as_slice()) {
                    (None, _) if is_header => header = Some(labels),
                    (Some(columns), _) => match row(columns, cells) {
                        Some(claim) => found.claims.push(claim),
                        None => found.problems.push(format!("the row of `{}` names no tool", short(cells.first()))),
                    },
                    (None, [word, value]) => {
                        if let Some(word) = label(word) {
                            about.say(word, value);
                        }
                    }
                    (None, _) => {}
                }
            }
        }
    }
    about.finish(&mut found, &policies);
    found
}

/// What stands in a column, by its head.
fn column(head: &str) -> Option<Label> {
    let word = head.trim().to_ascii_lowercase();
    if word.starts_with("description") || word.starts_with("what it does") {
        return Some(Label::Description);
    }
    label(head)
}

fn row(columns: &[Option<Label>], cells: &[String]) -> Option<Claim> {
    let of = |wanted: Label| {
        let at = columns.iter().position(|column| *column == Some(wanted))?;
        cells.get(at).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    };
    let tool = of(Label::Tool).filter(|tool| is_tool(tool))?;
    Some(Claim {
        server: of(Label::Server).map(str::to_owned),
        tool: tool.to_owned(),
        description: of(Label::Description).map(str::to_owned),
        category: of(Label::Category).and_then(category),
        risk: of(Label::Risk).and_then(risk),
        treatment: None,
    })
}

fn short(text: Option<&String>) -> String {
    text.map(|text| text.chars().take(60).collect()).unwrap_or_default()
}

/// What a page says of the one tool, or the one server, that it is about.
#[derive(Debug, Default)]
struct About {
    claim: Claim,
    package: Option<String>,
    /// The tool, by the page's first heading or its first line.
    heading: Option<String>,
    is_definition: bool,
    begun: bool,
}

impl About {
    fn say(&mut self, label: Label, value: &str) {
        let value = value.trim().trim_matches(['*', '`']).trim();
        if value.is_empty() {
            return;
        }
        let claim = &mut self.claim;
        match label {
            Label::Server => drop(claim.server.get_or_insert_with(|| value.to_owned())),
            Label::Package => drop(self.package.get_or_insert_with(|| value.to_owned())),
            Label::Tool if claim.tool.is_empty() && is_tool(value) => value.clone_into(&mut claim.tool),
            // The first word of the page counts: what follows speaks of other tools.
            Label::Category => claim.category = claim.category.or_else(|| category(value)),
            Label::Risk => claim.risk = claim.risk.or_else(|| risk(value)),
            Label::Tool | Label::Description => {}
        }
    }

    fn heading(&mut self, text: &str) {
        self.begun = true;
        let first = text.split_whitespace().next().unwrap_or_default().trim_matches(['`', '“', '”', '"']);
        if self.heading.is_none() && is_tool(first) {
            self.heading = Some(first.to_owned());
        }
    }

    fn sentence(&mut self, text: &str) {
        if !self.begun {
            self.heading(text);
        }
        // "Part of the X server."
        let name = text.strip_prefix("Part of the ").and_then(|rest| rest.split_once(" server"));
        if let Some((name, _)) = name.filter(|(name, _)| name.len() <= 120) {
            self.claim.server.get_or_insert_with(|| name.to_owned());
        }
    }

    fn quote(&mut self, text: &str) {
        let text = text.trim().trim_matches(['“', '”', '"', '«', '»']).trim();
        if !text.is_empty() && self.claim.description.is_none() {
            self.claim.description = Some(text.to_owned());
        }
        self.is_definition = false;
    }

    /// The claim on the page's own tool, and what its policies say of tools.
    fn finish(mut self, found: &mut Published, policies: &BTreeMap<String, super::Treatment>) {
        let server = self.claim.server.clone().or_else(|| self.package.clone());
        for claim in &mut found.claims {
            claim.server = claim.server.take().or_else(|| server.clone());
            claim.treatment = policies.get(&claim.tool).copied();
        }
        let known: Vec<&String> =
            policies.keys().filter(|tool| found.claims.iter().all(|claim| claim.tool != **tool)).collect();
        // A page about one tool has a policy of that tool; its heading may spell it otherwise.
        if self.claim.tool.is_empty() {
            let only = known.first().filter(|_| known.len() == 1).map(|tool| (*tool).clone());
            self.claim.tool = only.or(self.heading).unwrap_or_default();
        }
        self.claim.server = server.clone();
        if found.claims.is_empty() && !self.claim.tool.is_empty() {
            self.claim.treatment = policies.get(&self.claim.tool).copied().or_else(|| policies.get("*").copied());
            found.claims.push(self.claim);
        }
        let rest: Vec<Claim> = policies
            .iter()
            .filter(|(tool, _)| *tool != "*" && found.claims.iter().all(|claim| claim.tool != **tool))
            .map(|(tool, treatment)| Claim {
                server: server.clone(),
                tool: tool.clone(),
                treatment: Some(*treatment),
                ..Claim::default()
            })
            .collect();
        found.claims.extend(rest);
    }
}
