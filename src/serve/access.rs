//! Who may ask: tokens of a file, each with what it is for. A token is compared by its digest in constant time, and stands in
//! no log and no error.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScope {
    /// To ask what the catalogue holds.
    Read,
    /// To have something looked at that is posted.
    Classify,
}

/// Why a file of tokens cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenFileError {
    #[error("line {0} is not `SCOPE TOKEN` or `SCOPE,SCOPE TOKEN`; scopes are read and classify")]
    Line(usize),
    #[error("the token in line {0} has fewer than {MIN_TOKEN} characters")]
    Short(usize),
    #[error("the file holds no token")]
    Empty,
}

/// Characters of a token, at least: nobody is to guess one.
const MIN_TOKEN: usize = 24;

/// The tokens of a file, as digests.
#[derive(Clone)]
pub struct AccessTokens(Vec<([u8; 32], bool, bool)>);

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tokens", self.0.len())
    }
}

impl AccessTokens {
    /// Reads a file: a token a line with its scopes before it; empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    /// A line is not understood, a token is short, or there is none.
    pub fn read(text: &str) -> Result<AccessTokens, TokenFileError> {
        let mut tokens = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = TokenFileError::Line(at + 1);
            let (scopes, token) = line.split_once(char::is_whitespace).ok_or_else(|| wrong.clone())?;
            let token = token.trim();
            if token.contains(char::is_whitespace) {
                return Err(wrong);
            }
            if token.len() < MIN_TOKEN {
                return Err(TokenFileError::Short(at + 1));
            }
            let (mut read, mut classify) = (false, false);
            for scope in scopes.split(',') {
                match scope {
                    "read" => read = true,
                    "classify" => classify = true,
                    _ => return Err(wrong),
                }
            }
            tokens.push((Sha256::digest(token.as_bytes()).into(), read, classify));
        }
        if tokens.is_empty() { Err(TokenFileError::Empty) } else { Ok(AccessTokens(tokens)) }
    }

    /// Whether a token may do this; `None`: it is none of ours. Every token is compared, whichever fits.
    pub fn may(&self, token: &str, scope: TokenScope) -> Option<bool> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let (mut known, mut allowed) = (Choice::from(0), 0u8);
        for (other, read, classify) in &self.0 {
            let same = digest.ct_eq(other);
            let may = u8::from(match scope {
                TokenScope::Read => *read,
                TokenScope::Classify => *classify,
            });
            known |= same;
            allowed = u8::conditional_select(&allowed, &(allowed | may), same);
        }
        bool::from(known).then_some(allowed == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_what_its_line_says_and_no_more() {
        let text = "# readers\nread aaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\nread,classify bbbbbbbbbbbbbbbbbbbbbbbbbbbb\n";
        let tokens = AccessTokens::read(text).expect("a file of tokens");
        let a = "a".repeat(28);
        assert_eq!(tokens.may(&a, TokenScope::Read), Some(true));
        assert_eq!(tokens.may(&a, TokenScope::Classify), Some(false));
        assert_eq!(tokens.may(&"b".repeat(28), TokenScope::Classify), Some(true));
        for other in ["", "aaaa", &"a".repeat(27), &"a".repeat(29)] {
            assert_eq!(tokens.may(other, TokenScope::Read), None, "{other}");
        }
        assert!(!format!("{tokens:?}").contains("aaaa"));
    }

    #[test]
    fn a_file_that_is_not_understood_opens_nothing() {
        let long = "x".repeat(30);
        for (text, wanted) in [
            (String::new(), TokenFileError::Empty),
            ("# none\n".to_owned(), TokenFileError::Empty),
            (long.clone(), TokenFileError::Line(1)),
            (format!("write {long}"), TokenFileError::Line(1)),
            (format!("\nread {long} {long}"), TokenFileError::Line(2)),
            ("read short".to_owned(), TokenFileError::Short(1)),
        ] {
            assert_eq!(AccessTokens::read(&text).err(), Some(wanted), "{text}");
        }
    }
}
