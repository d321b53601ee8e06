//! Which files of settings are read for a command, and which lie there and are not.

use crate::cli::{Cli, Command, Global};
use crate::configuration::{FILE_NAME, ReadPlace, SettingsError, UserSettings, on_disk, usual_folder};
use crate::report::visible;
use std::path::{Path, PathBuf};

/// What is in force for a command line, read from where `place` says.
///
/// # Errors
/// A file cannot be read or understood.
pub(super) fn read(global: &Global, files: &[PathBuf], place: ReadPlace<'_>) -> Result<UserSettings, SettingsError> {
    UserSettings::read(own(global, "overrides.toml").as_deref(), files, place)
}

/// The files that a command line means: the user's own in its usual place, and those that are named.
pub(super) fn files(global: &Global) -> Vec<PathBuf> {
    own(global, FILE_NAME).into_iter().chain(global.config.iter().cloned()).collect()
}

/// A file of the user's own, where it is there and wanted.
fn own(global: &Global, name: &str) -> Option<PathBuf> {
    let own = usual_folder().map(|folder| folder.join(name));
    own.filter(|path| !global.no_config && path.is_file())
}

/// Reads what is in force from disk, and says which files lie where a command looks and are not read.
///
/// # Errors
/// A file cannot be read or understood.
pub(super) fn load(cli: &mut Cli) -> Result<(), SettingsError> {
    let global = &cli.global;
    let settings = read(global, &files(global), &on_disk)?;
    for path in left_alone(global, &looked_at(&cli.command)) {
        let shown = visible(&path.display().to_string()).into_owned();
        note!("{shown} lies in a folder that is looked at, and is not read; --config {shown} reads it");
    }
    for file in &settings.files {
        tracing::info!(file = %file.display(), "settings are read");
    }
    cli.global.settings = settings;
    Ok(())
}

/// What the command line names to be looked at.
fn looked_at(command: &Command) -> Vec<PathBuf> {
    match command {
        Command::Scan(args) => args.configured.configs.clone(),
        Command::Pin(args) => args.configured.configs.clone(),
        Command::Check(args) => args.configured.configs.clone(),
        Command::Policy(args) => args.clients.iter().cloned().collect(),
        Command::Crawl(args) => args.sources.iter().map(PathBuf::from).filter(|path| path.exists()).collect(),
        _ => Vec::new(),
    }
}

/// Files of settings in the present folder and in those that are named which nobody said to read.
pub(super) fn left_alone(global: &Global, named: &[PathBuf]) -> Vec<PathBuf> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut known: Vec<PathBuf> = global.config.iter().map(|path| real(path)).collect();
    known.extend(usual_folder().map(|folder| real(&folder.join(FILE_NAME))));
    let folder = |path: &PathBuf| match path.is_dir() {
        true => Some(path.clone()),
        false => path.parent().map(Path::to_owned),
    };
    let mut found = Vec::new();
    for folder in named.iter().filter_map(folder).chain([PathBuf::new()]) {
        let path = folder.join(FILE_NAME);
        if path.is_file() && !known.contains(&real(&path)) {
            known.push(real(&path));
            found.push(path);
        }
    }
    found
}
