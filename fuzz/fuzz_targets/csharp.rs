//! The C# reader, on a project of four files.
#![no_main]

use mcpdex_fuzz::model::Ecosystem;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    mcpdex_fuzz::read(data, ["Program.cs", "Lamp.cs", "Wick/Wick.cs", "Wick/Oil.cs"], &[], Ecosystem::Npm);
});
