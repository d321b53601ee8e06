//! Catalogues that carry definitions of tools, one file each: the text of one in, its servers with the tools that it states
//! out. A catalogue is known by its shape. What it says of somebody else's package is its word, not the package's.

mod bundle;
mod extension;
mod images;
mod marketplace;
mod mcpm;
mod metorial;
mod obot;
pub(crate) mod repository;

pub use bundle::bundle;

use super::launch::{self, Starts};
use super::recorded::ToolList;
use mcpdex_model::{Listing, Remote, ServerId, Transport};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a catalogue holds.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    pub(super) servers: Vec<(Listing, Option<ToolList>)>,
    pub(super) problems: Vec<String>,
    pub(super) redacted: usize,
}

impl Catalogue {
    /// One that is an entry for one server, or says why it is none.
    fn of_one(read: Result<(Listing, Option<ToolList>), String>, redacted: usize) -> Self {
        match read {
            Ok(server) => Catalogue { servers: vec![server], redacted, ..Catalogue::default() },
            Err(why) => Catalogue { problems: vec![why], redacted, ..Catalogue::default() },
        }
    }
}

type Parts<'a> = BTreeMap<String, &'a RawValue>;

/// Reads a catalogue in JSON, or the entry of one; `None`: the object is none.
pub(super) fn read(text: &str, source: &str) -> Option<Catalogue> {
    let parts: Parts<'_> = serde_json::from_str(text).ok()?;
    images::read(&parts, source)
        .or_else(|| marketplace::read(&parts, source))
        .or_else(|| mcpm::read(&parts, text, source))
        .or_else(|| extension::read(&parts, text, source))
        .or_else(|| repository::read(&parts, text, source))
}

/// Reads the entry of a catalogue that is kept in YAML; `None`: the text is none.
pub(super) fn read_yaml(text: &str, source: &str) -> Option<Catalogue> {
    obot::read(text, source)
}

/// Whether a file in YAML is the entry of a catalogue. Most files in YAML are something else altogether.
pub fn is_yaml_entry(text: &str) -> bool {
    obot::entry(text).is_some()
}

/// The `server.yaml` of a folder in Docker's or metorial's checkout, as a listing; `None`: the text is none.
pub fn folder_entry(text: &str, source: &str) -> Option<Listing> {
    let entry: Value = serde_saphyr::from_str(text).ok()?;
    let object = entry.as_object()?;
    metorial::of_folder(object, source).or_else(|| images::of_folder(object, source))
}

/// The list of tools beside such a `server.yaml`, as JSON; `None`: the text is none.
pub fn folder_tools(text: &str) -> Option<String> {
    metorial::tools(text)
}

/// A text of an entry that is not empty.
fn said<'a>(entry: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    entry.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Adds what a command line or an address starts to what a listing knows; whether it names something that can be looked up.
fn add_start(listing: &mut Listing, starts: Starts) -> bool {
    match starts {
        Starts::Package(run) if !listing.packages.contains(&run.package) => listing.packages.push(run.package),
        Starts::Package(_) => {}
        Starts::Address { url, transport, .. } => add_remote(listing, url, transport),
        _ => return false,
    }
    true
}

fn add_remote(listing: &mut Listing, url: String, transport: Transport) {
    if !listing.remotes.iter().any(|remote| remote.url == url) {
        listing.remotes.push(Remote { transport, url });
    }
}

/// Calls a listing what it is known by: its first package, its first address, else the name that only the catalogue has.
fn identify(listing: &mut Listing, catalogue: &str, name: &str) {
    listing.server = match (listing.packages.first(), listing.remotes.first()) {
        (Some(package), _) => ServerId::of_package(package.ecosystem, &package.identifier),
        (None, Some(remote)) => ServerId(remote.url.clone()),
        (None, None) => ServerId(format!("{catalogue}:{}", name.chars().take(200).collect::<String>())),
    };
    listing.version = listing.packages.first().and_then(|package| package.version.clone());
}

/// The words of a command that is written in one text, with more after it; none where a quote is left open.
fn words(command: &str, more: &[String]) -> Vec<String> {
    let Some(mut words) = launch::split(command) else { return Vec::new() };
    words.extend(more.iter().cloned());
    words
}
