//! Container images: the bytes of layers in, from the top one down; the files of the program that the image starts out, as
//! a folder that is read like any other. Writes nothing to disk, starts nothing, follows no link out of the image.
//!
//! - [`Layers`] keeps what can matter of each layer, under limits: what an upper layer replaces or takes away, no lower
//!   one brings back.
//! - [`Program`] is the part of it that the image's command starts.

mod layers;
mod program;

pub use layers::{ImageLimits, Layers, Packing};
pub use program::{Program, Start};
