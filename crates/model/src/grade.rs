//! One letter for a server: what its tools can do and how much of them was seen in, the letter out.

use super::{Risk, words};

words! {
    /// How much a server can do, in one letter; `docs/grades.md` is the definition in words.
    Grade, "grade of a server" {
        /// No tool above low, and the list is whole.
        A = "A",
        /// No tool above medium, or none above low and the list is known to be incomplete.
        B = "B",
        /// No tool above high.
        C = "C",
        /// Critical tools, at most a quarter of all.
        D = "D",
        /// More than a quarter of the tools are critical.
        E = "E",
        /// Not graded: no list of its tools was ever learnt.
        U = "U",
    }
}

impl Grade {
    /// What the letter means, as a clause.
    pub const fn means(self) -> &'static str {
        match self {
            Grade::A => "no tool above low, and the list is whole",
            Grade::B => "no tool above medium, or none above low and the list is known to be incomplete",
            Grade::C => "no tool above high",
            Grade::D => "critical tools, at most a quarter of all",
            Grade::E => "more than a quarter of the tools are critical",
            Grade::U => "not graded: no list of its tools was ever learnt",
        }
    }

    /// The grade of a server with so many tools of each risk; `None` for the counts of one that was never read.
    pub fn of(counts: Option<[u64; 4]>, is_whole: bool) -> Grade {
        let Some([low, medium, high, critical]) = counts else { return Grade::U };
        let all = low + medium + high + critical;
        match (critical, high, medium) {
            (0, 0, 0) if is_whole => Grade::A,
            (0, 0, _) => Grade::B,
            (0, ..) => Grade::C,
            (some, ..) if some * 4 <= all => Grade::D,
            _ => Grade::E,
        }
    }

    /// The counts of [`Grade::of`] from a count for each risk.
    pub fn counts(count: impl Fn(Risk) -> u64) -> [u64; 4] {
        [Risk::Low, Risk::Medium, Risk::High, Risk::Critical].map(count)
    }
}

#[cfg(test)]
mod tests {
    use super::Grade;

    #[test]
    fn a_grade_is_never_better_for_a_graver_tool_or_for_what_was_not_read() {
        let grade = |counts, whole| Grade::of(Some(counts), whole);
        assert_eq!(grade([9, 0, 0, 0], true), Grade::A);
        assert_eq!(grade([9, 0, 0, 0], false), Grade::B);
        assert_eq!(grade([9, 1, 0, 0], true), Grade::B);
        assert_eq!(grade([9, 9, 1, 0], true), Grade::C);
        assert_eq!(grade([3, 0, 0, 1], true), Grade::D);
        assert_eq!(grade([2, 0, 0, 1], true), Grade::E);
        assert_eq!(Grade::of(None, true), Grade::U);
        for low in 0..5 {
            for medium in 0..3 {
                for high in 0..3 {
                    for critical in 0..4 {
                        let is = grade([low, medium, high, critical], true);
                        assert!(grade([low, medium, high, critical + 1], true) >= is);
                        assert!(critical > 0 || grade([low, medium, high + 1, critical], true) >= is);
                        assert!(grade([low, medium, high, critical], false) >= is);
                    }
                }
            }
        }
    }
}
