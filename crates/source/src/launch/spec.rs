//! Names of packages as runners take them: the word in, the package with its version, or what else it is, out.

use super::word::{is_place, is_script, is_template};
use crate::spec::check_name;
use mcpdex_model::{Ecosystem, Package};

/// What a word names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    Package {
        package: Package,
        /// As the installer of the ecosystem takes it.
        spec: String,
        /// An exact version or a digest.
        pinned: bool,
    },
    Download {
        fixed: bool,
    },
    Template,
    /// A file or folder of this machine.
    Place,
    No,
}

/// A repository or an address, from which something is fetched that no index lists.
fn download(word: &str) -> Option<Named> {
    const HOSTS: [&str; 11] =
        ["git+", "git:", "git@", "github:", "gitlab:", "bitbucket:", "gist:", "http://", "https://", "ssh://", "hg+"];
    if !HOSTS.iter().any(|start| word.starts_with(start)) {
        return None;
    }
    let hex = |text: &str, length: usize| {
        text.get(..length).is_some_and(|start| start.bytes().all(|b| b.is_ascii_hexdigit()))
            && text[length..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric())
    };
    let commit = word.rsplit(['@', '#']).next().is_some_and(|end| end.len() >= 40 && hex(end, 40));
    let checksum = word.split_once("#sha256=").is_some_and(|(_, end)| end.len() >= 64 && hex(end, 64));
    Some(Named::Download { fixed: commit && word.contains(['@', '#']) || checksum })
}

/// What npm, pnpm, yarn and bun make of a word.
pub(super) fn npm(word: &str) -> Named {
    if let Some(found) = download(word) {
        return found;
    }
    if is_template(word) {
        return Named::Template;
    }
    if is_place(word) {
        return Named::Place;
    }
    // `alias@npm:name@1`
    let word = word.split_once("@npm:").map_or(word, |(_, real)| real);
    let word = word.strip_prefix("npm:").unwrap_or(word);
    let (name, version) = match word.char_indices().skip(1).filter(|(_, c)| *c == '@').last() {
        Some((at, _)) => (&word[..at], Some(&word[at + 1..])),
        None => (word, None),
    };
    if let Some(found) = version.and_then(download) {
        return found;
    }
    // `owner/repository` is a repository of somebody.
    if !name.starts_with('@') && name.matches('/').count() == 1 && name.split('/').all(|part| !part.is_empty()) {
        return Named::Download { fixed: false };
    }
    if is_script(name) {
        return Named::Place;
    }
    if check_name(Ecosystem::Npm, name).is_err() || version.is_some_and(|text| !is_version(text)) {
        return Named::No;
    }
    let exact = version.filter(|text| node_semver::Version::parse(text).is_ok());
    let exact = exact.map(|text| text.trim_start_matches(['v', '=']).to_owned());
    let pinned = exact.is_some();
    Named::Package { package: Package::named(Ecosystem::Npm, name, exact), spec: word.to_owned(), pinned }
}

/// What uv and pipx make of a word.
pub(super) fn pypi(word: &str) -> Named {
    if let Some(found) = download(word) {
        return found;
    }
    if is_template(word) {
        return Named::Template;
    }
    if is_place(word) || is_script(word) || word.ends_with(".whl") || word.ends_with(".tar.gz") {
        return Named::Place;
    }
    let end = word.find(['=', '>', '<', '~', '!', '@', '[', ' ', ';', '(']).unwrap_or(word.len());
    let name = &word[..end];
    let mut rest = word[end..].trim();
    let mut extras = "";
    if let Some(inside) = rest.strip_prefix('[') {
        let Some(close) = inside.find(']') else { return Named::No };
        extras = &rest[..close + 2];
        rest = inside[close + 1..].trim();
    }
    let rest = rest.split(';').next().unwrap_or_default().trim();
    if check_name(Ecosystem::Pypi, name).is_err() || word.contains('/') && !rest.starts_with('@') {
        return Named::No;
    }
    let named = |exact: Option<&str>, range: &str| Named::Package {
        package: Package::named(Ecosystem::Pypi, name, exact.map(str::to_owned)),
        spec: format!("{name}{extras}{range}"),
        pinned: exact.is_some(),
    };
    let exact = |text: &str| !text.contains('*') && text.parse::<pep440_rs::Version>().is_ok();
    if rest.is_empty() {
        return named(None, "");
    }
    if let Some(version) = rest.strip_prefix('@') {
        let version = version.trim();
        if let Some(found) = download(version) {
            return found;
        }
        return match version {
            "latest" => named(None, ""),
            _ if exact(version) => named(Some(version), &format!("=={version}")),
            _ if is_place(version) => Named::Place,
            _ => Named::No,
        };
    }
    match rest.strip_prefix("==").map(|text| text.trim_start_matches('=').trim()) {
        Some(version) if exact(version) => named(Some(version), &format!("=={version}")),
        _ if rest.chars().all(|c| c.is_ascii_alphanumeric() || "=<>~!,.*+- ".contains(c)) => {
            named(None, &rest.replace(' ', ""))
        }
        _ => Named::No,
    }
}

/// What a container runner makes of a word.
pub(super) fn image(word: &str) -> Named {
    if is_template(word) {
        return Named::Template;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@".contains(c);
    if word.is_empty() || is_place(word) || !word.chars().all(plain) || word.contains("//") {
        return Named::No;
    }
    let tag = word.rsplit('/').next().unwrap_or_default().split_once(':').map(|(_, tag)| tag);
    let version = tag.is_some_and(|tag| node_semver::Version::parse(tag.trim_start_matches('v')).is_ok());
    let digest = word.split_once("@sha256:").is_some_and(|(_, hex)| hex.len() == 64);
    let package = Package::named(Ecosystem::Oci, word, None);
    Named::Package { package, spec: word.to_owned(), pinned: digest || version }
}

/// Versions, ranges and tags of npm.
fn is_version(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+^~<>=*|x ".contains(c))
}
