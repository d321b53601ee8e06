//! The rule files that come with mcpdex, embedded. A test holds that the list and the folder agree.

use super::ruleset::SourceFile;

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../rules/", $path)))),*];
    };
}

embedded![
    "build.toml",
    "circumstances.toml",
    "claims.toml",
    "communicate.toml",
    "destroy.toml",
    "device.toml",
    "execute.toml",
    "finance.toml",
    "language/de.toml",
    "language/en.toml",
    "language/es.toml",
    "language/fr.toml",
    "language/ja.toml",
    "language/ko.toml",
    "language/pt.toml",
    "language/ru.toml",
    "language/zh.toml",
    "operations.toml",
    "question.toml",
    "read.toml",
    "traits.toml",
    "write.toml",
];

/// The embedded files.
pub(super) fn files() -> Vec<SourceFile> {
    FILES.iter().map(|(path, text)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}

/// The paths of the embedded files below `rules/`.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path)
}

#[cfg(test)]
mod tests {
    use crate::classify::Ruleset;

    #[test]
    fn the_digest_of_the_build_is_that_of_the_rules_compiled_now() {
        let rules = Ruleset::builtin().expect("the pack compiles");
        assert_eq!(Ruleset::builtin_digest(), rules.digest());
    }
}
