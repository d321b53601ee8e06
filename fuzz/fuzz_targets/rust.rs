//! The Rust reader, on a crate with modules.
#![no_main]

use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mcpdex_fuzz::read(
        data,
        ["src/main.rs", "src/lamp.rs", "src/wick/mod.rs", "src/wick/oil.rs"],
        &[("Cargo.toml", "[package]\nname = \"lantern\"\n")],
        Ecosystem::Npm,
    );
});
