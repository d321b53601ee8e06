//! Asks the installed npm and pip through their public commands where packages come from. They run with the user's own
//! environment, because its configuration is what is asked for; nothing is installed, built or run of any package.

use mcpdex_process::{Call, Environment, ProgramError};
use tokio::sync::OnceCell;

/// What keeps pip from asking back and from refusing to answer outside of a virtual environment.
const QUIET: [(&str, &str); 4] =
    [("PIP_DISABLE_PIP_VERSION_CHECK", "1"), ("PIP_NO_INPUT", "1"), ("PIP_REQUIRE_VIRTUALENV", "0"), ("NO_COLOR", "1")];

/// `npm config get KEY`.
pub(super) async fn npm_config(key: &str, environment: &Environment) -> Result<String, ProgramError> {
    let answer = environment.run(Call { set: &QUIET, ..Call::new(&["npm"], &["config", "get", key]) }).await?;
    Ok(String::from_utf8_lossy(&answer).trim().to_owned())
}

/// The words that start pip here; found once.
#[derive(Debug, Default)]
pub(super) struct Pip {
    words: OnceCell<Option<&'static [&'static str]>>,
}

impl Pip {
    /// Runs pip.
    pub(super) async fn run(&self, arguments: &[&str], environment: &Environment) -> Result<Vec<u8>, ProgramError> {
        let missing = || ProgramError::Missing("pip".to_owned());
        let words = self.words.get_or_init(|| find_pip(environment)).await.ok_or_else(missing)?;
        environment.run(Call { set: &QUIET, ..Call::new(words, arguments) }).await
    }
}

async fn find_pip(environment: &Environment) -> Option<&'static [&'static str]> {
    // Isolated: Python would take a module from the folder that it is started in, or from where a variable says.
    const CANDIDATES: [&[&str]; 4] =
        [&["pip"], &["pip3"], &["python3", "-I", "-m", "pip"], &["python", "-I", "-m", "pip"]];
    for words in CANDIDATES {
        if environment.run(Call { set: &QUIET, ..Call::new(words, &["--version"]) }).await.is_ok() {
            return Some(words);
        }
    }
    None
}
