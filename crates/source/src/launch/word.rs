//! What a single word of a command line is: a program that the system finds, a placeholder, a place, a script.

/// Whether a text holds a placeholder that somebody's client fills in.
pub fn is_template(text: &str) -> bool {
    let named = |at: usize, rest: &str| {
        let name = &rest[at..];
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    };
    text.contains("${")
        || text.contains("$(")
        || text.contains("{{")
        || text.contains("os.environ/")
        || ["{env:", "{file:", "{input:", "<YOUR", "<your"].iter().any(|open| text.contains(open))
        || text.match_indices('$').any(|(at, _)| named(at + 1, text))
        // `%NAME%`; an address may hold escapes, which begin with a digit or are two signs long.
        || text.split('%').skip(1).step_by(2).any(|name| {
            name.len() > 2
                && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
                && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
}

/// `NAME=value` in front of a command.
pub(super) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// The name of a program that the system finds: a bare one, or one at an absolute place or below the home. `None`: it is a
/// file at a relative place.
pub(crate) fn program_name(word: &str) -> Option<String> {
    const HOMES: [&str; 9] = [
        "~/",
        "$HOME/",
        "${HOME}/",
        "${env:HOME}/",
        "${userHome}/",
        "%USERPROFILE%",
        "%APPDATA%",
        "%LOCALAPPDATA%",
        "%ProgramFiles%",
    ];
    let separated = word.contains(['/', '\\']);
    let drive = word.as_bytes().get(1) == Some(&b':');
    if separated && !word.starts_with('/') && !drive && !HOMES.iter().any(|home| word.starts_with(home)) {
        return None;
    }
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let plain = [".exe", ".cmd", ".ps1"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    Some(plain.to_owned())
}

pub(super) fn is_python(name: &str) -> bool {
    name.strip_prefix("python").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Whether a word is one placeholder and nothing else.
pub(super) fn is_whole_template(word: &str) -> bool {
    let inside = |open: &str, close: &str| {
        word.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|rest| !rest.contains(close))
    };
    let name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    inside("${", "}")
        || inside("${{", "}}")
        || inside("{", "}")
        || inside("$(", ")")
        || inside("%", "%")
        || inside("<", ">")
        || word.strip_prefix('$').is_some_and(name)
        || word.starts_with("os.environ/")
}

/// Whether a word is the place of a file rather than a name.
pub(super) fn is_place(word: &str) -> bool {
    let drive = word.as_bytes().get(1) == Some(&b':') && word.as_bytes()[0].is_ascii_alphabetic();
    word.starts_with(['.', '/', '~', '\\']) || drive || word.starts_with("file:") || word.contains('\\')
}

/// Whether a word ends as files of code and settings do.
pub(super) fn is_script(word: &str) -> bool {
    const ENDS: [&str; 20] = [
        ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".py", ".pyw", ".pyz", ".sh", ".rb", ".php",
        ".pl", ".jar", ".lua", ".go", ".rs", ".kts",
    ];
    let word = word.to_ascii_lowercase();
    ENDS.iter().any(|end| word.ends_with(end))
}
