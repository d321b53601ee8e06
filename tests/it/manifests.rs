//! Real manifests of every schema era, where a corpus of them is at hand (`MCPDEX_CORPUS`).

use crate::support::corpus::corpus;
use flate2::read::GzDecoder;
use mcpdex::source::registry::read_page;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};

#[test]
#[ignore = "needs MCPDEX_CORPUS"]
fn every_manifest_of_the_corpus_is_read_and_kept() {
    let file = std::fs::File::open(corpus("manifests.jsonl.gz")).unwrap();
    let rows: Vec<Value> = BufReader::new(GzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    let (mut read, mut packages, mut remotes, mut redacted, mut odd) = (0, 0, 0, 0, 0);
    for rows in rows.chunks(100) {
        let servers: Vec<Value> =
            rows.iter().map(|row| json!({"server": row["server"], "_meta": row["registry_meta"]})).collect();
        let page = read_page(json!({"servers": servers, "metadata": {}}).to_string().as_bytes(), "corpus").unwrap();
        assert_eq!((page.problems.as_slice(), page.superseded), ([].as_slice(), 0));
        assert_eq!(page.listings.len(), rows.len());
        redacted += page.redacted;
        for (listing, row) in page.listings.iter().zip(rows) {
            assert_eq!(listing.server.as_str(), row["server"]["name"].as_str().unwrap().trim());
            let kept: Value = serde_json::from_str(listing.manifest.as_deref().unwrap()).unwrap();
            if kept != row["server"] {
                assert!(kept.to_string().contains("[redacted]"), "{} was changed", listing.server);
            }
            let stated = |key: &str| row["server"][key].as_array().map_or(0, Vec::len);
            assert_eq!(
                listing.packages.len() + listing.remotes.len() + listing.problems.len(),
                stated("packages") + stated("remotes"),
                "{}: {:?}",
                listing.server,
                listing.problems
            );
            packages += listing.packages.len();
            remotes += listing.remotes.len();
            odd += listing.problems.len();
        }
        read += page.listings.len();
    }
    eprintln!("{read} manifests, {packages} packages, {remotes} remotes, {odd} problems, {redacted} secrets taken out");
    assert_eq!(read, rows.len());
    assert!(read > 0);
}
