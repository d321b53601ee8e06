//! The embedded sample: one page of the registry's API and the recorded tool lists that its manifests name. For places
//! without a network; read by the same code as everything else. What it holds is told in `data/sample/README.md`.

use mcpdex_model::Listing;
use serde_json::Value;

/// The page, as the registry's API would answer it.
pub const PAGE: &str = include_str!("../data/sample/page.json");

/// The recorded lists, by the name under which a manifest of the page asks for them.
const RECORDED: &[(&str, &str)] = &[
    ("tools/almanac.json", include_str!("../data/sample/tools/almanac.json")),
    ("tools/bodega.json", include_str!("../data/sample/tools/bodega.json")),
    ("tools/cabinet.json", include_str!("../data/sample/tools/cabinet.json")),
    ("tools/granary.json", include_str!("../data/sample/tools/granary.json")),
    ("tools/loom.json", include_str!("../data/sample/tools/loom.json")),
    ("tools/magpie.json", include_str!("../data/sample/tools/magpie.json")),
    ("tools/pigeon.json", include_str!("../data/sample/tools/pigeon.json")),
    ("tools/till.json", include_str!("../data/sample/tools/till.json")),
];

/// The recorded list that a listing of the page names: its name and its text.
pub fn recorded(listing: &Listing) -> Option<(&'static str, &'static str)> {
    let manifest: Value = serde_json::from_str(listing.manifest.as_deref()?).ok()?;
    let named =
        manifest.get("_meta")?.get("io.modelcontextprotocol.registry/publisher-provided")?.get("recordedTools")?;
    RECORDED.iter().find(|(name, _)| Some(*name) == named.as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{recorded::read_tools, registry::read_page};

    #[test]
    fn every_server_of_the_sample_leads_to_its_tools_and_every_list_is_used() {
        let page = read_page(PAGE.as_bytes(), "sample").expect("a page");
        assert_eq!((page.problems, page.redacted, page.next_cursor), (vec![], 0, None));
        let mut used = Vec::new();
        for listing in &page.listings {
            assert_eq!(listing.problems, Vec::<String>::new());
            let (name, text) = recorded(listing).expect("a recorded list");
            assert!(!read_tools(text).expect("readable").tools.is_empty(), "{name}");
            used.push(name);
        }
        assert_eq!(used, RECORDED.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
