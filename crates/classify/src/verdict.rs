//! A tool in, a verdict out: what the judge found, put into the words of the verdict with its rationale and evidence.
//!
//! Pure: no clock, no files, no order but that of the input. It never panics, whatever the text.

use crate::judge::annotation::{self, AnnotationTrust};
use crate::judge::finding::{Fate, Finding, evidence_of};
use crate::language::server_context::ServerContext;
use crate::language::span::Span;
use crate::rationale::settled::Settled;
use crate::rationale::write;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::text::is_invisible;
use mcpdex_model::{Category, Confidence, Evidence, Overruled, Risk, Sep2793, Tool, Verdict};

/// How many pieces of evidence a verdict shows.
const MAX_EVIDENCE: usize = 8;
/// How many overruled classes a verdict shows.
const MAX_OVERRULED: usize = 4;

impl Ruleset {
    /// Judges one tool; the server's annotations may raise the verdict and never lower it.
    pub fn judge(&self, context: &ServerContext, tool: &Tool) -> Verdict {
        self.judge_trusting(context, tool, AnnotationTrust::RaiseOnly)
    }

    /// Judges one tool and treats its annotations as `trust` says.
    pub fn judge_trusting(&self, context: &ServerContext, tool: &Tool, trust: AnnotationTrust) -> Verdict {
        let finding = self.find(context, tool);
        let verdict = self.verdict(context, tool, finding, trust);
        match &tool.other_reading {
            None => verdict,
            Some(other) => graver(verdict, self.judge_trusting(context, other, trust)),
        }
    }

    fn verdict(&self, context: &ServerContext, tool: &Tool, finding: Finding<'_>, trust: AnnotationTrust) -> Verdict {
        let claims = annotation::weigh(tool, context, &finding, self.confidence(&finding), trust);
        let class = claims.class;
        let traits = claims.traits.clone();
        let recognised = finding.recognised || claims.lowered;
        let confidence = if claims.lowered { Confidence::Medium } else { self.confidence(&finding) };
        let risk =
            if claims.lowered { Risk::of(class, &traits) } else { finding.risk(class, &traits).max(claims.at_least) };
        let evidence = self.evidence(&finding);
        let rationale = write::rationale(&Settled {
            set: self,
            finding: &finding,
            claims: &claims,
            class,
            traits: &traits,
            risk,
            recognised,
        });
        Verdict {
            server: context.server.clone(),
            name: tool.name.clone(),
            class,
            risk,
            confidence,
            category: Category::of(class, &traits),
            rationale,
            evidence,
            overruled: self.overruled(&finding),
            frameworks: self.taxonomy.of(class, &traits),
            sep2793: Sep2793::of(class, &traits, risk, recognised),
            audit: claims.audit,
            notes: finding.reading.mended.notes(),
            does: does(tool),
            unread: finding.unread.clone(),
            operations: finding.operations,
            recognised,
            ruleset: self.digest().to_owned(),
            traits,
        }
    }

    fn span_evidence(&self, finding: &Finding<'_>, rule: &str, span: Span) -> Evidence {
        evidence_of(&finding.reading, rule, span)
    }

    fn evidence(&self, finding: &Finding<'_>) -> Vec<Evidence> {
        let mut found: Vec<(u32, Evidence)> = Vec::new();
        for hit in finding.fired.iter().filter(|hit| hit.fate == Fate::Won) {
            for span in &hit.spans {
                let evidence = self.span_evidence(finding, &self.rules[hit.rule as usize].id, *span);
                if !found.iter().any(|(_, known)| *known == evidence) {
                    found.push((span.0, evidence));
                }
            }
        }
        found.sort_by_key(|(at, _)| *at);
        let mut evidence: Vec<Evidence> = found.into_iter().map(|(_, evidence)| evidence).collect();
        evidence.truncate(MAX_EVIDENCE);
        evidence.extend(finding.gravest_operation.clone());
        evidence.extend(finding.hidden.iter().take(2).cloned());
        evidence
    }

    fn overruled(&self, finding: &Finding<'_>) -> Vec<Overruled> {
        let mut lost: Vec<Overruled> = Vec::new();
        for hit in &finding.fired {
            let rule = &self.rules[hit.rule as usize];
            let Some(class) = rule.class else { continue };
            let reason = match hit.fate {
                Fate::Won if class != finding.class => format!("{} is graver", finding.class),
                Fate::Overruled(by) => format!("overruled by {}", self.rules[by as usize].id),
                Fate::Weaker => "evidence for a lighter class is stronger".to_owned(),
                _ => continue,
            };
            if lost.len() >= MAX_OVERRULED || lost.iter().any(|l| l.evidence.first().is_some_and(|e| e.rule == rule.id))
            {
                continue;
            }
            let evidence = hit.spans.iter().map(|span| self.span_evidence(finding, &rule.id, *span)).collect();
            lost.push(Overruled { class, traits: rule.traits.iter().copied().collect(), reason, evidence });
        }
        lost
    }
}

/// Of two readings of one text the graver one, under the name that mcpdex knows the tool by. Which of them an agent
/// gets depends on its client, so neither can be sure.
fn graver(last: Verdict, first: Verdict) -> Verdict {
    let rank = |verdict: &Verdict| (verdict.risk, verdict.class);
    let name = last.name.clone();
    let mut verdict = if rank(&first) > rank(&last) { first } else { last };
    verdict.name = name;
    verdict.confidence = Confidence::Low;
    verdict.notes.push("a key stands twice in the definition; this is the graver of its two readings".to_owned());
    verdict
}

/// How many characters the line that says what a tool does has at most.
const MAX_DOES: usize = 160;

/// What a tool does, in one line of its own words: the first sentence of its description.
fn does(tool: &Tool) -> String {
    let text = tool.description.as_deref().unwrap_or("").trim();
    let mut line = String::new();
    let mut letters = text.chars().peekable();
    let mut count = 0;
    while let Some(letter) = letters.next() {
        if is_invisible(letter) || letter.is_control() && letter != '\n' {
            continue;
        }
        if letter.is_whitespace() {
            let ends = letter == '\n' && letters.peek() == Some(&'\n');
            if ends && count > 0 {
                break;
            }
            if !line.ends_with(' ') && !line.is_empty() {
                line.push(' ');
            }
            continue;
        }
        count += 1;
        if count > MAX_DOES {
            let cut = line.rfind(' ').unwrap_or(line.len());
            line.truncate(cut);
            line.push('…');
            break;
        }
        line.push(letter);
        let next = letters.peek().copied();
        let stop = matches!(letter, '.' | '!' | '?') && next.is_none_or(char::is_whitespace) && count > 8;
        if stop || matches!(letter, '。' | '！' | '？') {
            break;
        }
    }
    line.trim_end().to_owned()
}
