//! The pairs of listings of `same_server.jsonl`, for the tests of every room that says something of them.

use mcpdex_model::{Listing, Package, Remote, ServerId, Transport};
use serde_json::{Value, json};

/// All pairs, as they are written.
pub(crate) fn pairs() -> Vec<Value> {
    let text = include_str!("../data/same_server.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A listing as a pair describes it.
pub(crate) fn listing(said: &Value) -> Listing {
    let text = |key: &str| said[key].as_str().map(str::to_owned);
    let texts = |key: &str| said[key].as_array().cloned().unwrap_or_default();
    let package = |said: &Value| {
        let (ecosystem, identifier) = said.as_str().unwrap().split_once(':').unwrap();
        let package = Package::named(ecosystem.parse().unwrap(), "", None);
        Package { identifier: identifier.to_owned(), ..package }
    };
    let remote = |url: &Value| Remote { transport: Transport::StreamableHttp, url: url.as_str().unwrap().to_owned() };
    Listing {
        repository: text("repository"),
        status: text("status"),
        packages: texts("packages").iter().map(package).collect(),
        remotes: texts("remotes").iter().map(remote).collect(),
        manifest: text("folder").map(|folder| json!({"repository": {"subfolder": folder}}).to_string()),
        meta: text("note").map(|note| json!({"official": {"statusMessage": note}}).to_string()),
        ..Listing::bare(ServerId(text("server").unwrap()), text("source").unwrap())
    }
}
