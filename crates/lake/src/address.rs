//! Addresses of stores: a text in, a folder or a bucket out. An address holds no credential; one that does is refused.

use super::error::LakeError;
use std::path::{Path, PathBuf};
use url::Url;

/// Characters of an address.
const MAX_ADDRESS: usize = 2_000;

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Folder(PathBuf),
    Bucket {
        bucket: String,
        /// Without a stroke at either end; empty for the whole bucket.
        prefix: String,
    },
}

/// Whether a word names a store by its scheme; otherwise it is the path of a folder or file.
pub fn is_address(word: &Path) -> bool {
    word.to_str().is_some_and(has_scheme)
}

fn has_scheme(word: &str) -> bool {
    let scheme = word.split_once("://").map(|(scheme, _)| scheme);
    // A letter alone is a drive.
    scheme.is_some_and(|scheme| scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+'))
}

/// How an address may be shown: what stands before an `@` is not.
pub(super) fn shown(address: &str) -> String {
    let text: String = match address.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, rest)) => format!("{scheme}://…@{rest}"),
            None => address.to_owned(),
        },
        None => address.to_owned(),
    };
    // What follows a question mark may be a signed permission.
    let text = if has_scheme(address) { text.split(['?', '#']).next().unwrap_or_default() } else { &text };
    mcpdex_model::text::visible(text).chars().take(200).collect()
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// It is of no known kind, holds a credential or a query, or names nothing.
    pub(super) fn read(place: &Path) -> Result<Address, LakeError> {
        let Some(text) = place.to_str().filter(|text| has_scheme(text) || text.is_empty()) else {
            return Ok(Address::Folder(place.to_owned()));
        };
        let refused = |why: &str| LakeError::Address { address: shown(text), why: why.to_owned() };
        if text.is_empty() {
            return Err(refused("it is empty"));
        }
        if text.len() > MAX_ADDRESS {
            return Err(refused("it is too long"));
        }
        let url = Url::parse(text).map_err(|error| refused(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("credentials belong into the environment, not into an address"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("`?` and `#` have no meaning in it"));
        }
        match url.scheme() {
            "file" => {
                url.to_file_path().map(Address::Folder).map_err(|()| refused("it names no folder of this machine"))
            }
            "s3" => {
                // As it was written: a parser of addresses would resolve `..`.
                let rest = text.split_once("://").map_or("", |(_, rest)| rest);
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                let is_bucket = (3..=63).contains(&bucket.len())
                    && bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'));
                if !is_bucket {
                    return Err(refused("a bucket has 3 to 63 lower-case letters, digits, dots and hyphens"));
                }
                let prefix = prefix.trim_end_matches('/');
                let is_part = |part: &str| {
                    !matches!(part, "" | "." | "..")
                        && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.=".contains(c))
                };
                if !prefix.is_empty() && !prefix.split('/').all(is_part) {
                    return Err(refused("between the strokes of its path are letters, digits and `-_.=`"));
                }
                Ok(Address::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
            }
            _ => Err(refused("known are a folder, file:///FOLDER and s3://BUCKET/PREFIX")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(bucket: &str, prefix: &str) -> Option<Address> {
        Some(Address::Bucket { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    #[test]
    fn an_address_is_a_folder_or_a_bucket() {
        let read = |text: &str| Address::read(Path::new(text)).ok();
        assert_eq!(read("s3://mcpdex-lake/a/b=c/"), bucket("mcpdex-lake", "a/b=c"));
        assert_eq!(read("s3://mcpdex-lake"), bucket("mcpdex-lake", ""));
        assert_eq!(read("relative/folder"), Some(Address::Folder("relative/folder".into())));
        assert!(!has_scheme(r"C:\folder") && !has_scheme("c://folder") && has_scheme("gs://bucket"));
        #[cfg(unix)]
        assert_eq!(read("file:///srv/a%20b"), Some(Address::Folder("/srv/a b".into())));
    }

    #[test]
    fn what_is_no_address_is_refused_and_its_secrets_are_not_told() {
        for text in [
            "",
            "gs://bucket/a",
            "https://store.example/bucket",
            "s3://",
            "s3://ab",
            "s3://Bucket-Name/a",
            "s3://bucket/../other",
            "s3://bucket/a//b",
            "s3://bucket/a\u{1b}[31m",
            "s3://planted-key:planted-secret@bucket/a",
            "s3://bucket/a?X-Amz-Signature=planted",
            "s3://bucket:443/a",
        ] {
            let error = Address::read(Path::new(text)).err().map(|error| error.to_string());
            let error = error.unwrap_or_else(|| panic!("{text:?} was taken"));
            assert!(!error.contains("planted") && !error.contains('\u{1b}'), "{text:?}: {error}");
        }
    }
}
