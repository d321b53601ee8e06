//! Addresses of servers and registries: as a person or a publisher wrote them in, the same without what may be secret out.
//! Of what a person wrote only what leads to the server stays.

use super::look::{REDACTED, take_tokens};

/// A text without its secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clean {
    pub text: String,
    /// Values that were taken out.
    pub redacted: usize,
}

/// An address without user information, values of its query, matrix parameters and fragment. Templates (`{NAME}`,
/// `${NAME}`, `<NAME>`) stay, without the defaults that some clients let stand in them.
pub fn address(text: &str) -> Clean {
    strict(text, Query::Any)
}

/// An address that a publisher wrote: a word of the query that is no pair stays, since it is no value.
pub(super) fn published_address(text: &str) -> Clean {
    strict(text, Query::Pairs)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Query {
    Any,
    Pairs,
}

fn strict(text: &str, query: Query) -> Clean {
    let mut redacted = 0;
    let text = templates(&as_browsers_read(text), &mut redacted);
    let (rest, fragment) = text.split_once('#').unwrap_or((&text, ""));
    redacted += usize::from(!fragment.is_empty());
    let (rest, asked) = rest.split_once('?').unwrap_or((rest, ""));
    let mut base = place(rest, &mut redacted);
    redacted += take_tokens(&mut base);
    let mut sign = '?';
    for pair in asked.split('&').filter(|pair| !pair.is_empty()) {
        base.push(std::mem::replace(&mut sign, '&'));
        let (key, value) = pair.split_once('=').map_or((pair, None), |(key, value)| (key, Some(value)));
        let mut key = key.to_owned();
        match value {
            None if query == Query::Any && !is_template(&key) => take(&mut key, &mut redacted),
            _ => redacted += take_tokens(&mut key),
        }
        base += &key;
        if let Some(value) = value {
            let mut value = value.to_owned();
            if !value.is_empty() && !is_template(&value) {
                take(&mut value, &mut redacted);
            }
            base.push('=');
            base += &value;
        }
    }
    Clean { text: base, redacted }
}

/// Browsers and URL libraries leave out tabs and line breaks, take backslashes for slashes and do without some slashes.
fn as_browsers_read(text: &str) -> String {
    let text: String = text.trim().chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let web = text.split_once(':').filter(|(scheme, rest)| {
        let known = ["http", "https", "ws", "wss"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        // `http:8080` names a host and a port.
        known && !rest.starts_with(|c: char| c.is_ascii_digit())
    });
    match web {
        Some((scheme, rest)) => {
            let end = rest.find(['?', '#']).unwrap_or(rest.len());
            let place = rest[..end].replace('\\', "/");
            format!("{scheme}://{}{}", place.trim_start_matches('/'), &rest[end..])
        }
        None => text,
    }
}

/// Scheme, host and path, without user information and without the values of `;key=value` in the path.
fn place(text: &str, redacted: &mut usize) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = text.split_at(start);
    let end = rest.find(['/', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let mut clean = scheme.to_owned();
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let mut user = user.to_owned();
            if !user.split(':').all(|part| part.is_empty() || is_template(part)) {
                take(&mut user, redacted);
            }
            clean += &format!("{user}@{host}");
        }
        None => clean += authority,
    }
    let parts = path.split_inclusive(['/', ';', '\\']).map(|part| match part.split_once('=') {
        Some((key, value)) => {
            let end = value.find(['/', ';', '\\']).unwrap_or(value.len());
            let mut given = value[..end].to_owned();
            if !given.is_empty() && !is_template(&given) {
                take(&mut given, redacted);
            }
            format!("{key}={given}{}", &value[end..])
        }
        None => part.to_owned(),
    });
    clean.extend(parts);
    clean
}

fn take(value: &mut String, redacted: &mut usize) {
    if value != REDACTED {
        *value = REDACTED.to_owned();
        *redacted += 1;
    }
}

/// `${NAME:-default}` becomes `${NAME}`.
fn templates(text: &str, redacted: &mut usize) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let Some(end) = rest[at..].find('}').map(|end| at + end) else { break };
        let inner = &rest[at + 1..end];
        let named = ["env:", "input:", "secret:"].iter().find(|kind| inner.starts_with(**kind));
        let from = named.map_or(0, |kind| kind.len());
        // A bare `$NAME` of a shell ends where its operators begin; other names have hyphens.
        let hyphen = !rest[..at].ends_with('$') || from > 0;
        let ends = |c: char| !(c.is_ascii_alphanumeric() || "_.".contains(c) || (hyphen && c == '-'));
        let name = &inner[..from + inner[from..].find(ends).unwrap_or(inner.len() - from)];
        *redacted += usize::from(name.len() < inner.len());
        clean += &rest[..=at];
        clean += name;
        clean.push('}');
        rest = &rest[end + 1..];
    }
    clean + rest
}

/// Whether a value says only where something belongs.
fn is_template(value: &str) -> bool {
    let mut rest = value;
    while !rest.is_empty() {
        let inner = rest.trim_start_matches('$');
        let close = match inner.chars().next() {
            Some('{') => '}',
            Some('<') => '>',
            _ => return false,
        };
        let Some(end) = inner.find(close) else { return false };
        rest = &inner[end + 1..];
    }
    !value.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_only_what_leads_to_its_server() {
        for (given, expected) in [
            ("https://h.example/mcp", "https://h.example/mcp"),
            ("https://h.example/mcp#access_token=planted", "https://h.example/mcp"),
            ("https://h.example/mcp?sid=planted&page=planted2", "https://h.example/mcp?sid=[redacted]&page=[redacted]"),
            ("https://h.example/mcp?planted", "https://h.example/mcp?[redacted]"),
            ("https://me:planted@h.example/mcp", "https://[redacted]@h.example/mcp"),
            ("me:planted@h.example/mcp", "[redacted]@h.example/mcp"),
            ("h.example/mcp?key=planted", "h.example/mcp?key=[redacted]"),
            ("https://h.example/a;session=planted/mcp", "https://h.example/a;session=[redacted]/mcp"),
            ("https://h.example/key=planted/mcp", "https://h.example/key=[redacted]/mcp"),
            ("https://{tenant-id}.h.example/mcp?k=${KEY}&t=<T>", "https://{tenant-id}.h.example/mcp?k=${KEY}&t=<T>"),
            ("https://h.example/mcp?k=${KEY:-planted}", "https://h.example/mcp?k=${KEY}"),
            ("https://h.example/mcp?k=${KEY-planted}", "https://h.example/mcp?k=${KEY}"),
            ("https://h.example/mcp?k=${input:my-key}", "https://h.example/mcp?k=${input:my-key}"),
            ("https://h.example/mcp?k={a}planted", "https://h.example/mcp?k=[redacted]"),
            ("https://${U}:${P}@h.example/mcp", "https://${U}:${P}@h.example/mcp"),
            ("https:\\\\me:planted@h.example\\mcp", "https://[redacted]@h.example/mcp"),
            ("https:me:plan\tted@h.example/planted=planted", "https://[redacted]@h.example/planted=[redacted]"),
            ("https://h.example/@clay/kiln", "https://h.example/@clay/kiln"),
        ] {
            let clean = address(given);
            assert_eq!(clean.text, expected);
            assert_eq!(clean.redacted > 0, given.contains("planted"), "{given}");
            assert_eq!(address(&clean.text), Clean { text: clean.text.clone(), redacted: 0 }, "twice");
        }
        assert_eq!(
            published_address("https://h.example/mcp?login&k=v").text,
            "https://h.example/mcp?login&k=[redacted]"
        );
    }
}
