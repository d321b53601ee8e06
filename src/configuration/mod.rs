//! What is in force beside the command line: the user's `mcpdex.toml` in its usual place and the files that `--config`
//! names, each value with the file that says it. A file of that name in a folder that is looked at is never read by
//! itself: it is somebody else's word on how that folder is judged.

mod syntax;

use crate::classify::Overrides;
use crate::model::Risk;
use crate::policy::{Profile, targets};
use crate::survey::Gate;
use std::path::{Path, PathBuf};
use syntax::ConfigurationFile;

/// What a file of settings is called.
pub const FILE_NAME: &str = "mcpdex.toml";

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("cannot read {}{}: {cause}", file.display(), named(by.as_deref()))]
    Read {
        file: PathBuf,
        /// The file of settings that names it.
        by: Option<PathBuf>,
        cause: std::io::Error,
    },
    #[error("{}: {message}", file.display())]
    Invalid { file: PathBuf, message: String },
}

fn named(by: Option<&Path>) -> String {
    by.map(|by| format!(", which {} names", by.display())).unwrap_or_default()
}

/// A value, and the file that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    pub value: T,
    pub by: PathBuf,
}

/// The text of a file of overrides or of suppressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledText {
    /// The file, or the file of settings in which it stands.
    pub from: PathBuf,
    pub text: String,
    /// The file of settings.
    pub by: PathBuf,
}

/// What the files of settings say together. Lists of rules, overrides and suppressions are added up; of everything else
/// the last file's word counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserSettings {
    /// The files, in the order in which they were read.
    pub files: Vec<PathBuf>,
    /// Folders of rules as they are to be shown.
    pub rules: Vec<Said<PathBuf>>,
    /// Where each of these folders can be read.
    pub rule_folders: Vec<PathBuf>,
    pub overrides: Vec<SettledText>,
    pub suppressions: Vec<SettledText>,
    /// A built-in profile, or a file as it is to be shown.
    pub profile: Option<Said<String>>,
    /// Where the profile can be read, where it is a file.
    pub profile_file: Option<PathBuf>,
    pub sources: Option<Said<Vec<String>>>,
    /// Files that name sources, on top of the built-in list.
    pub source_files: Vec<SettledText>,
    pub targets: Option<Said<Vec<String>>>,
    pub fail_on: Option<Said<Risk>>,
    pub fail_on_unread: Option<Said<bool>>,
}

/// Where what a path means can be read: on disk at the path itself, or a copy of it at another state.
pub type ReadPlace<'a> = &'a dyn Fn(&Path) -> std::io::Result<PathBuf>;

/// Every path means itself.
///
/// # Errors
/// Never.
pub fn on_disk(path: &Path) -> std::io::Result<PathBuf> {
    Ok(path.to_owned())
}

/// Where the user's own files of settings are; `None` where the platform has no such place.
pub fn usual_folder() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "mcpdex").map(|folders| folders.config_dir().to_owned())
}

impl UserSettings {
    /// Reads a file of overrides that counts without being named, and files of settings one after another.
    ///
    /// # Errors
    /// A file, or one that it names, cannot be read or says what is not understood: nothing is judged by half of what was
    /// settled.
    pub fn read(
        overrides: Option<&Path>,
        files: &[PathBuf],
        place: ReadPlace<'_>,
    ) -> Result<UserSettings, SettingsError> {
        let mut all = UserSettings::default();
        if let Some(path) = overrides {
            let text = place(path).and_then(std::fs::read_to_string);
            let failed = |cause| SettingsError::Read { file: path.to_owned(), by: None, cause };
            let text = text.map_err(failed)?;
            all.overrides.push(SettledText { from: path.to_owned(), text, by: path.to_owned() });
        }
        for file in files {
            all.add(file, place)?;
        }
        Ok(all)
    }

    fn add(&mut self, file: &Path, place: ReadPlace<'_>) -> Result<(), SettingsError> {
        let read = |path: &Path, by: Option<&Path>| {
            let text = place(path).and_then(std::fs::read_to_string);
            text.map_err(|cause| SettingsError::Read { file: path.to_owned(), by: by.map(Path::to_owned), cause })
        };
        let invalid = |file: &Path, message: String| SettingsError::Invalid { file: file.to_owned(), message };
        let said = ConfigurationFile::read(&read(file, None)?).map_err(|why| invalid(file, why.to_string()))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let beside = |path: &Path| folder.join(path);
        for path in &said.rules {
            let shown = beside(path);
            let folder = place(&shown).map_err(|cause| SettingsError::Read {
                file: shown.clone(),
                by: Some(file.to_owned()),
                cause,
            })?;
            self.rule_folders.push(folder);
            self.rules.push(Said { value: shown, by: file.to_owned() });
        }
        let named = |paths: &[PathBuf], in_place: Option<String>| -> Result<Vec<SettledText>, SettingsError> {
            let files = paths.iter().map(|path| {
                let from = beside(path);
                Ok(SettledText { text: read(&from, Some(file))?, from, by: file.to_owned() })
            });
            let own = in_place.map(|text| Ok(SettledText { from: file.to_owned(), text, by: file.to_owned() }));
            files.chain(own).collect()
        };
        self.overrides.extend(named(&said.overrides, said.overrides_in_place())?);
        self.suppressions.extend(named(&said.suppressions, said.suppressions_in_place())?);
        self.source_files.extend(named(&said.source_files, None)?);
        if let Some(profile) = &said.profile {
            let mut value = profile.clone();
            self.profile_file = None;
            if Profile::named(profile).is_none() {
                let shown = beside(Path::new(profile));
                let text = read(&shown, Some(file))?;
                Profile::from_toml(profile, &text).map_err(|why| invalid(&shown, why.to_string()))?;
                value = shown.display().to_string();
                self.profile_file = Some(place(&shown).unwrap_or(shown));
            }
            self.profile = Some(Said { value, by: file.to_owned() });
        }
        if let Some(words) = &said.targets {
            targets(&words.join(",")).map_err(|why| invalid(file, why.to_string()))?;
        }
        fn last<T>(was: &mut Option<Said<T>>, value: Option<T>, by: &Path) {
            if let Some(value) = value {
                *was = Some(Said { value, by: by.to_owned() });
            }
        }
        last(&mut self.sources, said.sources, file);
        last(&mut self.targets, said.targets, file);
        last(&mut self.fail_on, said.thresholds.fail_on, file);
        last(&mut self.fail_on_unread, said.thresholds.fail_on_unread, file);
        self.files.push(file.to_owned());
        Ok(())
    }

    /// Whether every override and suppression can be read. `today` is a day as YYYY-MM-DD.
    ///
    /// # Errors
    /// One cannot, with the file that it stands in.
    pub fn check(&self, today: &str) -> Result<(), SettingsError> {
        let wrong = |from: &Path, message: String| SettingsError::Invalid { file: from.to_owned(), message };
        for SettledText { from, text, .. } in &self.overrides {
            let mut overrides = Overrides::default();
            overrides.add(&from.display().to_string(), text, today).map_err(|why| wrong(from, why.message))?;
        }
        for SettledText { from, text, .. } in &self.suppressions {
            let mut gate = Gate::default();
            gate.suppress(&from.display().to_string(), text, today).map_err(|why| wrong(from, why.to_string()))?;
        }
        Ok(())
    }
}
