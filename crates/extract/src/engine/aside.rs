//! Which files of a package are no part of the server: tests, examples, documentation, libraries that are carried along.

/// Folders whose source is not the server's own, whatever the language.
const ASIDE: [&str; 28] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "__tests__",
    "testfixtures",
    "integrationtest",
    "androidtest",
    "spec",
    "specs",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "doc",
    "docs",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "vendor",
    "third_party",
    "third-party",
    "node_modules",
    "target",
    "fixtures",
];

/// Whether a file at `path` (of the package, `/` between its parts) is no part of the server.
pub(crate) fn is_aside(path: &str) -> bool {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    parts.iter().any(|part| {
        let part = part.to_ascii_lowercase();
        // `Lantern.Tests`, `lantern-tests`, `lantern_test`: projects that test another.
        let last = part.rsplit(['.', '-', '_']).next().unwrap_or(&part);
        ASIDE.contains(&part.as_str()) || matches!(last, "test" | "tests" | "samples" | "examples") || part == ".git"
    })
}
