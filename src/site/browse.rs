//! What tools and servers can be looked through by.

use super::address::plain;
use crate::model::{Class, Risk, Trait};

/// Something that tools, or servers, share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    Class(Class),
    Risk(Risk),
    Trait(Trait),
    /// Where servers are listed, as it was crawled.
    Source(String),
    /// The programming language that a server is written in, or what its package says of it.
    Language(String),
}

impl Facet {
    /// The beginning of the addresses of its pages.
    pub(super) fn stem(&self) -> String {
        match self {
            Facet::Class(of) => format!("class/{of}"),
            Facet::Risk(of) => format!("risk/{of}"),
            Facet::Trait(of) => format!("trait/{of}"),
            Facet::Source(of) => format!("source/{}", plain(of)),
            Facet::Language(of) => format!("language/{}", plain(of)),
        }
    }

    /// What is shared, in words.
    pub(super) fn title(&self) -> String {
        match self {
            Facet::Class(of) => of.to_string(),
            Facet::Risk(of) => of.to_string(),
            Facet::Trait(of) => of.to_string(),
            Facet::Source(of) | Facet::Language(of) => of.clone(),
        }
    }
}
