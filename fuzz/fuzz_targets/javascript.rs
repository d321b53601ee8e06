//! The JavaScript reader, on a package whose program is the first file.
#![no_main]

use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mcpdex_fuzz::read(
        data,
        ["index.js", "lamp.js", "wick/index.js", "wick/oil.mjs"],
        &[(
            "package.json",
            "{\"name\":\"lantern\",\"bin\":\"index.js\",\"dependencies\":{\"@modelcontextprotocol/sdk\":\"1\",\"zod\":\"3\"}}",
        )],
        Ecosystem::Npm,
    );
});
