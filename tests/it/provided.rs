//! Packages that hand over: to a dependency that holds their tools, or to a program that was compiled elsewhere.

use crate::fetch::{run, with_both};
use crate::support::mirror::{Mirror, Reply};
use crate::support::pack::{tar_gz_files, zip};
use mcpdex::crawl::{Options, Surroundings};
use mcpdex::model::{Observation, Outcome};
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// Publishes npm packages, each with its versions and the files of all of them.
fn publish(mirror: &Mirror, name: &str, versions: &[&str], files: &[(&str, &[u8])]) {
    let file = |version: &str| format!("/{}-{version}.tgz", name.replace(['@', '/'], "_"));
    let dist = |version: &&str| {
        let dist = json!({"dist": {"tarball": mirror.url(&file(version)).as_str()}});
        ((*version).to_owned(), dist)
    };
    let all: serde_json::Map<String, serde_json::Value> = versions.iter().map(dist).collect();
    let page = json!({"name": name, "dist-tags": {"latest": versions.last()}, "versions": all});
    mirror.on(&format!("/{}", name.replace('/', "%2F")), Reply::json(page));
    for version in versions {
        mirror.on(&file(version), Reply::file(tar_gz_files(files)));
    }
}

fn names(observation: &Observation) -> Vec<&str> {
    observation.tools.iter().map(|(tool, _)| tool.name.as_str()).collect()
}

fn remarks(observation: &Observation) -> String {
    observation.remarks.iter().map(|remark| format!("{}\n", remark.detail)).collect()
}

#[test]
fn a_shim_is_read_with_the_core_that_its_client_would_install() {
    let mirror = Mirror::start();
    let manifest = br#"{"name": "kiln-mcp", "version": "1.2.0", "type": "module", "bin": "cli.js",
        "dependencies": {"@clay/kiln-core": "^2", "zod": "^3"}}"#;
    let cli = b"import { start } from '@clay/kiln-core';\nimport { z } from 'zod';\nstart();\n";
    publish(&mirror, "kiln-mcp", &["1.2.0"], &[("package/package.json", manifest), ("package/cli.js", cli)]);
    let manifest = br#"{"name": "@clay/kiln-core", "type": "module", "main": "core.js"}"#;
    let core = b"import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nexport function start() {\n\
        const server = new McpServer({ name: 'kiln', version: '1' });\n\
        server.registerTool('smash_pots', { description: 'Smashes every pot.', inputSchema: {} }, async () => ({}));\n}\n";
    let files: [(&str, &[u8]); 2] = [("package/package.json", manifest), ("package/core.js", core)];
    publish(&mirror, "@clay/kiln-core", &["1.0.0", "2.0.0", "2.1.0", "3.0.0"], &files);
    let crawled = run(&["npm:kiln-mcp"], &with_both(&mirror));
    let observation = crawled.of("npm:kiln-mcp");
    assert_eq!(names(observation), ["smash_pots"], "{observation:?}");
    let told = remarks(observation);
    assert!(told.contains("registered by npm:kiln-mcp@1.2.0 and provided by npm:@clay/kiln-core@2.1.0"), "{told}");
    assert_eq!(observation.tools[0].1.site.as_ref().unwrap().file, "node_modules/@clay/kiln-core/core.js");
    let asked = mirror.targets();
    assert!(!asked.iter().any(|target| target.contains("3.0.0") || target.contains("zod")), "{asked:?}");
}

/// Nothing is passed over in silence: the package that is missing is named, with what stopped it.
#[test]
fn a_core_that_is_not_to_be_had_is_named() {
    let mirror = Mirror::start();
    let manifest = br#"{"name": "kiln-mcp", "version": "1.2.0", "type": "module", "bin": "cli.js",
        "dependencies": {"@clay/kiln-core": "^2"}}"#;
    let cli = b"import { start } from '@clay/kiln-core';\nstart();\n";
    publish(&mirror, "kiln-mcp", &["1.2.0"], &[("package/package.json", manifest), ("package/cli.js", cli)]);
    let crawled = run(&["npm:kiln-mcp"], &with_both(&mirror));
    let observation = crawled.of("npm:kiln-mcp");
    assert!(names(observation).is_empty(), "{observation:?}");
    let told: String = observation.partial.iter().map(|partial| format!("{}\n", partial.detail)).collect();
    assert!(told.contains("npm:kiln-mcp@1.2.0 may hand over to @clay/kiln-core, which could not be had:"), "{told}");
}

#[test]
fn a_python_shim_leads_to_its_core_within_the_range_it_states() {
    let mirror = Mirror::start();
    let listed = |name: &str, versions: &[&str]| {
        let file = |version: &&str| {
            let file = format!("{}-{version}-py3-none-any.whl", name.replace('-', "_"));
            json!({"filename": file, "url": format!("/files/{file}"), "hashes": {}, "yanked": false})
        };
        let files: Vec<_> = versions.iter().map(file).collect();
        let page = json!({"meta": {"api-version": "1.1"}, "name": name, "files": files});
        mirror.on(&format!("/simple/{name}/"), Reply::of("application/vnd.pypi.simple.v1+json", page.to_string()));
    };
    listed("kiln-mcp", &["1.0"]);
    listed("kiln-core", &["1.4", "1.9", "2.0"]);
    let metadata = b"Metadata-Version: 2.1\nName: kiln-mcp\nVersion: 1.0\nRequires-Dist: kiln-core (>=1.5,<2)\n";
    let points = b"[console_scripts]\nkiln = kiln_mcp:main\n";
    let shim = zip(&[
        ("kiln_mcp/__init__.py", b"from kiln_core.server import main\n"),
        ("kiln_mcp-1.0.dist-info/METADATA", metadata),
        ("kiln_mcp-1.0.dist-info/entry_points.txt", points),
    ]);
    let core = zip(&[
        ("kiln_core/__init__.py", b""),
        ("kiln_core/server.py", crate::fetch::PY),
        ("kiln_core-1.9.dist-info/METADATA", b"Name: kiln-core\nVersion: 1.9\n"),
    ]);
    mirror.on("/files/kiln_mcp-1.0-py3-none-any.whl", Reply::file(shim));
    mirror.on("/files/kiln_core-1.9-py3-none-any.whl", Reply::file(core));
    let crawled = run(&["pypi:kiln-mcp"], &with_both(&mirror));
    let observation = crawled.of("pypi:kiln-mcp");
    assert_eq!(names(observation), ["fire_kiln"], "{observation:?}");
    assert!(remarks(observation).contains("provided by pypi:kiln-core@1.9"), "{}", remarks(observation));
}

/// A repository of one server in Go, with a tag.
fn repository(at: &Path, tag: &str) {
    let main = "package main\n\nimport (\n\t\"github.com/mark3labs/mcp-go/mcp\"\n\
                \t\"github.com/mark3labs/mcp-go/server\"\n)\n\nfunc main() {\n\ts := server.NewMCPServer(\"kiln\", \"1\")\n\
                \ts.AddTool(mcp.NewTool(\"smash_pots\", mcp.WithDescription(\"Smashes every pot.\")), smash)\n\
                \tserver.ServeStdio(s)\n}\n";
    std::fs::create_dir_all(at).unwrap();
    std::fs::write(at.join("main.go"), main).unwrap();
    std::fs::write(at.join("go.mod"), "module kiln.example/kiln\n").unwrap();
    let who = ["-c", "user.name=clay", "-c", "user.email=clay@kiln.example"];
    for line in [["init", "-q"].as_slice(), &["add", "."], &["commit", "-qm", "Fire"], &["tag", tag]] {
        let done = Command::new("git").args(who).args(line).current_dir(at).status().unwrap();
        assert!(done.success(), "git {line:?}");
    }
}

/// Options under which git finds what lies at an address of GitHub in a folder instead.
fn with_git(mirror: &Mirror, folder: &Path) -> Options {
    let settings = folder.join("gitconfig");
    let text = format!(
        "[url \"file://{}\"]\n insteadOf = https://github.com/clay/kiln.git\n[url \"file:///nowhere/\"]\n insteadOf = https://github.com/\n",
        folder.join("kiln").display()
    );
    std::fs::write(&settings, text).unwrap();
    let mut options = Options { surroundings: Surroundings::of_process(), ..with_both(mirror) };
    options.surroundings.set("GIT_CONFIG_GLOBAL", &settings.display().to_string());
    options
}

#[test]
fn a_wrapper_around_a_program_is_read_from_the_repository_at_its_versions_tag() {
    let mirror = Mirror::start();
    let folder = tempfile::tempdir().unwrap();
    repository(&folder.path().join("kiln"), "v1.2.0");
    let wrapper = b"const { spawnSync } = require('child_process');\nspawnSync(binary(), process.argv.slice(2));\n";
    let manifest = |address: &str| {
        let platforms = json!({"kiln-linux-x64": "1.2.0"});
        json!({"name": "kiln", "bin": "bin.js", "optionalDependencies": platforms, "repository": {"url": address}})
            .to_string()
    };
    for (name, address) in [
        ("kiln", "git+https://github.com/clay/kiln.git"),
        ("kiln-other", "git+https://github.com/clay/other.git"),
        ("kiln-none", "https://kiln.example/clay"),
    ] {
        let manifest = manifest(address);
        let files: [(&str, &[u8]); 2] = [("package/package.json", manifest.as_bytes()), ("package/bin.js", wrapper)];
        publish(&mirror, name, &["1.2.0"], &files);
    }
    let options = with_git(&mirror, folder.path());
    let crawled = run(&["npm:kiln", "npm:kiln-other", "npm:kiln-none"], &options);
    let observation = crawled.of("npm:kiln");
    assert_eq!(names(observation), ["smash_pots"], "{observation:?}");
    assert_eq!(observation.tools[0].1.site.as_ref().unwrap().file, "main.go");
    let told = remarks(observation);
    assert!(told.contains("repository clay/kiln at the tag v1.2.0") && told.contains("compiled"), "{told}");
    for (name, why) in [("npm:kiln-other", "no tag of version 1.2.0"), ("npm:kiln-none", "names no repository")] {
        let observation = crawled.of(name);
        assert_eq!((observation.outcome, observation.tools.len()), (Outcome::Unreadable, 0));
        let told: String = observation.partial.iter().map(|partial| format!("{}\n", partial.detail)).collect();
        assert!(told.contains("compiled program, which is not read") && told.contains(why), "{name}: {told}");
    }
}
