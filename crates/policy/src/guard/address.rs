//! An address and the beginning of those that may be reached in, whether it is below it out. The text is compared as it
//! stands, before any parser reads it, and must then mean the same to a parser: nothing in it may change host or folder.

use url::Url;

/// Whether a text is a beginning to compare with: scheme, host and a path that ends with `/`, written as parsers write it.
pub(crate) fn is_prefix(prefix: &str) -> bool {
    let Ok(url) = Url::parse(prefix) else { return false };
    let web = matches!(url.scheme(), "https" | "http") && url.host().is_some();
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    web && plain && url.fragment().is_none() && url.as_str() == prefix && prefix.ends_with('/') && !prefix.contains('%')
}

/// Whether an address is below a prefix.
pub(crate) fn is_below(prefix: &str, address: &str) -> bool {
    let Some(rest) = address.strip_prefix(prefix) else { return false };
    if !is_prefix(prefix) || !rest.bytes().all(is_plain) {
        return false;
    }
    let (path, after) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let lower = after.to_ascii_lowercase();
    path_stays(path)
        && escapes_are_whole(rest)
        && !["%00", "%0a", "%0d"].iter().any(|not| lower.contains(not))
        && a_parser_agrees(prefix, address)
}

/// Printable signs that no parser drops, replaces or takes for a slash.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !br#"\"<>^`{|}"#.contains(&byte)
}

/// No step up or aside, neither written out nor escaped.
fn path_stays(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let hidden = ["%2e", "%2f", "%5c", "%25", "%00", "%0a", "%0d", "%3b", "%3f", "%23", "//"];
    let climbs = |name: &str| name == "." || name.starts_with("..") || name.starts_with(".;");
    !path.starts_with('/') && !hidden.iter().any(|not| lower.contains(not)) && !path.split('/').any(climbs)
}

fn escapes_are_whole(rest: &str) -> bool {
    rest.split('%').skip(1).all(|after| after.len() >= 2 && after.bytes().take(2).all(|b| b.is_ascii_hexdigit()))
}

fn a_parser_agrees(prefix: &str, address: &str) -> bool {
    let (Ok(listed), Ok(url)) = (Url::parse(prefix), Url::parse(address)) else { return false };
    url.scheme() == listed.scheme()
        && url.host() == listed.host()
        && url.port_or_known_default() == listed.port_or_known_default()
        && url.username().is_empty()
        && url.password().is_none()
        && url.path().starts_with(listed.path())
}
