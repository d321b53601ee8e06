//! Judging: a tool and its server's other tools in, a verdict out, by rules that are data.
//!
//! It never touches the network, the store or the clock, holds no knowledge of words (that is `rules/`), never panics
//! on any text, and never lets a server's praise of itself lower a verdict.

pub mod syntax;
