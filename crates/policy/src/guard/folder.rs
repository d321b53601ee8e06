//! A path and a folder in, whether the path stays inside out. What the path is to the machine where the server runs is not
//! known here, so it must mean the same on every kind of machine. Links inside the folder cannot be seen.

/// Signs that may stand in a name, beside letters of any script and digits: no shell, glob or encoding knows them, and no
/// file system takes them for a separator.
const SIGNS: &str = " _-.,+@()=#";

/// Whether a folder is one to stay inside of: absolute, normal and ending with `/`.
pub(crate) fn is_root(root: &str) -> bool {
    let drive = root.strip_prefix(|c: char| c.is_ascii_alphabetic()).and_then(|rest| rest.strip_prefix(':'));
    let below = drive.unwrap_or(root);
    let special = ["/", "/proc/", "/dev/", "/sys/"];
    below.starts_with('/') && below.ends_with('/') && !special.contains(&below) && names_are_plain(&below[1..])
}

/// Whether a path is inside of a folder, or the folder itself.
pub(crate) fn is_inside(root: &str, path: &str) -> bool {
    path.strip_prefix(root).is_some_and(names_are_plain)
}

/// Whether names between `/` lead downwards: none is empty but the last, none has a meaning of its own.
fn names_are_plain(below: &str) -> bool {
    let below = below.strip_suffix('/').unwrap_or(below);
    below.is_empty() || below.split('/').all(is_plain_name)
}

fn is_plain_name(name: &str) -> bool {
    let known = |c: char| c.is_alphabetic() || c.is_ascii_digit() || SIGNS.contains(c);
    // Windows drops dots and spaces at the end, so that `.. ` climbs there.
    let trimmed = name.starts_with(' ') || name.ends_with([' ', '.']);
    !name.is_empty() && !trimmed && name.chars().all(known) && !is_device(name)
}

/// Names that Windows takes for a device in every folder, with an extension too.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(' ').to_ascii_lowercase();
    let port = |kind: &str| stem.strip_prefix(kind).is_some_and(|number| number.len() == 1 && number.is_ascii());
    ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&stem.as_str())
        || ["com", "lpt"].iter().any(|kind| port(kind) && stem.ends_with(|c: char| c.is_ascii_digit()))
}
