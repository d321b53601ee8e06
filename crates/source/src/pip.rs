//! How pip and uv are configured, and what pip answers when it is asked: a flag, the environment and the texts of
//! `pip.conf` files in, the index out; the text of an installation report in, the archive out. Reads and runs nothing.

use super::npmrc::{ConfigError, Env, web_url};
use super::spec::check_name;
use super::{Artifact, Hash, PageError};
use ini::{Ini, ParseOption};
use mcpdex_model::Ecosystem;
use serde::Deserialize;
use std::collections::BTreeMap;
use url::Url;

/// The index that the user has configured; `None` when nothing sets one and pip has to be asked. `files` are the texts
/// of `pip.conf` files, the strongest first. The URL may hold credentials: the client moves them into a header.
///
/// # Errors
/// The setting that would be used is no http or https URL.
pub fn configured_index(flag: Option<&str>, env: Env, files: &[String]) -> Result<Option<Url>, ConfigError> {
    if let Some(flag) = flag {
        return web_url("--pypi-index", flag).map(Some);
    }
    for name in ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"] {
        if let Some(value) = env(name).filter(|value| !value.trim().is_empty()) {
            // uv lets an index have a name: `name=https://…`.
            let value = match value.split_once('=') {
                Some((label, url)) if name == "UV_DEFAULT_INDEX" && !label.contains(':') => url.to_owned(),
                _ => value,
            };
            return web_url(name, &value).map(Some);
        }
    }
    for text in files {
        if let Some(value) = index_in(text) {
            return web_url("index-url in pip.conf", &value).map(Some);
        }
    }
    Ok(None)
}

/// `index-url` of a `pip.conf`: the section of the command before the one for all, as pip does.
fn index_in(text: &str) -> Option<String> {
    let options = ParseOption { enabled_escape: false, ..ParseOption::default() };
    let ini = Ini::load_from_str_opt(text, options).ok()?;
    let named = |section| {
        let section = ini.section(Some(section))?;
        let value = section.get("index-url").or_else(|| section.get("index_url"))?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    named("install").or_else(|| named("download")).or_else(|| named("global"))
}

/// The arguments with which pip says where a package's newest wheel is, without building or installing anything.
///
/// # Errors
/// The name or version could be misread as something else.
pub fn report_arguments(name: &str, version: Option<&str>) -> Result<Vec<String>, PageError> {
    let fail = |why: &str| PageError::Unreadable { what: format!("PyPI package {name}"), why: why.to_owned() };
    check_name(Ecosystem::Pypi, name).map_err(fail)?;
    let requirement = match version {
        Some(version) if version.chars().all(|c| c.is_ascii_alphanumeric() || ".+!_-".contains(c)) => {
            format!("{name}=={version}")
        }
        // A range, as a dependency states it.
        Some(range)
            if range.starts_with(['<', '>', '=', '!', '~'])
                && range.chars().all(|c| c.is_ascii_alphanumeric() || "<>=!~,.*+_-".contains(c)) =>
        {
            format!("{name}{range}")
        }
        Some(_) => return Err(fail("the version holds characters that versions cannot have")),
        None => name.to_owned(),
    };
    let fixed = "install --quiet --no-input --disable-pip-version-check --dry-run --ignore-installed --no-deps \
                 --only-binary=:all: --report -";
    let fixed = fixed.split_ascii_whitespace().map(str::to_owned);
    Ok(fixed.chain([requirement]).collect())
}

#[derive(Debug, Deserialize)]
struct Report {
    #[serde(default)]
    install: Vec<Install>,
}

#[derive(Debug, Deserialize)]
struct Install {
    download_info: DownloadInfo,
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
struct DownloadInfo {
    url: String,
    #[serde(default)]
    archive_info: ArchiveInfo,
}

#[derive(Debug, Default, Deserialize)]
struct ArchiveInfo {
    #[serde(default)]
    hash: Option<String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    version: String,
}

/// The archive that pip's installation report names.
///
/// # Errors
/// The report cannot be understood, or the archive is not one that can be fetched.
pub fn read_report(report: &[u8], name: &str) -> Result<Artifact, PageError> {
    let fail = |why: String| PageError::Unreadable { what: format!("pip's report on {name}"), why };
    // Some versions of pip print notices before the report even when asked to be quiet.
    let start = report.iter().position(|byte| *byte == b'{').unwrap_or(0);
    let report: Report = serde_json::from_slice(&report[start..]).map_err(|error| fail(error.to_string()))?;
    let [install] = report.install.as_slice() else {
        return Err(fail(format!("it names {} packages instead of one", report.install.len())));
    };
    let url = web_url("its address", &install.download_info.url).map_err(|error| fail(error.to_string()))?;
    let info = &install.download_info.archive_info;
    let sha256 = info.hashes.get("sha256").map(String::as_str);
    let sha256 = sha256.or_else(|| info.hash.as_deref().and_then(|hash| hash.strip_prefix("sha256=")));
    let file = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
    let hashes = sha256.and_then(Hash::sha256_hex).into_iter().collect();
    Ok(Artifact { version: install.metadata.version.clone(), url, file, hashes })
}

/// The index that `pip install --help` names as the one it uses: the only place where pip says so without an
/// installation.
pub fn index_in_help(help: &str) -> Option<Url> {
    let about_index = &help[help.find("--index-url")?..];
    let default = &about_index[about_index.find("(default")? + "(default".len()..];
    // The text is wrapped and indented; the address itself never is.
    let word = default.split_ascii_whitespace().next()?;
    web_url("pip's help", word.trim_end_matches([')', '.', ','])).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(flag: Option<&str>, env: &[(&str, &str)], files: &[&str]) -> Option<String> {
        let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let files: Vec<String> = files.iter().map(|&text| text.to_owned()).collect();
        configured_index(flag, &env, &files).expect("readable").map(|url| url.to_string())
    }

    #[test]
    fn flag_environment_and_files_are_asked_in_this_order() {
        let conf = "[global]\ntimeout = 9\nindex-url = https://conf.example/simple\n";
        let env =
            [("PIP_INDEX_URL", "https://pip.example/simple"), ("UV_DEFAULT_INDEX", "in=https://uv.example/simple")];
        assert_eq!(index(Some("http://f.example/s"), &env, &[conf]).as_deref(), Some("http://f.example/s"));
        assert_eq!(index(None, &env, &[conf]).as_deref(), Some("https://pip.example/simple"));
        assert_eq!(index(None, &env[1..], &[conf]).as_deref(), Some("https://uv.example/simple"));
        assert_eq!(index(None, &[], &["[list]\nx=1", conf]).as_deref(), Some("https://conf.example/simple"));
        assert_eq!(index(None, &[("PIP_INDEX_URL", "")], &[]), None);
    }

    #[test]
    fn the_section_of_the_command_beats_the_one_for_all() {
        let conf = "[global]\nindex-url: https://a.example/\n[install]\nindex-url = https://b.example/\n";
        assert_eq!(index(None, &[], &[conf]).as_deref(), Some("https://b.example/"));
    }

    #[test]
    fn a_setting_that_is_no_web_address_is_an_error_without_its_value() {
        let error = configured_index(Some("file:///secret/simple"), &|_| None, &[]).expect_err("not fetched");
        assert_eq!(
            error.to_string(),
            "--pypi-index names no usable address: only http and https are fetched, not `file`"
        );
    }

    #[test]
    fn a_report_names_one_archive_and_its_hash() {
        let sha = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
        let report = format!(
            r#"Looking in links: /srv
            {{"version":"1","install":[{{"download_info":{{"url":"https://files.example/kiln-0.2-py3-none-any.whl",
            "archive_info":{{"hash":"sha256={sha}"}}}},"metadata":{{"name":"kiln","version":"0.2"}}}}]}}"#
        );
        let artifact = read_report(report.as_bytes(), "kiln").expect("a report");
        assert_eq!((artifact.version.as_str(), artifact.file.as_str()), ("0.2", "kiln-0.2-py3-none-any.whl"));
        assert_eq!(artifact.hashes, [Hash::sha256_hex(sha).expect("a hash")]);
        assert!(read_report(b"{\"install\":[]}", "kiln").is_err());
        assert!(read_report(b"not json", "kiln").is_err());
    }

    #[test]
    fn a_wheel_in_a_local_folder_is_not_fetched() {
        let report = r#"{"install":[{"download_info":{"url":"file:///srv/kiln.whl"},"metadata":{"version":"1"}}]}"#;
        assert!(read_report(report.as_bytes(), "kiln").is_err());
    }

    #[test]
    fn nothing_but_a_name_and_a_version_reaches_the_command_line() {
        assert_eq!(
            report_arguments("kiln", Some("1.0rc1")).expect("fine").last().map(String::as_str),
            Some("kiln==1.0rc1")
        );
        assert!(report_arguments("--target=/x", None).is_err());
        assert!(report_arguments("kiln", Some("1 --target x")).is_err());
        assert!(report_arguments("kiln", Some("1;x")).is_err());
    }

    #[test]
    fn the_help_text_names_the_index_though_it_is_wrapped() {
        let help =
            "  -i, --index-url <url>  Base URL of the index (default\n     https://i.example/simple). This should\n";
        assert_eq!(index_in_help(help).map(|url| url.to_string()).as_deref(), Some("https://i.example/simple"));
        assert_eq!(index_in_help("usage: pip"), None);
    }
}
