//! Glama's API, `/v1/servers`: pages behind a cursor, tools mostly on the page of a server.

use super::{NextPage, Parts, Shape, at_address, said, unlinked};
use mcpdex_model::Listing;
use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) const SHAPE: Shape = Shape {
    is: |parts| parts.contains_key("pageInfo") && parts.get("servers").is_some_and(|raw| raw.get().starts_with('[')),
    entries: Some("servers"),
    next,
    listing,
    detail: |entry| said(entry, "id").filter(|id| is_plain(id)).map(str::to_owned),
    lacks: None,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    #[serde(default)]
    has_next_page: bool,
    end_cursor: Option<String>,
}

fn next(parts: &Parts<'_>) -> Result<Option<NextPage>, String> {
    let info: PageInfo = serde_json::from_str(parts["pageInfo"].get())
        .map_err(|error| format!("the page does not say what follows it: {error}"))?;
    match (info.has_next_page, info.end_cursor.filter(|cursor| !cursor.is_empty())) {
        (false, _) => Ok(None),
        (true, Some(cursor)) => Ok(Some(NextPage::After(cursor))),
        (true, None) => Err("the page says that another follows and not where".to_owned()),
    }
}

fn listing(_: &str, entry: &Map<String, Value>, source: &str) -> Option<Listing> {
    let repository = entry.get("repository").and_then(|of| of.get("url")).and_then(Value::as_str);
    let named = match (said(entry, "namespace"), said(entry, "slug"), said(entry, "id")) {
        (Some(namespace), Some(slug), _) => Some(format!("{namespace}/{slug}")),
        (_, _, id) => id.map(str::to_owned),
    };
    let mut listing = match repository.and_then(|url| at_address(url, said(entry, "name"), source)) {
        Some(listing) => listing,
        None => unlinked("glama", &named?, source),
    };
    listing.title = said(entry, "name").map(str::to_owned).or(listing.title);
    listing.description = said(entry, "description").map(str::to_owned);
    Some(listing)
}

/// Whether an id can stand in a path as it is.
fn is_plain(id: &str) -> bool {
    id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use crate::directory::{NextPage, read};

    #[test]
    fn a_page_gives_servers_by_their_repositories_and_the_cursor() {
        let page = read(
            r#"{"pageInfo":{"hasNextPage":true,"endCursor":"c2"},"servers":[
                {"id":"k1","namespace":"clay","slug":"kiln","name":"Kiln","description":"Fires pots.",
                 "repository":{"url":"https://github.com/clay/kiln"},"tools":[]},
                {"id":"k2","namespace":"clay","slug":"glaze","name":"Glaze","repository":null,
                 "tools":[{"name":"mix","description":"Mixes a glaze.","inputSchema":{"type":"object"}}]},
                {"id":"../x","name":"<script>","repository":{"url":"javascript:alert(1)"},"namespace":"a","slug":"b"},
                {"name":"nothing of it"}, 7]}"#,
            "directory:x",
        )
        .expect("a page");
        assert_eq!(page.next, Some(NextPage::After("c2".to_owned())));
        let servers: Vec<_> = page
            .entries
            .iter()
            .map(|of| {
                (of.listing.server.as_str(), of.detail.as_deref(), of.tools.as_ref().map(|list| list.tools.len()))
            })
            .collect();
        assert_eq!(
            servers,
            [
                ("https://github.com/clay/kiln", Some("k1"), None),
                ("glama:clay/glaze", Some("k2"), Some(1)),
                ("glama:a/b", None, None),
            ]
        );
        assert_eq!(page.problems.len(), 2, "{:?}", page.problems);
    }

    #[test]
    fn a_page_that_hides_where_the_next_is_says_so() {
        let page = read(r#"{"pageInfo":{"hasNextPage":true,"endCursor":null},"servers":[]}"#, "x").expect("a page");
        assert_eq!((page.next, page.cut.is_some()), (None, true));
        let last = read(r#"{"pageInfo":{"hasNextPage":false,"endCursor":"c"},"servers":[]}"#, "x").expect("a page");
        assert_eq!((last.next, last.cut), (None, None));
    }
}
