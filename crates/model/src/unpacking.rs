//! How much may come out of something compressed: counted bytes in, yes or the limit that was passed out. Wherever
//! mcpdex undoes a compression, whoever moves the bytes asks here.

/// Bounds on what is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpacking {
    /// Bytes, unpacked.
    pub most: u64,
    /// Unpacked bytes for each packed one, looked at once more than [`Unpacking::FLOOR`] came out.
    pub ratio: u64,
}

/// What was compressed unpacks to more than is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    #[error("it unpacks to more than the limit of {0} bytes")]
    Size(u64),
    #[error("it unpacks to more than {0} times its size, the limit for what is compressed")]
    Ratio(u64),
}

impl Unpacking {
    /// Small texts may shrink by any ratio without being a bomb, in bytes unpacked.
    pub const FLOOR: u64 = 1 << 20;
    /// Documents of registries and lists of tools shrink to a tenth or a thirtieth; a hundredth is made for it.
    pub const RATIO: u64 = 100;

    /// Documents: up to `most` bytes at the usual ratio.
    pub const fn documents(most: u64) -> Unpacking {
        Unpacking { most, ratio: Unpacking::RATIO }
    }

    /// The most that may have come out of `packed` bytes.
    pub fn room(&self, packed: u64) -> u64 {
        self.most.min(packed.saturating_mul(self.ratio).max(Unpacking::FLOOR))
    }

    /// Whether `unpacked` bytes may have come out of `packed` ones.
    ///
    /// # Errors
    /// The limit that they pass.
    pub fn check(&self, packed: u64, unpacked: u64) -> Result<(), Excess> {
        if unpacked <= self.room(packed) {
            return Ok(());
        }
        Err(if unpacked > self.most { Excess::Size(self.most) } else { Excess::Ratio(self.ratio) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_ratio_are_told_apart_and_small_texts_may_shrink_as_they_like() {
        let bound = Unpacking { most: 300 << 20, ratio: 100 };
        assert_eq!(bound.check(1, Unpacking::FLOOR), Ok(()));
        assert_eq!(bound.check(1, Unpacking::FLOOR + 1), Err(Excess::Ratio(100)));
        assert_eq!(bound.check(1 << 20, 100 << 20), Ok(()));
        assert_eq!(bound.check(1 << 20, (100 << 20) + 1), Err(Excess::Ratio(100)));
        assert_eq!(bound.check(u64::MAX, (300 << 20) + 1), Err(Excess::Size(300 << 20)));
    }
}
