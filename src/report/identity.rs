//! Why a server's listings are of one server, and what has something in common with it and is another.

use super::text::{hanging, paragraph};
use crate::model::identity::{Apart, ServerListing};
use serde::Serialize;

/// Another server that has something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptApart {
    pub server: String,
    pub because: Apart,
    /// What both have.
    pub common: String,
    /// The reason as a clause.
    #[serde(skip)]
    pub why: String,
}

/// What `mcpdex server NAME --why` adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    pub listings: Vec<ServerListing>,
    pub apart: Vec<KeptApart>,
}

impl Identity {
    pub(super) fn write(&self, server: &str, out: &mut String) {
        out.push_str("\nlistings\n");
        for listing in &self.listings {
            let version = listing.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
            let status = listing.status.as_deref().filter(|status| *status != "active");
            let status = status.map(|status| format!(", {status}")).unwrap_or_default();
            let head = format!("{}: {}{version}{status}", listing.source, listing.name);
            out.push_str(&hanging(&head, "  ", "    "));
            let places = [&listing.packages, &listing.remotes].into_iter().flatten().cloned();
            let places: Vec<String> = places.chain(listing.repository.clone()).collect();
            if !places.is_empty() {
                out.push_str(&hanging(&places.join(", "), "    ", "    "));
            }
            let why = match (&listing.reason, listing.refused) {
                (Some(reason), _) => reason.sentence(),
                (None, true) => format!("it claims the name {}, which is another server's: see there", listing.name),
                (None, false) if listing.name == server => "it gives the server's own name".to_owned(),
                (None, false) => "it gives the name under which the server was learnt".to_owned(),
            };
            out.push_str(&hanging(&format!("because {why}"), "    ", "    "));
        }
        if self.listings.is_empty() {
            out.push_str("  none: its tools were recorded, and no source lists it\n");
        }
        for other in &self.apart {
            out.push_str(&paragraph(&format!("kept apart from {}: {}", other.server, other.why), "  "));
        }
    }
}
