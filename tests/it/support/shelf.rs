//! Databases of invented servers, written through the door that a crawl uses.

use super::binary::User;
use mcpdex::model::{
    CrawlEvent, Ecosystem, Listing, Observation, Outcome, Package, Remote, ServerId, Sighting, Tool, ToolOrigin,
    Transport,
};
use mcpdex::store::Writer;

/// The first day of the invented history, and a later one.
pub(crate) fn monday() -> String {
    "2031-03-03T08:00:00Z".to_owned()
}
pub(crate) fn friday() -> String {
    "2031-03-07T08:00:00Z".to_owned()
}

/// Keeps the tools of an npm package, as its source states them.
pub(crate) fn package(user: &User, now: fn() -> String, name: &str, version: &str, tools: &[&str]) {
    let tools = tools.iter().map(|raw| (Tool::from_json(raw).unwrap(), Sighting::default()));
    package_seen(user, now, name, version, tools.collect());
}

/// Keeps the tools of an npm package with what was seen of each.
pub(crate) fn package_seen(user: &User, now: fn() -> String, name: &str, version: &str, tools: Vec<(Tool, Sighting)>) {
    let package = Package::named(Ecosystem::Npm, name, Some(version.to_owned()));
    let server = ServerId::of_package(Ecosystem::Npm, name);
    let mut seen = Observation::failed(server, ToolOrigin::Static, format!("npm:{name}"), Outcome::Ok, "");
    seen.detail = None;
    seen.package = Some(package.clone());
    seen.tools = tools;
    let listing = Listing::of_package(package, "shelf");
    write(user, now, vec![CrawlEvent::Listing(Box::new(listing)), CrawlEvent::Observation(Box::new(seen))]);
}

/// Keeps what a server at an address answered.
pub(crate) fn remote(user: &User, now: fn() -> String, name: &str, url: &str, tools: &[&str]) {
    let server = ServerId(name.to_owned());
    let mut listing = Listing::of_package(Package::named(Ecosystem::Npm, name, None), "board");
    listing.server = server.clone();
    listing.packages.clear();
    listing.remotes.push(Remote { transport: Transport::StreamableHttp, url: url.to_owned() });
    let mut seen = Observation::failed(server, ToolOrigin::Live, url, Outcome::Ok, "");
    seen.detail = None;
    seen.tools = tools.iter().map(|raw| (Tool::from_json(raw).unwrap(), Sighting::default())).collect();
    write(user, now, vec![CrawlEvent::Listing(Box::new(listing)), CrawlEvent::Observation(Box::new(seen))]);
}

/// Keeps what a run of an npm package answered.
pub(crate) fn live_seen(user: &User, now: fn() -> String, name: &str, tools: Vec<(Tool, Sighting)>) {
    let server = ServerId::of_package(Ecosystem::Npm, name);
    let mut seen = Observation::failed(server, ToolOrigin::Live, format!("npm:{name}"), Outcome::Ok, "");
    (seen.detail, seen.tools) = (None, tools);
    write(user, now, vec![CrawlEvent::Observation(Box::new(seen))]);
}

/// Keeps an attempt that failed.
pub(crate) fn failed(user: &User, now: fn() -> String, name: &str, outcome: Outcome) {
    let package = Package::named(Ecosystem::Npm, name, None);
    let server = ServerId::of_package(Ecosystem::Npm, name);
    let attempt = Observation::failed(server, ToolOrigin::Static, format!("npm:{name}"), outcome, "no answer");
    let listing = Listing::of_package(package, "shelf");
    write(user, now, vec![CrawlEvent::Listing(Box::new(listing)), CrawlEvent::Observation(Box::new(attempt))]);
}

/// Keeps a manifest as a registry lists it, with what the registry notes beside it.
pub(crate) fn listed(user: &User, now: fn() -> String, source: &str, manifest: &str, meta: Option<&str>) {
    write(user, now, vec![CrawlEvent::Listing(Box::new(listing(source, manifest, meta)))]);
}

/// A manifest as a registry lists it.
pub(crate) fn listing(source: &str, manifest: &str, meta: Option<&str>) -> Listing {
    let envelope = format!(r#"{{"servers":[{{"server":{manifest},"_meta":{}}}]}}"#, meta.unwrap_or("{}"));
    let mut page = mcpdex::source::registry::read_page(envelope.as_bytes(), source).unwrap();
    assert!(page.problems.is_empty(), "{:?}", page.problems);
    page.listings.remove(0)
}

/// Keeps what a package or an address of a server answered; a version names the package that was read.
pub(crate) fn answered(
    user: &User,
    now: fn() -> String,
    server: &str,
    target: &str,
    version: Option<&str>,
    tools: &[&str],
) {
    let mut seen = Observation::failed(ServerId(server.to_owned()), ToolOrigin::Static, target, Outcome::Ok, "");
    seen.detail = None;
    let package = target.strip_prefix("npm:");
    seen.package = package.map(|name| Package::named(Ecosystem::Npm, name, version.map(str::to_owned)));
    seen.tools = tools.iter().map(|raw| (Tool::from_json(raw).unwrap(), Sighting::default())).collect();
    write(user, now, vec![CrawlEvent::Observation(Box::new(seen))]);
}

pub(crate) fn write(user: &User, now: fn() -> String, records: Vec<CrawlEvent>) {
    let writer = Writer::spawn(&user.database(), now).unwrap();
    for record in records {
        writer.send(record).unwrap();
    }
    writer.finish().unwrap();
}
