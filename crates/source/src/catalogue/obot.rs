//! obot's catalogue: one file in YAML a server, with how it is started and a preview of its tools.

use super::{Catalogue, add_remote, add_start, identify, said, words};
use crate::launch::{self, Starts};
use crate::recorded::{ToolList, read_tools};
use crate::redact::redact;
use mcpdex_model::{Ecosystem, Listing, Package, PartialReason, ServerId};
use serde_json::{Map, Value, json};

/// The entry in a text; `None`: it is none.
pub(super) fn entry(text: &str) -> Option<Map<String, Value>> {
    // Cheaper than reading whatever else there is in YAML.
    if !text.contains("runtime:") {
        return None;
    }
    let Value::Object(entry) = serde_saphyr::from_str(text).ok()? else { return None };
    let runtime = said(&entry, "runtime")?;
    (RUNTIMES.contains(&runtime) && entry.contains_key("name")).then_some(entry)
}

const RUNTIMES: [&str; 4] = ["npx", "uvx", "containerized", "remote"];

/// Reads an entry; `None`: the text is none.
pub(super) fn read(text: &str, source: &str) -> Option<Catalogue> {
    let mut value = Value::Object(entry(text)?);
    let redacted = redact(&mut value);
    Some(Catalogue::of_one(server(value.as_object()?, source), redacted))
}

fn server(entry: &Map<String, Value>, source: &str) -> Result<(Listing, Option<ToolList>), String> {
    let name = said(entry, "name").ok_or("names no server")?;
    let mut listing = Listing::bare(ServerId(String::new()), source);
    if !start(&mut listing, entry) {
        let why = "the catalogue names no package, image or fixed address: each user fills in the address";
        listing.problems.push(why.to_owned());
    }
    identify(&mut listing, "obot", said(entry, "entryKey").unwrap_or(name));
    listing.title = Some(name.to_owned());
    listing.description = said(entry, "shortDescription").or_else(|| said(entry, "description")).map(str::to_owned);
    listing.repository = said(entry, "repoURL").map(str::to_owned);
    let tools = entry.get("toolPreview").and_then(Value::as_array).filter(|tools| !tools.is_empty());
    let Some(tools) = tools else { return Ok((listing, None)) };
    let definitions: Vec<Value> = tools.iter().map(definition).collect();
    let mut list = read_tools(&Value::Array(definitions).to_string())?;
    let lacks = "the preview names the parameters of the tools, not their types nor which of them are needed";
    list.lacks(PartialReason::NamesOnly, lacks);
    Ok((listing, Some(list)))
}

/// Adds what the runtime of an entry starts; whether it names something that can be looked up.
fn start(listing: &mut Listing, entry: &Map<String, Value>) -> bool {
    let of = |key: &str| entry.get(key).and_then(Value::as_object);
    match (said(entry, "runtime"), of("npxConfig"), of("uvxConfig"), of("containerizedConfig"), of("remoteConfig")) {
        (Some(runtime @ "npx"), Some(config), ..) | (Some(runtime @ "uvx"), _, Some(config), ..) => {
            let Some(package) = said(config, "package") else { return false };
            add_start(listing, launch::read(&words(runtime, &[package.to_owned()])).starts)
        }
        (Some("containerized"), _, _, Some(config), _) => {
            let Some(image) = said(config, "image").filter(|image| crate::check_name(Ecosystem::Oci, image).is_ok())
            else {
                return false;
            };
            listing.packages.push(Package::named(Ecosystem::Oci, image, None));
            true
        }
        (Some("remote"), .., Some(config)) => match said(config, "fixedURL").map(|url| launch::address(url, None)) {
            Some(Starts::Address { url, transport, .. }) => {
                add_remote(listing, url, transport);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The definition that a preview stands for: its parameters are texts by their names.
fn definition(preview: &Value) -> Value {
    let mut tool = preview.clone();
    let Some(object) = tool.as_object_mut() else { return tool };
    let parameters = match object.remove("params") {
        Some(Value::Object(parameters)) => parameters,
        _ => Map::new(),
    };
    let properties: Map<String, Value> =
        parameters.into_iter().map(|(name, about)| (name, json!({ "description": about }))).collect();
    object.entry("inputSchema").or_insert_with(|| json!({ "type": "object", "properties": properties }));
    tool
}

#[cfg(test)]
mod tests {
    use super::super::{is_yaml_entry, read_yaml};

    fn one(text: &str) -> (String, Option<usize>, usize) {
        let (listing, tools) = read_yaml(text, "x").expect("an entry").servers.into_iter().next().expect("a server");
        (listing.server.0, tools.map(|list| list.tools.len()), listing.problems.len())
    }

    #[test]
    fn each_runtime_gives_what_it_starts() {
        let tools =
            "toolPreview:\n- name: fire\n  description: Fires a pot.\n  params:\n    pot: Which one\n- nome: x\n";
        let npx = format!("name: Kiln\nruntime: npx\nnpxConfig:\n  package: '@clay/kiln@1.0.0'\n{tools}");
        assert_eq!(one(&npx), ("npm:@clay/kiln".to_owned(), Some(1), 0));
        assert_eq!(
            one("name: G\nruntime: uvx\nuvxConfig:\n  package: glaze_py\n"),
            ("pypi:glaze-py".to_owned(), None, 0)
        );
        let image = "name: K\nruntime: containerized\ncontainerizedConfig:\n  image: oci.example/clay/kiln:1\n";
        assert_eq!(one(image), ("oci:oci.example/clay/kiln:1".to_owned(), None, 0));
        let fixed = "name: R\nruntime: remote\nremoteConfig:\n  fixedURL: https://kiln.example/mcp\n";
        assert_eq!(one(fixed), ("https://kiln.example/mcp".to_owned(), None, 0));
        let own = "name: R\nentryKey: slip\nruntime: remote\nremoteConfig:\n  hostname: '*.kiln.example'\n";
        assert_eq!(one(own), ("obot:slip".to_owned(), None, 1));
    }

    #[test]
    fn parameters_are_known_by_their_names_and_that_no_more_is_known_is_said() {
        let text = "name: K\nruntime: npx\nnpxConfig: {package: kiln}\ntoolPreview:\n- name: fire\n  params: {pot: Which one}\n";
        let (_, tools) = read_yaml(text, "x").expect("an entry").servers.remove(0);
        let tools = tools.expect("tools");
        assert!(tools.tools[0].raw.contains(r#""pot":{"description":"Which one"}"#), "{}", tools.tools[0].raw);
        assert_eq!(tools.missing.len(), 1);
    }

    #[test]
    fn other_files_in_yaml_are_none() {
        for text in ["name: x\n", "runtime: npx\n", "name: x\nruntime: docker\n", "runtime: [", "- runtime: npx\n"] {
            assert!(!is_yaml_entry(text), "{text}");
        }
        for hostile in [
            "name: x\nruntime: npx\nnpxConfig: {package: '--registry=https://evil.example'}\n",
            "name: x\nruntime: npx\n",
        ] {
            assert_eq!(one(hostile), ("obot:x".to_owned(), None, 1), "{hostile}");
        }
    }
}
