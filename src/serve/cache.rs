//! Answers that were given a moment ago, as they went out, compressed or not: as long as nothing was written to the database,
//! they are given again. Only what a question to the database was answered with is kept, never a refusal.

use super::Shared;
use super::answer::{Problem, is_known};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are kept; beyond that everything is forgotten.
const MOST: usize = 32 << 20;

/// Bytes of one answer that is kept, before it is compressed.
const LARGEST: usize = 1 << 20;

/// Bytes of what a client says of its compressions; longer ones are answered anew each time.
const LONGEST_ACCEPTED: usize = 128;

/// Said of an answer, in the extensions of its response: it holds for as long as nothing is written, and has so many bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MayBeKept(pub(crate) usize);

/// What was asked, and which compressions the client takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    address: String,
    accepted: String,
}

impl Asked {
    /// What a request asks for; nothing of one that does not only read, or lists its compressions at length.
    fn of(request: &Request) -> Option<Asked> {
        if request.method() != Method::GET {
            return None;
        }
        let mut lines = request.headers().get_all(header::ACCEPT_ENCODING).iter();
        let accepted = lines.next().map_or(Some(""), |line| line.to_str().ok())?;
        if lines.next().is_some() || accepted.len() > LONGEST_ACCEPTED {
            return None;
        }
        let address = request.uri().path_and_query()?.as_str().to_owned();
        Some(Asked { address, accepted: accepted.to_owned() })
    }

    fn bytes(&self) -> usize {
        self.address.len() + self.accepted.len()
    }
}

/// An answer as it went out.
#[derive(Debug, Clone)]
struct KeptAnswer {
    headers: HeaderMap,
    body: Bytes,
}

impl KeptAnswer {
    /// The answer again, or that the client has it.
    fn to_response(&self, asked: &HeaderMap) -> Response {
        let mut response = match self.headers.get(header::ETAG).is_some_and(|tag| is_known(tag, asked)) {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => self.body.clone().into_response(),
        };
        let is_whole = response.status() == StatusCode::OK;
        *response.headers_mut() = self.headers.clone();
        if !is_whole {
            for of_the_body in [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::CONTENT_LENGTH] {
                response.headers_mut().remove(of_the_body);
            }
        }
        response
    }
}

/// Answers by what was asked, all of one state of the database.
#[derive(Debug, Default)]
pub(crate) struct AnswerCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    state: u64,
    bytes: usize,
    answers: HashMap<Asked, KeptAnswer>,
}

impl AnswerCache {
    fn get(&self, state: u64, asked: &Asked) -> Option<KeptAnswer> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.state == state { kept.answers.get(asked).cloned() } else { None }
    }

    fn put(&self, state: u64, asked: Asked, answer: KeptAnswer) {
        let size = answer.body.len() + asked.bytes();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.state != state || kept.bytes + size > MOST {
            *kept = Kept { state, ..Kept::default() };
        }
        kept.bytes += size;
        kept.answers.insert(asked, answer);
    }
}

/// Gives an answer again, or lets it be made and keeps it as it goes out.
pub(super) async fn again(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    // Before it is asked: what is written meanwhile makes the answer stale, not the next one.
    let (Some(asked), Ok(state)) = (Asked::of(&request), shared.catalogue.state()) else {
        return next.run(request).await;
    };
    if let Some(kept) = shared.cache.get(state, &asked) {
        return kept.to_response(request.headers());
    }
    let response = next.run(request).await;
    let size = response.extensions().get::<MayBeKept>().map(|MayBeKept(size)| *size);
    if response.status() != StatusCode::OK || size.is_none_or(|size| size > LARGEST) {
        return response;
    }
    let (parts, body) = response.into_parts();
    // What does not get smaller gets a little larger.
    match to_bytes(body, 2 * LARGEST).await {
        Ok(body) => {
            shared.cache.put(state, asked, KeptAnswer { headers: parts.headers.clone(), body: body.clone() });
            Response::from_parts(parts, Body::from(body))
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be compressed");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be compressed").into_response()
        }
    }
}
