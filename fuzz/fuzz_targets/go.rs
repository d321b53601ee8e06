//! The Go reader, on a module of two packages.
#![no_main]

use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mcpdex_fuzz::read(
        data,
        ["main.go", "lamp.go", "wick/wick.go", "wick/oil.go"],
        &[("go.mod", "module lantern.example\n")],
        Ecosystem::Npm,
    );
});
