//! The page of a tool: what it does, how it was judged and by which of its own words, what to do about it, where it comes
//! from.

use super::address::PagePath;
use super::evidence::{Ground, numbered};
use super::frame::{Frame, TraitLink, class_means, confidence_means, counted, cut, day, risk_means};
use super::highlight::{Piece, document, pieces};
use super::history::{Happened, history};
use super::pages::{Pages, RaisedRisk, SiteError};
use super::policy_view::{FIRST, PolicyBlock};
use super::question::{Question, questions};
use super::rule_note::reached;
use crate::classify::{AttackPattern, attack_patterns};
use crate::model::{
    FoundTool, OperationVerdict, Partial, RelatedTool, Risk, ToolCondition, ToolOrigin, Verdict, parameters,
};
use crate::store::{Reader, Tokens};
use crate::survey::harm;
use askama::Template;

/// A tool of another place, in a line.
pub(super) struct Neighbour {
    pub(super) address: String,
    pub(super) tool: String,
    pub(super) server: String,
    pub(super) class: &'static str,
    /// `None` where it is not told.
    pub(super) risk: Option<Risk>,
}

/// A parameter, its evidence marked.
struct ParameterRow {
    name: Vec<Piece>,
    kind: String,
    required: bool,
    about: Vec<Piece>,
    choices: String,
}

/// A call in the handler's code.
struct DeedRow {
    kind: &'static str,
    call: String,
    reach: &'static str,
    place: String,
}

/// One definition of the name: a server may list several.
pub(super) struct Definition<'a> {
    pub(super) verdict: &'a Verdict,
    found: &'a FoundTool,
    grounds: Vec<Ground>,
    description: Vec<Piece>,
    left_out: usize,
    parameters: Vec<ParameterRow>,
    schema: Vec<Piece>,
    schema_is_cut: bool,
    deeds: Vec<DeedRow>,
    /// Whether all of its code was followed.
    whole: bool,
    condition: Option<String>,
}

#[derive(Template)]
#[template(path = "tool.html")]
struct ToolPage<'a> {
    frame: Frame,
    name: &'a str,
    server: &'a str,
    server_address: String,
    first: Definition<'a>,
    others: Vec<Definition<'a>>,
    harm: &'static str,
    traits: Vec<TraitLink>,
    attacks: Vec<AttackPattern>,
    policy: PolicyBlock,
    questions: Vec<Question>,
    same_name: Vec<Neighbour>,
    same_name_more: u64,
    related: Vec<Neighbour>,
    happened: Vec<Happened>,
    raised: Vec<RaisedRisk>,
    /// What its definition costs, and who counted.
    tokens: Option<(String, String)>,
}

/// How many of each kind are named.
const NAMED: usize = 8;
/// Tools of the server that are looked at for related ones.
const LOOKED_AT: usize = 60;
const MOST_PARAMETERS: usize = 60;
const MOST_DEEDS: usize = 16;

/// What the tools of a server share, read once for all of their pages.
pub(super) struct Around<'a> {
    /// Its tools with what was judged of them, gravest first; those of the page's own name may be among them.
    pub(super) tools: &'a [RelatedTool],
    pub(super) tokens: Option<&'a Tokens>,
    pub(super) happened: &'a [Happened],
}

/// The page; `None` where the server has no tool of this name.
pub(super) fn render(pages: &Pages, reader: &Reader, server: &str, tool: &str) -> Result<Option<String>, SiteError> {
    let found = reader.tool_on(server, tool)?;
    if found.is_empty() {
        return Ok(None);
    }
    let (tools, tokens) = (reader.other_tools(server, tool, LOOKED_AT as u32)?, reader.tokens_of(server)?);
    let happened = history(reader, server, &reader.lists_of(server)?)?;
    let around = Around { tools: &tools, tokens: tokens.as_ref(), happened: &happened };
    let found: Vec<&FoundTool> = found.iter().collect();
    let policy = PolicyBlock::of(pages, &found);
    page(pages, reader, found, policy, &around).map(Some)
}

/// The page of tools that were found already: all of one name on one server, at least one.
pub(super) fn page(
    pages: &Pages,
    reader: &Reader,
    mut found: Vec<&FoundTool>,
    policy: PolicyBlock,
    around: &Around<'_>,
) -> Result<String, SiteError> {
    // The gravest governs.
    found.sort_by_key(|one| std::cmp::Reverse((one.verdict.risk, one.verdict.class)));
    let Some((server, tool)) = found.first().map(|one| (one.server.as_str(), one.tool.name.as_str())) else {
        return Ok(String::new());
    };
    let (same, mut same_name) = reader.same_name(tool, 2 * NAMED as u32)?;
    same_name.retain(|one| one.server != server);
    same_name.truncate(NAMED);
    let elsewhere = same.saturating_sub(found.len() as u64);
    let mut definitions = found.into_iter().map(|one| definition(pages, one));
    let Some(first) = definitions.next() else { return Ok(String::new()) };
    let path = PagePath::Tool { server: server.to_owned(), tool: tool.to_owned() };
    let verdict = first.verdict;
    let others = around.tools.iter().filter(|one| one.tool != tool).take(LOOKED_AT);
    let tokens = around.tokens.and_then(|(by, costs)| costs.get(tool).map(|cost| (*cost, by)));
    let about = format!(
        "{tool} on {server}: {}, risk {}. {}",
        verdict.class,
        verdict.risk,
        if verdict.does.is_empty() { &verdict.rationale } else { &verdict.does }
    );
    let rendered = ToolPage {
        frame: Frame::new(pages, &path, &format!("{tool} · {server}"), about),
        name: tool,
        server,
        server_address: PagePath::Server(server.to_owned()).address(),
        harm: harm(verdict),
        traits: verdict.traits.iter().map(|one| TraitLink::of(*one)).collect(),
        attacks: attack_patterns(&verdict.traits)?.into_iter().take(4).collect(),
        questions: questions(tool, server, &first, &policy),
        related: related(others, verdict),
        same_name_more: elsewhere.saturating_sub(same_name.len() as u64),
        same_name: same_name.iter().map(neighbour).collect(),
        happened: around.happened.iter().filter(|one| one.tool == tool).take(NAMED).cloned().collect(),
        raised: pages
            .settings()
            .raised
            .iter()
            .filter(|one| one.server == server && one.tool == tool)
            .cloned()
            .collect(),
        others: definitions.collect(),
        first,
        policy,
        tokens: tokens.map(|(cost, by)| (counted(cost, "token", "tokens"), by.clone())),
    }
    .render()?;
    Ok(rendered)
}

/// Other tools of the server that share a trait, or lacking traits the class; gravest first.
fn related<'a>(others: impl Iterator<Item = &'a RelatedTool>, verdict: &Verdict) -> Vec<Neighbour> {
    let alike = |other: &&RelatedTool| match verdict.traits.is_empty() {
        true => other.traits.is_empty() && other.class == verdict.class,
        false => !other.traits.is_disjoint(&verdict.traits),
    };
    others.filter(alike).take(NAMED).map(neighbour).collect()
}

pub(super) fn neighbour(other: &RelatedTool) -> Neighbour {
    Neighbour {
        address: PagePath::Tool { server: other.server.clone(), tool: other.tool.clone() }.address(),
        tool: other.tool.clone(),
        server: other.server.clone(),
        class: other.class.as_str(),
        risk: Some(other.risk),
    }
}

fn definition<'a>(pages: &Pages, found: &'a FoundTool) -> Definition<'a> {
    let verdict = &found.verdict;
    let grounds = numbered(pages, &verdict.evidence);
    let evidence: Vec<_> = grounds.iter().map(|ground| (ground.number, &ground.evidence)).collect();
    let description = found.tool.description.as_deref().unwrap_or_default();
    let (description, left_out) = pieces(description, "/description", &evidence);
    let row = |parameter: crate::model::Parameter| {
        let pointer = crate::model::text::pointer_to("/inputSchema/properties", &parameter.name);
        let names: Vec<_> =
            evidence.iter().copied().filter(|(_, e)| e.field == crate::model::Field::Parameter).collect();
        let about = parameter.description.as_deref().unwrap_or_default();
        ParameterRow {
            name: pieces(&parameter.name, &pointer, &names).0,
            about: pieces(&cut(about, 1_200), &format!("{pointer}/description"), &evidence).0,
            choices: cut(&parameter.choices.join(", "), 300),
            kind: cut(&parameter.kind, 80),
            required: parameter.required,
        }
    };
    let all = parameters(found.tool.input_schema.as_ref());
    let parameters = all.into_iter().take(MOST_PARAMETERS).map(row).collect();
    let (schema, schema_is_cut) = match &found.tool.input_schema {
        Some(schema) if !schema.is_empty() => document(schema, "/inputSchema", &evidence),
        _ => (Vec::new(), false),
    };
    let mut deeds: Vec<DeedRow> = Vec::new();
    for deed in found.tool.code.iter().flat_map(|code| &code.deeds) {
        let (kind, call, reach) = (deed.kind.as_str(), deed.told().replace('`', ""), reached(deed.reach));
        let has_room = deeds.len() < MOST_DEEDS;
        match deeds.iter_mut().find(|row| (row.kind, &row.call, row.reach) == (kind, &call, reach)) {
            Some(row) if row.place.len() < 300 => row.place = format!("{}, {}", row.place, deed.place()),
            Some(_) => {}
            None if has_room => deeds.push(DeedRow { kind, call, reach, place: deed.place() }),
            None => {}
        }
    }
    let whole = found.tool.code.as_ref().is_none_or(|code| code.whole);
    let condition = found.condition.as_ref().map(|condition| {
        let known = ToolCondition { text: String::new(), plain_start: condition.plain_start };
        format!("{} ({})", condition.text, known.at_plain_start())
    });
    Definition {
        verdict,
        grounds,
        description,
        left_out,
        parameters,
        schema,
        schema_is_cut,
        deeds,
        whole,
        condition,
        found,
    }
}

/// How a list was learnt, as a clause.
pub(super) fn how(origin: impl std::borrow::Borrow<ToolOrigin>) -> &'static str {
    match origin.borrow() {
        ToolOrigin::Live => "the server answered tools/list",
        ToolOrigin::Card => "a registry or server card stores the list",
        ToolOrigin::Declared => "its manifest declares it",
        ToolOrigin::Static => "read from the package's source",
        ToolOrigin::Defined => "defined in the source; its registration was not reached",
    }
}

impl Definition<'_> {
    /// The tool's title, where that says more than its name.
    fn title(&self) -> Option<&str> {
        self.found.tool.display_title().filter(|title| *title != self.found.tool.name && !title.trim().is_empty())
    }

    pub(super) fn found(&self) -> &FoundTool {
        self.found
    }

    fn required(&self) -> usize {
        self.parameters.iter().filter(|parameter| parameter.required).count()
    }

    pub(super) fn parameter_count(&self) -> (usize, usize) {
        (self.parameters.len(), self.required())
    }

    fn operations(&self) -> &[OperationVerdict] {
        &self.verdict.operations
    }

    /// What is not certain or was not read, a sentence each.
    fn notices(&self) -> Vec<String> {
        let place = |missing: &Partial| match &missing.site {
            Some(site) => format!("{} ({}:{})", missing.detail, site.file, site.line),
            None => missing.detail.clone(),
        };
        let unread = self.verdict.unread.iter().map(|what| format!("Not read: {what}."));
        let inexact =
            self.found.inexact.iter().map(|missing| format!("This definition is not exact: {}.", place(missing)));
        let partial =
            self.found.partial.iter().map(|missing| format!("The server's list is partial: {}.", place(missing)));
        let unknown = (!self.verdict.recognised)
            .then(|| "No rule recognised what it does, so it counts as a change until somebody looks.".to_owned());
        unknown.into_iter().chain(unread).chain(inexact).chain(partial).collect()
    }

    /// Where what the server says and what it is differ.
    fn disagreements(&self) -> Vec<String> {
        let audits = self.verdict.audit.iter().map(|audit| format!("{}: {}", audit.claim, audit.finding));
        let told = self.found.merge.differs.iter();
        let differs = told.map(|other| format!("{} is stated differently by {}", other.field, other.target));
        audits.chain(self.verdict.notes.iter().cloned()).chain(differs).collect()
    }

    fn overruled(&self) -> Vec<String> {
        let words = |lost: &crate::model::Overruled| {
            let all: Vec<_> = lost.evidence.iter().map(|e| format!("“{}” ({})", e.text, e.rule)).collect();
            format!("{} from {}: {}", lost.class, all.join(", "), lost.reason)
        };
        self.verdict.overruled.iter().map(words).collect()
    }
}
