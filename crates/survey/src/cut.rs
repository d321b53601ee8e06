//! The fewest tools without which private data, untrusted content and a way out no longer meet.
//!
//! While each of the three has a tool left, some tools (perhaps one) still make the combination, so a cut has to take all
//! tools of one of the three away; the smallest of the three is the smallest cut.

use super::combination::Brings;
use mcpdex_model::words;
use serde::Serialize;

words! {
    /// One of the three that make a leak.
    LegKind, "part of a leak" {
        WayOut = "way-out",
        UntrustedContent = "untrusted-content",
        PrivateData = "private-data",
    }
}

/// A smallest cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// Which of the three is taken away; of equal ones the first in the order of [`LegKind`], since what acts costs least.
    pub leg: LegKind,
    /// The tools to take away, by their place.
    pub places: Vec<usize>,
    /// How many tools bring each of the three, in the order of [`LegKind`]: what another choice would cost.
    pub costs: [usize; 3],
}

/// The smallest cut; `None` where the tools make no combination.
pub fn cut(tools: &[Brings]) -> Option<Cut> {
    let places = |leg: LegKind| -> Vec<usize> {
        let brings = |tool: &Brings| match leg {
            LegKind::WayOut => tool.way_out,
            LegKind::UntrustedContent => tool.untrusted_content,
            LegKind::PrivateData => tool.private_data,
        };
        (0..tools.len()).filter(|place| brings(&tools[*place])).collect()
    };
    let legs = [LegKind::WayOut, LegKind::UntrustedContent, LegKind::PrivateData].map(|leg| (leg, places(leg)));
    let costs = [0, 1, 2].map(|at| legs[at].1.len());
    let (leg, places) = legs.into_iter().min_by_key(|(_, places)| places.len())?;
    (!places.is_empty()).then_some(Cut { leg, places, costs })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::combination::combination;
    use mcpdex_model::{Class, Trait, Verdict};

    /// Numbers that are the same on every machine.
    struct Seeded(u64);

    impl Seeded {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % most
        }
    }

    /// Up to ten tools, each with up to three traits that may or may not matter.
    fn tools(seeded: &mut Seeded) -> Vec<Verdict> {
        let traits = [
            Trait::PrivateData,
            Trait::CredentialAccess,
            Trait::FileAccess,
            Trait::UntrustedContent,
            Trait::ExternalCommunication,
            Trait::NetworkEgress,
            Trait::CodeExecution,
            Trait::Bulk,
        ];
        let classes = [Class::Read, Class::Write, Class::Execute];
        let count = 1 + seeded.below(10);
        (0..count)
            .map(|i| {
                let has: Vec<Trait> =
                    (0..seeded.below(4)).map(|_| traits[usize::try_from(seeded.below(8)).expect("small")]).collect();
                Verdict::bare(&format!("tool_{i}"), classes[usize::try_from(seeded.below(3)).expect("small")], &has)
            })
            .collect()
    }

    fn meets(tools: &[Verdict], without: impl Fn(usize) -> bool) -> bool {
        let left = tools.iter().enumerate().filter(|(place, _)| !without(*place));
        combination(left.map(|(_, verdict)| (verdict.name.as_str(), verdict))).is_some()
    }

    #[test]
    fn no_subset_is_smaller_on_fifty_sets_that_make_a_combination() {
        let mut seeded = Seeded(17);
        let (mut sets, mut sizes) = (0, std::collections::BTreeSet::new());
        while sets < 50 {
            let tools = tools(&mut seeded);
            let found = cut(&tools.iter().map(Brings::of).collect::<Vec<_>>());
            let all = meets(&tools, |_| false);
            assert_eq!(found.is_some(), all, "{tools:?}");
            let Some(found) = found else { continue };
            assert!(!meets(&tools, |place| found.places.contains(&place)), "a combination is left: {tools:?}");
            let smallest = (0_u32..1 << tools.len())
                .filter(|set| !meets(&tools, |place| set & (1 << place) != 0))
                .map(u32::count_ones)
                .min();
            assert_eq!(Some(u32::try_from(found.places.len()).expect("small")), smallest, "{tools:?}");
            sizes.insert(found.places.len());
            sets += 1;
        }
        assert!(sizes.len() >= 3, "the sets are all alike: {sizes:?}");
    }

    #[test]
    fn of_equal_cuts_the_way_out_is_taken_and_every_choice_has_its_cost() {
        let [mut reads, mut hears, mut sends] = [Brings::default(); 3];
        (reads.private_data, hears.untrusted_content, sends.way_out) = (true, true, true);
        let found = cut(&[reads, hears, sends, reads]).expect("a combination");
        assert_eq!((found.leg, found.places, found.costs), (LegKind::WayOut, vec![2], [1, 1, 2]));
        assert_eq!(cut(&[reads, hears]), None);
    }
}
