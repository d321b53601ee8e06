//! Options in front of the word that counts: the words and a runner's grammar in, what was given and where the first
//! other word stands out. An option that the grammar does not hold ends the reading.

/// The options of a runner. Long ones with their dashes, as `--name`; short ones as `-n`.
pub(super) struct Grammar {
    /// Options that stand alone.
    pub(super) flags: &'static [&'static str],
    /// Options whose value is the next word, or stands behind `=`.
    pub(super) values: &'static [&'static str],
    /// Options that lead to another index.
    pub(super) foreign: &'static [&'static str],
    /// Options that keep the runner from fetching anything.
    pub(super) installed: &'static [&'static str],
    /// Whether `--no-` may stand before any known or unknown name, as an option that stands alone.
    pub(super) negated: bool,
}

/// Why the options cannot be read past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Unknown,
    Foreign,
    Installed,
}

/// The options that were given, and where the first other word is.
#[derive(Debug, Default)]
pub(super) struct Given<'a> {
    pub(super) options: Vec<(&'a str, Option<&'a str>)>,
    /// The index of the first word that is no option; the number of words where there is none.
    pub(super) at: usize,
}

impl<'a> Given<'a> {
    /// The values of an option, under any of its names.
    pub(super) fn values(&self, names: &[&str]) -> Vec<&'a str> {
        self.options.iter().filter(|(name, _)| names.contains(name)).filter_map(|(_, value)| *value).collect()
    }

    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.options.iter().any(|(name, _)| names.contains(name))
    }
}

/// Reads the options at the beginning of `words`.
pub(super) fn options<'a>(words: &'a [String], grammar: &Grammar) -> Result<Given<'a>, Refusal> {
    let mut given = Given::default();
    while let Some(word) = words.get(given.at) {
        if word == "--" {
            given.at += 1;
            return Ok(given);
        }
        if !word.starts_with('-') || word == "-" {
            return Ok(given);
        }
        given.at += 1;
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word.as_str(), None),
        };
        if grammar.foreign.contains(&name)
            || grammar.foreign.contains(&"@scope:registry") && name.ends_with(":registry")
        {
            return Err(Refusal::Foreign);
        }
        if grammar.installed.contains(&name) {
            return Err(Refusal::Installed);
        }
        if grammar.values.contains(&name) {
            let value = match attached {
                Some(value) => Some(value),
                None => {
                    given.at += 1;
                    words.get(given.at - 1).map(String::as_str)
                }
            };
            given.options.push((name, value));
        } else if grammar.flags.contains(&name) || grammar.negated && name.starts_with("--no-") {
            given.options.push((name, attached));
        } else if !short(name, word, words, grammar, &mut given) {
            return Err(Refusal::Unknown);
        }
    }
    Ok(given)
}

/// Short options that are written together (`-it`), the last of which may take a value (`-itv /a:/b`, `-eKEY`).
fn short<'a>(name: &'a str, word: &'a str, words: &'a [String], grammar: &Grammar, given: &mut Given<'a>) -> bool {
    if name.starts_with("--") || !name.is_ascii() {
        return false;
    }
    for (at, letter) in word.char_indices().skip(1) {
        let option = format!("-{letter}");
        let known = |list: &[&'static str]| list.iter().find(|known| **known == option).copied();
        if known(grammar.foreign).is_some() || known(grammar.installed).is_some() {
            return false;
        }
        if let Some(option) = known(grammar.values) {
            let rest = word[at + letter.len_utf8()..].trim_start_matches('=');
            let value = if rest.is_empty() {
                given.at += 1;
                words.get(given.at - 1).map(String::as_str)
            } else {
                Some(rest)
            };
            given.options.push((option, value));
            return true;
        }
        match known(grammar.flags) {
            Some(option) => given.options.push((option, None)),
            None => return false,
        }
    }
    word.len() > 1
}
