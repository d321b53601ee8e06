//! A Python package index: which page lists a project's files, and which archive of which version is chosen from it.
//! Indexes answer in JSON (PEP 691) or, as many private mirrors do, in HTML only (PEP 503).

use super::spec::check_name;
use super::{Artifact, Hash, PageError};
use mcpdex_model::Ecosystem;
use pep440_rs::{Version, VersionSpecifiers};
use scraper::{Html, Selector};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::str::FromStr;
use url::Url;

/// What to accept: JSON, else either form of HTML.
pub const ACCEPT: &str =
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// How deep the elements of a page may nest: the parser's time grows with the square of it.
const MAX_NESTING: usize = 64;
/// Bytes of an HTML page; a list of thousands of files stays below it.
const MAX_HTML: usize = 8 << 20;

/// The page that lists the files of `name` at the index at `base`.
///
/// # Errors
/// The name is not a package name.
pub fn page_url(base: &Url, name: &str) -> Result<Url, PageError> {
    check_name(Ecosystem::Pypi, name).map_err(|why| unreadable(name, why))?;
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let mut parts = url.path_segments_mut().map_err(|()| unreadable(name, "the index's URL has no path"))?;
    parts.pop_if_empty().push(&normal_name(name)).push("");
    drop(parts);
    Ok(url)
}

pub use mcpdex_model::pypi_name as normal_name;

/// One file of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
struct File {
    name: String,
    /// As the page has it, perhaps relative.
    url: String,
    sha256: Option<String>,
    yanked: bool,
}

/// The archive of the asked version, of the newest one within a range (`>=1,<2`), or of the newest release. `page_url` is where the page came from, `content_type`
/// what it said it is.
///
/// A universal wheel is best, then an sdist, then any other wheel: source is read, so every platform's will do.
/// A withdrawn file is taken only when its version was asked for by name.
///
/// # Errors
/// The page cannot be understood, or lists no such version, or no archive that can be read.
pub fn choose(
    page: &[u8],
    content_type: Option<&str>,
    page_url: &Url,
    name: &str,
    wanted: Option<&str>,
) -> Result<Artifact, PageError> {
    let json = match content_type {
        Some(kind) if kind.contains("json") => true,
        Some(kind) if kind.contains("html") => false,
        _ => page.trim_ascii_start().starts_with(b"{"),
    };
    let (files, base) = match json {
        true => (read_json(page, name)?, page_url.clone()),
        false => read_html(page, page_url, name)?,
    };
    let (version, file) = choose_file(&files, name, wanted)?;
    let url =
        base.join(&file.url).map_err(|error| unreadable(name, &format!("the address of {}: {error}", file.name)))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unreadable(name, &format!("the address of {} is not http or https", file.name)));
    }
    let hashes = file.sha256.as_deref().and_then(Hash::sha256_hex).into_iter().collect();
    Ok(Artifact { version: version.to_string(), url, file: file.name.clone(), hashes })
}

fn choose_file<'f>(files: &'f [File], name: &str, wanted: Option<&str>) -> Result<(Version, &'f File), PageError> {
    let range = wanted.and_then(|text| VersionSpecifiers::from_str(text.trim()).ok());
    let wanted = match wanted.map(|text| (text, Version::from_str(text.trim()))) {
        None => None,
        Some((_, Ok(version))) => Some(version),
        Some((_, Err(_))) if range.is_some() => None,
        Some((text, Err(_))) => {
            return Err(PageError::NoSuchVersion(format!(
                "`{text}` is not a version that PyPI package {name} can have"
            )));
        }
    };
    let mut versions: BTreeMap<Version, Vec<&File>> = BTreeMap::new();
    for file in files {
        if let Some(version) = version_of(&file.name, name) {
            versions.entry(version).or_default().push(file);
        }
    }
    if versions.is_empty() {
        return Err(PageError::NoArchive(format!("PyPI package {name} has no file that could be read as source")));
    }
    let version = match &wanted {
        Some(wanted) => versions.keys().find(|version| *version == wanted),
        None => {
            let kept = |version: &&Version| versions[*version].iter().any(|file| !file.yanked);
            let fits = |version: &&Version| range.as_ref().is_none_or(|range| range.contains(version));
            let newest = versions.keys().rev().filter(kept).filter(fits);
            // Only where there is no final release does a preview stand in for one, as pip does.
            newest.clone().find(|version| version.is_stable()).or_else(|| newest.clone().next())
        }
    };
    let Some(version) = version else {
        let asked = match (wanted, range) {
            (Some(version), _) => format!("`{version}`"),
            (None, Some(range)) => format!("within `{range}`"),
            (None, None) => "that is not withdrawn".to_owned(),
        };
        return Err(PageError::NoSuchVersion(format!("PyPI package {name} has no version {asked}")));
    };
    let file = versions[version].iter().filter(|file| wanted.is_some() || !file.yanked).min_by_key(|file| {
        // Withdrawn files last; then by kind; then by name, so that the same page always gives the same file.
        (file.yanked, rank(&file.name), file.name.clone())
    });
    file.map(|file| (version.clone(), *file))
        .ok_or_else(|| PageError::NoArchive(format!("PyPI package {name} has no usable file for version {version}")))
}

fn rank(file: &str) -> u8 {
    match file {
        wheel if wheel.ends_with("-none-any.whl") => 0,
        wheel if wheel.ends_with(".whl") => 2,
        _ => 1,
    }
}

/// The version that a wheel's or sdist's name states; `None` for files of other kinds or projects.
fn version_of(file: &str, project: &str) -> Option<Version> {
    let project = normal_name(project);
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        let ours = normal_name(parts.next()?) == project;
        return parts.next().filter(|_| ours).and_then(|version| Version::from_str(version).ok());
    }
    let stem = [".tar.gz", ".tgz", ".zip"].iter().find_map(|ending| file.strip_suffix(ending))?;
    // Old sdists keep hyphens in the project's name.
    let mut cuts = stem.match_indices('-').map(|(at, _)| at);
    cuts.find_map(|at| (normal_name(&stem[..at]) == project).then(|| Version::from_str(&stem[at + 1..]).ok()).flatten())
}

#[derive(Debug, Deserialize)]
struct JsonPage<'a> {
    #[serde(borrow)]
    files: Vec<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct JsonFile {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    /// `false`, `true` or the reason.
    #[serde(default)]
    yanked: serde_json::Value,
}

fn read_json(page: &[u8], name: &str) -> Result<Vec<File>, PageError> {
    let page: JsonPage = serde_json::from_slice(page).map_err(|error| unreadable(name, &error.to_string()))?;
    // A file that cannot be understood hides no other.
    let files = page.files.iter().filter_map(|raw| serde_json::from_str::<JsonFile>(raw.get()).ok());
    let files = files.map(|file| File {
        sha256: file.hashes.get("sha256").cloned(),
        yanked: !matches!(file.yanked, serde_json::Value::Null | serde_json::Value::Bool(false)),
        name: file.filename,
        url: file.url,
    });
    Ok(files.collect())
}

fn read_html(page: &[u8], page_url: &Url, name: &str) -> Result<(Vec<File>, Url), PageError> {
    if page.len() > MAX_HTML {
        return Err(unreadable(name, &format!("it is HTML of more than {MAX_HTML} bytes")));
    }
    let text = String::from_utf8_lossy(page);
    if nesting(&text) > MAX_NESTING {
        return Err(unreadable(name, &format!("its elements nest deeper than {MAX_NESTING}")));
    }
    let select = |what| Selector::parse(what).map_err(|error| unreadable(name, &error.to_string()));
    let (anchors, bases) = (select("a[href]")?, select("base[href]")?);
    let document = Html::parse_document(&text);
    let base = document.select(&bases).next().and_then(|base| page_url.join(base.attr("href")?).ok());
    let base = base.unwrap_or_else(|| page_url.clone());
    let files = document.select(&anchors).filter_map(|anchor| {
        let href = anchor.attr("href")?;
        let (url, fragment) = href.split_once('#').unwrap_or((href, ""));
        let resolved = base.join(url).ok()?;
        let last = resolved.path_segments()?.next_back()?.to_owned();
        let name = percent_encoding::percent_decode_str(&last).decode_utf8().ok()?.into_owned();
        let sha256 = fragment.split('&').find_map(|part| part.strip_prefix("sha256="));
        let yanked = anchor.attr("data-yanked").is_some();
        Some(File { name, url: url.to_owned(), sha256: sha256.map(str::to_owned), yanked })
    });
    Ok((files.collect(), base))
}

/// The deepest nesting of elements, found without building a tree. Elements that HTML closes by itself do not count.
fn nesting(html: &str) -> usize {
    const SELF_CLOSING: &[&str] = &[
        "a", "br", "hr", "img", "input", "link", "meta", "base", "p", "li", "dt", "dd", "tr", "td", "th", "col",
        "option", "wbr", "html", "head", "body",
    ];
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for tag in html.split('<').skip(1) {
        let closes = tag.starts_with('/');
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).take(16).collect();
        if name.is_empty() || SELF_CLOSING.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        depth = if closes { depth.saturating_sub(1) } else { depth + 1 };
        deepest = deepest.max(depth);
    }
    deepest
}

fn unreadable(what: &str, why: &str) -> PageError {
    PageError::Unreadable { what: format!("PyPI package {what}"), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

    fn at() -> Url {
        Url::parse("https://packages.example/simple/clay-kiln/").expect("a URL")
    }

    fn page(names: &[&str]) -> String {
        let file = |name: &&str| {
            let (name, yanked) = match name.strip_suffix('!') {
                Some(name) => (name, "\"broken\""),
                None => (*name, "false"),
            };
            format!(r#"{{"filename":"{name}","url":"../../f/{name}","hashes":{{"sha256":"{SHA}"}},"yanked":{yanked}}}"#)
        };
        format!(r#"{{"files":[{},{{"odd":1}}]}}"#, names.iter().map(file).collect::<Vec<_>>().join(","))
    }

    fn chosen(names: &[&str], wanted: Option<&str>) -> Result<String, PageError> {
        choose(page(names).as_bytes(), None, &at(), "Clay.Kiln", wanted).map(|artifact| artifact.file)
    }

    #[test]
    fn the_newest_final_release_is_chosen_and_its_universal_wheel_first() {
        let files = [
            "clay_kiln-0.9.0-py3-none-any.whl",
            "clay_kiln-0.10.0.tar.gz",
            "clay_kiln-0.10.0-cp312-cp312-win_amd64.whl",
            "clay_kiln-0.10.0-py3-none-any.whl",
            "clay_kiln-0.11.0rc1-py3-none-any.whl",
            "clay_kiln-0.12.0-py3-none-any.whl!",
            "other-9.0-py3-none-any.whl",
        ];
        assert_eq!(chosen(&files, None).as_deref(), Ok("clay_kiln-0.10.0-py3-none-any.whl"));
        assert_eq!(chosen(&files, Some("0.9")).as_deref(), Ok("clay_kiln-0.9.0-py3-none-any.whl"));
        assert_eq!(chosen(&files, Some("0.12.0")).as_deref(), Ok("clay_kiln-0.12.0-py3-none-any.whl"));
        assert!(matches!(chosen(&files, Some("7")), Err(PageError::NoSuchVersion(_))));
        assert!(matches!(chosen(&files, Some("seven")), Err(PageError::NoSuchVersion(_))));
        assert!(matches!(chosen(&["other-1.0.tar.gz"], None), Err(PageError::NoArchive(_))));
    }

    #[test]
    fn an_sdist_comes_before_a_wheel_of_one_platform_and_a_preview_stands_in_for_a_release() {
        let files = ["clay-kiln-1.0b2.tar.gz", "clay_kiln-1.0b2-cp312-cp312-win_amd64.whl"];
        assert_eq!(chosen(&files, None).as_deref(), Ok("clay-kiln-1.0b2.tar.gz"));
    }

    #[test]
    fn html_gives_what_json_gives() {
        let html = format!(
            r##"<!DOCTYPE html><html><body><h1>Links</h1>
            <a href="../../f/clay_kiln-0.9.0-py3-none-any.whl#sha256={SHA}" data-requires-python="&gt;=3.10">x</a><br>
            <a href="../../f/clay_kiln-1.0.0-py3-none-any.whl" data-yanked="">y</a></body></html>"##
        );
        let from_html = choose(html.as_bytes(), Some("text/html"), &at(), "clay-kiln", None).expect("readable");
        let json = page(&["clay_kiln-0.9.0-py3-none-any.whl", "clay_kiln-1.0.0-py3-none-any.whl!"]);
        let from_json = choose(json.as_bytes(), None, &at(), "clay-kiln", None).expect("readable");
        assert_eq!(from_html, from_json);
        assert_eq!(from_html.url.as_str(), "https://packages.example/f/clay_kiln-0.9.0-py3-none-any.whl");
        assert_eq!(from_html.hashes, [Hash::sha256_hex(SHA).expect("a hash")]);
    }

    #[test]
    fn a_page_that_nests_without_end_is_refused_before_it_is_parsed() {
        let html = "<div>".repeat(200_000);
        let error = choose(html.as_bytes(), Some("text/html"), &at(), "clay-kiln", None).expect_err("too deep");
        assert!(error.to_string().contains("nest deeper"), "{error}");
        let flat = "<a href=x>".repeat(2_000);
        assert!(matches!(
            choose(flat.as_bytes(), Some("text/html"), &at(), "clay-kiln", None),
            Err(PageError::NoArchive(_))
        ));
    }

    #[test]
    fn names_are_compared_as_indexes_compare_them() {
        assert_eq!(normal_name("Clay._-Kiln"), "clay-kiln");
        let base = Url::parse("https://packages.example/simple").expect("a URL");
        assert_eq!(page_url(&base, "Clay.Kiln").expect("a name").as_str(), at().as_str());
        assert!(page_url(&base, "../x").is_err());
    }
}
