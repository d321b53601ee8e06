//! Secrets in manifests: a JSON document in, the same document without them and a count out.
//!
//! A secret is known by its place (the value or default of a header, variable or argument that is marked secret or has
//! the name of one) or by its look (tokens of known services, signed web tokens, private keys, credentials in a URL,
//! and in those places any long random word). Where in doubt the text goes: it is never needed to judge a tool.

use super::address::published_address;
use super::look::{take_spans, token_spans};
use serde_json::{Map, Value};

pub use super::look::REDACTED;

/// Deeper than any manifest; what lies below is replaced as a whole.
const MAX_DEPTH: usize = 100;

/// Removes every secret from `document` and says how many there were.
pub fn redact(document: &mut Value) -> usize {
    walk(document, Place::Text, 0)
}

/// Removes every secret from a value that a person configured (a URL, an argument) and says how many there were: by its
/// look, and any long random word.
pub fn redact_given(text: &mut String) -> usize {
    redact_text(text, Place::Given)
}

/// Where in a document a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere: by its look only.
    Text,
    /// The address of a server or of a registry.
    Address,
    /// Inside of headers, variables or arguments.
    Inputs,
    /// A value that is given to an input.
    Given,
    /// A value that is given to an input that is a secret.
    GivenSecret,
}

fn walk(value: &mut Value, place: Place, depth: usize) -> usize {
    if depth > MAX_DEPTH {
        *value = Value::String(REDACTED.to_owned());
        return 1;
    }
    match value {
        Value::String(text) => redact_text(text, place),
        Value::Array(items) => items.iter_mut().map(|item| walk(item, place, depth + 1)).sum(),
        Value::Object(object) => walk_object(object, place, depth),
        // A number can be a secret as well: a PIN.
        Value::Number(_) if place == Place::GivenSecret => {
            *value = Value::String(REDACTED.to_owned());
            1
        }
        _ => 0,
    }
}

fn walk_object(object: &mut Map<String, Value>, place: Place, depth: usize) -> usize {
    let marked = ["isSecret", "is_secret", "sensitive", "secret"]
        .iter()
        .any(|key| object.get(*key).and_then(Value::as_bool) == Some(true));
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let named = text("name").or_else(|| text("valueHint")).or_else(|| text("value_hint")).is_some_and(is_secret_name);
    let given = if marked || named { Place::GivenSecret } else { Place::Given };
    let mut count = 0;
    for (key, value) in object.iter_mut() {
        let inside = !matches!(place, Place::Text | Place::Address);
        let next = match key.as_str() {
            "headers"
            | "environmentVariables"
            | "environment_variables"
            | "env"
            | "environment"
            | "runtimeArguments"
            | "runtime_arguments"
            | "packageArguments"
            | "package_arguments"
            | "variables"
            | "args" => Place::Inputs,
            "remotes" => Place::Address,
            "url" if place == Place::Address && value.is_string() => Place::Address,
            "registryBaseUrl" | "registry_base_url" => Place::Address,
            "value" | "default" if marked || inside => given,
            // What may be chosen from is no secret unless it is said to be one.
            "choices" if marked => Place::GivenSecret,
            // `{"env": {"API_KEY": "…"}}`: the name is the key.
            _ if place == Place::Inputs && !value.is_object() && !value.is_array() && is_secret_name(key) => {
                match key.as_str() {
                    // Flags and words about the input itself.
                    "isSecret" | "is_secret" | "secret" | "tokenUrl" => Place::Text,
                    _ => Place::GivenSecret,
                }
            }
            // Below `variables` the name of a variable is the key of its object.
            name if place == Place::Inputs && value.is_object() && is_secret_name(name) => {
                count += redact_named(value, depth + 1);
                continue;
            }
            "name" | "description" | "type" | "format" | "valueHint" | "value_hint" => Place::Text,
            _ if place == Place::Inputs => Place::Inputs,
            _ => Place::Text,
        };
        count += walk(value, next, depth + 1);
    }
    count
}

/// An input whose name, the key that it stands under, is that of a secret.
fn redact_named(value: &mut Value, depth: usize) -> usize {
    let mut count = 0;
    if let Value::Object(object) = value {
        for key in ["value", "default", "choices"] {
            if let Some(given) = object.get_mut(key) {
                count += walk(given, Place::GivenSecret, depth + 1);
            }
        }
    }
    count + walk(value, Place::Inputs, depth)
}

/// Whether an input of this name holds a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let folded: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    const PARTS: &[&str] = &[
        "authorization",
        "token",
        "apikey",
        "secret",
        "passwd",
        "password",
        "passphrase",
        "credential",
        "cookie",
        "accesskey",
        "privatekey",
        "sessionid",
        "bearer",
        "connectionstring",
        "webhookurl",
        "signingkey",
        "encryptionkey",
        "authkey",
    ];
    // `MAX_TOKENS`, `TOKEN_TTL`: a quantity of them, not one.
    const QUANTITIES: &[&str] = &["max", "limit", "ttl", "expir", "timeout", "count", "size", "algorithm"];
    if QUANTITIES.iter().any(|part| folded.contains(part)) && !folded.contains("password") {
        return false;
    }
    PARTS.iter().any(|part| folded.contains(part))
        || matches!(folded.as_str(), "key" | "auth" | "pat" | "pwd" | "pin" | "dsn")
}

fn redact_text(text: &mut String, place: Place) -> usize {
    if text == REDACTED {
        return 0;
    }
    if place == Place::Address {
        let clean = published_address(text);
        if clean.redacted > 0 {
            *text = clean.text;
        }
        return clean.redacted;
    }
    if place == Place::GivenSecret {
        if is_placeholder(text) {
            return 0;
        }
        *text = REDACTED.to_owned();
        return 1;
    }
    if text.contains("PRIVATE KEY-----") {
        *text = REDACTED.to_owned();
        return 1;
    }
    let mut spans = Vec::new();
    url_secrets(text, &mut spans);
    token_spans(text, place == Place::Given, &mut spans);
    take_spans(text, spans)
}

/// Whether a value given to a secret input says only where the secret belongs: a template, a flag, a small word.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let mut rest = String::new();
    let mut inside = 0_usize;
    for c in text.chars() {
        match c {
            '{' | '<' => inside += 1,
            '}' | '>' => inside = inside.saturating_sub(1),
            // Outside of `{…}`: `$` of `${NAME}`, blanks and punctuation say nothing.
            _ if inside > 0 || c == '$' => {}
            other => rest.push(other),
        }
    }
    let rest = rest.trim();
    // A short word before a template is a scheme (`App {key}`); `your-api-key` is nobody's.
    let has_template = text.contains(['{', '<']);
    let scheme = has_template && rest.len() <= 12 && rest.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    let nobodys = text.len() >= 4 && text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("your"));
    if scheme || (nobodys && !text.contains(|c: char| c.is_ascii_digit())) {
        return true;
    }
    let named_scheme =
        matches!(rest.to_ascii_lowercase().as_str(), "bearer" | "basic" | "token" | "bot" | "key" | "apikey");
    rest.is_empty() || named_scheme || matches!(rest, "true" | "false" | "null" | "none" | "optional" | "required")
}

/// User information and the values of secret query parameters of the URLs in a text.
fn url_secrets(text: &str, spans: &mut Vec<(usize, usize)>) {
    for (at, _) in text.match_indices("://") {
        let start = at + 3;
        let end = start
            + text[start..].find(|c: char| c.is_whitespace() || "\"'<>`".contains(c)).unwrap_or(text.len() - start);
        let url = &text[start..end];
        let authority = &url[..url.find(['/', '?', '#']).unwrap_or(url.len())];
        if let Some(sign) = authority.rfind('@').filter(|sign| !is_placeholder(&authority[..*sign].replace(':', ""))) {
            spans.push((start, start + sign));
        }
        let Some(query) = url.find('?') else { continue };
        let mut from = start + query + 1;
        for pair in text[from..end].split('&') {
            if let Some((name, value)) = pair.split_once('=')
                && !value.is_empty()
                && is_secret_name(name)
                && !is_placeholder(value)
            {
                let value_at = from + name.len() + 1;
                spans.push((value_at, value_at + value.len()));
            }
            from += pair.len() + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn redacted(mut document: Value) -> (String, usize) {
        let count = redact(&mut document);
        (document.to_string(), count)
    }

    #[test]
    fn secrets_go_by_their_place() {
        let (text, count) = redacted(json!({
            "packages": [{
                "environmentVariables": [
                    {"name": "KILN_API_KEY", "default": "planted-1"},
                    {"name": "KILN_MODE", "isSecret": true, "value": "planted-2"},
                    {"name": "KILN_MODE", "default": "glaze"}
                ],
                "package_arguments": [{"type": "named", "name": "--token", "value": "planted-3"}],
            }],
            "remotes": [{
                "headers": [{"name": "Authorization", "value": "Bearer planted-4"}, {"name": "Accept", "value": "text/plain"}],
                "variables": {"password": {"default": "planted-5", "description": "the pass word"}}
            }],
            "env": {"COOKIE": "planted-6", "SHAPE": "bowl"},
        }));
        assert!(!text.contains("planted"), "{text}");
        assert_eq!(count, 6);
        assert!(text.contains("glaze") && text.contains("text/plain") && text.contains("bowl"), "{text}");
        assert!(text.contains("the pass word"), "{text}");
    }

    #[test]
    fn secrets_go_by_their_look_wherever_they_are() {
        // Put together here, so that no scanner of repositories takes this file for a leak.
        let jwt = format!("{}.{}.{}", "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", "c2lnbmF0dXJl");
        let tokens = [
            format!("ghp_{}", "a1".repeat(18)),
            format!("sk-{}", "Zz9".repeat(12)),
            format!("AKIA{}", "A1B2".repeat(4)),
            format!("xoxb-{}", "123-abc".repeat(3)),
            jwt,
        ];
        for token in tokens {
            let (text, count) = redacted(json!({"description": format!("use {token}, please")}));
            assert_eq!(count, 1, "{token}");
            assert_eq!(text, r#"{"description":"use [redacted], please"}"#);
        }
        let (text, count) = redacted(json!({"url": "https://me:pw@h.example/x?api_key=abc123&page=2"}));
        assert_eq!(text, r#"{"url":"https://[redacted]@h.example/x?api_key=[redacted]&page=2"}"#);
        assert_eq!(count, 2);
        let token = format!("ghp_{}", "a1".repeat(18));
        let (text, count) = redacted(json!({"url": format!("https://{token}:x@h.example/")}));
        assert_eq!((text.as_str(), count), (r#"{"url":"https://[redacted]@h.example/"}"#, 1));
        let (text, _) = redacted(json!({"headers": [{"name": "X-Trace", "value": "q8Zr2LmN5tVx7YbC1dEf3G"}]}));
        assert!(!text.contains("q8Zr2"), "{text}");
        for (word, is_one) in [
            ("https://h.example/RscJHTfMqasAsnh3NGpjdqsKeR/mcp", true),
            ("https://h.example/ModelContextProtocolServerGateway/mcp", false),
            ("https://h.example/modelcontextprotocolserver2/mcp", false),
        ] {
            assert_eq!(redact_given(&mut word.to_owned()) == 1, is_one, "{word}");
        }
    }

    #[test]
    fn templates_digests_and_plain_words_stay() {
        let document = json!({
            "headers": [{"name": "Authorization", "value": "Bearer {kiln_token}", "isSecret": true}],
            "environmentVariables": [{"name": "TOKEN", "value": "${TOKEN}"},
                {"name": "TOKEN_KIND", "choices": ["jwt", "opaque"]}, {"name": "MAX_TOKENS", "default": "4000"},
                {"name": "TOKEN_SENT", "value": "App {kiln_token}"}, {"name": "TOKEN_OF", "value": "YOUR_TOKEN"},
                {"name": "API_KEY_SET", "default": "false"}],
            "args": ["clay.example/kiln@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"],
            "url": "https://{host}/sse?key=<YOUR_TOKEN>",
            "fileSha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            "description": "fires sk-styled keys and bearer tokens of any service"
        });
        let (text, count) = redacted(document.clone());
        assert_eq!(count, 0, "{text}");
        assert_eq!(text, document.to_string());
    }
}
