//! Data that is not part of the project. Tests that need it are ignored, so that the count shows them, and are run where
//! `MCPDEX_CORPUS` names its folder: `cargo test -- --ignored`.

use std::path::PathBuf;

/// A file of the corpus.
pub(crate) fn corpus(name: &str) -> PathBuf {
    let folder = std::env::var_os("MCPDEX_CORPUS").expect("MCPDEX_CORPUS names the folder with the data of this test");
    let path = PathBuf::from(folder).join(name);
    assert!(path.exists(), "{} is not there", path.display());
    path
}
