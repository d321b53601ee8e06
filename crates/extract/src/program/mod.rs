//! What the readers of Go, Rust, C#, Java and Kotlin have in common: a package's source as one small language, and the
//! machine that walks it. Files in, tools out, by way of a [`Dialect`](machine::Dialect) for each language.
//! Never runs anything and never guesses a value.
//!
//! ```text
//! files ─ source ─▶ trees ─ dialect ─▶ ast ─ names ─▶ program ─ machine (exec, eval, call) ─▶ draft, schema ─▶ SourceTool
//! ```

mod assigned;
pub(super) mod ast;
mod bind;
pub(super) mod block;
pub(super) mod branch;
pub(super) mod builtin;
mod call;
pub(super) mod choice;
mod eval;
mod exec;
mod handing;
pub(super) mod json;
mod leave;
pub(super) mod literal;
pub(super) mod machine;
mod member;
mod names;
pub(super) mod schema;
pub(super) mod setting;
pub(super) mod source;
pub(super) mod tool;
mod unwalked;
pub(super) mod value;
