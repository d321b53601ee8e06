//! npm's registry: which page describes a package, and which archive of which version that page names.

use super::spec::check_name;
use super::{Artifact, Hash, PageError};
use mcpdex_model::Ecosystem;
use node_semver::{Range, Version};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use url::Url;

/// What to accept: the abbreviated page where the registry has one, which is a tenth of the full one.
pub const ACCEPT: &str = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*; q=0.1";

/// The page that describes `name` at the registry at `base`.
///
/// # Errors
/// The name is not a package name.
pub fn page_url(base: &Url, name: &str) -> Result<Url, PageError> {
    check_name(Ecosystem::Npm, name).map_err(|why| unreadable(name, why))?;
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let mut parts = url.path_segments_mut().map_err(|()| unreadable(name, "the registry's URL has no path"))?;
    // One part, so that the slash of a scope is encoded, as registries ask.
    parts.pop_if_empty().push(name);
    drop(parts);
    Ok(url)
}

/// A package's page, as far as it is looked at. The versions stay text until one is chosen: one odd version hides no
/// other, and a page holds hundreds.
#[derive(Debug, Deserialize)]
struct Packument<'a> {
    #[serde(rename = "dist-tags", default)]
    tags: BTreeMap<String, String>,
    #[serde(borrow, default)]
    versions: BTreeMap<String, &'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Release {
    dist: Dist,
}

#[derive(Debug, Deserialize)]
struct Dist {
    tarball: String,
    #[serde(default)]
    integrity: Option<String>,
    #[serde(default)]
    shasum: Option<String>,
}

/// The archive of the asked version: an exact version, a tag, a range, or `None` for the tag `latest`.
///
/// # Errors
/// The page cannot be understood, or names no such version.
pub fn choose(page: &[u8], name: &str, wanted: Option<&str>) -> Result<Artifact, PageError> {
    if !page.trim_ascii_start().starts_with(b"{") {
        return Err(unreadable(name, "it is not a JSON object"));
    }
    let packument: Packument = serde_json::from_slice(page).map_err(|error| unreadable(name, &error.to_string()))?;
    let version = choose_version(&packument, wanted).ok_or_else(|| {
        let asked = wanted.unwrap_or("latest");
        PageError::NoSuchVersion(format!("npm package {name} has no version `{asked}`"))
    })?;
    let release: Release = serde_json::from_str(packument.versions[version].get())
        .map_err(|error| unreadable(&format!("{name}@{version}"), &error.to_string()))?;
    let url = Url::parse(&release.dist.tarball)
        .map_err(|error| unreadable(&format!("{name}@{version}"), &format!("its tarball address: {error}")))?;
    let hash = release.dist.integrity.as_deref().and_then(Hash::of_integrity);
    let hash = hash.or_else(|| release.dist.shasum.as_deref().and_then(Hash::sha1_hex));
    let file = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
    // Every npm package is a gzipped tarball, whatever its address ends in.
    let file = if file.ends_with(".tgz") || file.ends_with(".tar.gz") { file } else { format!("{file}.tgz") };
    Ok(Artifact { version: version.clone(), url, file, hashes: hash.into_iter().collect() })
}

fn choose_version<'p>(packument: &'p Packument, wanted: Option<&str>) -> Option<&'p String> {
    let known = |version: &str| packument.versions.get_key_value(version).map(|(version, _)| version);
    let newest = |fits: &dyn Fn(&Version) -> bool| {
        let parsed = packument.versions.keys().filter_map(|text| Some((Version::parse(text).ok()?, text)));
        parsed.filter(|(version, _)| fits(version)).max_by(|a, b| a.0.cmp(&b.0)).map(|(_, text)| text)
    };
    let latest = packument.tags.get("latest").and_then(|version| known(version));
    let Some(wanted) = wanted.map(str::trim) else {
        // A mirror may keep fewer versions than the tag assumes.
        return latest.or_else(|| newest(&|v| !v.is_prerelease())).or_else(|| newest(&|_| true));
    };
    if let Some(version) = known(wanted).or_else(|| known(wanted.trim_start_matches(['v', '=']))) {
        return Some(version);
    }
    if let Some(version) = packument.tags.get(wanted) {
        return known(version);
    }
    let range = Range::parse(wanted).ok()?;
    // As npm does: the tag `latest` where it fits, else the newest that does.
    let fits = |version: &Version| range.satisfies(version);
    match latest {
        Some(latest) if Version::parse(latest).is_ok_and(|version| fits(&version)) => Some(latest),
        _ => newest(&fits),
    }
}

fn unreadable(what: &str, why: &str) -> PageError {
    PageError::Unreadable { what: format!("npm package {what}"), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"{"name":"kiln","dist-tags":{"latest":"1.4.0","next":"2.0.0-rc.1"},"versions":{
        "1.0.0":{"dist":{"tarball":"https://packages.example/kiln-1.0.0.tgz","shasum":"0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"}},
        "1.4.0":{"dist":{"tarball":"https://packages.example/kiln-1.4.0.tgz","shasum":"x"}},
        "1.9.0":{"dist":{"tarball":"https://packages.example/kiln-1.9.0.tgz"}},
        "1.10.0":{"dist":"odd"},
        "2.0.0-rc.1":{"dist":{"tarball":"https://packages.example/download?f=kiln"}}}}"#;

    fn version(wanted: Option<&str>) -> Result<String, PageError> {
        choose(PAGE.as_bytes(), "kiln", wanted).map(|artifact| artifact.version)
    }

    #[test]
    fn tags_versions_and_ranges_choose_as_the_client_does() {
        for (wanted, expected) in [
            (None, "1.4.0"),
            (Some("latest"), "1.4.0"),
            (Some("next"), "2.0.0-rc.1"),
            (Some("1.0.0"), "1.0.0"),
            (Some("v1.0.0"), "1.0.0"),
            (Some("^1"), "1.4.0"),
            (Some("~1.9"), "1.9.0"),
        ] {
            assert_eq!(version(wanted).as_deref(), Ok(expected), "{wanted:?}");
        }
        assert!(matches!(version(Some("3.0.0")), Err(PageError::NoSuchVersion(_))));
        assert!(matches!(version(Some("no such tag")), Err(PageError::NoSuchVersion(_))));
    }

    #[test]
    fn one_odd_version_hides_no_other_and_is_named_when_asked_for() {
        let error = version(Some("1.10.0")).expect_err("its dist is odd");
        assert!(error.to_string().contains("kiln@1.10.0"), "{error}");
    }

    #[test]
    fn the_file_name_always_tells_the_format() {
        let artifact = choose(PAGE.as_bytes(), "kiln", Some("next")).expect("there");
        assert_eq!(artifact.file, "download.tgz");
    }

    #[test]
    fn a_scope_is_one_part_of_the_path() {
        let base = Url::parse("https://packages.example/npm/").expect("a URL");
        let url = page_url(&base, "@clay/kiln").expect("a name");
        assert_eq!(url.as_str(), "https://packages.example/npm/@clay%2Fkiln");
        assert!(page_url(&base, "../admin").is_err());
    }

    #[test]
    fn bytes_that_are_no_page_are_unreadable() {
        for page in ["", "[]", "<html>", "{\"versions\":7}"] {
            assert!(matches!(choose(page.as_bytes(), "kiln", None), Err(PageError::Unreadable { .. })), "{page}");
        }
    }
}
