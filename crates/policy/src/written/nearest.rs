//! The names nearest to one that does not exist.

/// The name without letter case and separators.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How far two names are apart that are bare, where they are near.
fn distance(a: &str, b: &str) -> Option<usize> {
    let (short, long) = (a.chars().count(), b.chars().count());
    let most = match short.max(long) {
        0..=3 => 1,
        4..=8 => 2,
        longest => longest / 4,
    };
    if short.abs_diff(long) > most {
        return None;
    }
    let distance = strsim::osa_distance(a, b);
    (distance <= most).then_some(distance)
}

/// At most three of `names` that are near `name`, nearest first.
pub(crate) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    // Longer names than this are not typed by people, and comparing takes the square of their lengths.
    if name.len() > 200 {
        return Vec::new();
    }
    let wanted = bare(name);
    let short = names.into_iter().filter(|other| other.len() <= 200);
    let mut near: Vec<(usize, &str)> =
        short.filter_map(|other| Some((distance(&wanted, &bare(other))?, other))).collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// ``did you mean `a` or `b`?``
pub(crate) fn did_you_mean(near: &[&str]) -> Option<String> {
    let names: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("did you mean {}?", names.join(" or ")))
}
