//! A tool in, a verdict out: what the judge found, put into the words of the verdict with its rationale and evidence.
//!
//! Pure: no clock, no files, no order but that of the input. It never panics, whatever the text.

use crate::judge::annotation::{self, AnnotationTrust, HintsWeighed};
use crate::judge::finding::{Fate, Finding, GRAVE, HIDDEN_TEXT, evidence_of};
use crate::judge::handler::{self, CodeWeighed};
use crate::judge::operation_value::UNKNOWN_OPERATION;
use crate::language::quote::before_section;
use crate::language::server_context::ServerContext;
use crate::language::span::Span;
use crate::rationale::settled::Settled;
use crate::rationale::write;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::text::is_invisible;
use mcpdex_model::{Category, Class, Confidence, Evidence, Overruled, Risk, Sep2793, Tool, Trait, Verdict};
use serde::Serialize;
use std::collections::BTreeSet;
use std::str::Chars;

/// What of a verdict decides: enough for gates and for finding out whether a judgement changed. What it quotes and the
/// reasons that it gives are not made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BriefVerdict<'a> {
    pub server: &'a str,
    pub name: &'a str,
    pub class: Class,
    pub traits: BTreeSet<Trait>,
    pub risk: Risk,
    pub confidence: Confidence,
    /// Whether any rule recognised the tool.
    pub recognised: bool,
    /// The ids of the rules that it rests on, each once, in the order of the pack; behind them what is no rule of it.
    pub rules: Vec<&'a str>,
}

impl BriefVerdict<'_> {
    /// It as a line of JSON, with its end.
    ///
    /// # Errors
    /// It cannot be written as JSON, which no verdict of a judge is.
    pub fn line(&self) -> serde_json::Result<Vec<u8>> {
        line_of(self, 256)
    }
}

/// A verdict as a line of JSON, with its end.
///
/// # Errors
/// It cannot be written as JSON, which no verdict of a judge is.
pub fn verdict_line(verdict: &Verdict) -> serde_json::Result<Vec<u8>> {
    line_of(verdict, 2_048)
}

/// A line of JSON that has about `usual` bytes.
fn line_of(verdict: &impl Serialize, usual: usize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usual);
    serde_json::to_writer(&mut bytes, verdict)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A finding with the claims of the server, and then what the tool's code does, weighed against it.
struct Weighed<'a> {
    /// Class and traits to which the definition, its hints and an operator's trust led.
    claims: HintsWeighed,
    /// The risk of those.
    told: Risk,
    /// What the code adds to them.
    code: CodeWeighed<'a>,
    class: Class,
    risk: Risk,
    confidence: Confidence,
    recognised: bool,
}

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

    /// As [`Ruleset::judge_trusting`], without the texts of a verdict: class, traits, risk and confidence are the same.
    pub fn judge_briefly<'a>(
        &'a self,
        context: &'a ServerContext,
        tool: &'a Tool,
        trust: AnnotationTrust,
    ) -> BriefVerdict<'a> {
        let finding = self.find(context, tool);
        let Weighed { claims, code, class, risk, confidence, recognised, .. } =
            self.weigh(context, tool, &finding, trust);
        let mut rules = self.rules_of(&finding);
        rules.extend(code.rules);
        let mut traits = claims.traits;
        traits.extend(code.traits);
        let (server, name) = (context.server.as_str(), tool.name.as_str());
        let verdict = BriefVerdict { server, name, class, traits, risk, confidence, recognised, rules };
        let Some(other) = &tool.other_reading else { return verdict };
        let first = self.judge_briefly(context, other, trust);
        let graver = if (first.risk, first.class) > (verdict.risk, verdict.class) { first } else { verdict };
        BriefVerdict { name: &tool.name, confidence: Confidence::Low, ..graver }
    }

    /// The ids of the rules that won in `finding`.
    fn rules_of(&self, finding: &Finding<'_>) -> Vec<&str> {
        let won = finding.fired.iter().filter(|hit| hit.fate == Fate::Won);
        let mut numbers: Vec<u32> = won.map(|hit| hit.rule).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut rules: Vec<&str> = numbers.iter().map(|number| self.rules[*number as usize].id.as_str()).collect();
        if let Some(operation) = &finding.gravest_operation
            && !rules.contains(&operation.rule.as_str())
        {
            let known = self.rules.iter().find(|rule| rule.id == operation.rule);
            rules.push(known.map_or(UNKNOWN_OPERATION, |rule| rule.id.as_str()));
        }
        if !finding.hidden.is_empty() {
            rules.push(HIDDEN_TEXT);
        }
        rules
    }

    fn weigh(
        &self,
        context: &ServerContext,
        tool: &Tool,
        finding: &Finding<'_>,
        trust: AnnotationTrust,
    ) -> Weighed<'_> {
        let confidence = self.confidence(finding);
        let claims = annotation::weigh(tool, context, finding, confidence, trust);
        let own = |claims: &HintsWeighed| finding.risk(claims.class, &claims.traits).max(claims.at_least);
        let told = if claims.lowered { Risk::of(claims.class, &claims.traits) } else { own(&claims) };
        // What the definition, the hints and an operator's trust led to is the least: the code can only add.
        let says_read = finding.recognised && finding.class == Class::Read;
        let code = handler::weigh(self, tool, claims.class, &claims.traits, says_read);
        let class = code.class(claims.class);
        let mut risk = told;
        if !code.raised.is_empty() {
            let traits: BTreeSet<Trait> = claims.traits.union(&code.traits).copied().collect();
            risk = told.max(finding.risk(class, &traits)).max(handler::risk(&code, class, &traits, says_read));
        }
        Weighed {
            confidence: if claims.lowered { Confidence::Medium } else { confidence },
            recognised: finding.recognised || claims.lowered,
            told,
            code,
            class,
            risk,
            claims,
        }
    }

    fn verdict(&self, context: &ServerContext, tool: &Tool, finding: Finding<'_>, trust: AnnotationTrust) -> Verdict {
        let Weighed { claims, told, code, class, risk, confidence, recognised } =
            self.weigh(context, tool, &finding, trust);
        let mut evidence = self.evidence(&finding);
        let mut rationale = write::rationale(&Settled {
            set: self,
            finding: &finding,
            claims: &claims,
            class: claims.class,
            traits: &claims.traits,
            risk: told,
            recognised,
        });
        let mut traits = claims.traits;
        traits.extend(code.traits.iter().copied());
        if !code.raised.is_empty() {
            rationale += &format!(" Its code makes it {class} with risk {risk}: {}.", code.raised.join("; "));
        }
        evidence.extend(code.evidence);
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
            audit: claims.audit.into_iter().chain(code.belied).collect(),
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
        let mut found: Vec<(bool, u32, Evidence)> = Vec::new();
        for hit in finding.fired.iter().filter(|hit| hit.fate == Fate::Won) {
            let rule = &self.rules[hit.rule as usize];
            let decides = rule.class == Some(finding.class) || rule.traits.iter().any(|of| GRAVE.contains(of));
            for span in &hit.spans {
                let evidence = self.span_evidence(finding, &rule.id, *span);
                if !found.iter().any(|(.., known)| *known == evidence) {
                    found.push((decides, span.0, evidence));
                }
            }
        }
        // Where there is more than is shown, what decides is, wherever it stands.
        if found.len() > MAX_EVIDENCE {
            found.sort_by_key(|(decides, at, _)| (!decides, *at));
            found.truncate(MAX_EVIDENCE);
        }
        found.sort_by_key(|(_, at, _)| *at);
        let mut evidence: Vec<Evidence> = found.into_iter().map(|(.., evidence)| evidence).collect();
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
                Fate::Won if finding.unearned => "too weak to say that it only reads".to_owned(),
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
    let mut line = String::with_capacity(text.len().min(MAX_DOES + 8));
    let mut letters = text.chars();
    let mut count = 0;
    loop {
        // Most of a line is letters of ASCII that end nothing.
        let rest = letters.as_str();
        let ends = |byte: u8| matches!(byte, b'.' | b'!' | b'?' | b':');
        let run =
            rest.bytes().take(MAX_DOES - count).take_while(|byte| byte.is_ascii_graphic() && !ends(*byte)).count();
        line.push_str(&rest[..run]);
        count += run;
        letters = rest[run..].chars();
        let Some(letter) = letters.next() else { break };
        let plain = letter.is_ascii_graphic();
        if !plain && (is_invisible(letter) || letter.is_control() && letter != '\n') {
            continue;
        }
        if !plain && letter.is_whitespace() {
            let blank = |letters: &mut Chars| letters.take_while(|next| next.is_whitespace()).any(|next| next == '\n');
            if letter == '\n' && count > 0 && blank(&mut letters.clone()) {
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
        if let Some(end) = line.strip_suffix(':').and_then(before_section) {
            line.truncate(end);
            break;
        }
        let next = letters.clone().next();
        let stop = matches!(letter, '.' | '!' | '?') && next.is_none_or(char::is_whitespace) && count > 8;
        if stop || matches!(letter, '。' | '！' | '？') {
            break;
        }
    }
    line.trim_end().to_owned()
}
