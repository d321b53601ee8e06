//! Names of strangers in commands that people are told to type next: quoted for a shell, or not repeated at all.

use super::visible;
use std::borrow::Cow;

/// Words that `mcpdex policy` takes for something else than a tool's name.
const TAKEN: [&str; 5] = ["check", "test", "explain", "diff", "convert"];

/// The name as one word of a shell; `placeholder` where it holds what cannot be seen, could be taken for an option or for a
/// command, or cannot be quoted.
pub(super) fn word<'a>(name: &'a str, placeholder: &'a str) -> Cow<'a, str> {
    let is_plain = !name.starts_with('-') && !TAKEN.contains(&name) && visible(name) == name && !name.contains('\n');
    shlex::try_quote(name).ok().filter(|_| is_plain).unwrap_or(Cow::Borrowed(placeholder))
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_name_is_one_word_or_is_not_repeated() {
        for (name, expected) in [
            ("drop_table", "drop_table"),
            ("npm:@scope/desk", "npm:@scope/desk"),
            ("x; rm -rf ~", "'x; rm -rf ~'"),
            ("$(id)", "'$(id)'"),
            ("it's", "\"it's\""),
            ("删除文件夹", "删除文件夹"),
            ("--help", "NAME"),
            ("check", "NAME"),
            ("a\u{1b}[31m", "NAME"),
            ("a\u{202e}b", "NAME"),
            ("a\nb", "NAME"),
            ("a\0b", "NAME"),
        ] {
            let told = word(name, "NAME");
            assert!(told == expected || told == format!("'{expected}'"), "{name:?}: {told}");
        }
    }
}
