//! Small things that unpack to large ones: refused as too large, with the limit in words, before they fill the memory.

use crate::support::binary::User;
use crate::support::mirror::{Mirror, Reply};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use std::io::Write;

const BLANKS: usize = 64 << 20;
const TOOL: &str = r#"{"name":"get_pot","description":"Get a pot."}"#;

fn list(blanks: usize) -> Vec<u8> {
    format!("{{\"tools\":[{}{TOOL}]}}", " ".repeat(blanks)).into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters).unwrap();
    packed
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// Crawls a source with little memory at hand; the problems that the report names.
fn crawled(user: &User, source: &str) -> (Value, String) {
    let mut command = std::process::Command::new("sh");
    let plain = user.command(&["crawl", "--listed", "--json", source]);
    let words: Vec<_> = plain.get_args().map(ToOwned::to_owned).collect();
    // Address space, not memory: what is reserved counts, so there is room for both bombs but not for what they hold.
    command.args(["-c", "ulimit -v 4000000; exec \"$0\" \"$@\""]).arg(plain.get_program()).args(words);
    command.env_clear().env("HOME", user.home()).current_dir(user.home());
    let ran = crate::support::binary::ran(command.output().unwrap());
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{source}: {}", ran.err));
    (report, ran.err)
}

fn assert_refused(user: &User, source: &str) {
    let (report, said) = crawled(user, source);
    let problem = &report["problems"][0];
    assert_eq!(problem["outcome"], "too-large", "{source}: {report:#}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("100 times its size") || detail.contains("bytes"), "{detail}");
    assert!(said.contains("too-large"), "{said}");
    assert_eq!(report["run"]["tools"], 0);
}

#[test]
fn a_document_that_unpacks_to_a_hundred_times_its_size_is_refused_however_it_is_packed() {
    let user = User::new();
    let mirror = Mirror::start();
    let inner = list(BLANKS);
    let packed = gzip(&inner);
    assert!(packed.len() * 200 < inner.len());
    mirror.on("/a/list.json.gz", Reply::file(packed.clone()));
    let coded = |kind: &str, body: Vec<u8>| Reply::of("application/json", body).with("Content-Encoding", kind);
    mirror.on("/b/list.json", coded("gzip", packed.clone()));
    mirror.on("/c/list.json", coded("br", brotli(&inner)));
    mirror.on("/d/list.json", coded("zstd", zstd(&inner)));
    mirror.on("/e/list.json.gz", coded("gzip", gzip(&packed)));
    for target in ["/a/list.json.gz", "/b/list.json", "/c/list.json", "/d/list.json", "/e/list.json.gz"] {
        assert_refused(&user, mirror.url(target).as_str());
    }
    std::fs::write(user.home().join("list.json.gz"), &packed).unwrap();
    assert_refused(&user, "./list.json.gz");
    std::fs::write(user.home().join("list.json"), &packed).unwrap();
    assert_refused(&user, "./list.json");
    let ran = user.run(&["classify", "list.json.gz"]);
    assert!(ran.code != 0 && ran.out.is_empty() && ran.err.contains("100 times its size"), "{}", ran.err);
}

#[test]
fn ordinary_documents_are_read_however_they_are_packed() {
    let user = User::new();
    let mirror = Mirror::start();
    let inner = list(900 << 10);
    let coded = |kind: &str, body: Vec<u8>| Reply::of("application/json", body).with("Content-Encoding", kind);
    mirror.on("/a/list.json.gz", Reply::file(gzip(&inner)));
    mirror.on("/b/list.json", coded("gzip", gzip(&inner)));
    mirror.on("/c/list.json", coded("br", brotli(&inner)));
    mirror.on("/d/list.json", coded("zstd", zstd(&inner)));
    mirror.on("/e/list.json", coded("identity", inner.clone()));
    mirror.on("/f/list.json", coded("x-gzip", [gzip(&inner[..1000]), gzip(&inner[1000..])].concat()));
    for target in ["/a/list.json.gz", "/b/list.json", "/c/list.json", "/d/list.json", "/e/list.json", "/f/list.json"] {
        let (report, said) = crawled(&user, mirror.url(target).as_str());
        assert_eq!(
            (report["problems"].as_array().map(Vec::len), &report["run"]["tools"]),
            (Some(0), &1.into()),
            "{target}: {said}"
        );
    }
    for (target, kind, body) in [
        ("/x/list.json", "gzip", gzip(&inner)[..400].to_vec()),
        ("/y/list.json", "zstd", b"\x28\xb5\x2f\xfd nonsense".to_vec()),
        ("/z/list.json", "compress", inner.clone()),
        ("/w/list.json", "gzip, gzip", inner.clone()),
    ] {
        mirror.on(target, coded(kind, body));
        let (report, _) = crawled(&user, mirror.url(target).as_str());
        assert_eq!(report["problems"][0]["outcome"], "unreadable", "{target}: {report:#}");
    }
}
