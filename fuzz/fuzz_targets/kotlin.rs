//! The Kotlin reader, on a project of two packages.
#![no_main]

use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mcpdex_fuzz::read(
        data,
        [
            "src/main/kotlin/lantern/Main.kt",
            "src/main/kotlin/lantern/Lamp.kt",
            "src/main/kotlin/lantern/wick/Wick.kt",
            "src/main/kotlin/lantern/wick/Oil.kt",
        ],
        &[],
        Ecosystem::Npm,
    );
});
