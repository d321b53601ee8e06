//! A source as it is named on the command line.

use crate::model::{Ecosystem, Package};
use url::Url;

/// One source to crawl.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceSpec {
    /// `npm:NAME[@VERSION]` or `pypi:NAME[@VERSION]`.
    Package(Package),
    /// `registry:URL`: a server of the official MCP registry's API.
    Registry(Url),
    /// `https://…`: one server, at its address.
    Server(Url),
    /// `sample`: the embedded page.
    Sample,
}

/// A word that names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error(
        "`{0}` names no source; expected npm:NAME[@VERSION], pypi:NAME[@VERSION], registry:URL, the URL of a server or sample"
    )]
    Unknown(String),
    #[error("`{word}` names no {ecosystem} package: {why}")]
    Package { word: String, ecosystem: Ecosystem, why: &'static str },
    #[error("`{word}` is not the address of a server: {why}")]
    Server { word: String, why: String },
    #[error("`registry:{word}` names no registry: {why}")]
    Registry { word: String, why: String },
}

impl std::str::FromStr for SourceSpec {
    type Err = SpecError;

    fn from_str(word: &str) -> Result<Self, SpecError> {
        if word == "sample" {
            return Ok(SourceSpec::Sample);
        }
        match word.split_once(':') {
            Some(("npm", name)) => package(Ecosystem::Npm, word, name),
            Some(("pypi", name)) => package(Ecosystem::Pypi, word, name),
            Some(("registry", url)) => registry(url),
            Some(("http" | "https", _)) => server(word),
            _ => Err(SpecError::Unknown(word.to_owned())),
        }
    }
}

impl std::fmt::Display for SourceSpec {
    /// The one spelling by which the source is remembered. Holds no credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SourceSpec::Package(package) => package.fmt(f),
            SourceSpec::Registry(url) => {
                let mut bare = url.clone();
                // These fail for URLs without a host only, and those are refused above.
                let _ = bare.set_username("");
                let _ = bare.set_password(None);
                write!(f, "registry:{}", bare.as_str().trim_end_matches('/'))
            }
            // What follows the path may hold a key.
            SourceSpec::Server(url) => {
                let mut bare = url.clone();
                bare.set_query(None);
                f.write_str(bare.as_str())
            }
            SourceSpec::Sample => f.write_str("sample"),
        }
    }
}

fn server(word: &str) -> Result<SourceSpec, SpecError> {
    let fail = |word: &str, why: &str| Err(SpecError::Server { word: word.to_owned(), why: why.to_owned() });
    let mut url = match Url::parse(word) {
        Ok(url) => url,
        Err(error) => return fail("the address", &error.to_string()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return fail("the address", "it holds a user name or password");
    }
    url.set_fragment(None);
    Ok(SourceSpec::Server(url))
}

fn package(ecosystem: Ecosystem, word: &str, text: &str) -> Result<SourceSpec, SpecError> {
    // A scope begins with `@` as well; the version's `@` is never the first character.
    let at = text.char_indices().skip(1).filter(|(_, c)| *c == '@').last();
    let (name, version) = match (at, text.split_once("==")) {
        (_, Some((name, version))) if ecosystem == Ecosystem::Pypi => (name, Some(version)),
        (Some((at, _)), _) => (&text[..at], Some(&text[at + 1..])),
        _ => (text, None),
    };
    let fail = |why| Err(SpecError::Package { word: word.to_owned(), ecosystem, why });
    if let Err(why) = check_name(ecosystem, name) {
        return fail(why);
    }
    if version.is_some_and(|version| version.trim().is_empty() || version.len() > MAX_VERSION) {
        return fail("the version after `@` is empty or too long");
    }
    Ok(SourceSpec::Package(Package::named(ecosystem, name, version.map(str::to_owned))))
}

const MAX_NAME: usize = 214;
const MAX_VERSION: usize = 256;

/// Checks that a package name is one: what passes holds nothing that a URL, a path or a command line could misread.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(ecosystem: Ecosystem, name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("the name is empty");
    }
    if name.len() > MAX_NAME {
        return Err("the name is longer than 214 characters");
    }
    let fits = match ecosystem {
        Ecosystem::Npm => match name.strip_prefix('@') {
            Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| is_npm_part(scope) && is_npm_part(name)),
            None => is_npm_part(name),
        },
        Ecosystem::Pypi => {
            let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
                && end(name.chars().next())
                && end(name.chars().last())
        }
        _ => return Ok(()),
    };
    if fits { Ok(()) } else { Err("the name holds characters that names there cannot have") }
}

fn is_npm_part(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with(['.', '-'])
        && part.chars().all(|c| c.is_ascii_alphanumeric() || "._~-".contains(c))
}

fn registry(text: &str) -> Result<SourceSpec, SpecError> {
    let fail = |why: String| SpecError::Registry { word: text.to_owned(), why };
    let url = Url::parse(text).map_err(|error| fail(error.to_string()))?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(host)) if !host.is_empty() => Ok(SourceSpec::Registry(url)),
        ("http" | "https", _) => Err(fail("the URL has no host".to_owned())),
        (scheme, _) => Err(fail(format!("only http and https are fetched, not `{scheme}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(word: &str) -> String {
        match word.parse::<SourceSpec>() {
            Ok(spec) => spec.to_string(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn packages_are_named_with_and_without_scope_and_version() {
        for (word, expected) in [
            ("npm:kiln", "npm:kiln"),
            ("npm:@clay/kiln", "npm:@clay/kiln"),
            ("npm:@clay/kiln@1.2.3", "npm:@clay/kiln@1.2.3"),
            ("npm:kiln@^2", "npm:kiln@^2"),
            ("pypi:clay.kiln-server", "pypi:clay.kiln-server"),
            ("pypi:kiln@0.3", "pypi:kiln@0.3"),
            ("pypi:kiln==0.3", "pypi:kiln@0.3"),
            ("sample", "sample"),
            ("registry:https://registry.example/", "registry:https://registry.example"),
            ("registry:https://me:pw@registry.example/v0", "registry:https://registry.example/v0"),
        ] {
            assert_eq!(parsed(word), expected);
        }
    }

    #[test]
    fn what_names_no_source_is_refused_with_the_words_that_would() {
        for word in ["", "kiln", "docker:kiln", "npm:", "npm:../x", "npm:@clay", "npm:a/b", "npm:-g"] {
            assert!(parsed(word).starts_with("error: "), "{word}: {}", parsed(word));
        }
        for word in ["pypi:--index-url", "pypi:a b", "pypi:a/b", "pypi:kiln@", "registry:ftp://x.example", "registry:x"]
        {
            assert!(parsed(word).starts_with("error: "), "{word}: {}", parsed(word));
        }
        assert!(parsed("kiln").contains("npm:NAME"));
    }
}
