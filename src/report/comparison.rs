//! What somebody else published of tools beside what mcpdex says, with the evidence.

use super::rows::RowReport;
use super::style::strong;
use super::text::{hanging, judged_by};
use super::visible;
use crate::model::Evidence;
use serde::Serialize;
use serde_json::{Value, json};

/// In what two judgements of a tool differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComparedPart {
    /// The page names another server than those that have the tool.
    Server,
    Category,
    Risk,
    Policy,
    /// Nothing here knows the tool, and the page has none of its text.
    Unknown,
}

impl ComparedPart {
    fn word(self) -> &'static str {
        match self {
            ComparedPart::Server => "server",
            ComparedPart::Category => "category",
            ComparedPart::Risk => "risk",
            ComparedPart::Policy => "policy",
            ComparedPart::Unknown => "unknown",
        }
    }
}

/// On which words the judgement rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComparisonBasis {
    /// The tool's own definition, in the database.
    Definition,
    /// What the page has of the definition.
    Page,
    Nothing,
}

/// What a page says of a tool.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PublishedView {
    pub server: Option<String>,
    pub category: Option<String>,
    pub risk: Option<String>,
    pub policy: Option<String>,
}

/// What mcpdex says of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnView {
    pub server: Option<String>,
    pub class: String,
    pub traits: Vec<String>,
    pub category: String,
    pub risk: String,
    pub confidence: String,
    pub policy: String,
    pub rationale: String,
    pub evidence: Vec<Evidence>,
}

/// One tool of a page, on one server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublishedTool {
    /// The page: a file or an address.
    pub page: String,
    pub tool: String,
    pub basis: ComparisonBasis,
    pub differs: Vec<ComparedPart>,
    /// The page's risk, or its policy, is milder than ours.
    pub milder: bool,
    pub theirs: PublishedView,
    pub ours: Option<OwnView>,
}

/// The report of `mcpdex compare`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonReport {
    schema: &'static str,
    /// Digest of the rules and overrides that judged.
    pub ruleset: String,
    /// Tools of pages that were compared, those that nothing here knows left out.
    pub compared: usize,
    /// Of these, tools of which both say the same.
    pub agree: usize,
    /// Of these, tools that the page holds for less dangerous, or lets through more easily.
    pub milder: usize,
    pub tools: Vec<PublishedTool>,
    /// What could not be read, one sentence each.
    pub problems: Vec<String>,
}

impl ComparisonReport {
    /// A report on these tools.
    pub fn new(ruleset: String, tools: Vec<PublishedTool>, problems: Vec<String>) -> ComparisonReport {
        let known = || tools.iter().filter(|tool| tool.ours.is_some());
        let (compared, milder) = (known().count(), known().filter(|tool| tool.milder).count());
        let agree = known().filter(|tool| tool.differs.is_empty()).count();
        ComparisonReport { schema: "mcpdex/comparison/1", ruleset, compared, agree, milder, tools, problems }
    }

    /// The report as text for people: every difference with its evidence, agreement in a number.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for tool in self.tools.iter().filter(|tool| !tool.differs.is_empty()) {
            let server = tool.ours.as_ref().and_then(|ours| ours.server.as_deref());
            let on = server.map(|server| format!(" on {server}")).unwrap_or_default();
            out += &format!("{}\n", strong(visible(&format!("{}{on}", tool.tool))));
            out += &hanging(&format!("page      {}", tool.page), "  ", "            ");
            match &tool.ours {
                Some(ours) => out += &self::ours(tool, ours),
                None => out += "  unknown   no list in the database has it, and the page quotes no text of it\n",
            }
            out.push('\n');
        }
        let differ = self.compared - self.agree;
        let unknown = self.tools.len() - self.compared;
        out += &format!(
            "{} compared: {} agree, {differ} differ ({} milder there), {unknown} unknown here\n",
            self.compared, self.agree, self.milder
        );
        out + &judged_by(&self.ruleset)
    }
}

fn ours(tool: &PublishedTool, ours: &OwnView) -> String {
    let mut out = String::new();
    let theirs = &tool.theirs;
    for (part, there, here) in [
        (ComparedPart::Server, &theirs.server, ours.server.as_ref()),
        (ComparedPart::Category, &theirs.category, Some(&ours.category)),
        (ComparedPart::Risk, &theirs.risk, Some(&ours.risk)),
        (ComparedPart::Policy, &theirs.policy, Some(&ours.policy)),
    ] {
        if let (true, Some(there), Some(here)) = (tool.differs.contains(&part), there, here) {
            out += &hanging(&format!("{:<9} {there} there, {here} here", part.word()), "  ", "            ");
        }
    }
    out += &hanging(&format!("because   {}", ours.rationale), "  ", "            ");
    for evidence in &ours.evidence {
        out += &hanging(
            &format!("evidence  “{}” ({}, {})", evidence.text, evidence.pointer, evidence.rule),
            "  ",
            "            ",
        );
    }
    let basis = match tool.basis {
        ComparisonBasis::Definition => "the tool's own definition",
        ComparisonBasis::Page => "the words of the page, since no list in the database has the tool",
        ComparisonBasis::Nothing => "nothing",
    };
    out + &hanging(&format!("judged by {basis}, confidence {}", ours.confidence), "  ", "            ")
}

impl RowReport for ComparisonReport {
    const COLUMNS: &'static [&'static str] = &[
        "page",
        "tool",
        "server",
        "differs",
        "milder",
        "their_category",
        "category",
        "their_risk",
        "risk",
        "their_policy",
        "policy",
        "confidence",
        "basis",
        "rationale",
        "evidence",
    ];

    fn rows(&self) -> Vec<Value> {
        let row = |tool: &PublishedTool| {
            let ours = tool.ours.as_ref();
            let of = |text: fn(&OwnView) -> &String| ours.map(text);
            let evidence = |ours: &OwnView| {
                let one = |of: &Evidence| format!("{}: “{}”", of.rule, of.text);
                ours.evidence.iter().map(one).collect::<Vec<_>>().join("; ")
            };
            let differs: Vec<&str> = tool.differs.iter().map(|part| part.word()).collect();
            json!({"page": tool.page, "tool": tool.tool, "server": ours.and_then(|ours| ours.server.as_ref()),
                "differs": differs.join(", "), "milder": tool.milder,
                "their_category": tool.theirs.category, "category": of(|ours| &ours.category),
                "their_risk": tool.theirs.risk, "risk": of(|ours| &ours.risk),
                "their_policy": tool.theirs.policy, "policy": of(|ours| &ours.policy),
                "confidence": of(|ours| &ours.confidence), "basis": tool.basis,
                "rationale": of(|ours| &ours.rationale), "evidence": ours.map(evidence)})
        };
        self.tools.iter().map(row).collect()
    }

    fn judged_by(&self) -> Option<&str> {
        Some(&self.ruleset)
    }
}
