//! How far a figure carries: shares per server in, the rate over all rows, over rows capped per server, and the bounds of
//! the rate by draws of servers out. The draws are the same on every run.

/// How many draws are made.
const DRAWS: usize = 1_000;
/// How many rows of one server count where rows are capped.
const CAP: usize = 10;

/// So many right of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub right: usize,
    pub all: usize,
}

impl Share {
    pub(crate) fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }
}

/// The rate over all rows, in per cent; 0 without rows.
pub(crate) fn rate(shares: &[Share]) -> f64 {
    let (right, all) = shares.iter().fold((0, 0), |(right, all), share| (right + share.right, all + share.all));
    if all == 0 { 0.0 } else { 100.0 * right as f64 / all as f64 }
}

/// The rate where no server counts for more than [`CAP`] rows, in per cent.
pub(crate) fn capped(shares: &[Share]) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for share in shares.iter().filter(|share| share.all > 0) {
        let counted = share.all.min(CAP) as f64;
        sum += counted * share.right as f64 / share.all as f64;
        weight += counted;
    }
    if weight == 0.0 { 0.0 } else { 100.0 * sum / weight }
}

/// The bounds between which the rate lies in 95 of 100 draws of servers with replacement, in per cent.
pub(crate) fn bounds(shares: &[Share]) -> [f64; 2] {
    let shares: Vec<Share> = shares.iter().copied().filter(|share| share.all > 0).collect();
    if shares.is_empty() {
        return [0.0, 0.0];
    }
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        // SplitMix64: even enough for drawing, and the same everywhere.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    let mut rates: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn: Vec<Share> =
                (0..shares.len()).map(|_| shares[(next() % shares.len() as u64) as usize]).collect();
            rate(&drawn)
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    [rates[DRAWS * 25 / 1_000], rates[DRAWS * 975 / 1_000 - 1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_server_counts_for_ten_rows() {
        let shares = [Share { right: 0, all: 1_000 }, Share { right: 10, all: 10 }];
        assert_eq!(capped(&shares), 50.0);
        assert!(rate(&shares) < 1.0);
    }

    #[test]
    fn bounds_hold_the_rate_and_are_the_same_each_time() {
        let shares: Vec<Share> = (0..20).map(|n| Share { right: n % 5, all: 5 }).collect();
        let [low, high] = bounds(&shares);
        assert!(low < rate(&shares) && rate(&shares) < high, "{low} {high}");
        assert_eq!(bounds(&shares), [low, high]);
        assert_eq!(bounds(&[Share { right: 3, all: 3 }]), [100.0, 100.0]);
    }
}
