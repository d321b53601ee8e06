//! Which servers are shown, and why not the others.

use super::{RegistryQuestion, RegistryView, WantedVersion, walk};
use crate::model::{ReadingExtent, Risk};
use crate::query::QueryError;
use crate::store::Reader;
use serde::Serialize;

/// Which servers the registry shows, and why not the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistryStanding {
    pub ruleset: String,
    /// The last day of the list of approved servers, where there is one.
    pub approved_until: Option<String>,
    /// Servers that no registry lists: they have no manifest, and are not shown.
    pub without_manifest: u64,
    pub servers: Vec<ShownOrNot>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Whether the latest version of a server is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownOrNot {
    pub server: String,
    pub version: String,
    pub shown: bool,
    pub reasons: Vec<String>,
    pub reading: ReadingExtent,
    pub risk: Option<Risk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
}

/// A page of what is shown and what is not; only one of them where `shown` says so.
///
/// # Errors
/// The database cannot be read.
pub fn registry_standing(
    reader: &Reader,
    question: &RegistryQuestion,
    shown: Option<bool>,
    view: RegistryView<'_>,
) -> Result<RegistryStanding, QueryError> {
    let question = RegistryQuestion { version: WantedVersion::Latest, ..question.clone() };
    let (mut servers, mut last, mut next_cursor) = (Vec::new(), None, None);
    walk(reader, &question, None, view, |looked, _| {
        if shown.is_some_and(|wanted| wanted != looked.is_shown()) {
            return true;
        }
        if servers.len() == question.limit {
            next_cursor = last.take();
            return false;
        }
        last = Some(looked.cursor());
        let (version, shown) = (looked.version().to_owned(), looked.is_shown());
        let mut reasons = looked.decision.reasons;
        reasons.extend(looked.manifest.err());
        let exception = looked.decision.exception;
        let (reading, risk) = (looked.standing.reading, looked.standing.risk);
        servers.push(ShownOrNot { server: looked.entry.server, version, shown, reasons, reading, risk, exception });
        true
    })?;
    Ok(RegistryStanding {
        ruleset: view.ruleset.to_owned(),
        approved_until: view.approval.map(|approval| approval.expires().to_string()),
        without_manifest: reader.servers_without_manifest()?,
        servers,
        next_cursor,
    })
}
