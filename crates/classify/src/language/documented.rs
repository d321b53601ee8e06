//! What a description says of a parameter that its schema leaves undescribed: an entry of a section of arguments, as
//! docstrings have them ("    berth: the berth to empty"), also where all stands on one line.

/// How far behind a name the text of its entry begins: `berth (str, optional): …`.
const MAX_HEAD: usize = 120;
/// How many places of a description are looked at for one name.
const MAX_PLACES: usize = 256;
/// What ends the last entry of a description without lines.
const SECTIONS: [&str; 7] = ["returns:", "return:", "raises:", "yields:", "example:", "examples:", "usage:"];

/// For each of `names` the text of its entry in `description`, with the offset where it begins; `None` where it has none.
pub(crate) fn entries<'t>(description: &'t str, names: &[&str]) -> Vec<Option<(usize, &'t str)>> {
    let heads: Vec<Option<(usize, usize)>> = names.iter().map(|name| head_of(description, name)).collect();
    heads
        .iter()
        .map(|head| {
            let (at, from) = (*head)?;
            let next = heads.iter().flatten().map(|(other, _)| *other).filter(|other| *other > at).min();
            let text = &description[from..next.unwrap_or(description.len())];
            let text = &text[..end_of_lines(text, indentation(description, at)).min(end_before_section(text))];
            let kept = text.trim();
            (!kept.is_empty()).then(|| (kept.as_ptr() as usize - description.as_ptr() as usize, kept))
        })
        .collect()
}

/// Where the entry of `name` begins, and where its text does.
fn head_of(description: &str, name: &str) -> Option<(usize, usize)> {
    let plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.' | '$' | '@');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let closes = |sign: char| matches!(sign, '`' | '*' | '"' | '\'');
    description.match_indices(name).take(MAX_PLACES).find_map(|(at, _)| {
        // What opens a name is a sign or two.
        let opened = description[..at].strip_suffix(closes).unwrap_or(&description[..at]);
        let before = opened.strip_suffix(closes).unwrap_or(opened);
        let starts = before.is_empty() || before.ends_with([' ', '\t', '\n', '-', '•', '{', ',', '(']);
        if !starts {
            return None;
        }
        let end = at + name.len();
        let near = description.floor_char_boundary((end + MAX_HEAD).min(description.len()));
        let rest = description[end..near].trim_start_matches(closes).trim_start_matches(' ');
        let rest = match rest.strip_prefix(['(', '[']) {
            Some(typed) => {
                let end = typed.find([')', ']'])?;
                typed[end + 1..].trim_start_matches(closes).trim_start_matches(' ')
            }
            None => rest,
        };
        let rest = rest.trim_start_matches('?');
        let text = rest.strip_prefix(':').or_else(|| rest.strip_prefix('-')).or_else(|| rest.strip_prefix('–'))?;
        let text = text.strip_prefix("**").unwrap_or(text);
        // "http://…", "a::b" and values of an example are none.
        let value = text.trim_start();
        let says = value.starts_with(char::is_alphabetic) && text.len() > value.len();
        says.then(|| (at, value.as_ptr() as usize - description.as_ptr() as usize))
    })
}

/// How far the line of `at` is indented, up to its first letter.
fn indentation(description: &str, at: usize) -> usize {
    let line = description[..at].rfind('\n').map_or(0, |end| end + 1);
    description[line..].len() - description[line..].trim_start_matches([' ', '\t']).len()
}

/// Where the lines end that go on with an entry: before an empty one, and before one that is indented no deeper.
fn end_of_lines(text: &str, indented: usize) -> usize {
    text.match_indices('\n')
        .find(|(at, _)| {
            let line = text[at + 1..].split('\n').next().unwrap_or_default();
            line.trim().is_empty() || line.len() - line.trim_start_matches([' ', '\t']).len() <= indented
        })
        .map_or(text.len(), |(at, _)| at)
}

fn end_before_section(text: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    SECTIONS.iter().filter_map(|section| lower.find(section)).min().unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'t>(description: &'t str, names: &[&str]) -> Vec<Option<&'t str>> {
        entries(description, names).into_iter().map(|found| found.map(|(_, text)| text)).collect()
    }

    #[test]
    fn entries_of_a_section_are_found_with_all_their_lines() {
        let text = "Paint a boat.\n\nArgs:\n    hull (str, optional): Which hull,\n        keel included\n    - `colour`: Its colour\n    \
                    **coats** - How many coats\n\nReturns:\n    tin: A tin";
        assert_eq!(
            texts(text, &["hull", "colour", "coats", "tin"]),
            [Some("Which hull,\n        keel included"), Some("Its colour"), Some("How many coats"), Some("A tin")]
        );
        assert!(entries(text, &["hull"])[0].is_some_and(|(at, found)| text[at..].starts_with(found)));
    }

    #[test]
    fn entries_are_found_where_all_stands_on_one_line() {
        let text = "Paints. Args: hull: the hull to paint colour: the colour, e.g. red Returns: a bill";
        assert_eq!(texts(text, &["hull", "colour"]), [Some("the hull to paint"), Some("the colour, e.g. red")]);
    }

    #[test]
    fn what_is_no_entry_is_left() {
        let text = "Opens url://x, {\"hull\": 3}, sub_hull: whole; hull:keel and a hull without more";
        assert_eq!(texts(text, &["url", "hull", ""]), [None, None, None]);
    }
}
