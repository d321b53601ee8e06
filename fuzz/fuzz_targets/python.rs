//! The Python reader, on a package whose script is the first file.
#![no_main]

use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mcpdex_fuzz::read(
        data,
        ["lantern/app.py", "lantern/lamp.py", "lantern/wick/__init__.py", "lantern/wick/oil.py"],
        &[
            ("lantern/__init__.py", ""),
            ("lantern-1.0.0.dist-info/entry_points.txt", "[console_scripts]\nlantern = lantern.app:main\n"),
        ],
        Ecosystem::Pypi,
    );
});
