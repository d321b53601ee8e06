//! What a closed server says about getting in: the `WWW-Authenticate` header and resource metadata in, schemes, scopes
//! and authorisation servers out. Never registers, never logs in, never sends a credential.

use super::message::texts;
use mcpdex_model::{AuthNeeds, lenient};
use serde_json::Value;
use std::collections::BTreeSet;
use url::Url;

/// Adds scopes to those that are known, sorted and without repeats.
pub(super) fn add_scopes<'a>(needs: &mut AuthNeeds, scopes: impl IntoIterator<Item = &'a str>) {
    let all: BTreeSet<String> =
        needs.scopes.drain(..).chain(scopes.into_iter().filter(|s| !s.is_empty()).map(cut)).take(200).collect();
    needs.scopes = all.into_iter().collect();
}

/// Takes over what a resource metadata document says.
pub(super) fn read_metadata(needs: &mut AuthNeeds, at: &Url, document: &Metadata, endpoint: &Url) {
    needs.metadata = Some(mcpdex_net::shown(at));
    add_scopes(needs, document.scopes.iter().map(String::as_str));
    needs.authorization_servers.clone_from(&document.authorization_servers);
    needs.resource_name.clone_from(&document.resource_name);
    needs.resource.clone_from(&document.resource);
    match document.resource.as_deref().map(Url::parse) {
        None => needs.problems.push("the resource metadata names no resource".to_owned()),
        Some(Ok(resource)) if covers(&resource, endpoint) => {}
        Some(_) => needs.problems.push("the resource metadata is about another resource".to_owned()),
    }
}

/// Whether a protected resource is the endpoint or lies above it.
pub(super) fn covers(resource: &Url, endpoint: &Url) -> bool {
    let (above, path) = (resource.path().trim_end_matches('/'), endpoint.path());
    resource.origin() == endpoint.origin()
        && path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}

/// One challenge of a `WWW-Authenticate` header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Challenge {
    /// In lower case.
    pub scheme: String,
    /// Names in lower case.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The value of the first parameter of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a `WWW-Authenticate` header leniently; what makes no sense is stepped over.
pub fn challenges(header: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    for part in split(header) {
        let part = part.trim();
        let (word, rest) = match part.find([' ', '\t', '=']) {
            Some(at) => (&part[..at], part[at..].trim_start()),
            None => (part, ""),
        };
        if word.is_empty() {
            continue;
        }
        if let Some(value) = rest.strip_prefix('=').filter(|_| !found.is_empty()) {
            if let Some(last) = found.last_mut() {
                last.parameters.push((word.to_ascii_lowercase(), unquote(value)));
            }
            continue;
        }
        if rest.starts_with('=') || !word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+!".contains(c)) {
            continue;
        }
        let mut challenge = Challenge { scheme: cut(word).to_ascii_lowercase(), parameters: Vec::new() };
        if let Some((key, value)) = rest.split_once('=') {
            challenge.parameters.push((key.trim().to_ascii_lowercase(), unquote(value)));
        }
        found.push(challenge);
        if found.len() == 20 {
            break;
        }
    }
    found
}

/// The parts between commas that stand outside of quotes.
fn split(header: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in header.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(&header[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&header[start..]);
    parts
}

fn unquote(value: &str) -> String {
    let value = value.trim();
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let mut text = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    text
}

/// A resource metadata document (RFC 9728), as far as a lister cares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) resource: Option<String>,
    pub(super) resource_name: Option<String>,
    pub(super) authorization_servers: Vec<String>,
    pub(super) scopes: Vec<String>,
}

/// Reads resource metadata; `None`: the text is no such document.
pub(super) fn metadata(text: &str) -> Option<Metadata> {
    let (value, _) = lenient::parse(text).ok()?;
    let object = value.as_object()?;
    let string = |key: &str| object.get(key).and_then(Value::as_str).map(cut);
    let list = |key: &str| texts(object.get(key)).iter().map(|text| cut(text)).collect();
    let found = Metadata {
        resource: string("resource"),
        resource_name: string("resource_name"),
        authorization_servers: list("authorization_servers"),
        scopes: list("scopes_supported"),
    };
    (found != Metadata::default()).then_some(found)
}

/// Where resource metadata of an endpoint may be, best first: below the well-known path with the endpoint's own path,
/// then at the root.
pub(super) fn metadata_places(endpoint: &Url) -> Vec<Url> {
    const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
    let path = endpoint.path().trim_end_matches('/');
    let mut places: Vec<Url> = Vec::new();
    for path in [format!("{WELL_KNOWN}{path}"), WELL_KNOWN.to_owned()] {
        if let Ok(url) = endpoint.join(&path)
            && !places.contains(&url)
        {
            places.push(url);
        }
    }
    places
}

/// Where the metadata of an authorisation server may be, in the order of the protocol.
pub(super) fn issuer_places(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let mut paths = vec![
        format!("/.well-known/oauth-authorization-server{path}"),
        format!("/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        paths.push(format!("{path}/.well-known/openid-configuration"));
    }
    paths.iter().filter_map(|path| issuer.join(path).ok()).collect()
}

/// Scopes of an authorisation server's metadata.
///
/// # Errors
/// The text is no such document, or it names another issuer than the one that was asked.
pub(super) fn issuer_scopes(text: &str, issuer: &str) -> Result<Vec<String>, &'static str> {
    let (value, _) = lenient::parse(text).map_err(|_| "the authorisation server's metadata is not JSON")?;
    let named = value.get("issuer").and_then(Value::as_str).ok_or("the authorisation server names no issuer")?;
    if named.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return Err("the authorisation server's metadata names another issuer");
    }
    Ok(texts(value.get("scopes_supported")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_with_quotes_commas_and_several_schemes() {
        let found = challenges(
            r#"Bearer realm="a, \"b\"", resource_metadata="https://mcp.example/.well-known/x", scope="r w", Basic realm=x, Negotiate"#,
        );
        assert_eq!(found.iter().map(|c| c.scheme.as_str()).collect::<Vec<_>>(), ["bearer", "basic", "negotiate"]);
        assert_eq!(found[0].get("realm"), Some("a, \"b\""));
        assert_eq!(found[0].get("resource_metadata"), Some("https://mcp.example/.well-known/x"));
        assert_eq!((found[0].get("scope"), found[1].get("realm")), (Some("r w"), Some("x")));
        for odd in ["", ",,,", "=", "\"", "Bearer", "Bearer scope=", "a\u{e9}b c=d", r#"Bearer x="\"#] {
            let _ = challenges(odd);
        }
    }

    proptest::proptest! {
        /// What the grammar allows is read as a strict reader does.
        #[test]
        fn sound_challenges_are_read_as_the_grammar_has_them(
            header in r#"[A-Z][a-z]{1,8} [a-z_]{1,9}=("[ -!#-\[\]-~]{0,12}(\\["\\,])?"|[a-z0-9.]{1,9})(, [a-z]{1,5}="[a-z, =]{0,9}")?(, [A-Z][a-z]{2,9}( [a-z]{1,5}=[a-z]{1,5})?)?"#
        ) {
            let strict: Vec<Challenge> = http_auth::parser::ChallengeParser::new(&header)
                .map(|challenge| {
                    let challenge = challenge.expect("a sound header");
                    let named = |(name, value): &(&str, http_auth::ParamValue<'_>)| (name.to_lowercase(), value.to_unescaped());
                    Challenge {
                        scheme: challenge.scheme.to_lowercase(),
                        parameters: challenge.params.iter().map(named).collect(),
                    }
                })
                .collect();
            proptest::prop_assert_eq!(challenges(&header), strict);
        }
    }

    #[test]
    fn an_odd_sign_costs_no_more_than_its_own_parameter() {
        let odd = "Bearer realm=https://id.example/a, resource_metadata=\"https://mcp.example/m\", Negotiate YII==";
        assert!(http_auth::parser::ChallengeParser::new(odd).any(|challenge| challenge.is_err()));
        let found = challenges(odd);
        assert_eq!(found[0].get("resource_metadata"), Some("https://mcp.example/m"));
        assert_eq!(found[1].scheme, "negotiate");
    }

    #[test]
    fn metadata_is_sought_in_the_order_of_the_protocol() {
        let url = |text: &str| Url::parse(text).expect("a URL");
        let places = |u: &str| metadata_places(&url(u)).iter().map(|u| u.path().to_owned()).collect::<Vec<_>>();
        let root = "/.well-known/oauth-protected-resource";
        assert_eq!(places("https://mcp.example/a/mcp?x=1"), [format!("{root}/a/mcp"), root.to_owned()]);
        assert_eq!(places("https://mcp.example/"), [root]);
        let issuer: Vec<_> = issuer_places(&url("https://id.example/t")).iter().map(|u| u.path().to_owned()).collect();
        assert_eq!(
            issuer,
            [
                "/.well-known/oauth-authorization-server/t",
                "/.well-known/openid-configuration/t",
                "/t/.well-known/openid-configuration"
            ]
        );
    }

    #[test]
    fn metadata_about_another_resource_is_said() {
        let endpoint = Url::parse("https://mcp.example/mcp").expect("a URL");
        for (resource, problems) in [
            ("https://mcp.example/mcp", 0),
            ("https://mcp.example", 0),
            ("https://mcp.example/m", 1),
            ("https://evil.example/mcp", 1),
        ] {
            let text = format!(r#"{{"resource":"{resource}","scopes_supported":["b","a",1]}}"#);
            let mut needs = AuthNeeds::default();
            read_metadata(&mut needs, &endpoint, &metadata(&text).expect("metadata"), &endpoint);
            assert_eq!((needs.problems.len(), needs.scopes), (problems, vec!["a".to_owned(), "b".to_owned()]));
        }
        assert!(issuer_scopes(r#"{"issuer":"https://a.example/"}"#, "https://a.example").is_ok());
        assert!(issuer_scopes(r#"{"issuer":"https://b.example"}"#, "https://a.example").is_err());
    }
}
