//! Bundles (MCPB, DXT): a manifest in, what it says of its server and tools out.

use crate::recorded::{ToolList, read_tools};
use crate::redact::redact;
use mcpdex_model::{Listing, PartialReason, ServerId};
use serde_json::Value;

/// The manifest of a bundle (MCPB, DXT), as the server `called`, with the tools that it states; `None`: the text is none.
///
/// Name and version are what the bundle says of itself, which nobody has verified: they identify nothing.
pub fn bundle(text: &str, source: &str, called: &str) -> Option<(Listing, Option<ToolList>)> {
    let mut manifest: Value = serde_json::from_str(text).ok()?;
    redact(&mut manifest);
    let object = manifest.as_object()?;
    object.get("server").and_then(|server| server.get("entry_point").or_else(|| server.get("mcp_config")))?;
    let said = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut listing = Listing::bare(ServerId(format!("file:{called}")), source);
    listing.title = said("display_name").or_else(|| said("name"));
    listing.description = said("description");
    listing.version = said("version");
    let claims =
        format!("unverified: the bundle calls itself `{}`", said("name")?.chars().take(80).collect::<String>());
    listing.problems.push(claims);
    let whole = manifest
        .pointer("/_meta/com.microsoft.windows/static_responses/tools~1list/tools")
        .filter(|tools| tools.is_array());
    let tools = match (whole, object.get("tools").filter(|tools| tools.is_array())) {
        (Some(tools), _) => read_tools(&tools.to_string()).ok(),
        (None, Some(tools)) => read_tools(&tools.to_string()).ok().map(|mut list| {
            if !list.tools.iter().all(|tool| tool.input_schema.is_some()) {
                list.lacks(
                    PartialReason::NamesOnly,
                    "the bundle's manifest does not say which parameters its tools take",
                );
            }
            if object.get("tools_generated").and_then(Value::as_bool) == Some(true) {
                list.lacks(PartialReason::GeneratedTools, "the bundle makes more tools when it runs");
            }
            list
        }),
        (None, None) => None,
    };
    Some((listing, tools))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_keeps_its_name_and_version_as_claims() {
        let text = r#"{"manifest_version":"0.3","name":"@clay/kiln","version":"1.2.3","server":{"entry_point":"i.js"},"tools":[{"name":"fire"}],"tools_generated":true}"#;
        let (listing, tools) = bundle(text, "test", "x").expect("a bundle");
        assert_eq!((listing.server.as_str(), listing.version.as_deref()), ("file:x", Some("1.2.3")));
        assert!(listing.problems[0].contains("unverified"));
        assert_eq!(tools.map(|list| (list.tools.len(), list.missing.len())), Some((1, 2)));
        assert!(bundle(r#"{"name":"x"}"#, "test", "x").is_none());
    }
}
