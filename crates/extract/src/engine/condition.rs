//! Conditions under which a tool is there, as far as they are the same in every language: how two of them make one, and
//! what a plain start makes of them.

/// Whether one of two conditions holds at a plain start; `None` where that is not known.
pub(crate) fn plain_of_either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// Whether both of two conditions hold at a plain start; `None` where that is not known.
pub(crate) fn plain_of_both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    plain_of_either(one.map(|holds| !holds), other.map(|holds| !holds)).map(|fails| !fails)
}

/// Whether a text is one pair of brackets around everything.
pub(crate) fn is_one_group(text: &str) -> bool {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return c == ')' && at + 1 == text.len();
        }
    }
    false
}

/// A condition of several words turned round, brackets where they are needed.
pub(crate) fn negated(text: &str) -> String {
    match text.strip_prefix("not ") {
        Some(inner) if !inner.contains(' ') => inner.to_owned(),
        Some(inner) if is_one_group(inner) => inner[1..inner.len() - 1].to_owned(),
        _ if text.contains(' ') => format!("not ({text})"),
        _ => format!("not {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_turned_round_and_joined() {
        assert_eq!(negated("not X"), "X");
        assert_eq!(negated("not (a and b)"), "a and b");
        assert_eq!(negated("not (a) and not (b)"), "not (not (a) and not (b))");
        assert_eq!(negated("--write"), "not --write");
        for one in [None, Some(false), Some(true)] {
            assert_eq!(plain_of_either(one, Some(true)), Some(true));
            assert_eq!(plain_of_both(one, Some(false)), Some(false));
            assert_eq!((plain_of_either(one, Some(false)), plain_of_both(one, Some(true))), (one, one));
        }
    }
}
