//! What is asked and what comes back, as plain data.

use super::Trust;
use base64::Engine;
use mcpdex_model::SecretString;
use std::time::Duration;
use url::Url;

/// How much one fetch may take. Every number is a maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// Bytes of the body, counted after decompression.
    pub body: u64,
    /// From the start to the last byte, with every redirect, retry and pause; waiting for a place in the host's queue
    /// is not counted.
    pub total: Duration,
    /// Redirects that are followed.
    pub redirects: u8,
    /// Attempts after the first one failed in passing.
    pub retries: u8,
}

impl FetchLimits {
    /// For a page of an index or registry.
    pub const PAGE: FetchLimits =
        FetchLimits { body: 32 << 20, total: Duration::from_secs(60), redirects: 3, retries: 2 };

    /// For the archive of a package.
    pub const ARCHIVE: FetchLimits =
        FetchLimits { body: 50 << 20, total: Duration::from_secs(180), redirects: 3, retries: 2 };
}

/// What is done about `Content-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Compressed transfer is offered and undone.
    Decoded,
    /// The bytes are wanted as they are stored, for instance because their hash is published.
    AsStored,
}

/// One thing to fetch with GET.
#[derive(Debug, Clone)]
pub struct Request {
    pub url: Url,
    pub trust: Trust,
    /// The `Accept` header.
    pub accept: &'static str,
    pub limits: FetchLimits,
    pub encoding: Encoding,
    /// The whole `Authorization` header, for this URL's host and port alone.
    pub authorization: Option<SecretString>,
    /// What an earlier answer is known by: the server may say that it still holds.
    pub known: Option<Validators>,
}

/// What an answer is known by, for the next time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
}

impl Request {
    /// A page of an index or registry.
    pub fn page(url: Url, trust: Trust, accept: &'static str) -> Self {
        Request {
            url,
            trust,
            accept,
            limits: FetchLimits::PAGE,
            encoding: Encoding::Decoded,
            authorization: None,
            known: None,
        }
    }

    /// The archive of a package.
    pub fn archive(url: Url, trust: Trust) -> Self {
        let (limits, encoding) = (FetchLimits::ARCHIVE, Encoding::AsStored);
        Request { url, trust, accept: "*/*", limits, encoding, authorization: None, known: None }
    }
}

/// An answer with a success status, or the word that an earlier one still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedBody {
    /// 200 to 299, or 304 where the request had validators.
    pub status: u16,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
    /// Where the answer came from after redirects, without user information.
    pub final_url: Url,
    pub body: Vec<u8>,
}

impl FetchedBody {
    /// Whether the earlier answer still holds; this one has no body then.
    pub fn is_not_modified(&self) -> bool {
        self.status == 304
    }

    /// What this answer is known by; `None` where the server gave nothing.
    pub fn validators(&self) -> Option<Validators> {
        (self.etag.is_some() || self.last_modified.is_some())
            .then(|| Validators { etag: self.etag.clone(), last_modified: self.last_modified.clone() })
    }
}

/// Takes user name and password out of a URL and makes them the `Authorization` header that they stand for.
pub fn split_user_info(url: &mut Url) -> Option<SecretString> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
    let pair = format!("{}:{}", decode(url.username()), decode(url.password().unwrap_or_default()));
    // These fail for URLs without a host only, and those hold no user information.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Some(SecretString::from(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))))
}

/// A URL as it may be shown: without user information, and without what a query or fragment may hide.
pub fn shown(url: &Url) -> String {
    let mut bare = url.clone();
    // These fail for URLs without a host only, which have no user information either.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare.set_fragment(None);
    if bare.cannot_be_a_base() {
        // `me:secret@host` without a scheme is read as one of these.
        return format!("{}:…", bare.scheme());
    }
    let asked = bare.query().is_some();
    bare.set_query(None);
    format!("{bare}{}", if asked { "?…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mcpdex_model::ExposeSecret;

    #[test]
    fn user_information_becomes_a_header() {
        let mut url = Url::parse("https://me:p%40ss@packages.example/a").expect("a URL");
        assert_eq!(
            split_user_info(&mut url).map(|s| s.expose_secret().to_owned()).as_deref(),
            Some("Basic bWU6cEBzcw==")
        );
        assert_eq!(url.as_str(), "https://packages.example/a");
        assert!(split_user_info(&mut url).is_none());
    }

    #[test]
    fn a_shown_url_holds_no_secret() {
        let url = Url::parse("https://me:pass@packages.example/a?token=t#sha256=1").expect("a URL");
        assert_eq!(shown(&url), "https://packages.example/a?…");
    }
}
