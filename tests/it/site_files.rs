//! What lies beside the pages of the catalogue: documents for every enforcement point, pictures for previews.

use crate::site::{attributes, catalogue, files, hostile, pages, target};
use crate::support::shelf::{friday, package};
use mcpdex::policy::Target;
use std::collections::BTreeSet;

#[test]
fn the_switch_of_a_tool_offers_every_enforcement_point() {
    let user = catalogue();
    user.done(&["site", "--out", "pages", "--quiet"]);
    let mut looked_at = 0;
    for (page, text) in pages(&user, "pages").iter().filter(|(_, text)| text.contains("id=\"target\"")) {
        let offered: Vec<&str> =
            text.split("<option value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let all: Vec<&str> = Target::ALL.iter().map(|target| target.as_str()).collect();
        assert_eq!(offered, all, "{page}");
        assert!(!text.contains("Not to be chosen here"), "{page}");
        looked_at += 1;
    }
    assert!(looked_at > 30, "only {looked_at} pages have a switch");
}

#[test]
fn documents_with_filled_gaps_are_those_that_the_command_writes() {
    let user = catalogue();
    user.done(&["site", "--out", "pages", "--quiet"]);
    let all = files(&user.home().join("pages"));
    let mut compared = 0;
    for (_, text) in pages(&user, "pages").iter().filter(|(_, text)| text.contains("data-policy=")) {
        let of = |name: &str| attributes(text, name)[0].replace("&#39;", "'");
        let (tool, alias, server) = (of("data-tool"), of("data-alias"), of("data-server"));
        if !["wipe_rows", "list_rows"].contains(&tool.as_str()) && !tool.starts_with('s') {
            continue;
        }
        for one in Target::ALL {
            let script = target("s/a/b.html", &format!("{}{one}.js", of("data-policy")));
            let script = String::from_utf8(all[&script].clone()).unwrap();
            let told = script.strip_prefix("mcpdexPolicy(").unwrap().trim_end().strip_suffix(");").unwrap();
            let shape: serde_json::Value = serde_json::from_str(told).unwrap();
            let word = shape["target"].as_str().unwrap();
            assert_eq!(word, one.as_str());
            let wanted = user.run(&["policy", &tool, "--server", &server, "--target", word]);
            let document = &shape["documents"][0];
            let fill = |text: &str| {
                text.replace('\u{e000}', &tool)
                    .replace('\u{e001}', &tool.to_lowercase())
                    .replace('\u{e002}', &alias)
                    .replace('\u{e003}', &server)
                    .replace('\u{e004}', &alias.replace('-', "_"))
                    .replace('\u{e005}', &tool.to_lowercase().replace(['_', '.'], "-"))
                    .replace('\u{e006}', &tool.replace('.', "_"))
                    .replace('\u{e007}', &tool.to_lowercase().replace('.', "_"))
            };
            match document["Ok"].as_str() {
                Some(text) => {
                    assert!(wanted.code == 0, "{word} {tool}");
                    assert_eq!(fill(text), wanted.out, "{word} {tool}");
                    compared += 1;
                }
                None => assert!(!wanted.code == 0, "{word} {tool}: {document}"),
            }
        }
    }
    assert!(compared > 60, "only {compared} were compared");
}

#[test]
fn a_server_offers_the_documents_that_the_command_writes() {
    let user = catalogue();
    user.done(&["site", "--out", "one", "--quiet"]);
    user.done(&["site", "--out", "all", "--quiet", "--target", "all"]);
    let heading = "<h1 class=\"name\">npm:rows</h1>";
    for (folder, least) in [("one", 1), ("all", 15)] {
        let all = files(&user.home().join(folder));
        let written = pages(&user, folder);
        let (page, text) = written.iter().find(|(_, text)| text.contains(heading)).unwrap();
        let list = text.split("class=\"downloads\"").nth(1).unwrap().split("</ul>").next().unwrap();
        let offered = attributes(list, "href");
        assert!(offered.len() >= least, "{offered:?}");
        for file in offered {
            let word =
                file.strip_prefix("policy-").and_then(|rest| rest.rsplit_once('.')).map_or("policylayer", |of| of.0);
            let wanted = user.done(&["policy", "--server", "npm:rows", "--target", word]);
            assert_eq!(String::from_utf8(all[&target(page, file)].clone()).unwrap(), wanted, "{word}");
        }
    }
    let output = user.run(&["site", "--out", "none", "--target", "nowhere"]);
    assert_eq!(output.code, 2, "{}", output.err);
}

#[test]
fn every_page_on_the_web_has_a_picture() {
    let user = catalogue();
    let hostile = hostile();
    package(&user, friday, "hostile", "1.0.0", &hostile.iter().map(String::as_str).collect::<Vec<_>>());
    user.done(&["site", "--out", "pages", "--quiet", "--base-url", "https://mcp.example.com/x/"]);
    let all = files(&user.home().join("pages"));
    let mut own = BTreeSet::new();
    for (page, text) in pages(&user, "pages") {
        let begin = "<meta property=\"og:image\" content=\"https://mcp.example.com/x/";
        let picture = text.split(begin).nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap();
        let bytes = &all[picture];
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.ends_with(b"IEND\xae\x42\x60\x82"), "{picture}");
        assert_eq!(bytes[16..24], [0, 0, 0x02, 0x58, 0, 0, 0x01, 0x3b], "{picture} is 600 by 315");
        assert!(bytes.len() < 16_000, "{picture} has {} bytes", bytes.len());
        if page.starts_with("s/") {
            assert_eq!(picture, page.replace(".html", ".png"));
            own.insert(bytes.clone());
        }
    }
    assert!(own.len() > 50, "pictures of tools differ: {}", own.len());
    user.done(&["site", "--out", "folder", "--quiet"]);
    assert!(files(&user.home().join("folder")).keys().all(|name| !name.ends_with(".png")));
}
