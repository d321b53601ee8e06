//! The profile that decides: one that is named, that of the settings, or *balanced*.

use crate::cli::Global;
use crate::policy::Profile;
use anyhow::Context;

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
/// It is neither.
pub(super) fn read(name: &str) -> anyhow::Result<Profile> {
    if let Some(profile) = Profile::named(name) {
        return Ok(profile.clone());
    }
    let text = std::fs::read_to_string(name).with_context(|| {
        format!("cannot read the profile `{name}`; it is a file, or one of strict, balanced, permissive")
    })?;
    Ok(Profile::from_toml(name, &text)?)
}
