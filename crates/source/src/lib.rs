//! Where servers are listed, one file per kind: bytes of a page in, [`Listing`](mcpdex_model::Listing)s out. Pure: says
//! which URL to ask and understands the answer, never asks itself, never reads a file or the environment.
//!
//! - [`SourceSpec`]: a source as it is named on the command line.
//! - [`registry`]: pages of the official MCP registry's API; [`manifest`]: the `server.json` in them; [`redact`]: secrets
//!   that must not be kept; [`given`] and [`address`]: what a person gave to a server,
//!   without them.
//! - [`modern`]: a manifest of any era in the spelling of today, for whoever serves it on.
//! - [`document`]: files of manifests and recorded lists; [`row_file`]: those of rows, of any size; [`client_config`]: client configurations, [`launch`]: the
//!   command lines in them; [`page`]: list pages, and
//!   what [`robots`] allow; [`curated`]: what is crawled by default.
//! - [`directory`]: directories with an API or an index of their own.
//! - [`catalogue`]: catalogues that carry definitions of tools; [`well_known`]: cards of servers.
//! - [`image`]: images at their registry, and how docker is configured.
//! - [`published`]: pages on which others say what tools do and which policy they should have.
//! - [`npm`] and [`pypi`]: the pages of package registries; [`npmrc`] and [`pip`]: how their own clients are configured.
//! - [`packed`]: what is compressed, unpacked under bounds.
//! - [`skill`]: skills of agents, what they grant and name.
//! - [`sample`]: the embedded page, with [`recorded`] tool lists.
//!
//! ```
//! use mcpdex_model::Ecosystem;
//! use mcpdex_source::SourceSpec;
//!
//! let source: SourceSpec = "npm:@example/kiln@1.2.0".parse()?;
//! let SourceSpec::Package(package) = &source else { panic!("a package") };
//! assert_eq!((package.ecosystem, package.identifier.as_str()), (Ecosystem::Npm, "@example/kiln"));
//! assert!("npm:../kiln".parse::<SourceSpec>().is_err());
//! # Ok::<(), mcpdex_source::SpecError>(())
//! ```

pub mod address;
pub mod artifact;
pub mod catalogue;
pub mod client_config;
pub mod curated;
pub mod directory;
pub mod document;
pub mod given;
pub mod image;
pub mod launch;
pub mod manifest;
pub mod modern;
pub mod npm;
pub mod npmrc;
pub mod packed;
pub mod page;
pub mod pip;
pub mod published;
pub mod pypi;
pub mod recorded;
pub mod redact;
pub mod registry;
pub mod robots;
pub mod row_file;
pub mod sample;
pub mod skill;
pub mod well_known;

mod arguments;
mod html;
mod kind;
mod look;
mod spec;

pub use artifact::{Artifact, Hash, PageError};
pub use spec::{SourceSpec, SpecError, check_name};
