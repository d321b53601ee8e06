//! Verdicts held against labels: agreement for class, risk, traits and category, over tools and over servers.

use crate::batch::resample::{Share, bounds, capped, rate};
use mcpdex_model::{Annotations, Category, Class, Risk, Trait, Verdict};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What someone said about a tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// Whether the tool only reads.
    pub read_only: Option<bool>,
    pub destructive: Option<bool>,
    pub class: Option<Class>,
    pub risk: Option<Risk>,
    pub category: Option<Category>,
    pub traits: Option<BTreeSet<Trait>>,
    /// What careful people would dispute: a verdict that equals one of them is right leniently.
    pub alt_class: Vec<Class>,
    pub alt_risk: Vec<Risk>,
    /// Disputed traits count neither way.
    pub alt_traits: BTreeSet<Trait>,
}

impl Label {
    /// Reads the label of a row: explicit fields (`class`, `risk`, `category`, `traits`) and the author's hints.
    pub fn of(annotations: &Annotations, extra: &Map<String, Value>) -> Label {
        let word = |key: &str| extra.get(key).and_then(Value::as_str).map(str::to_ascii_lowercase);
        let class: Option<Class> = word("class").and_then(|w| w.parse().ok());
        let category: Option<Category> = word("category").and_then(|w| w.parse().ok());
        let hinted = match (annotations.read_only_hint, annotations.destructive_hint) {
            (Some(value), _) => Some(value),
            (None, Some(_)) => Some(false),
            (None, None) => None,
        };
        Label {
            read_only: class.map(|c| c == Class::Read).or_else(|| category.map(|c| c == Category::Read)).or(hinted),
            destructive: annotations.destructive_hint.filter(|_| hinted.is_some()),
            class,
            risk: word("risk").and_then(|w| w.parse().ok()),
            category,
            alt_class: words(extra, "alt_class"),
            alt_risk: words(extra, "alt_risk"),
            alt_traits: words(extra, "alt_traits").into_iter().collect(),
            traits: extra
                .get("traits")
                .and_then(Value::as_array)
                .map(|list| list.iter().filter_map(|v| v.as_str()?.parse().ok()).collect()),
        }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Label::default()
    }
}

/// The words of a list, where they are words of the vocabulary.
fn words<T: std::str::FromStr>(extra: &Map<String, Value>, key: &str) -> Vec<T> {
    let list = extra.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|value| value.as_str()?.parse().ok()).collect()
}

/// One label that the verdict does not agree with.
#[derive(Debug, Clone, Serialize)]
pub struct Disagreement {
    pub server: String,
    pub name: String,
    /// `read-only`, `class`, `risk`, `category` or `traits`.
    pub about: &'static str,
    pub label: String,
    pub verdict: String,
    pub rationale: String,
    pub noise: bool,
}

/// Agreement over a set of rows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Score {
    pub tools: usize,
    pub servers: usize,
    /// Rows with a read-only label: label read and verdict read, and so on.
    pub read_as_read: usize,
    pub read_as_other: usize,
    pub other_as_read: usize,
    pub other_as_other: usize,
    /// Mean of the recalls of both sides, in per cent.
    pub balanced_accuracy: f64,
    /// The same per server, then the mean of servers.
    pub balanced_accuracy_of_servers: f64,
    /// Labelled destructive, and how many of them got risk low.
    pub destructive: usize,
    pub destructive_as_low: usize,
    /// Labelled read-only, and how many of them got risk high or critical.
    pub read_as_grave: usize,
    /// Labelled not destructive by an author who changes things, and how many got the trait all the same.
    pub mild: usize,
    pub mild_as_destructive: usize,
    /// Label → verdict → count.
    pub class: BTreeMap<String, BTreeMap<String, usize>>,
    pub risk: BTreeMap<String, BTreeMap<String, usize>>,
    pub category: BTreeMap<String, BTreeMap<String, usize>>,
    /// Trait → (in both, in the label alone, in the verdict alone), disputed ones left out.
    pub traits: BTreeMap<String, [usize; 3]>,
    /// How often class and risk are right, or one of the disputed alternatives.
    pub lenient: Lenient,
    pub critical: CriticalScore,
    pub class_agreement: f64,
    pub risk_agreement: f64,
    pub category_agreement: f64,
    pub unrecognised: usize,
    /// Servers with the lowest agreement on read-only, with right answers and rows.
    pub worst_servers: Vec<(String, usize, usize)>,
}

/// Agreement where a disputed alternative counts as right, in per cent, with the bounds between which it lies in 95 of 100
/// draws of servers, and with every server counted as at most ten rows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Lenient {
    pub class: f64,
    pub class_bounds: [f64; 2],
    pub class_capped: f64,
    pub risk: f64,
    pub risk_bounds: [f64; 2],
    pub risk_capped: f64,
}

/// What became of the critical tools.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CriticalScore {
    /// Labelled critical without an alternative, and how many of them were found.
    pub sure: usize,
    pub found: usize,
    /// Recall in per cent, and its bounds by draws of servers.
    pub recall: f64,
    pub recall_bounds: [f64; 2],
    /// Judged critical; how many of these by their label, and how many leniently.
    pub judged: usize,
    pub right: usize,
    pub right_leniently: usize,
    /// Labelled critical and judged low.
    pub as_low: usize,
}

/// Adds rows up.
#[derive(Debug, Default)]
pub struct Scorer {
    score: Score,
    /// Per server: class right leniently and rows, risk the same, sure criticals found and all.
    lenient: BTreeMap<String, [Share; 3]>,
    /// Per server: read as read, read rows, other as other, other rows.
    servers: BTreeMap<String, [usize; 4]>,
}

impl Scorer {
    /// Adds one row; returns what the verdict does not agree with.
    pub fn add(&mut self, label: &Label, verdict: &Verdict, noise: bool) -> Vec<Disagreement> {
        let mut disagreements = Vec::new();
        let mut disagree = |about: &'static str, label: String, verdict_word: String| {
            disagreements.push(Disagreement {
                server: verdict.server.clone(),
                name: verdict.name.clone(),
                about,
                label,
                verdict: verdict_word,
                rationale: verdict.rationale.clone(),
                noise,
            });
        };
        let score = &mut self.score;
        score.tools += 1;
        score.unrecognised += usize::from(!verdict.recognised);
        let lenient = self.lenient.entry(verdict.server.clone()).or_default();
        if let Some(class) = label.class {
            lenient[0].add(class == verdict.class || label.alt_class.contains(&verdict.class));
        }
        if let Some(risk) = label.risk {
            let right = risk == verdict.risk;
            let leniently = right || label.alt_risk.contains(&verdict.risk);
            lenient[1].add(leniently);
            let critical = &mut score.critical;
            if risk == Risk::Critical {
                critical.as_low += usize::from(verdict.risk == Risk::Low);
                if label.alt_risk.iter().all(|other| *other == Risk::Critical) {
                    critical.sure += 1;
                    critical.found += usize::from(right);
                    lenient[2].add(right);
                }
            }
            if verdict.risk == Risk::Critical {
                critical.judged += 1;
                critical.right += usize::from(right);
                critical.right_leniently += usize::from(leniently);
            }
        }
        let server = self.servers.entry(verdict.server.clone()).or_default();
        if let Some(read) = label.read_only {
            let judged_read = verdict.class == Class::Read;
            let side = usize::from(!read) * 2;
            server[side] += usize::from(read == judged_read);
            server[side + 1] += 1;
            match (read, judged_read) {
                (true, true) => score.read_as_read += 1,
                (true, false) => score.read_as_other += 1,
                (false, true) => score.other_as_read += 1,
                (false, false) => score.other_as_other += 1,
            }
            if read != judged_read {
                disagree("read-only", read.to_string(), verdict.class.to_string());
            }
            if read && verdict.risk >= Risk::High {
                score.read_as_grave += 1;
            }
        }
        if label.destructive == Some(true) && label.read_only == Some(false) {
            score.destructive += 1;
            score.destructive_as_low += usize::from(verdict.risk == Risk::Low);
        }
        if label.destructive == Some(false) && label.read_only == Some(false) {
            score.mild += 1;
            score.mild_as_destructive += usize::from(verdict.traits.contains(&Trait::Destructive));
        }
        let mut count =
            |matrix: &mut BTreeMap<String, BTreeMap<String, usize>>, about, said: String, judged: String| {
                *matrix.entry(said.clone()).or_default().entry(judged.clone()).or_default() += 1;
                if said != judged {
                    disagree(about, said, judged);
                }
            };
        if let Some(class) = label.class {
            count(&mut score.class, "class", class.to_string(), verdict.class.to_string());
        }
        if let Some(risk) = label.risk {
            count(&mut score.risk, "risk", risk.to_string(), verdict.risk.to_string());
        }
        if let Some(category) = label.category {
            count(&mut score.category, "category", category.to_string(), verdict.category.to_string());
        }
        if let Some(traits) = &label.traits {
            for of in Trait::ALL.iter().filter(|of| !label.alt_traits.contains(of)) {
                let cell = match (traits.contains(of), verdict.traits.contains(of)) {
                    (true, true) => 0,
                    (true, false) => 1,
                    (false, true) => 2,
                    (false, false) => continue,
                };
                score.traits.entry(of.to_string()).or_default()[cell] += 1;
            }
            if *traits != verdict.traits {
                let words = |set: &BTreeSet<Trait>| set.iter().map(|t| t.as_str()).collect::<Vec<_>>().join(" ");
                disagree("traits", words(traits), words(&verdict.traits));
            }
        }
        disagreements
    }

    /// The figures.
    pub fn finish(mut self) -> Score {
        let score = &mut self.score;
        score.servers = self.servers.len();
        score.balanced_accuracy = balanced([
            score.read_as_read,
            score.read_as_read + score.read_as_other,
            score.other_as_other,
            score.other_as_other + score.other_as_read,
        ])
        .unwrap_or(0.0);
        let each: Vec<f64> = self.servers.values().filter_map(|counts| balanced(*counts)).collect();
        score.balanced_accuracy_of_servers =
            if each.is_empty() { 0.0 } else { each.iter().sum::<f64>() / each.len() as f64 };
        let of = |which: usize| self.lenient.values().map(|shares| shares[which]).collect::<Vec<Share>>();
        let (class, risk, critical) = (of(0), of(1), of(2));
        score.lenient = Lenient {
            class: rate(&class),
            class_bounds: bounds(&class),
            class_capped: capped(&class),
            risk: rate(&risk),
            risk_bounds: bounds(&risk),
            risk_capped: capped(&risk),
        };
        score.critical.recall = rate(&critical);
        score.critical.recall_bounds = bounds(&critical);
        score.class_agreement = agreement(&score.class);
        score.risk_agreement = agreement(&score.risk);
        score.category_agreement = agreement(&score.category);
        let mut worst: Vec<(String, usize, usize)> = self
            .servers
            .iter()
            .map(|(server, c)| (server.clone(), c[0] + c[2], c[1] + c[3]))
            .filter(|(_, right, rows)| right < rows)
            .collect();
        worst.sort_by(|a, b| (a.1 * b.2).cmp(&(b.1 * a.2)).then_with(|| a.0.cmp(&b.0)));
        worst.truncate(15);
        score.worst_servers = worst;
        self.score
    }
}

/// Mean of the recalls of the sides that have rows, in per cent.
fn balanced([read_right, reads, other_right, others]: [usize; 4]) -> Option<f64> {
    let recall = |right: usize, all: usize| (all > 0).then(|| 100.0 * right as f64 / all as f64);
    let sides: Vec<f64> = [recall(read_right, reads), recall(other_right, others)].into_iter().flatten().collect();
    if sides.is_empty() { None } else { Some(sides.iter().sum::<f64>() / sides.len() as f64) }
}

fn agreement(matrix: &BTreeMap<String, BTreeMap<String, usize>>) -> f64 {
    let all: usize = matrix.values().flat_map(BTreeMap::values).sum();
    let right: usize = matrix.iter().filter_map(|(label, row)| row.get(label)).sum();
    if all == 0 { 0.0 } else { 100.0 * right as f64 / all as f64 }
}
