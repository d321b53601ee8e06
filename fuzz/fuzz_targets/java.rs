//! The Java reader, on a project of two packages.
#![no_main]

use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mcpdex_fuzz::read(
        data,
        [
            "src/main/java/lantern/Main.java",
            "src/main/java/lantern/Lamp.java",
            "src/main/java/lantern/wick/Wick.java",
            "src/main/java/lantern/wick/Oil.java",
        ],
        &[],
        Ecosystem::Npm,
    );
});
