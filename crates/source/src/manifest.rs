//! `server.json`, in the spelling of every schema since the first: a JSON object in, a [`Listing`] out.
//!
//! Lenient: what cannot be understood is a problem of the listing, and hides nothing beside it. Secrets are gone before
//! anything is looked at.

use super::redact::redact;
use mcpdex_model::{Ecosystem, Listing, Package, Remote, ServerId, Transport, status};
use serde_json::{Map, Value};

/// How much of a source's text a message repeats.
const QUOTED: usize = 120;

/// A listing, and how many secrets were taken out of its manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub listing: Listing,
    pub redacted: usize,
}

/// Reads one manifest from its text. `source` is how the listing remembers where it came from.
///
/// What is kept of the text is the same document as compact JSON, keys in their order, without the secrets.
///
/// # Errors
/// Why the text is no manifest: not JSON, no object, no name.
pub fn read(text: &str, source: &str) -> Result<Read, String> {
    let mut document: Value = serde_json::from_str(text).map_err(|error| format!("is not valid JSON: {error}"))?;
    let redacted = redact(&mut document);
    let kept = document.to_string();
    let Value::Object(manifest) = &document else { return Err("is not a JSON object".to_owned()) };
    let name = text_of(manifest, &["name"]).ok_or("has no name")?;
    let mut problems = Vec::new();
    let listing = Listing {
        server: ServerId(name.to_owned()),
        source: source.to_owned(),
        title: text_of(manifest, &["title"]).map(str::to_owned),
        description: text_of(manifest, &["description"]).map(str::to_owned),
        version: version(manifest),
        repository: repository(manifest),
        status: text_of(manifest, &["status"]).map(|word| status(word).to_owned()),
        packages: items(manifest, "packages", &mut problems, package),
        remotes: items(manifest, "remotes", &mut problems, remote),
        manifest: Some(kept),
        meta: None,
        problems,
        claimed: None,
    };
    Ok(Read { listing, redacted })
}

/// The first of several spellings that holds text.
pub(super) fn text_of<'m>(object: &'m Map<String, Value>, keys: &[&str]) -> Option<&'m str> {
    keys.iter().find_map(|key| object.get(*key)?.as_str()).map(str::trim).filter(|text| !text.is_empty())
}

fn version(manifest: &Map<String, Value>) -> Option<String> {
    let seed = || manifest.get("version_detail")?.as_object().and_then(|detail| text_of(detail, &["version"]));
    text_of(manifest, &["version"]).or_else(seed).map(str::to_owned)
}

fn repository(manifest: &Map<String, Value>) -> Option<String> {
    match manifest.get("repository")? {
        Value::Object(repository) => text_of(repository, &["url"]),
        Value::String(url) => Some(url.as_str()),
        _ => None,
    }
    .map(str::to_owned)
}

/// Reads every item of an array; one that cannot be read becomes a problem.
fn items<T>(
    manifest: &Map<String, Value>,
    key: &str,
    problems: &mut Vec<String>,
    read: impl Fn(&Map<String, Value>) -> Result<T, String>,
) -> Vec<T> {
    let items = match manifest.get(key) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(items)) => items,
        Some(_) => {
            problems.push(format!("`{key}` is not a list"));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match item.as_object().ok_or_else(|| "is not an object".to_owned()).and_then(&read) {
            Ok(item) => found.push(item),
            Err(why) => problems.push(format!("`{key}[{at}]` {why}")),
        }
    }
    found
}

fn package(item: &Map<String, Value>) -> Result<Package, String> {
    let kind = text_of(item, &["registryType", "registry_type", "registryName", "registry_name"]);
    let identifier = text_of(item, &["identifier", "name"]).ok_or("has no identifier")?;
    let kind = kind.ok_or_else(|| format!("`{}` has no package type", quoted(identifier)))?;
    let ecosystem = match kind.to_ascii_lowercase().as_str() {
        "docker" => Ecosystem::Oci,
        known => known.parse().map_err(|_| {
            format!("`{}` is of package type `{}`, which is not known", quoted(identifier), quoted(kind))
        })?,
    };
    Ok(Package {
        ecosystem,
        identifier: match ecosystem {
            Ecosystem::Pypi => mcpdex_model::pypi_name(identifier),
            _ => identifier.to_owned(),
        },
        version: text_of(item, &["version"]).filter(|version| *version != "latest").map(str::to_owned),
        registry_base: text_of(item, &["registryBaseUrl", "registry_base_url"]).map(str::to_owned),
        sha256: text_of(item, &["fileSha256", "file_sha256"]).map(str::to_owned),
        // A package whose transport is missing or odd can be read all the same.
        transport: transport(item).ok().flatten(),
    })
}

fn remote(item: &Map<String, Value>) -> Result<Remote, String> {
    let url = text_of(item, &["url"]).ok_or("has no url")?;
    let transport = transport(item)?.ok_or_else(|| format!("`{}` names no transport", quoted(url)))?;
    Ok(Remote { transport, url: url.to_owned() })
}

/// `type` on remotes, `transport_type` in seeds, an object or a word on packages.
fn transport(item: &Map<String, Value>) -> Result<Option<Transport>, String> {
    let nested = item.get("transport").and_then(|transport| match transport {
        Value::Object(object) => text_of(object, &["type"]),
        Value::String(word) => Some(word.as_str()),
        _ => None,
    });
    match nested.or_else(|| text_of(item, &["type", "transportType", "transport_type"])) {
        None => Ok(None),
        Some("http" | "streamable" | "streamable_http" | "streamableHttp") => Ok(Some(Transport::StreamableHttp)),
        Some(word) => word.parse().map(Some).map_err(|_| format!("has the unknown transport `{}`", quoted(word))),
    }
}

fn quoted(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(text: &str) -> Listing {
        read(text, "registry:https://registry.example").expect("a manifest").listing
    }

    #[test]
    fn both_spellings_say_the_same() {
        let camel = r#"{"name":"example.clay/kiln","version":"1.0","packages":[{"registryType":"npm","identifier":"kiln",
            "version":"1.0","registryBaseUrl":"https://n.example","fileSha256":"ab","transport":{"type":"stdio"}}],
            "remotes":[{"type":"sse","url":"https://kiln.example/sse"}]}"#;
        let snake = r#"{"name":"example.clay/kiln","version_detail":{"version":"1.0"},"packages":[{"registry_name":"npm",
            "name":"kiln","version":"1.0","registry_base_url":"https://n.example","file_sha256":"ab","transport":"stdio"}],
            "remotes":[{"transport_type":"sse","url":"https://kiln.example/sse"}]}"#;
        let (a, b) = (listing(camel), listing(snake));
        assert_eq!((&a.packages, &a.remotes, &a.version), (&b.packages, &b.remotes, &b.version));
        assert_eq!(a.packages.len(), 1);
        assert_eq!(a.manifest.as_deref(), Some(&*camel.replace("\n            ", "")), "compact");
    }

    #[test]
    fn one_odd_part_is_a_problem_and_hides_no_other() {
        let odd = listing(
            r#"{"name":"a/b","title":7,"repository":{},"packages":[{"registryType":"attic","identifier":"x"},5,
            {"registryType":"pypi","identifier":"kiln","version":"latest"}],"remotes":{"type":"sse"}}"#,
        );
        assert_eq!(odd.packages, [Package::named(Ecosystem::Pypi, "kiln", None)]);
        assert_eq!(
            odd.problems,
            [
                "`packages[0]` `x` is of package type `attic`, which is not known",
                "`packages[1]` is not an object",
                "`remotes` is not a list"
            ]
        );
    }

    #[test]
    fn what_is_no_manifest_says_why() {
        for (text, why) in [("[]", "is not a JSON object"), ("{}", "has no name"), (r#"{"name":" "}"#, "has no name")] {
            assert_eq!(read(text, "x").map(|read| read.redacted), Err(why.to_owned()));
        }
        assert!(read("{", "x").is_err());
    }

    #[test]
    fn a_secret_is_in_no_field_of_the_listing() {
        let read = read(
            r#"{"name":"a/b","description":"d","remotes":[{"type":"sse","url":"https://x.example/?token=planted",
            "headers":[{"name":"Authorization","value":"planted"}]}]}"#,
            "x",
        )
        .expect("a manifest");
        assert_eq!(read.redacted, 2);
        assert!(!format!("{:?}", read.listing).contains("planted"));
    }
}
