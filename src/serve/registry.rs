//! The read API of the official registry (`/v0.1/servers`), so that whoever speaks it can take this catalogue for a registry;
//! and `/v1/registry`, which says of each server whether it is shown there and why not.
//!
//! An operator's list of approved servers (`--approve`) holds for what is shown here. Its last day is looked at for every
//! request: afterwards nothing is shown.

use super::Shared;
use super::answer::{Answer, Problem};
use super::api::{answered, answered_today};
use super::openapi::{Described, Parameter, schema, text};
use super::parameters::Parameters;
use crate::query::{
    Moment, QueryError, RegistryQuestion, RegistryView, WantedVersion, registry_page, registry_standing,
    registry_versions,
};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

type Answered = Result<Response, Problem>;

/// Entries on a page: what the API allows at most, and what it gives unasked.
const MOST: usize = 100;
const USUAL: usize = 30;

/// The addresses of the registry.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v0.1/servers", get(servers))
        .route("/v0.1/servers/{name}/versions", get(versions))
        .route("/v0.1/servers/{name}/versions/{version}", get(version))
        .route("/v1/registry", get(standing))
}

/// What asks for one page of a list; `cursor` says where its cursor is found.
fn page(cursor: &'static str) -> [Parameter; 3] {
    [
        ("cursor", "query", false, cursor, text()),
        ("limit", "query", false, "entries on a page", json!({"type": "integer", "minimum": 1, "maximum": MOST})),
        ("search", "query", false, "part of the name", text()),
    ]
}

/// What each of them is.
pub(super) const DESCRIBED: [Described; 4] = [
    Described {
        method: "get",
        path: "/v0.1/servers",
        summary: "Servers as the official registry lists them, with the verdicts on their tools in `_meta`",
        parameters: || {
            let mut asked = page("metadata.nextCursor of the page before").to_vec();
            asked.extend([
                (
                    "updated_since",
                    "query",
                    false,
                    "only what was seen to change then or later, deleted ones included",
                    json!({ "type": "string", "format": "date-time" }),
                ),
                ("version", "query", false, "`latest`, or exactly this version", text()),
                ("include_deleted", "query", false, "deleted ones, too", json!({ "type": "boolean" })),
            ]);
            asked
        },
        body: None,
        answer: || schema("registry"),
        names: false,
    },
    Described {
        method: "get",
        path: "/v0.1/servers/{name}/versions",
        summary: "The versions of a server, the one that was listed last first",
        parameters: || {
            vec![
                ("name", "path", true, "the server's name, percent-encoded", text()),
                ("include_deleted", "query", false, "deleted ones, too", json!({ "type": "boolean" })),
            ]
        },
        body: None,
        answer: || schema("registry"),
        names: true,
    },
    Described {
        method: "get",
        path: "/v0.1/servers/{name}/versions/{version}",
        summary: "One version of a server, or `latest`",
        parameters: || {
            vec![
                ("name", "path", true, "the server's name, percent-encoded", text()),
                ("version", "path", true, "`latest`, or exactly this version", text()),
                ("include_deleted", "query", false, "deleted ones, too", json!({ "type": "boolean" })),
            ]
        },
        body: None,
        answer: || json!({ "$ref": "#/components/schemas/registry/$defs/entry" }),
        names: true,
    },
    Described {
        method: "get",
        path: "/v1/registry",
        summary: "Which servers the registry shows, and why not the others",
        parameters: || {
            let mut asked = page("nextCursor of the page before").to_vec();
            asked.extend([(
                "shown",
                "query",
                false,
                "only those that are shown, or only the others",
                json!({ "type": "boolean" }),
            )]);
            asked
        },
        body: None,
        answer: || schema("registry-standing"),
        names: false,
    },
];

/// Answers a question that `view` of today and of the operator's list bears on.
async fn viewed(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    question: impl FnOnce(Moment<'_>, RegistryView<'_>) -> Result<Answer, QueryError> + Send + 'static,
) -> Answered {
    let today = jiff::Zoned::now().date();
    if let Some(approval) = &shared.settings.approval
        && approval.expires() < today
    {
        let what = format!("the list of approved servers expired on {}; nothing is shown", approval.expires());
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, what));
    }
    let here = Arc::clone(shared);
    let view = move |moment: Moment<'_>| {
        let ruleset = here.catalogue.ruleset();
        question(moment, RegistryView { ruleset: &ruleset, approval: here.settings.approval.as_ref(), today })
    };
    // An answer of yesterday is not kept over midnight: an exception may have ended.
    match shared.settings.approval {
        Some(_) => answered_today(shared, headers, view).await,
        None => answered(shared, headers, view).await,
    }
}

async fn servers(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let updated_since = given.text("updated_since")?.map(|text| time(&text)).transpose()?;
    let include_deleted = match given.maybe("include_deleted")? {
        Some(false) if updated_since.is_some() => {
            let what = "include_deleted cannot be false where updated_since is given: what was deleted has changed";
            return Err(QueryError::Invalid(what.to_owned()).into());
        }
        said => said.unwrap_or(updated_since.is_some()),
    };
    let question = RegistryQuestion {
        cursor: given.text("cursor")?,
        limit: given.number("limit", MOST, USUAL)?,
        search: given.text("search")?,
        updated_since,
        version: given.text("version")?.map_or(WantedVersion::All, |text| wanted(&text)),
        include_deleted,
    };
    given.done()?;
    viewed(&shared, &headers, move |moment, view| Ok(Answer::json(&registry_page(moment.reader, &question, view)?)))
        .await
}

async fn versions(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let include_deleted = given.switch("include_deleted")?;
    given.done()?;
    viewed(&shared, &headers, move |moment, view| {
        let found = registry_versions(moment.reader, &name, WantedVersion::All, include_deleted, view)?;
        found.map(|page| Answer::json(&page)).ok_or_else(|| unknown(&name))
    })
    .await
}

async fn version(
    State(shared): State<Arc<Shared>>,
    Path((name, version)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let include_deleted = given.switch("include_deleted")?;
    given.done()?;
    viewed(&shared, &headers, move |moment, view| {
        let found = registry_versions(moment.reader, &name, wanted(&version), include_deleted, view)?;
        let item = found.and_then(|page| page.servers.into_iter().next());
        item.map(|item| Answer::json(&item)).ok_or_else(|| unknown(&name))
    })
    .await
}

async fn standing(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let question = RegistryQuestion {
        cursor: given.text("cursor")?,
        limit: given.number("limit", MOST, USUAL)?,
        search: given.text("search")?,
        ..RegistryQuestion::default()
    };
    let shown = given.maybe("shown")?;
    given.done()?;
    viewed(&shared, &headers, move |moment, view| {
        Ok(Answer::json(&registry_standing(moment.reader, &question, shown, view)?))
    })
    .await
}

fn wanted(version: &str) -> WantedVersion {
    if version == "latest" { WantedVersion::Latest } else { WantedVersion::Exact(version.to_owned()) }
}

/// Of a server that is not shown it is not said whether it is known.
fn unknown(name: &str) -> QueryError {
    let shown: String = name.chars().take(200).collect();
    QueryError::NotFound { what: format!("no such version of `{shown}` is listed here"), nearest: Vec::new() }
}

/// A time as the API writes it (RFC 3339).
fn time(text: &str) -> Result<Timestamp, QueryError> {
    // The library reads more than that: no seconds, hours alone, the name of a zone.
    let is_plain = |at: usize| text.as_bytes().get(at) == Some(&b':');
    let read = text.parse::<Timestamp>().ok().filter(|_| is_plain(13) && is_plain(16) && !text.contains(['[', ',']));
    read.ok_or_else(|| QueryError::Invalid("updated_since has to be a time (RFC 3339)".to_owned()))
}
