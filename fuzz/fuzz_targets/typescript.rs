//! The JavaScript reader with TypeScript's grammars.
#![no_main]

use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mcpdex_fuzz::read(
        data,
        ["src/index.ts", "src/lamp.ts", "src/wick/index.ts", "src/wick/oil.tsx"],
        &[(
            "package.json",
            "{\"name\":\"lantern\",\"main\":\"src/index.ts\",\"dependencies\":{\"@modelcontextprotocol/sdk\":\"1\",\"zod\":\"4\"}}",
        )],
        Ecosystem::Npm,
    );
});
