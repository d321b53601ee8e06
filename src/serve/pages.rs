//! The pages, live: rendered from the database when they are asked for.

use super::Shared;
use super::answer::{Answer, Problem};
use super::api::answered;
use crate::query::{Moment, QueryError};
use crate::site::{PagePath, Pages, SiteError, SitePage, SiteSearch, SiteSettings};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::{Arc, Mutex, PoisonError};

/// The pages of the newest state of the database that somebody has looked at.
#[derive(Debug, Default)]
pub(crate) struct LivePages {
    settings: Option<SiteSettings>,
    known: Mutex<Option<(u64, Arc<Pages>)>>,
}

impl LivePages {
    pub(crate) fn new(settings: Option<SiteSettings>) -> LivePages {
        LivePages { settings, known: Mutex::default() }
    }

    fn of(&self, state: u64, moment: Moment<'_>) -> Result<Option<Arc<Pages>>, QueryError> {
        let Some(settings) = &self.settings else { return Ok(None) };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, pages)) = &*known
            && *of == state
        {
            return Ok(Some(Arc::clone(pages)));
        }
        let made = match &*known {
            Some((_, before)) => before.renewed(moment.reader),
            None => Pages::new(moment.reader, settings.clone()),
        };
        let pages = Arc::new(made.map_err(why)?);
        *known = Some((state, Arc::clone(&pages)));
        Ok(Some(pages))
    }
}

fn why(error: SiteError) -> QueryError {
    match error {
        SiteError::Store(error) => QueryError::Store(error),
        other => {
            tracing::error!(error = %other, "a page cannot be shown");
            QueryError::GivenUp
        }
    }
}

/// Any address that nothing else answers.
pub(super) async fn page(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !matches!(method, Method::GET | Method::HEAD) {
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "pages are only read");
        return Ok(([(header::ALLOW, "GET,HEAD")], problem).into_response());
    }
    let address = match uri.path().trim_start_matches('/') {
        "" => "index.html".to_owned(),
        path if path.ends_with('/') => format!("{path}index.html"),
        path => path.to_owned(),
    };
    let (state, here) = (shared.catalogue.state()?, Arc::clone(&shared));
    let asked = (address == PagePath::Search.address()).then(|| SiteSearch::of_query(uri.query().unwrap_or_default()));
    answered(&shared, &headers, move |moment| {
        let nothing = || QueryError::NotFound { what: "there is no such page".to_owned(), nearest: Vec::new() };
        let pages = here.pages.of(state, moment)?.ok_or_else(nothing)?;
        if let Some(asked) = asked {
            let SitePage { media_type, bytes } = pages.search(moment.reader, &asked).map_err(why)?;
            return Ok(Answer::new(media_type, bytes));
        }
        if let Some(asset) = pages.asset(&address) {
            return Ok(Answer::new(asset.media_type, asset.bytes.to_vec()).for_ever());
        }
        let found: Option<PagePath> = pages.find(moment.reader, &address).map_err(why)?;
        let path = found.ok_or_else(nothing)?;
        let SitePage { media_type, bytes } = pages.render(moment.reader, &path).map_err(why)?.ok_or_else(nothing)?;
        Ok(Answer::new(media_type, bytes))
    })
    .await
}
