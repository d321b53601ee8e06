//! Smithery's API, `/servers`: numbered pages, tools on the page of a server. Pages of more than fifty come empty.

use super::{NextPage, Parts, Shape, said, unlinked};
use mcpdex_model::Listing;
use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) const SHAPE: Shape = Shape {
    is: |parts| parts.contains_key("pagination") && parts.get("servers").is_some_and(|raw| raw.get().starts_with('[')),
    entries: Some("servers"),
    next,
    listing,
    detail: |entry| said(entry, "qualifiedName").filter(|name| is_qualified(name)).map(str::to_owned),
    lacks: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    current_page: u64,
    total_pages: u64,
}

fn next(parts: &Parts<'_>) -> Result<Option<NextPage>, String> {
    let at: Pagination = serde_json::from_str(parts["pagination"].get())
        .map_err(|error| format!("the page does not say what follows it: {error}"))?;
    if at.current_page >= at.total_pages {
        return Ok(None);
    }
    let empty = parts["servers"].get().trim_start_matches('[').trim_start().starts_with(']');
    if empty {
        return Err(format!(
            "page {} of {} is empty; the directory answers so where more than 50 servers a page are asked for",
            at.current_page, at.total_pages
        ));
    }
    Ok(Some(NextPage::Number(at.current_page + 1)))
}

fn listing(_: &str, entry: &Map<String, Value>, source: &str) -> Option<Listing> {
    let mut listing = unlinked("smithery", said(entry, "qualifiedName")?, source);
    listing.title = said(entry, "displayName").map(str::to_owned);
    listing.description = said(entry, "description").map(str::to_owned);
    listing.repository =
        said(entry, "homepage").filter(|url| url.starts_with("https://github.com/")).map(str::to_owned);
    Some(listing)
}

/// Whether a name can stand in a path as it is: one or two parts, the first perhaps behind an `@`.
fn is_qualified(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let bare = name.strip_prefix('@').unwrap_or(name);
    name.len() <= 200 && bare.split('/').count() <= 2 && bare.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use crate::directory::{NextPage, read};

    #[test]
    fn a_page_gives_servers_by_their_names_and_the_number_of_the_next() {
        let page = read(
            r#"{"servers":[
                {"qualifiedName":"@clay/kiln","displayName":"Kiln","homepage":"https://github.com/clay/kiln"},
                {"qualifiedName":"glaze","description":"Mixes."},
                {"qualifiedName":"../../v1/keys?x=","displayName":"sly"},
                {"displayName":"no name"}],
               "pagination":{"currentPage":1,"pageSize":50,"totalPages":3,"totalCount":104}}"#,
            "x",
        )
        .expect("a page");
        let servers: Vec<_> =
            page.entries.iter().map(|of| (of.listing.server.as_str(), of.detail.as_deref())).collect();
        assert_eq!(
            servers,
            [
                ("smithery:@clay/kiln", Some("@clay/kiln")),
                ("smithery:glaze", Some("glaze")),
                ("smithery:../../v1/keys?x=", None)
            ]
        );
        assert_eq!((page.next, page.problems.len()), (Some(NextPage::Number(2)), 1));
    }

    #[test]
    fn an_empty_page_before_the_last_is_told_and_not_taken_for_the_end() {
        let text = r#"{"servers":[ ],"pagination":{"currentPage":1,"totalPages":3}}"#;
        let page = read(text, "x").expect("a page");
        assert!(page.next.is_none() && page.cut.as_ref().is_some_and(|why| why.contains("page 1 of 3 is empty")));
        let last = read(r#"{"servers":[],"pagination":{"currentPage":3,"totalPages":3}}"#, "x").expect("a page");
        assert_eq!((last.next, last.cut), (None, None));
    }
}
