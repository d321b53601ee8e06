//! How much of one version of a server was read, and what that shows: the worst that is known of its tools, and every reason
//! why more may be there than is known.

use crate::model::{Confidence, Ecosystem, Grade, ReadingExtent, Risk, Trait};
use crate::store::{ListInUse, RegistryEntry, ToolsKnown};
use std::collections::BTreeSet;
use url::Url;

/// Reasons that are told.
const TOLD: usize = 10;

/// What is known of one version of a server.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionStanding {
    pub reading: ReadingExtent,
    /// Why more may be there than is known, a sentence each; empty where the reading is complete.
    pub missing: Vec<String>,
    /// Of the worst tool; `None` where nothing was read.
    pub risk: Option<Risk>,
    pub traits: BTreeSet<Trait>,
    /// Of the verdict that is least sure.
    pub confidence: Option<Confidence>,
    pub grade: Grade,
    /// Tools of each risk, lowest first.
    pub counts: [u64; 4],
}

impl VersionStanding {
    /// What is known of a version, where `ruleset` are the rules in force.
    pub fn of(entry: &RegistryEntry, known: &ToolsKnown, ruleset: &str) -> VersionStanding {
        let mut missing = Vec::new();
        let unread = why_unread(entry, known, ruleset);
        match &unread {
            Some(why) => missing.push(why.clone()),
            None => not_whole(entry, known, &mut missing),
        }
        for attempt in &known.failed {
            let detail = attempt.detail.as_deref().unwrap_or("no reason is given");
            missing.push(format!("{}: {}: {detail}", attempt.target, attempt.outcome));
        }
        let reading = match (&unread, missing.is_empty()) {
            (Some(_), _) => ReadingExtent::Unread,
            (None, true) => ReadingExtent::Complete,
            (None, false) => ReadingExtent::Partial,
        };
        if missing.len() > TOLD {
            let more = missing.len() - TOLD;
            missing.truncate(TOLD);
            missing.push(format!("and {more} more"));
        }
        // What was read of another version says nothing of this one.
        let verdicts = || known.tools.iter().filter_map(|(_, verdict)| verdict.as_ref()).filter(|_| unread.is_none());
        let count = |risk: Risk| verdicts().filter(|verdict| verdict.risk == risk).count() as u64;
        let counts = Grade::counts(count);
        VersionStanding {
            reading,
            risk: verdicts().map(|verdict| verdict.risk).max().or_else(|| unread.is_none().then_some(Risk::Low)),
            traits: verdicts().flat_map(|verdict| verdict.traits.iter().copied()).collect(),
            confidence: verdicts().map(|verdict| verdict.confidence).min(),
            grade: Grade::of(unread.is_none().then_some(counts), missing.is_empty()),
            counts,
            missing,
        }
    }
}

/// Why nothing that is known counts for this version.
fn why_unread(entry: &RegistryEntry, known: &ToolsKnown, ruleset: &str) -> Option<String> {
    if !entry.is_latest {
        return Some("only the tools of the version that was listed last are known".to_owned());
    }
    if known.lists.is_empty() {
        return Some("no list of its tools was ever learnt".to_owned());
    }
    if known.unjudged || known.tools.iter().any(|(_, verdict)| verdict.is_none()) {
        return Some("its tools have changed and were not judged since".to_owned());
    }
    if !known.tools.is_empty() && known.ruleset.as_deref() != Some(ruleset) {
        return Some("its tools were judged by other rules than those in force".to_owned());
    }
    let lists = || known.lists.iter();
    if !lists().any(|list| is_of(entry, list)) {
        let read = lists().map(|list| match &list.version {
            Some(version) => format!("{}@{version}", list.target),
            None => list.target.clone(),
        });
        let read: Vec<String> = read.take(3).collect();
        return Some(format!("what was read is of another version or place: {}", read.join(", ")));
    }
    None
}

/// Whether a list is of this version: of a package that it names, in that version, or of an address of its hosts. What came
/// from neither (a registry that states tools) may be.
fn is_of(entry: &RegistryEntry, list: &ListInUse) -> bool {
    if let Some(package) = entry.packages.iter().find(|package| names(&list.target, &package.key())) {
        return is_version(list.version.as_deref(), package.version.as_deref());
    }
    let target = list.target.strip_prefix("run ").unwrap_or(&list.target);
    if target.split_once(':').is_some_and(|(ecosystem, _)| ecosystem.parse::<Ecosystem>().is_ok()) {
        return false;
    }
    let host = |text: &str| Url::parse(text).ok()?.host_str().map(str::to_owned);
    match host(target) {
        Some(of) => entry.remotes.iter().any(|remote| host(&remote.url).is_some_and(|other| other == of)),
        None => true,
    }
}

/// What may be there beside what was read.
fn not_whole(entry: &RegistryEntry, known: &ToolsKnown, missing: &mut Vec<String>) {
    for package in &entry.packages {
        let key = package.key();
        let lists: Vec<_> = known.lists.iter().filter(|list| names(&list.target, &key)).collect();
        match lists.iter().find(|list| is_version(list.version.as_deref(), package.version.as_deref())) {
            Some(_) => {}
            None if lists.is_empty() => missing.push(format!("{package} was not read")),
            None => missing.push(format!("{package} was read in another version")),
        }
    }
    for remote in &entry.remotes {
        if !known.lists.iter().any(|list| list.target == remote.url) {
            missing.push(format!("{} was not read", remote.url));
        }
    }
    for list in known.lists.iter().filter(|list| !list.partial.is_empty()) {
        let what: Vec<&str> = list.partial.iter().take(3).map(|partial| partial.detail.as_str()).collect();
        missing.push(format!("the list of {} is incomplete: {}", list.target, what.join("; ")));
    }
}

/// Whether a list's target is this package, read from its source or run.
fn names(target: &str, key: &str) -> bool {
    target == key || target.strip_prefix("run ") == Some(key)
}

/// Whether a list may be of the version that is named: where neither is known, it may not be another one.
fn is_version(read: Option<&str>, named: Option<&str>) -> bool {
    read.is_none() || named.is_none() || read == named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Package, Remote, Transport};
    use crate::store::ToolJudgement;
    use std::rc::Rc;

    fn entry() -> RegistryEntry {
        let package = Package::named(Ecosystem::Npm, "kiln", Some("1.0.0".to_owned()));
        let remote = Remote { transport: Transport::StreamableHttp, url: "https://kiln.example/mcp".to_owned() };
        RegistryEntry {
            server: "io.example/kiln".to_owned(),
            version: "1.0.0".to_owned(),
            source: String::new(),
            status: None,
            manifest: String::new(),
            meta: None,
            packages: vec![package],
            remotes: vec![remote],
            first_seen: String::new(),
            last_seen: String::new(),
            is_latest: true,
        }
    }

    fn list(target: &str, version: Option<&str>) -> ListInUse {
        ListInUse { target: target.to_owned(), version: version.map(str::to_owned), partial: Vec::new() }
    }

    fn known(lists: Vec<ListInUse>) -> ToolsKnown {
        let verdict = ToolJudgement {
            class: crate::model::Class::Write,
            risk: Risk::High,
            category: crate::model::Category::Write,
            confidence: Confidence::High,
            traits: BTreeSet::from([Trait::Bulk]),
        };
        let tools = vec![("fire".to_owned(), Some(Rc::new(verdict)))];
        ToolsKnown { ruleset: Some("rules".to_owned()), tools, lists, ..ToolsKnown::default() }
    }

    #[test]
    fn every_place_in_its_version_is_complete_and_anything_less_is_not() {
        let (package, remote) = (list("npm:kiln", Some("1.0.0")), list("https://kiln.example/mcp", None));
        let reading = |lists: Vec<ListInUse>| VersionStanding::of(&entry(), &known(lists), "rules").reading;
        assert_eq!(reading(vec![package.clone(), remote.clone()]), ReadingExtent::Complete);
        assert_eq!(reading(vec![list("run npm:kiln", None), remote.clone()]), ReadingExtent::Complete);
        assert_eq!(reading(vec![package.clone()]), ReadingExtent::Partial);
        assert_eq!(reading(vec![list("npm:kiln", Some("0.9.0")), remote.clone()]), ReadingExtent::Partial);
        assert_eq!(reading(vec![list("https://kiln.example/card.json", None)]), ReadingExtent::Partial);
        for lists in [
            vec![],
            vec![list("npm:kiln", Some("0.9.0"))],
            vec![list("npm:other", Some("1.0.0"))],
            vec![list("https://elsewhere.example/mcp", None)],
        ] {
            let standing = VersionStanding::of(&entry(), &known(lists.clone()), "rules");
            assert_eq!(
                (standing.reading, standing.risk, standing.grade),
                (ReadingExtent::Unread, None, Grade::U),
                "{lists:?}"
            );
        }
    }

    #[test]
    fn what_is_judged_otherwise_or_not_yet_counts_as_unread() {
        let lists = || vec![list("npm:kiln", Some("1.0.0")), list("https://kiln.example/mcp", None)];
        let reading = |known: &ToolsKnown, entry: &RegistryEntry| VersionStanding::of(entry, known, "rules").reading;
        let whole = known(lists());
        assert_eq!(VersionStanding::of(&entry(), &whole, "rules").risk, Some(Risk::High));
        assert_eq!(reading(&ToolsKnown { unjudged: true, ..whole.clone() }, &entry()), ReadingExtent::Unread);
        assert_eq!(
            reading(&ToolsKnown { ruleset: Some("others".to_owned()), ..whole.clone() }, &entry()),
            ReadingExtent::Unread
        );
        let unjudged = ToolsKnown { tools: vec![("fire".to_owned(), None)], ..whole.clone() };
        assert_eq!(reading(&unjudged, &entry()), ReadingExtent::Unread);
        assert_eq!(reading(&whole, &RegistryEntry { is_latest: false, ..entry() }), ReadingExtent::Unread);
        let failed = crate::model::Unread {
            server: String::new(),
            target: "run npm:kiln".to_owned(),
            outcome: crate::model::Outcome::Timeout,
            detail: None,
        };
        assert_eq!(reading(&ToolsKnown { failed: vec![failed], ..whole }, &entry()), ReadingExtent::Partial);
    }
}
