//! A repository as searches at GitHub name it, in the spelling of its API (`full_name`) or of its command-line client
//! (`fullName`, `nameWithOwner`): an object in, a candidate out.

use super::{Catalogue, Parts, said};
use crate::page;
use crate::redact::redact;
use mcpdex_model::Listing;
use serde_json::{Map, Value};

/// The names that a repository has in its owner's, in every spelling.
pub(crate) const FULL_NAMES: [&str; 3] = ["full_name", "fullName", "nameWithOwner"];

/// Reads one result of a search; `None`: the object is none.
pub(super) fn read(parts: &Parts<'_>, text: &str, source: &str) -> Option<Catalogue> {
    let has =
        |parts: &Parts<'_>| FULL_NAMES.iter().any(|key| parts.get(*key).is_some_and(|raw| raw.get().contains('/')));
    let inner: Option<Parts<'_>> = parts.get("repository").and_then(|raw| serde_json::from_str(raw.get()).ok());
    if !has(parts) && !inner.as_ref().is_some_and(has) {
        return None;
    }
    let mut entry: Value = serde_json::from_str(text).ok()?;
    let redacted = redact(&mut entry);
    let entry = entry.as_object()?;
    let of = match inner.is_some_and(|inner| has(&inner)) {
        true => entry.get("repository").and_then(Value::as_object)?,
        false => entry,
    };
    let listing = listing(of, source).map(|mut listing| {
        note_file(&mut listing, entry);
        (listing, None)
    });
    Some(Catalogue::of_one(listing.ok_or_else(|| "names no repository".to_owned()), redacted))
}

/// The server that a repository may hold.
pub(crate) fn listing(repository: &Map<String, Value>, source: &str) -> Option<Listing> {
    let name = FULL_NAMES.iter().find_map(|key| said(repository, key));
    let address = match ["html_url", "url"].iter().find_map(|key| said(repository, key)) {
        Some(address) => address.to_owned(),
        None => format!("https://github.com/{}", name?),
    };
    let mut listing = page::of_address(&address, name.unwrap_or_default(), source)?;
    listing.description = said(repository, "description").map(|text| text.chars().take(1_000).collect());
    let is = |keys: [&str; 2]| keys.iter().any(|key| repository.get(*key).and_then(Value::as_bool) == Some(true));
    if is(["archived", "isArchived"]) {
        listing.problems.push("the repository is archived".to_owned());
    }
    if is(["fork", "isFork"]) {
        listing.problems.push("the repository is a fork of another".to_owned());
    }
    Some(listing)
}

/// Says which file of the repository was found, where code was searched for.
pub(crate) fn note_file(listing: &mut Listing, entry: &Map<String, Value>) {
    if let Some(path) = said(entry, "path") {
        let path: String = path.chars().take(200).collect();
        listing.problems.push(format!("the search found the file `{path}` in it"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn results_of_the_command_line_client_are_read() {
        for text in [
            r#"{"fullName":"clay/kiln","url":"https://github.com/clay/kiln","description":"Fires."}"#,
            r#"{"path":"kiln.py","repository":{"nameWithOwner":"clay/kiln","url":"https://github.com/clay/kiln"}}"#,
            r#"{"fullName":"clay/kiln"}"#,
        ] {
            let found = read(text, "x").expect("a result");
            assert_eq!(found.servers[0].0.server.as_str(), "https://github.com/clay/kiln", "{text}");
        }
        let sly = read(r#"{"fullName":"a/b","url":"javascript:alert(1)"}"#, "x").expect("a result");
        assert_eq!((sly.servers.len(), sly.problems.len()), (0, 1));
        assert!(read(r#"{"name":"a/b","repository":{"url":"https://github.com/a/b"}}"#, "x").is_none());
    }
}
