//! The API: a request in, the document that a command prints out.

use super::answer::{Answer, Problem};
use super::cache::MayBeKept;
use super::parameters::Parameters;
use super::{Shared, openapi};
use crate::model::{Class, Risk, ToolOrigin, Trait};
use crate::query::{
    Moment, PolicyCheckQuestion, PolicyQuestion, QueryError, SearchQuestion, changes_report, classified_report,
    policy_check_report, policy_report, search_report, server_names_near, server_report, stats_report, target_named,
    tool_names_near, tool_report,
};
use crate::store::{Filters, HitOrder};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::sync::Arc;

type Answered = Result<Response, Problem>;

/// The addresses of the API; `openapi` describes each.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/openapi.json", get(describe))
        .route("/v1/tools/{*name}", get(tool))
        .route("/v1/servers/{*name}", get(server))
        .route("/v1/search", get(search))
        .route("/v1/stats", get(stats))
        .route("/v1/policy", get(policy))
        .route("/v1/policy/check", post(policy_check))
        .route("/v1/classify", post(classify))
        .route("/v1/changes", get(changes))
}

/// What is served beside whatever is offered.
pub(super) fn about() -> Router<Arc<Shared>> {
    Router::new().route("/healthz", get(health)).route("/metrics", get(metrics))
}

/// Answers a question; the answer holds for as long as nothing is written.
pub(super) async fn answered(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    question: impl FnOnce(Moment<'_>) -> Result<Answer, QueryError> + Send + 'static,
) -> Answered {
    let answer = shared.catalogue.ask(question).await?;
    let mut response = answer.to_response(headers);
    response.extensions_mut().insert(MayBeKept(answer.body.len()));
    Ok(response)
}

/// The same, where the answer depends on the day as well: it is never kept.
pub(super) async fn answered_today(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    question: impl FnOnce(Moment<'_>) -> Result<Answer, QueryError> + Send + 'static,
) -> Answered {
    Ok(shared.catalogue.ask(question).await?.to_response(headers))
}

async fn health(State(shared): State<Arc<Shared>>) -> Answered {
    shared.catalogue.state()?;
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(json!({ "status": "ok" }))).into_response())
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Answered {
    let text = shared.metrics.to_text(&shared.catalogue.ruleset());
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, text).into_response())
}

async fn describe(headers: HeaderMap) -> Response {
    Answer::json(&openapi::openapi_document()).to_response(&headers)
}

async fn tool(State(shared): State<Arc<Shared>>, Path(name): Path<String>, uri: Uri, headers: HeaderMap) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let server = given.text("server")?;
    given.done()?;
    let question = move |moment: Moment<'_>| {
        let report = tool_report(moment.reader, moment.profile, &name, server.as_deref())?;
        match report {
            Some(report) => Ok(Answer::json(&report)),
            None => {
                let what = format!("no tool is named `{name}`");
                Err(QueryError::NotFound { what, nearest: tool_names_near(moment.reader, &name)? })
            }
        }
    };
    answered(&shared, &headers, question).await
}

async fn server(State(shared): State<Arc<Shared>>, Path(name): Path<String>, uri: Uri, headers: HeaderMap) -> Answered {
    Parameters::of(uri.query())?.done()?;
    let question = move |moment: Moment<'_>| match server_report(moment.reader, &name)? {
        Some(report) => Ok(Answer::json(&report)),
        None => {
            let what = format!("no server, package or address `{name}` is known");
            Err(QueryError::NotFound { what, nearest: server_names_near(moment.reader, &name)? })
        }
    };
    answered(&shared, &headers, question).await
}

async fn search(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let words: Vec<String> = given.text("q")?.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let filters = Filters {
        classes: given.all::<Class>("class")?,
        risks: given.all::<Risk>("risk")?,
        traits: given.all::<Trait>("trait")?,
        origins: given.all::<ToolOrigin>("origin")?,
        servers: given.texts("server")?,
        sources: given.texts("source")?,
        changed_since: given.text("changed_since")?.map(|time| moment_of(&time)).transpose()?,
    };
    let (page, per_page) = (given.number("page", 1_000, 1)?, given.number("per_page", 200, 20)?);
    given.done()?;
    if words.is_empty() && filters == Filters::default() {
        return Err(QueryError::Invalid("give q, or a filter".to_owned()).into());
    }
    if !words.is_empty() && crate::model::spelling::query_words(&words.join(" ")).is_empty() {
        return Err(QueryError::Invalid("there is no letter or digit in q".to_owned()).into());
    }
    let question = move |moment: Moment<'_>| {
        let question = SearchQuestion { words, filters, order: HitOrder::default(), page, per_page };
        Ok(Answer::json(&search_report(moment.reader, question)?))
    };
    answered(&shared, &headers, question).await
}

async fn stats(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Answered {
    Parameters::of(uri.query())?.done()?;
    let question = |moment: Moment<'_>| Ok(Answer::json(&stats_report(moment.reader, &now())?));
    answered(&shared, &headers, question).await
}

async fn policy(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let question = PolicyQuestion {
        tool: given.text("tool")?,
        server: given.text("server")?,
        target: target_named(given.text("target")?.as_deref().unwrap_or("policylayer"))?,
        alias: given.text("alias")?,
    };
    given.done()?;
    let question =
        move |moment: Moment<'_>| Ok(Answer::json(&policy_report(moment.reader, moment.profile, &question)?));
    answered(&shared, &headers, question).await
}

async fn policy_check(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Answered {
    Parameters::of(uri.query())?.done()?;
    is_json(&headers)?;
    let Ok(Value::Object(mut given)) = serde_json::from_slice::<Value>(&body) else {
        return Err(QueryError::Invalid("the body has to be a JSON object".to_owned()).into());
    };
    let wrong = |what: &str| Problem::new(StatusCode::BAD_REQUEST, what);
    let policy = match given.shift_remove("policy") {
        Some(Value::String(policy)) => policy,
        _ => return Err(wrong("`policy` has to be the text of a policy")),
    };
    let target = match given.shift_remove("target") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(target_named(&name)?),
        Some(_) => return Err(wrong("`target` has to be a text")),
    };
    let servers = match given.shift_remove("servers") {
        None => Vec::new(),
        Some(Value::Array(all)) if all.len() <= 32 && all.iter().all(Value::is_string) => {
            all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
        }
        Some(_) => return Err(wrong("`servers` has to be a list of at most 32 texts")),
    };
    if let Some(name) = given.keys().next() {
        return Err(QueryError::Invalid(format!("there is no member `{name}`")).into());
    }
    let question = PolicyCheckQuestion { policy, target, servers };
    let ask = move |moment: Moment<'_>| policy_check_report(moment.reader, moment.profile, &question);
    Ok(Answer::json(&shared.catalogue.ask(ask).await?).to_response(&headers))
}

async fn classify(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let server = given.text("server")?.unwrap_or_default();
    given.done()?;
    is_json(&headers)?;
    let ask = move |moment: Moment<'_>| classified_report(moment.bench, body.to_vec(), &server);
    Ok(Answer::json(&shared.catalogue.ask(ask).await?).to_response(&headers))
}

async fn changes(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Answered {
    let mut given = Parameters::of(uri.query())?;
    let since = given.text("since")?.ok_or_else(|| QueryError::Invalid("`since` is missing".to_owned()))?;
    let since = moment_of(&since)?;
    let (servers, raising) = (given.texts("server")?, given.switch("raising")?);
    given.done()?;
    let question = move |moment: Moment<'_>| {
        Ok(Answer::json(&changes_report(moment.reader, moment.bench, &since, &servers, raising)?))
    };
    answered(&shared, &headers, question).await
}

/// What is posted has to say that it is JSON: a form of another page cannot.
fn is_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/json" | "application/jsonl" | "application/x-ndjson" => Ok(()),
        _ => Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content type has to be application/json")),
    }
}

/// A day or a time (RFC 3339), as the database writes times.
fn moment_of(text: &str) -> Result<String, QueryError> {
    // The library reads more than that: no seconds, hours alone, the name of a zone.
    let is_plain = |at: usize| text.as_bytes().get(at) == Some(&b':');
    let is_time = is_plain(13) && is_plain(16) && !text.contains(['[', ',']);
    if is_time
        && let Ok(time) = text.parse::<jiff::Timestamp>()
        && let Ok(time) = time.round(jiff::Unit::Second)
    {
        return Ok(time.to_string());
    }
    match text.parse::<jiff::civil::Date>() {
        Ok(day) if text.len() == 10 => Ok(format!("{day}T00:00:00Z")),
        _ => Err(QueryError::Invalid("a day (YYYY-MM-DD) or a time (RFC 3339) is wanted".to_owned())),
    }
}

fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).map_or_else(|_| String::new(), |now| now.to_string())
}
