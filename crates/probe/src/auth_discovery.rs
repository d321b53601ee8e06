//! A server whose list is closed: the answer that closed it in, what it says about credentials and what its cards state
//! out. Fetches public documents only; every address that the server hands out goes through the guard as a stranger's.

use super::auth;
use super::pages::Pages;
use super::session::SessionError;
use super::{Ask, card};
use mcpdex_model::{AuthNeeds, CardFacts, Outcome, ProbeResult};
use mcpdex_net::{Client, Deadline, Encoding, Exchange, Failure, Trust, Verb, shown};
use std::time::Duration;
use url::Url;

/// How long looking around may take in all.
const TOTAL: Duration = Duration::from_secs(15);

/// The longest metadata document, in bytes.
const MAX_METADATA: u64 = 256 << 10;

/// Adds to `result` what can be learnt without the list.
pub(super) async fn look(client: &Client, ask: &Ask, stop: &SessionError, result: &mut ProbeResult) {
    let around = Around { client, ask, deadline: Deadline::after(TOTAL.min(ask.limits.total)) };
    if let (Outcome::AuthRequired, SessionError::Status { status, challenge, .. }) = (result.outcome, stop) {
        let needs = around.needs(*status, challenge.as_deref()).await;
        result.detail = Some(needs.sentence());
        result.auth = Some(needs);
    }
    // A server that cannot be reached has no card either, and one that the guard refuses is asked for nothing.
    if matches!(result.outcome, Outcome::AuthRequired | Outcome::Refused | Outcome::Gone | Outcome::Unreadable) {
        result.card = around.card().await;
    }
}

struct Around<'a> {
    client: &'a Client,
    ask: &'a Ask,
    deadline: Deadline,
}

impl Around<'_> {
    async fn needs(&self, status: u16, challenge: Option<&str>) -> AuthNeeds {
        let challenges = challenge.map(auth::challenges).unwrap_or_default();
        let mut needs = AuthNeeds { status, ..AuthNeeds::default() };
        for challenge in &challenges {
            if !needs.schemes.contains(&challenge.scheme) {
                needs.schemes.push(challenge.scheme.clone());
            }
            auth::add_scopes(&mut needs, challenge.get("scope").unwrap_or_default().split_ascii_whitespace());
        }
        let named = challenges.iter().find_map(|challenge| challenge.get("resource_metadata"));
        let mut places: Vec<(Url, Trust)> = Vec::new();
        match named.map(|text| self.ask.url.join(text)) {
            Some(Ok(url)) => places.push((url.clone(), self.trust_of(&url))),
            Some(Err(_)) => {
                needs.problems.push("the challenge names metadata at an address that cannot be read".into())
            }
            None => {}
        }
        places.extend(auth::metadata_places(&self.ask.url).into_iter().map(|url| (url, self.ask.trust)));
        for (url, trust) in places {
            match self.fetch(&url, trust, MAX_METADATA).await {
                Ok(Some(text)) => {
                    if let Some(document) = auth::metadata(&text) {
                        auth::read_metadata(&mut needs, &url, &document, &self.ask.url);
                        break;
                    }
                }
                Ok(None) => {}
                Err(failure) if failure.outcome() == Outcome::Blocked => needs.problems.push(failure.to_string()),
                Err(_) => {}
            }
        }
        if needs.scopes.is_empty()
            && let Some(issuer) = needs.authorization_servers.first().cloned()
        {
            self.issuer(&issuer, &mut needs).await;
        }
        needs
    }

    /// Asks an authorisation server which scopes it knows.
    async fn issuer(&self, issuer: &str, needs: &mut AuthNeeds) {
        let Ok(url) = Url::parse(issuer) else { return };
        for place in auth::issuer_places(&url) {
            match self.fetch(&place, self.trust_of(&place), MAX_METADATA).await {
                Ok(Some(text)) => {
                    match auth::issuer_scopes(&text, issuer) {
                        Ok(scopes) => auth::add_scopes(needs, scopes.iter().map(String::as_str)),
                        Err(problem) => needs.problems.push(problem.to_owned()),
                    }
                    return;
                }
                Ok(None) => {}
                Err(failure) => {
                    if failure.outcome() == Outcome::Blocked {
                        needs.problems.push(failure.to_string());
                    }
                    return;
                }
            }
        }
    }

    /// The first card that states tools.
    async fn card(&self) -> Option<CardFacts> {
        let mut places: Vec<(Url, Trust)> = mcpdex_source::well_known::places(&self.ask.url)
            .into_iter()
            .map(|url| (url, self.ask.trust))
            .rev()
            .collect();
        let mut asked = 0;
        while let Some((url, trust)) = places.pop() {
            asked += 1;
            if asked > 12 {
                return None;
            }
            let text = match self.fetch(&url, trust, card::MAX_CARD).await {
                Ok(Some(text)) => text,
                Ok(None) => continue,
                Err(failure) if failure.outcome() == Outcome::Blocked => continue,
                // Whoever does not answer one of these will not answer the next.
                Err(_) => return None,
            };
            let Some(found) = card::read(&text) else { continue };
            if found.page.tools.is_empty() {
                places.extend(found.elsewhere.iter().filter_map(|to| url.join(to).ok()).map(|to| {
                    let trust = self.trust_of(&to);
                    (to, trust)
                }));
                continue;
            }
            let mut pages = Pages::default();
            pages.push(found.page);
            let (tools, partial) = pages.finish();
            return Some(CardFacts { at: shown(&url), server: found.server, tools, partial });
        }
        None
    }

    /// An address that the server handed out is trusted as far as the server on its own origin, elsewhere not at all.
    fn trust_of(&self, url: &Url) -> Trust {
        if url.origin() == self.ask.url.origin() { self.ask.trust } else { Trust::Untrusted }
    }

    /// A public document; `None`: there is none. Carries no credentials.
    async fn fetch(&self, url: &Url, trust: Trust, most: u64) -> Result<Option<String>, Failure> {
        let exchange = Exchange {
            verb: Verb::Get,
            url: url.clone(),
            trust,
            accept: "application/json",
            headers: Vec::new(),
            bound: Vec::new(),
            body: None,
            deadline: self.deadline,
            encoding: Encoding::Decoded,
            most,
            redirects: 3,
        };
        let mut opened = self.client.exchange(&exchange).await?;
        if opened.status != 200 {
            return Ok(None);
        }
        Ok(String::from_utf8(opened.bytes().await?).ok())
    }
}
