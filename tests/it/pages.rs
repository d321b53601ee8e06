//! Whatever bytes a registry or index answers with, reading them gives a page or an error, never a panic.

use mcpdex::model::Ecosystem;
use mcpdex::source::redact::redact;
use mcpdex::source::{check_name, npm, pip, pypi, recorded, registry};
use proptest::prelude::*;
use serde_json::{Map, Value};
use url::Url;

/// Pieces that the readers look for, so that random text reaches their depths.
const PIECES: &str = "\\PC{0,8}|[{}\\[\\],:\"<>/#&=?@%.-]{0,6}|\"(name|files|servers|server|versions|dist|tarball|url|\
    filename|hashes|packages|remotes|_meta|tools|result|value|default|headers|isSecret|install)\":|<a href=\"|<div>|</a>|\
    --index-url|\\(default|https://|é@|Bearer |sk-|ghp_[a-z0-9]{20,24}|\\.tar\\.gz|-1\\.0-py3-none-any\\.whl|null|true|7";

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(PIECES, 0..30).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::String)
    ];
    let key = "name|value|default|headers|env|variables|isSecret|API_KEY|url|args|servers|server|packages|remotes|\
        identifier|registryType|transport|type|files|filename|versions|dist|tarball|dist-tags|latest|[a-z]{1,3}";
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((key, inner), 0..6).prop_map(|pairs| Value::Object(Map::from_iter(pairs)))
        ]
    })
}

fn read_all(bytes: &[u8]) {
    let at = Url::parse("https://packages.example/simple/kiln/").unwrap();
    let _ = registry::read_page(bytes, "x");
    let _ = npm::choose(bytes, "kiln", Some("^1"));
    for kind in [None, Some("text/html"), Some("application/json")] {
        let _ = pypi::choose(bytes, kind, &at, "kiln", None);
    }
    let _ = pip::read_report(bytes, "kiln");
    let text = String::from_utf8_lossy(bytes);
    let _ = recorded::read_tools(&text);
    let _ = pip::index_in_help(&text);
    let _ = text.parse::<mcpdex::source::SourceSpec>();
    for ecosystem in Ecosystem::ALL {
        let _ = check_name(*ecosystem, &text);
    }
    let _ = pip::configured_index(None, &|_| None, &[text.into_owned()]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_page_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    #[test]
    fn any_text_is_a_page_or_an_error(text in text()) {
        read_all(text.as_bytes());
    }

    #[test]
    fn any_json_is_a_page_or_an_error(document in json()) {
        read_all(document.to_string().as_bytes());
        let page = serde_json::json!({"servers": [document], "metadata": document});
        let read = registry::read_page(page.to_string().as_bytes(), "x").unwrap();
        prop_assert_eq!(read.listings.len() + read.problems.len() + read.superseded, 1);
    }

    #[test]
    fn what_was_redacted_once_holds_no_more_secrets(document in json()) {
        let mut document = document;
        redact(&mut document);
        let once = document.clone();
        prop_assert_eq!(redact(&mut document), 0);
        prop_assert_eq!(document, once);
    }
}
