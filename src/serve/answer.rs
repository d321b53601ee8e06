//! What goes back: bytes with their type and tag, or why there is no answer (RFC 9457).

use crate::query::QueryError;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// An answer that may be kept.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) media_type: &'static str,
    pub(crate) body: Bytes,
    tag: HeaderValue,
    /// For how long, in seconds, a client may keep it without asking again.
    fresh: u32,
}

impl Answer {
    pub(crate) fn new(media_type: &'static str, body: Vec<u8>) -> Answer {
        let digest = crate::model::text::hex(&Sha256::digest(&body)[..12]);
        // Weak, since what goes over the line may be compressed.
        let tag = HeaderValue::from_str(&format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"0\""));
        Answer { media_type, body: Bytes::from(body), tag, fresh: 0 }
    }

    pub(crate) fn json(report: &impl Serialize) -> Answer {
        Answer::new("application/json", serde_json::to_vec(report).unwrap_or_default())
    }

    /// Something whose address changes whenever it does.
    pub(crate) fn for_ever(self) -> Answer {
        Answer { fresh: 31_536_000, ..self }
    }

    /// The answer, or that the client has it already.
    pub(crate) fn to_response(&self, asked: &HeaderMap) -> Response {
        let has_it = is_known(&self.tag, asked);
        let mut response = match has_it {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => self.body.clone().into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.tag.clone());
        let kept = if self.fresh > 0 { "public, max-age=31536000, immutable" } else { "private, no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        if !has_it {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        }
        response
    }
}

/// Whether a client says that it has what this tag is of.
pub(crate) fn is_known(tag: &HeaderValue, asked: &HeaderMap) -> bool {
    asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).is_some_and(|tags| {
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let own = bare(tag.to_str().unwrap_or_default());
        tags.trim() == "*" || tags.split(',').any(|tag| bare(tag) == own)
    })
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    detail: String,
    more: Map<String, Value>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem { status, detail: detail.into(), more: Map::new() }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Problem {
        match error {
            QueryError::NotFound { what, nearest } => {
                let mut problem = Problem::new(StatusCode::NOT_FOUND, what);
                problem.more.insert("nearest".to_owned(), json!(nearest));
                problem
            }
            QueryError::Invalid(what) => Problem::new(StatusCode::BAD_REQUEST, what),
            QueryError::Store(error) => {
                tracing::error!(%error, "a question has no answer");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the database could not be asked")
            }
            QueryError::GivenUp => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the question was given up"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = Map::new();
        body.insert("type".to_owned(), json!("about:blank"));
        body.insert("title".to_owned(), json!(self.status.canonical_reason().unwrap_or("error")));
        body.insert("status".to_owned(), json!(self.status.as_u16()));
        body.insert("detail".to_owned(), json!(self.detail));
        body.extend(self.more);
        let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        (self.status, headers, Value::Object(body).to_string()).into_response()
    }
}
