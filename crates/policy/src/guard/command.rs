//! A command line and a command that may run in, whether it is that command with plain words out: no second command, no
//! option that was not listed, no variable, no file that is written.

/// Whether a command is one to list: words without a meaning to a shell, options too.
pub(crate) fn is_plain(command: &str) -> bool {
    let known = |word: &str| !word.is_empty() && word.chars().all(|c| is_known(c) || c == '=');
    !command.starts_with('-') && command.split(' ').all(known)
}

/// Whether a line is a command, with plain words after it or none.
pub(crate) fn is_only(command: &str, line: &str) -> bool {
    let Some(rest) = line.strip_prefix(command) else { return false };
    let apart = rest.is_empty() || rest.starts_with(' ');
    is_plain(command) && apart && rest.split(' ').all(is_plain_word)
}

fn is_known(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-./,:@+".contains(c)
}

fn is_plain_word(word: &str) -> bool {
    !word.starts_with('-') && !word.contains("..") && word.chars().all(is_known)
}
