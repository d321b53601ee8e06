//! Two halves of labelled servers, told apart by a digest of their names: rules are tuned on one and measured on the other.

use sha2::{Digest, Sha256};
use std::str::FromStr;

/// One of the halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    A,
    B,
}

impl Half {
    /// The half that a server belongs to, for ever.
    pub fn of(server: &str) -> Half {
        let digest = Sha256::digest(format!("halves:{server}").as_bytes());
        if digest[0] % 2 == 0 { Half::A } else { Half::B }
    }
}

impl FromStr for Half {
    type Err = String;

    fn from_str(text: &str) -> Result<Half, String> {
        match text {
            "a" => Ok(Half::A),
            "b" => Ok(Half::B),
            _ => Err(format!("`{text}` is neither a nor b")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_keeps_its_half() {
        let halves: Vec<Half> = (0..200).map(|n| Half::of(&format!("shelf-{n}"))).collect();
        let first = halves.iter().filter(|half| **half == Half::A).count();
        assert!((60..=140).contains(&first), "{first}");
        assert_eq!(Half::of("shelf-1"), halves[1]);
        assert!("c".parse::<Half>().is_err());
    }
}
