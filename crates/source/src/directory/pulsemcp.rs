//! PulseMCP's open API, `/v0beta/servers`: pages by offset, no tools. Its newer one is the official registry's API.

use super::{NextPage, Parts, Shape, at_address, said, unlinked};
use mcpdex_model::{Ecosystem, Listing, Package};
use serde_json::{Map, Value};
use url::Url;

pub(super) const SHAPE: Shape = Shape {
    is: |parts| parts.contains_key("total_count") && parts.get("servers").is_some_and(|raw| raw.get().starts_with('[')),
    entries: Some("servers"),
    next,
    listing,
    detail: |_| None,
    lacks: None,
};

/// The page names the address of the next one; only its offset counts.
fn next(parts: &Parts<'_>) -> Result<Option<NextPage>, String> {
    let Some(address) = parts.get("next").map(|raw| raw.get()).filter(|text| *text != "null") else { return Ok(None) };
    let url = serde_json::from_str::<String>(address).ok().and_then(|text| Url::parse(&text).ok());
    let offset = url.and_then(|url| {
        let (_, value) = url.query_pairs().find(|(key, _)| key == "offset")?;
        value.parse().ok()
    });
    let offset = offset.ok_or("the page names a next one without its offset")?;
    Ok(Some(NextPage::Offset(offset)))
}

fn listing(_: &str, entry: &Map<String, Value>, source: &str) -> Option<Listing> {
    let ecosystem = said(entry, "package_registry").and_then(|word| word.parse::<Ecosystem>().ok());
    let package = ecosystem.zip(said(entry, "package_name")).filter(|(of, name)| crate::check_name(*of, name).is_ok());
    let repository = said(entry, "source_code_url");
    let title = said(entry, "name");
    let mut listing = match package {
        Some((ecosystem, name)) => Listing::of_package(Package::named(ecosystem, name, None), source),
        None => [repository, said(entry, "external_url")]
            .into_iter()
            .flatten()
            .find_map(|address| at_address(address, title, source))
            .or_else(|| Some(unlinked("pulsemcp", title?, source)))?,
    };
    listing.title = title.map(str::to_owned).or(listing.title);
    listing.description = said(entry, "short_description").map(str::to_owned);
    listing.repository = repository.filter(|url| url.starts_with("https://")).map(str::to_owned).or(listing.repository);
    Some(listing)
}

#[cfg(test)]
mod tests {
    use crate::directory::{NextPage, read};

    #[test]
    fn a_page_gives_packages_repositories_and_endpoints() {
        let page = read(
            r#"{"servers":[
                {"name":"Kiln","package_registry":"npm","package_name":"@clay/kiln","source_code_url":"https://github.com/clay/kiln"},
                {"name":"Glaze","package_registry":"npm","package_name":"../glaze","source_code_url":"https://github.com/clay/glaze"},
                {"name":"Slip","source_code_url":null,"external_url":"https://slip.example/mcp"},
                {"name":"Clay"}, {}],
               "next":"https://elsewhere.example/steal?offset=5000&key=1","total_count":9}"#,
            "x",
        )
        .expect("a page");
        let servers: Vec<_> = page.entries.iter().map(|of| of.listing.server.as_str()).collect();
        assert_eq!(
            servers,
            ["npm:@clay/kiln", "https://github.com/clay/glaze", "https://slip.example/mcp", "pulsemcp:Clay"]
        );
        assert_eq!((page.next, page.problems.len()), (Some(NextPage::Offset(5000)), 1));
        let last = read(r#"{"servers":[],"next":null,"total_count":9}"#, "x").expect("a page");
        assert_eq!(last.next, None);
    }
}
