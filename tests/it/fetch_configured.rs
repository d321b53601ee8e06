//! Where package registries are taken from: flags, environment, files, installed clients, and a manifest last.

use crate::fetch::*;
use crate::support::mirror::{Mirror, Reply};
use mcpdex::crawl::{CrawlError, Options};
use mcpdex::model::Outcome;
use mcpdex::source::artifact::sha256_hex;
use serde_json::json;
#[test]
fn where_nothing_names_a_registry_the_cure_is_told() {
    let crawled = run(&["npm:kiln", "pypi:kiln"], &options());
    assert_eq!(crawled.of("npm:kiln").outcome, Outcome::Unreachable);
    assert!(crawled.detail("npm:kiln").contains("--npm-registry"), "{}", crawled.detail("npm:kiln"));
    assert!(crawled.detail("pypi:kiln").contains("--pypi-index"), "{}", crawled.detail("pypi:kiln"));
}

#[test]
fn registries_are_taken_from_the_environment_and_configuration_files() {
    let mirror = Mirror::start();
    pypi(&mirror, true, &sha256_hex(&wheel()));
    npm(&mirror, "kiln", npm_dist(&mirror));
    let mut options = options();
    let host = mirror.url("/");
    let host = host.as_str().trim_start_matches("http:");
    options.surroundings.npmrc = vec![format!("registry=http:{host}\n{host}:_authToken=planted\n")];
    options.surroundings.set("PIP_INDEX_URL", &mirror.url("/simple").as_str().replace("//", "//me:planted@"));
    let crawled = run(&["npm:kiln", "pypi:kiln"], &options);
    assert_read(crawled.of("npm:kiln"), &tarball());
    assert_read(crawled.of("pypi:kiln"), &wheel());
    for asked in mirror.asked() {
        let expected = if asked.target.contains("kiln-1.2.0.tgz") || asked.target == "/kiln" {
            "Bearer planted"
        } else {
            "Basic bWU6cGxhbnRlZA=="
        };
        assert_eq!(asked.headers.get("authorization").map(String::as_str), Some(expected), "{}", asked.target);
    }
    assert!(!format!("{:?}{:?}", crawled.observations, crawled.listings).contains("planted"));
}

/// The entry of a server in a registry's page.
#[test]
fn a_registry_that_only_a_manifest_names_is_guarded() {
    let (mirror, inner) = (Mirror::start(), Mirror::start());
    npm(&inner, "kiln", npm_dist(&inner));
    let server = json!({"packages": [
        {"registryType": "npm", "identifier": "kiln", "registryBaseUrl": inner.url("/").as_str()},
        {"registryType": "pypi", "identifier": "kiln", "registryBaseUrl": "http://169.254.169.254/latest/"}
    ]});
    mirror.on(FIRST, Reply::json(json!({"servers": [entry("a/inner", server)]})));
    let word = format!("registry:{}", mirror.url(""));
    let crawled = run(&[&word], &options());
    let outcomes: Vec<_> = crawled.observations.iter().map(|o| o.outcome).collect();
    assert_eq!(outcomes, [Outcome::Blocked, Outcome::Blocked]);
    assert_eq!(inner.targets(), Vec::<String>::new());
    // What the operator configures wins over the manifest's word.
    npm(&mirror, "kiln", npm_dist(&mirror));
    let crawled = run(&[&word], &Options { npm_registry: Some(mirror.url("/").to_string()), ..options() });
    assert_read(&crawled.observations[0], &tarball());
    assert_eq!(inner.targets(), Vec::<String>::new());
    // In a lab the manifest's registry may be on the same machine.
    let crawled = run(&[&word], &Options { allow_private: true, ..options() });
    assert_read(&crawled.observations[0], &tarball());
}

/// A folder of commands that answer as npm and pip do.
#[cfg(unix)]
fn commands(scripts: &[(&str, String)]) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, script) in scripts {
        let file = folder.path().join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

#[cfg(unix)]
#[test]
fn installed_clients_are_asked_when_nothing_else_names_a_registry() {
    let mirror = Mirror::start();
    npm(&mirror, "kiln", npm_dist(&mirror));
    npm(&mirror, "@clay/kiln", npm_dist(&mirror));
    pypi(&mirror, true, &sha256_hex(&wheel()));
    mirror.on("/direct/kiln-1.2.0-py3-none-any.whl", Reply::file(wheel()));
    let report = json!({"version": "1", "install": [{"metadata": {"name": "glaze", "version": "1.2.0"}, "download_info": {
        "url": mirror.url("/direct/kiln-1.2.0-py3-none-any.whl").as_str(),
        "archive_info": {"hashes": {"sha256": sha256_hex(&wheel())}}}}]});
    let npm_script = format!(
        "[ \"$1 $2\" = 'config get' ] || exit 9\ncase $3 in registry) echo '{}';; @clay:registry) echo '{}';; esac",
        mirror.url("/nowhere"),
        mirror.url("/"),
    );
    // pip knows a wheel of one package, which its index does not have; of the other it says that it has none.
    let pip_script = format!(
        "case \"$*\" in\n*--version*) echo pip 99;;\n*--help*) echo help >> \"$0.asked\"; printf 'x\\n --index-url <url>  Base (default\\n   {}). This\\n';;\n\
         *--dry-run*--no-deps*--only-binary=:all:*glaze) echo '{report}';;\n*) echo 'ERROR: no distribution' >&2; exit 1;;\nesac",
        mirror.url("/simple"),
    );
    let folder = commands(&[("npm", npm_script), ("pip3", pip_script)]);
    let mut options = options();
    options.surroundings.ask_clients = true;
    options.surroundings.set("PATH", folder.path().to_str().unwrap());
    let crawled = run(&["npm:@clay/kiln", "npm:kiln", "pypi:glaze", "pypi:kiln"], &options);
    assert_read(crawled.of("npm:@clay/kiln"), &tarball());
    assert_eq!(crawled.of("npm:kiln").outcome, Outcome::Gone, "{}", crawled.detail("npm:kiln"));
    assert_read(crawled.of("pypi:glaze"), &wheel());
    assert_read(crawled.of("pypi:kiln"), &wheel());
    let asked = std::fs::read_to_string(folder.path().join("pip3.asked")).unwrap();
    assert_eq!(asked.lines().count(), 1, "pip is asked once where its index is");
    let targets = mirror.targets();
    assert!(
        targets.contains(&"/nowhere/kiln".to_owned()) && targets.contains(&"/simple/glaze/".to_owned()),
        "{targets:?}"
    );
}

#[cfg(unix)]
#[test]
fn clients_that_are_missing_or_talk_nonsense_are_told_with_the_cure() {
    let empty = commands(&[]);
    let mad = commands(&[("npm", "echo ftp://packages.example".into()), ("pip", "echo '{'".into())]);
    for (folder, npm, pypi) in [
        (&empty, "npm is not installed; --npm-registry", "pip is not installed; --pypi-index"),
        (&mad, "the answer of `npm config get` names no usable address", "it names no index; --pypi-index"),
    ] {
        let mut options = options();
        options.surroundings.ask_clients = true;
        options.surroundings.set("PATH", folder.path().to_str().unwrap());
        let crawled = run(&["npm:kiln", "pypi:kiln"], &options);
        assert!(crawled.detail("npm:kiln").contains(npm), "{}", crawled.detail("npm:kiln"));
        assert!(crawled.detail("pypi:kiln").contains(pypi), "{}", crawled.detail("pypi:kiln"));
    }
}

#[test]
fn a_setting_that_is_no_address_stops_the_crawl_at_once() {
    let options = Options { npm_registry: Some("not an address".into()), ..options() };
    assert!(matches!(try_crawl(&["sample"], &options), Err(CrawlError::Config(_))));
}
