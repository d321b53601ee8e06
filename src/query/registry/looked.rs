//! One entry with all that is decided on it, and how it is told.

use super::super::approval::ApprovalDecision;
use super::super::reading::VersionStanding;
use super::{RegistryItem, RegistryView, VERDICTS_KEY};
use crate::model::text::hex;
use crate::model::{Category, Class, Confidence, Grade, ReadingExtent, Risk, Trait};
use crate::source::modern::modern_manifest;
use crate::store::{RegistryEntry, ToolJudgement, ToolsKnown};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The key of what a registry itself notes on an entry.
const OFFICIAL: &str = "io.modelcontextprotocol.registry/official";

/// Tools of one server that are listed, worst first.
const MAX_TOOLS: usize = 200;

/// Bytes of a version that stands in a cursor as it is.
const MAX_VERSION: usize = 100;

/// What mcpdex says of an entry, under [`VERDICTS_KEY`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct VerdictNote<'a> {
    ruleset: &'a str,
    reading: ReadingExtent,
    missing: &'a [String],
    risk: Option<Risk>,
    grade: Grade,
    confidence: Option<Confidence>,
    traits: &'a BTreeSet<Trait>,
    counts: BTreeMap<&'static str, u64>,
    tools: Vec<ToolNote<'a>>,
    tools_left_out: usize,
    source: &'a str,
    altered: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ToolNote<'a> {
    name: &'a str,
    class: Class,
    risk: Risk,
    category: Category,
    confidence: Confidence,
    traits: &'a BTreeSet<Trait>,
}

/// An entry with all that is decided on it.
pub(super) struct Looked {
    pub(super) entry: RegistryEntry,
    pub(super) standing: VersionStanding,
    pub(super) decision: ApprovalDecision,
    pub(super) updated: Timestamp,
    /// The manifest in today's spelling and what was altered of it, or why it cannot be served.
    pub(super) manifest: Result<(Value, Vec<String>), String>,
}

impl Looked {
    pub(super) fn of(entry: RegistryEntry, known: &ToolsKnown, view: RegistryView<'_>) -> Looked {
        let standing = VersionStanding::of(&entry, known, view.ruleset);
        let decision = match view.approval {
            Some(approval) => approval.decide(&entry.server, &standing, view.today),
            None => ApprovalDecision { approved: true, reasons: Vec::new(), exception: None },
        };
        let stated: Result<Value, _> = serde_json::from_str(&entry.manifest);
        let manifest = match stated {
            Ok(stated) if stated.get("name").and_then(Value::as_str) != Some(&entry.server) => {
                Err("its manifest names another server".to_owned())
            }
            Ok(stated) => modern_manifest(&stated).map(|modern| (modern.document, modern.altered)),
            Err(_) => Err("its manifest is not JSON".to_owned()),
        };
        let stated = stated_time(&official(&entry), "updatedAt");
        let times = [stated, time(&entry.last_seen), time(&known.seen)];
        let updated = times.into_iter().flatten().max().unwrap_or(Timestamp::UNIX_EPOCH);
        Looked { entry, standing, decision, updated, manifest }
    }

    pub(super) fn is_shown(&self) -> bool {
        self.decision.approved && self.manifest.is_ok()
    }

    /// Where a page that ends with this goes on.
    pub(super) fn cursor(&self) -> String {
        format!("{}:{}", self.entry.server, version_key(&self.entry.version))
    }

    /// The version as it is served.
    pub(super) fn version(&self) -> &str {
        let manifest = self.manifest.as_ref().ok();
        manifest.and_then(|(manifest, _)| manifest.get("version")?.as_str()).unwrap_or(&self.entry.version)
    }

    pub(super) fn item(&self, known: &ToolsKnown, view: RegistryView<'_>) -> Option<RegistryItem> {
        let (manifest, altered) = self.manifest.as_ref().ok()?;
        let (entry, standing) = (&self.entry, &self.standing);
        let mut tools: Vec<ToolNote<'_>> = match standing.reading {
            ReadingExtent::Unread => Vec::new(),
            _ => known.tools.iter().filter_map(|(name, verdict)| Some(note(name, verdict.as_deref()?))).collect(),
        };
        tools.sort_by(|a, b| b.risk.cmp(&a.risk).then_with(|| a.name.cmp(b.name)));
        let tools_left_out = tools.len().saturating_sub(MAX_TOOLS);
        tools.truncate(MAX_TOOLS);
        let note = VerdictNote {
            ruleset: view.ruleset,
            reading: standing.reading,
            missing: &standing.missing,
            risk: standing.risk,
            grade: standing.grade,
            confidence: standing.confidence,
            traits: &standing.traits,
            counts: Risk::ALL.iter().map(|risk| risk.as_str()).zip(standing.counts).collect(),
            tools,
            tools_left_out,
            source: &entry.source,
            altered,
            exception: self.decision.exception.as_deref(),
        };
        let meta = json!({ OFFICIAL: self.official(), VERDICTS_KEY: note });
        Some(RegistryItem { server: manifest.clone(), meta })
    }

    /// What the registry API has to say of an entry: as the source does, but for what only this registry knows, which is
    /// when it changed here and which version is the latest here.
    fn official(&self) -> Value {
        let stated = official(&self.entry);
        let mut own = Map::new();
        let status = match self.entry.status.as_deref() {
            _ if self.entry.is_deleted() => "deleted",
            None | Some("active") => "active",
            // A word that the API does not know is no recommendation.
            Some(_) => "deprecated",
        };
        own.insert("status".to_owned(), json!(status));
        if let Some(message) = stated.get("statusMessage").and_then(Value::as_str) {
            own.insert("statusMessage".to_owned(), json!(message.chars().take(500).collect::<String>()));
        }
        if let Some(changed) = stated_time(&stated, "statusChangedAt") {
            own.insert("statusChangedAt".to_owned(), json!(changed.to_string()));
        }
        let published = stated_time(&stated, "publishedAt").or_else(|| time(&self.entry.first_seen));
        own.insert("publishedAt".to_owned(), json!(published.unwrap_or(self.updated).to_string()));
        own.insert("updatedAt".to_owned(), json!(self.updated.to_string()));
        own.insert("isLatest".to_owned(), json!(self.entry.is_latest));
        Value::Object(own)
    }
}

/// What stands for a version in a cursor, which has to stay short whatever a source calls a version.
pub(super) fn version_key(version: &str) -> Cow<'_, str> {
    match version.len() <= MAX_VERSION {
        true => Cow::Borrowed(version),
        false => Cow::Owned(format!("~{}", hex(&Sha256::digest(version)[..16]))),
    }
}

fn note<'a>(name: &'a str, verdict: &'a ToolJudgement) -> ToolNote<'a> {
    let ToolJudgement { class, risk, category, confidence, traits } = verdict;
    ToolNote { name, class: *class, risk: *risk, category: *category, confidence: *confidence, traits }
}

/// What the source notes on an entry, in one of its spellings.
fn official(entry: &RegistryEntry) -> Map<String, Value> {
    let meta: Option<Value> = entry.meta.as_deref().and_then(|meta| serde_json::from_str(meta).ok());
    match meta {
        Some(Value::Object(mut meta)) => match meta.shift_remove(OFFICIAL) {
            Some(Value::Object(official)) => official,
            _ => Map::new(),
        },
        _ => Map::new(),
    }
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn stated_time(official: &Map<String, Value>, key: &str) -> Option<Timestamp> {
    time(official.get(key)?.as_str()?)
}
