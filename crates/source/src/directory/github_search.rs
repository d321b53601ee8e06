//! Results of a search at GitHub that were saved: the answer of its API for repositories or code. Each names a repository,
//! which may hold a server or not. What its command-line client saves is read by [`repository`](crate::catalogue), one
//! object a result.

use super::{NextPage, Parts, Shape};
use crate::catalogue::repository;
use mcpdex_model::Listing;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

pub(super) const SHAPE: Shape = Shape {
    is: |parts| parts.contains_key("total_count") && parts.get("items").is_some_and(|raw| raw.get().starts_with('[')),
    entries: Some("items"),
    next,
    listing: |_, entry, source| listing(entry, source),
    detail: |_| None,
    lacks: None,
};

/// A page does not say where the next one is; whether one follows shows in the counts.
fn next(parts: &Parts<'_>) -> Result<Option<NextPage>, String> {
    if parts.get("incomplete_results").is_some_and(|raw| raw.get() == "true") {
        return Err("GitHub ended the search before it was through".to_owned());
    }
    let total: u64 = serde_json::from_str(parts["total_count"].get())
        .map_err(|_| "the page does not say how much was found".to_owned())?;
    let here = serde_json::from_str::<Vec<&RawValue>>(parts["items"].get()).map_or(0, |items| items.len() as u64);
    match total > here {
        true => Err(format!("the search found {total}, of which this page holds {here}")),
        false => Ok(None),
    }
}

fn listing(entry: &Map<String, Value>, source: &str) -> Option<Listing> {
    // A result of a search for code has the repository within it.
    let of = entry.get("repository").and_then(Value::as_object).unwrap_or(entry);
    let mut listing = repository::listing(of, source)?;
    repository::note_file(&mut listing, entry);
    Some(listing)
}

#[cfg(test)]
mod tests {
    use crate::directory::read;

    #[test]
    fn both_searches_give_repositories_and_say_what_is_missing() {
        let page = read(
            r#"{"total_count":3,"incomplete_results":false,"items":[
                {"full_name":"clay/kiln","html_url":"https://github.com/clay/kiln","description":"Fires.","archived":true},
                {"path":"src/server.py","repository":{"full_name":"clay/glaze","html_url":"https://github.com/clay/glaze"}},
                {"full_name":"<script>","html_url":"javascript:alert(1)"}, 7]}"#,
            "file:x.json",
        )
        .expect("a page");
        let servers: Vec<_> = page.entries.iter().map(|entry| entry.listing.server.as_str()).collect();
        assert_eq!(servers, ["https://github.com/clay/kiln", "https://github.com/clay/glaze"]);
        assert!(page.entries[0].listing.problems.iter().any(|why| why.contains("archived")));
        assert!(page.entries[1].listing.problems.iter().any(|why| why.contains("src/server.py")));
        assert_eq!((page.problems.len(), page.cut), (2, None));
        let part = read(r#"{"total_count":900,"incomplete_results":false,"items":[{"full_name":"a/b"}]}"#, "x");
        let cut = part.expect("a page").cut;
        assert_eq!(cut.as_deref(), Some("the search found 900, of which this page holds 1"));
        let ended = read(r#"{"total_count":0,"incomplete_results":true,"items":[]}"#, "x").expect("a page");
        assert!(ended.cut.is_some());
    }
}
