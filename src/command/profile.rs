//! The profile that decides: one that is named, that of the settings, or *balanced*.

use crate::cli::Global;
use crate::policy::Profile;
use crate::report::visible;
use anyhow::Context;
use std::io::ErrorKind;

/// What was given as a profile is neither the name of one nor a file: the command line makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no profile: neither strict, balanced or permissive, nor a file that is there")]
pub(super) struct NoProfile(String);

/// The profile that counts where the command line names none.
///
/// # Errors
/// The settings name a file that cannot be read.
pub(super) fn usual(global: &Global) -> anyhow::Result<Profile> {
    match (&global.settings.profile, &global.settings.profile_file) {
        (_, Some(file)) => read(&file.display().to_string()),
        (Some(said), None) => read(&said.value),
        (None, None) => Ok(Profile::balanced().clone()),
    }
}

/// A built-in profile by its name, or one of a file.
///
/// # Errors
/// It is neither, as [`NoProfile`]; or the file cannot be read or is no profile.
pub(super) fn read(name: &str) -> anyhow::Result<Profile> {
    if let Some(profile) = Profile::named(name) {
        return Ok(profile.clone());
    }
    let text = match std::fs::read_to_string(name) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(NoProfile(visible(name).into_owned()).into()),
        read => read.with_context(|| format!("cannot read the profile `{}`", visible(name)))?,
    };
    Ok(Profile::from_toml(name, &text)?)
}
