//! What secrets look like: a text in, the places in it that look like tokens out. Knows no field and no document; that is
//! [`redact`](super::redact)'s part.

pub use mcpdex_model::REDACTED;

/// How tokens of known services begin, and the fewest characters that follow.
const PREFIXES: &[(&str, usize)] = &[
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("sk-", 20),
    ("sk_live_", 12),
    ("sk_test_", 12),
    ("rk_live_", 12),
    ("rk_test_", 12),
    ("whsec_", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("xoxr-", 10),
    ("xoxe-", 10),
    ("xapp-", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("ya29.", 20),
    ("npm_", 30),
    ("hf_", 20),
    ("pypi-Ag", 20),
    ("dop_v1_", 30),
    ("SG.", 30),
    ("shpat_", 20),
    ("lin_api_", 20),
    ("ntn_", 20),
    ("secret_", 30),
    ("tvly-", 16),
    ("gsk_", 20),
    ("r8_", 20),
    ("sbp_", 30),
    ("dapi", 30),
    ("pat-", 20),
    ("fc-", 24),
    ("key-", 24),
    ("EAA", 40),
    ("AGE-SECRET-KEY-", 20),
    ("hvs.", 20),
    ("pplx-", 20),
    ("fly_", 30),
];

/// Takes out the tokens and long random words of a text that a person gave, and says how many there were.
pub(super) fn take_tokens(text: &mut String) -> usize {
    let mut spans = Vec::new();
    token_spans(text, true, &mut spans);
    take_spans(text, spans)
}

/// Puts [`REDACTED`] where the spans are, and says how many of them held anything else.
pub(super) fn take_spans(text: &mut String, mut spans: Vec<(usize, usize)>) -> usize {
    spans.sort_unstable();
    // A token inside of a URL's user information is one secret with it.
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match merged.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged.retain(|&(start, end)| &text[start..end] != REDACTED);
    let count = merged.len();
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in merged {
        clean.push_str(&text[done..start]);
        clean.push_str(REDACTED);
        done = end;
    }
    if count > 0 {
        clean.push_str(&text[done..]);
        *text = clean;
    }
    count
}

/// Tokens by their look. `given` adds long random words.
pub(super) fn token_spans(text: &str, given: bool, spans: &mut Vec<(usize, usize)>) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let mut at = 0;
    let mut previous = "";
    for word in text.split(|c: char| !is_part(c)) {
        let span = (at, at + word.len());
        let follows_digest = text[..at].ends_with("sha256:") || text[..at].ends_with("sha512:");
        let follows_scheme = matches!(previous.to_ascii_lowercase().as_str(), "bearer" | "basic");
        if is_known_token(word)
            || (given && !follows_digest && is_random(word))
            || (follows_scheme && word.len() >= 16 && mixes(word))
        {
            spans.push(span);
        }
        at = span.1 + text[span.1..].chars().next().map_or(0, char::len_utf8);
        previous = word;
    }
}

fn is_known_token(word: &str) -> bool {
    let known = PREFIXES
        .iter()
        .any(|(prefix, fewest)| word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= *fewest && mixes(rest)));
    let signed = word.starts_with("eyJ") && word.len() >= 30 && word.matches('.').count() == 2;
    known || signed
}

fn mixes(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) && word.contains(|c: char| c.is_ascii_alphabetic())
}

/// Whether a word is long and has no words in it: letters among digits, or capitals where no word begins.
fn is_random(word: &str) -> bool {
    word.split(['-', '_', '.']).any(|run| {
        let count = |is: fn(&u8) -> bool| run.bytes().filter(is).count();
        let (digits, upper, lower) =
            (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
        let neighbours = run.as_bytes().windows(2).filter(|two| two.iter().all(u8::is_ascii_uppercase)).count();
        let jumbled = upper * 5 >= run.len() && lower * 5 >= run.len() && (digits > 0 || neighbours >= 2);
        run.len() >= 20 && ((digits >= 3 && upper + lower >= 3) || jumbled)
    })
}
