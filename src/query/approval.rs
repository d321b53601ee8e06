//! An operator's list of what may be shown as a registry's servers: a file of TOML in, for each version of a server whether
//! it passes and every reason why not. Whatever the file does not say clearly refuses the file; whatever is not known of a
//! server refuses the server.

use super::reading::VersionStanding;
use crate::model::{Confidence, ReadingExtent, Risk, Trait};
use serde::Deserialize;
use std::collections::BTreeSet;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    /// No TOML, a key that is not known, one that is missing, a word that is none.
    #[error("{0}")]
    Syntax(String),
    /// It is understood and makes no sense.
    #[error("{0}")]
    Sense(String),
    /// Its last day is over.
    #[error("it expired on {0}; review it and set `expires` to a later day")]
    Expired(jiff::civil::Date),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApprovalFile {
    servers: Vec<String>,
    max_risk: Risk,
    reading: Required,
    expires: Day,
    #[serde(default)]
    forbidden_traits: BTreeSet<Trait>,
    min_confidence: Option<Confidence>,
    #[serde(default)]
    exception: Vec<ExceptionEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExceptionEntry {
    server: String,
    reason: String,
    expires: Option<Day>,
    max_risk: Option<Risk>,
    #[serde(default)]
    allowed_traits: BTreeSet<Trait>,
    reading: Option<Required>,
    min_confidence: Option<Confidence>,
    #[serde(default)]
    hide: bool,
}

/// How much of a server has to have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Required {
    /// All of it.
    Complete,
    /// Something of it.
    Read,
}

impl Required {
    fn holds(self, reading: ReadingExtent) -> bool {
        match self {
            Required::Complete => reading == ReadingExtent::Complete,
            Required::Read => reading != ReadingExtent::Unread,
        }
    }
}

/// A day, as TOML's own or as a text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Day {
    Toml(toml::value::Datetime),
    Text(String),
}

impl Day {
    fn date(&self, what: &str) -> Result<jiff::civil::Date, ApprovalError> {
        let text = match self {
            Day::Toml(date) => date.to_string(),
            Day::Text(text) => text.clone(),
        };
        match text.parse() {
            Ok(date) if text.len() == 10 => Ok(date),
            _ => Err(ApprovalError::Sense(format!("{what} is no day; write it as YYYY-MM-DD"))),
        }
    }
}

/// The names of servers, with `*` for any signs but `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NamePattern(String);

impl NamePattern {
    fn read(text: &str) -> Result<NamePattern, ApprovalError> {
        let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "*/._-".contains(c));
        if text.matches('/').count() != 1 || text.starts_with('/') || text.ends_with('/') || !is_plain {
            let shown: String = text.chars().take(80).collect();
            let cure = "write `namespace/name`, with `*` for any part of either; `*/*` are all";
            return Err(ApprovalError::Sense(format!("`{shown}` is no name of a server: {cure}")));
        }
        Ok(NamePattern(text.to_owned()))
    }

    fn matches(&self, name: &str) -> bool {
        let Some(((a, b), (x, y))) = self.0.split_once('/').zip(name.split_once('/')) else { return false };
        fits(a, x) && fits(b, y)
    }
}

/// Whether a text fits a pattern with `*` in it: each part is taken where it stands first, the last one at the end.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What holds for one server in place of the file's own.
#[derive(Debug, Clone)]
struct Exception {
    server: String,
    reason: String,
    expires: Option<jiff::civil::Date>,
    max_risk: Option<Risk>,
    allowed_traits: BTreeSet<Trait>,
    reading: Option<Required>,
    min_confidence: Option<Confidence>,
    hide: bool,
}

/// A list of what may be shown.
#[derive(Debug, Clone)]
pub struct Approval {
    servers: Vec<NamePattern>,
    max_risk: Risk,
    reading: Required,
    expires: jiff::civil::Date,
    forbidden_traits: BTreeSet<Trait>,
    min_confidence: Option<Confidence>,
    exceptions: Vec<Exception>,
}

/// What an [`Approval`] says of one version of a server.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ApprovalDecision {
    pub approved: bool,
    /// Why it is not shown, one sentence each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The operator's reason for an exception that was taken into account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
}

impl Approval {
    /// Reads a file; `today` is the day on which it is to hold.
    ///
    /// # Errors
    /// It is not understood to the last key, makes no sense or has expired: nothing is approved by half of a file.
    pub fn read(text: &str, today: jiff::civil::Date) -> Result<Approval, ApprovalError> {
        let file: ApprovalFile = toml::from_str(text).map_err(|error| ApprovalError::Syntax(error.to_string()))?;
        let sense = |what: String| Err(ApprovalError::Sense(what));
        let expires = file.expires.date("`expires`")?;
        if expires < today {
            return Err(ApprovalError::Expired(expires));
        }
        let servers: Vec<NamePattern> =
            file.servers.iter().map(|text| NamePattern::read(text)).collect::<Result<_, _>>()?;
        if servers.is_empty() {
            return sense("`servers` names none: nothing would be shown".to_owned());
        }
        let mut exceptions: Vec<Exception> = Vec::new();
        for entry in file.exception {
            let ExceptionEntry { server, reason, max_risk, allowed_traits, reading, min_confidence, hide, .. } = entry;
            let shown: String = server.chars().take(80).collect();
            if server.contains('*') || NamePattern::read(&server).is_err() {
                return sense(format!("the exception of `{shown}` has to name one server"));
            }
            if reason.trim().is_empty() {
                return sense(format!("the exception of `{shown}` has no reason"));
            }
            if !servers.iter().any(|pattern| pattern.matches(&server)) {
                return sense(format!("the exception of `{shown}` has no effect: nothing in `servers` names it"));
            }
            if exceptions.iter().any(|other| other.server == server) {
                return sense(format!("there are two exceptions of `{shown}`"));
            }
            if let Some(odd) = allowed_traits.iter().find(|one| !file.forbidden_traits.contains(one)) {
                return sense(format!("the exception of `{shown}` allows {odd}, which is not forbidden"));
            }
            let loosens =
                max_risk.is_some() || !allowed_traits.is_empty() || reading.is_some() || min_confidence.is_some();
            let expires = entry.expires.map(|day| day.date(&format!("`expires` of `{shown}`"))).transpose()?;
            match (hide, loosens) {
                (true, true) => return sense(format!("the exception of `{shown}` both hides it and says more")),
                (true, false) if expires.is_some() => {
                    return sense(format!("the exception of `{shown}` hides it, which does not expire"));
                }
                (false, false) => return sense(format!("the exception of `{shown}` says nothing")),
                _ => {}
            }
            let exception =
                Exception { server, reason, expires, max_risk, allowed_traits, reading, min_confidence, hide };
            exceptions.push(exception);
        }
        Ok(Approval {
            servers,
            max_risk: file.max_risk,
            reading: file.reading,
            expires,
            forbidden_traits: file.forbidden_traits,
            min_confidence: file.min_confidence,
            exceptions,
        })
    }

    /// The last day on which it holds.
    pub fn expires(&self) -> jiff::civil::Date {
        self.expires
    }

    /// Exceptions whose last day is over, a sentence each: the file's own limits hold for their servers again.
    pub fn expired(&self, today: jiff::civil::Date) -> Vec<String> {
        let over = self.exceptions.iter().filter_map(|one| Some((one, one.expires.filter(|last| *last < today)?)));
        over.map(|(one, last)| format!("the exception of {} expired on {last} and does not hold any more", one.server))
            .collect()
    }

    /// Whether a version of a server may be shown on this day.
    pub fn decide(&self, server: &str, standing: &VersionStanding, today: jiff::civil::Date) -> ApprovalDecision {
        let mut reasons = Vec::new();
        let of_server = self.exceptions.iter().find(|one| one.server == server);
        let exception = of_server.filter(|one| one.expires.is_none_or(|last| last >= today));
        let max_risk = exception.and_then(|one| one.max_risk).unwrap_or(self.max_risk);
        let required = exception.and_then(|one| one.reading).unwrap_or(self.reading);
        let confidence = exception.and_then(|one| one.min_confidence).or(self.min_confidence);
        if self.expires < today {
            reasons.push(format!("the list of approved servers expired on {}", self.expires));
        }
        if !self.servers.iter().any(|pattern| pattern.matches(server)) {
            reasons.push("no entry of `servers` names it".to_owned());
        }
        if exception.is_some_and(|one| one.hide) {
            reasons.push("an exception hides it".to_owned());
        }
        if !required.holds(standing.reading) {
            let wanted = if required == Required::Complete { "complete" } else { "read" };
            let why = standing.missing.first().map_or_else(String::new, |why| format!(": {why}"));
            reasons.push(format!("its reading is {} and has to be {wanted}{why}", standing.reading));
        }
        if let Some(risk) = standing.risk.filter(|risk| *risk > max_risk) {
            reasons.push(format!("its risk is {risk}, above {max_risk}"));
        }
        let allowed = exception.map(|one| &one.allowed_traits);
        for one in self.forbidden_traits.intersection(&standing.traits) {
            if !allowed.is_some_and(|allowed| allowed.contains(one)) {
                reasons.push(format!("it has the trait {one}"));
            }
        }
        if let Some((least, wanted)) = standing.confidence.zip(confidence).filter(|(least, wanted)| least < wanted) {
            reasons.push(format!("a verdict on its tools has {least} confidence, below {wanted}"));
        }
        ApprovalDecision {
            approved: reasons.is_empty(),
            reasons,
            exception: exception.map(|one| one.reason.trim().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Grade;
    use ReadingExtent::{Complete, Partial, Unread};

    const FILE: &str = "servers = [\"io.example/*\"]\nmax_risk = \"high\"\nreading = \"complete\"\nexpires = 2031-03-31\n\
                        forbidden_traits = [\"financial\"]\n";

    fn day(text: &str) -> jiff::civil::Date {
        text.parse().expect("a day")
    }

    fn read(text: &str) -> Result<Approval, String> {
        Approval::read(text, day("2031-03-07")).map_err(|error| error.to_string())
    }

    fn standing(reading: ReadingExtent, risk: Option<Risk>, traits: &[Trait]) -> VersionStanding {
        VersionStanding {
            reading,
            missing: Vec::new(),
            risk,
            traits: traits.iter().copied().collect(),
            confidence: Some(Confidence::Medium),
            grade: Grade::U,
            counts: [0; 4],
        }
    }

    #[test]
    fn each_demand_refuses_on_its_own() {
        let approval = read(FILE).expect("a file");
        let ask = |name: &str, reading, risk, traits: &[Trait]| {
            approval.decide(name, &standing(reading, risk, traits), day("2031-03-31"))
        };
        assert!(ask("io.example/a", Complete, Some(Risk::High), &[Trait::Bulk]).approved);
        for (name, reading, risk, traits, why) in [
            ("io.other/a", Complete, Some(Risk::Low), &[][..], "names it"),
            ("io.example/a", Partial, Some(Risk::Low), &[], "has to be complete"),
            ("io.example/a", Unread, None, &[], "has to be complete"),
            ("io.example/a", Complete, Some(Risk::Critical), &[], "above high"),
            ("io.example/a", Complete, Some(Risk::Low), &[Trait::Financial], "financial"),
        ] {
            let decision = ask(name, reading, risk, traits);
            assert!(
                !decision.approved && decision.reasons.len() == 1 && decision.reasons[0].contains(why),
                "{decision:?}"
            );
        }
        let late = approval.decide("io.example/a", &standing(Complete, Some(Risk::Low), &[]), day("2031-04-01"));
        assert!(!late.approved, "after its last day");
    }

    #[test]
    fn an_exception_loosens_what_it_names_until_its_last_day() {
        let text = format!(
            "{FILE}[[exception]]\nserver = \"io.example/bank\"\nreason = \"reviewed\"\nmax_risk = \"critical\"\n\
             allowed_traits = [\"financial\"]\nexpires = \"2031-03-10\"\n\
             [[exception]]\nserver = \"io.example/bad\"\nreason = \"withdrawn\"\nhide = true\n"
        );
        let approval = read(&text).expect("a file");
        let bank = standing(Complete, Some(Risk::Critical), &[Trait::Financial]);
        let decision = approval.decide("io.example/bank", &bank, day("2031-03-10"));
        assert_eq!((decision.approved, decision.exception.as_deref()), (true, Some("reviewed")));
        assert_eq!(approval.decide("io.example/bank", &bank, day("2031-03-11")).reasons.len(), 2);
        assert_eq!(approval.expired(day("2031-03-11")).len(), 1);
        assert!(!approval.decide("io.example/other", &bank, day("2031-03-10")).approved);
        let fine = standing(Complete, Some(Risk::Low), &[]);
        assert!(!approval.decide("io.example/bad", &fine, day("2031-03-10")).approved);
    }

    #[test]
    fn a_file_that_is_not_understood_to_the_last_key_is_refused() {
        let with = |more: &str| format!("{FILE}{more}");
        let exception = |more: &str| with(&format!("[[exception]]\nserver = \"io.example/a\"\nreason = \"r\"\n{more}"));
        for (text, why) in [
            (String::new(), "missing field"),
            ("servers = [".to_owned(), "servers"),
            (with("max_rsik = \"low\"\n"), "max_rsik"),
            (FILE.replace("high", "huge"), "huge"),
            (FILE.replace("financial", "finance"), "finance"),
            (FILE.replace("2031-03-31", "2031-03-06"), "expired"),
            (FILE.replace("2031-03-31", "\"soon\""), "YYYY-MM-DD"),
            (FILE.replace("2031-03-31", "2031-03-31T00:00:00Z"), "YYYY-MM-DD"),
            (FILE.replace("complete", "partly"), "partly"),
            (FILE.replace("io.example/*", "io.example*"), "namespace/name"),
            (FILE.replace("[\"io.example/*\"]", "[]"), "none"),
            (with("servers = [\"*/*\"]\n"), "servers"),
            (exception(""), "says nothing"),
            (exception("hide = true\nmax_risk = \"low\"\n"), "hides"),
            (exception("hide = true\nexpires = 2031-03-20\n"), "hides"),
            (exception("allowed_traits = [\"bulk\"]\n"), "bulk"),
            (exception("hide = true\n").replace("\"r\"", "\" \""), "no reason"),
            (exception("hide = true\n").replace("io.example/a", "io.example/*"), "one server"),
            (exception("hide = true\n").replace("io.example/a", "io.other/a"), "no effect"),
        ] {
            let refused = read(&text).err().unwrap_or_else(|| panic!("it is taken: {text}"));
            assert!(refused.contains(why), "{text}\n{refused}");
        }
    }

    #[test]
    fn a_pattern_stays_on_its_side_of_the_slash() {
        for (pattern, name, wanted) in [
            ("io.example/*", "io.example/a", true),
            ("io.example/*", "io.example.evil/a", false),
            ("io.*/kiln", "io.example/kiln", true),
            ("io.*/kiln", "io.example/kiln2", false),
            ("*/*", "a/b", true),
            ("a*c*/x", "abcbd/x", true),
            ("a*c/x", "abcd/x", false),
            ("a/b", "a/b", true),
            ("a/b", "A/b", false),
            ("a/b*b", "a/b", false),
        ] {
            assert_eq!(NamePattern::read(pattern).expect("a pattern").matches(name), wanted, "{pattern} {name}");
        }
    }
}
