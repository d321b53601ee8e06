//! Who a server is: what sources say of it in, which listings are of one server and why out. Plain data and no clock; the
//! same listings give the same servers in whatever order they come.
//!
//! ```
//! use mcpdex_model::identity::{Because, IdentityClaim, Relation, relate};
//! use mcpdex_model::{Ecosystem, Listing, Package, ServerId};
//!
//! let package = Package::named(Ecosystem::Npm, "@clay/kiln", None);
//! let alone = Listing::of_package(package.clone(), "config:mcp.json");
//! let named = Listing { server: ServerId("io.github.clay/kiln".into()), ..Listing::of_package(package, "list.json") };
//! let relation = relate(&IdentityClaim::of(&alone), &IdentityClaim::of(&named));
//! assert_eq!(relation, Relation::Same(Because::Package, "npm:@clay/kiln".into()));
//! ```

mod bridge;
mod claim;
mod key;
mod marks;
mod owner;
mod relation;
mod resolve;

pub use bridge::{BRIDGES, is_bridge};
pub use claim::{IdentityClaim, ListedAs};
pub use key::{CodeRepository, Key};
pub use marks::{ClaimedServer, Handle, handles, marks};
pub use owner::Owner;
pub use relation::{Apart, Because, Reason, Relation, ServerListing, relate};
pub use resolve::{Union, is_rather_of, own_name, resolve};
