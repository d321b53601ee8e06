//! toolsdk's index, `packages-list.json`: every package by its name, with names and descriptions of its tools.

use super::{Parts, Shape};
use mcpdex_model::{Ecosystem, Listing, Package};
use serde_json::{Map, Value};

pub(super) const SHAPE: Shape = Shape {
    is,
    entries: None,
    next: |_| Ok(None),
    listing,
    detail: |_| None,
    lacks: Some("the index does not say which parameters the tools take"),
};

/// Every entry has a category and the path of its file; the first few are looked at.
fn is(parts: &Parts<'_>) -> bool {
    let of = |text: &str| {
        serde_json::from_str::<Parts<'_>>(text)
            .is_ok_and(|entry| entry.contains_key("category") && entry.contains_key("path"))
    };
    !parts.is_empty() && parts.values().take(3).all(|raw| of(raw.get()))
}

/// The index does not say which registry a package is of: a scope or its file's folder tells Node's, else it is not known.
fn listing(name: &str, entry: &Map<String, Value>, source: &str) -> Option<Listing> {
    let runtime = entry.get("runtime").and_then(Value::as_str);
    let ecosystem = if runtime == Some("python") { Ecosystem::Pypi } else { Ecosystem::Npm };
    crate::check_name(ecosystem, name).ok()?;
    if runtime.is_some_and(|runtime| !matches!(runtime, "node" | "python")) {
        return None;
    }
    let sure = runtime.is_some() || name.starts_with('@');
    let mut listing = match sure {
        true => Listing::of_package(Package::named(ecosystem, name, None), source),
        false => super::unlinked("toolsdk", name, source),
    };
    listing.title = Some(name.to_owned());
    Some(listing)
}

#[cfg(test)]
mod tests {
    use crate::directory::read;

    #[test]
    fn the_index_gives_packages_and_what_it_says_of_their_tools() {
        let page = read(
            r#"{"@clay/kiln":{"category":"craft","path":"craft/kiln.json","validated":true,
                 "tools":{"fire":{"name":"fire","description":"Fires a pot."},"cool":{"name":"cool","description":"Cools it."}}},
                "glaze-py":{"category":"craft","path":"craft/glaze.json","runtime":"python","validated":false},
                "slip":{"category":"craft","path":"craft/slip.json"},
                "../evil":{"category":"craft","path":"../../etc/passwd"}}"#,
            "x",
        )
        .expect("an index");
        let servers: Vec<_> = page
            .entries
            .iter()
            .map(|of| {
                (of.listing.server.as_str(), of.tools.as_ref().map(|list| (list.tools.len(), list.missing.len())))
            })
            .collect();
        assert_eq!(servers, [("npm:@clay/kiln", Some((2, 1))), ("pypi:glaze-py", None), ("toolsdk:slip", None)]);
        assert_eq!(page.problems.len(), 1, "{:?}", page.problems);
    }
}
