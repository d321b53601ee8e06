//! Findings as JUnit XML, which test reports of pipelines show: a suite a configuration, a case a finding.

use super::findings::{ScanReport, ScannedServer};
use super::visible;
use crate::model::Risk;
use crate::survey::{Finding, Gated, Kind};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;

/// One test case.
struct Case {
    /// The server, or the configuration that was not read.
    class: String,
    name: String,
    result: Verdict,
}

enum Verdict {
    Passed(Option<String>),
    Skipped(String),
    /// The finding counts at or above the gate.
    Failed {
        kind: Kind,
        severity: Risk,
        message: String,
    },
    /// It was not looked at.
    Unread(String),
}

impl ScanReport {
    /// A case for each finding, and one that passes for each server that was read and has none. A finding fails when it
    /// counts and is at least as grave as `from` (any, where none is given), is skipped when somebody accepted it or it
    /// was there before, and passes with its message below `from`; what was not read is an error whatever `from` is.
    ///
    /// # Errors
    /// Never for memory.
    pub fn to_junit(&self, from: Option<Risk>) -> std::io::Result<String> {
        let mut suites: Vec<(&str, Vec<Case>)> =
            self.configs.iter().map(|config| (config.as_str(), Vec::new())).collect();
        let mut add = |config, case| match suites.iter_mut().find(|(name, _)| *name == config) {
            Some((_, cases)) => cases.push(case),
            None => suites.push((config, vec![case])),
        };
        for gated in &self.findings {
            add(self.config_of(&gated.finding), case(gated, from.unwrap_or(Risk::Low)));
        }
        for server in &self.servers {
            if !self.findings.iter().any(|gated| gated.finding.server == server.name) {
                add(&server.config, quiet(server));
            }
        }
        for problem in &self.problems {
            let (class, name) = (problem.config.clone(), "unread".to_owned());
            add(&problem.config, Case { class, name, result: Verdict::Unread(problem.what.clone()) });
        }
        write(&suites, &self.ruleset)
    }
}

/// The case of a server without findings.
fn quiet(server: &ScannedServer) -> Case {
    let result = match (server.disabled, &server.unread) {
        (true, _) => Verdict::Skipped("the configuration switches it off".to_owned()),
        (false, Some(why)) => Verdict::Unread(why.clone()),
        (false, None) => Verdict::Passed(None),
    };
    Case { class: server.name.clone(), name: "no finding".to_owned(), result }
}

fn case(gated: &Gated, from: Risk) -> Case {
    let Finding { kind, severity, server, tool, .. } = &gated.finding;
    let message = gated.message();
    let result = match &gated.suppressed {
        Some(entry) => Verdict::Skipped(format!("accepted until {}: {}", entry.expires, entry.reason)),
        None if gated.known => Verdict::Skipped("it was in the baseline".to_owned()),
        None if matches!(kind, Kind::Unread | Kind::Partial) => Verdict::Unread(message),
        None if *severity >= from => Verdict::Failed { kind: *kind, severity: *severity, message },
        None => Verdict::Passed(Some(format!("{severity}: {message}"))),
    };
    let name = tool.as_ref().map_or_else(|| kind.to_string(), |tool| format!("{kind}: {tool}"));
    Case { class: server.clone(), name, result }
}

fn write(suites: &[(&str, Vec<Case>)], ruleset: &str) -> std::io::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = || suites.iter().flat_map(|(_, cases)| cases);
    xml.write_event(Event::Start(counted(BytesStart::new("testsuites"), "mcpdex", all())))?;
    for (name, cases) in suites {
        let mut suite = counted(BytesStart::new("testsuite"), name, cases.iter());
        // The schema by which Jenkins reads counts what was skipped in a suite and not in all of them.
        let skipped = cases.iter().filter(|case| matches!(case.result, Verdict::Skipped(_))).count();
        suite.push_attribute(("skipped", skipped.to_string().as_str()));
        xml.write_event(Event::Start(suite))?;
        xml.write_event(Event::Start(BytesStart::new("properties")))?;
        let mut property = BytesStart::new("property");
        property.push_attribute(("name", "ruleset"));
        property.push_attribute(("value", &*text(ruleset)));
        xml.write_event(Event::Empty(property))?;
        xml.write_event(Event::End(BytesEnd::new("properties")))?;
        for case in cases {
            let mut begin = BytesStart::new("testcase");
            begin.push_attribute(("classname", &*text(&case.class)));
            begin.push_attribute(("name", &*text(&case.name)));
            begin.push_attribute(("time", "0"));
            xml.write_event(Event::Start(begin))?;
            let (element, kind, message) = match &case.result {
                Verdict::Passed(None) => ("", None, ""),
                Verdict::Passed(Some(message)) => ("system-out", None, message.as_str()),
                Verdict::Skipped(why) => ("skipped", None, why.as_str()),
                Verdict::Failed { kind, severity, message } => {
                    ("failure", Some(format!("{severity} {kind}")), message.as_str())
                }
                Verdict::Unread(why) => ("error", Some(Kind::Unread.to_string()), why.as_str()),
            };
            if !element.is_empty() {
                let mut result = BytesStart::new(element);
                // What the program put out has no attributes; what is skipped has no kind.
                if element != "system-out" {
                    result.push_attribute(("message", &*text(message)));
                }
                if let Some(kind) = &kind {
                    result.push_attribute(("type", kind.as_str()));
                }
                xml.write_event(Event::Start(result))?;
                xml.write_event(Event::Text(BytesText::new(&text(message))))?;
                xml.write_event(Event::End(BytesEnd::new(element)))?;
            }
            xml.write_event(Event::End(BytesEnd::new("testcase")))?;
        }
        xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut written = String::from_utf8(xml.into_inner()).map_err(std::io::Error::other)?;
    written.push('\n');
    Ok(written)
}

/// With its name, and how its cases ended.
fn counted<'a>(mut element: BytesStart<'a>, name: &str, cases: impl Iterator<Item = &'a Case>) -> BytesStart<'a> {
    let [mut tests, mut failures, mut errors] = [0usize; 3];
    for case in cases {
        tests += 1;
        match case.result {
            Verdict::Passed(_) | Verdict::Skipped(_) => {}
            Verdict::Failed { .. } => failures += 1,
            Verdict::Unread(_) => errors += 1,
        }
    }
    element.push_attribute(("name", &*text(name)));
    for (what, count) in [("tests", tests), ("failures", failures), ("errors", errors)] {
        element.push_attribute((what, count.to_string().as_str()));
    }
    element
}

/// Text on one line, of characters that XML 1.0 has (section 2.2).
fn text(text: &str) -> Cow<'_, str> {
    let shown = visible(text);
    if !shown.contains(['\n', '\r', '\t', '\u{fffe}', '\u{ffff}']) {
        return shown;
    }
    let plain = shown.replace(['\n', '\r', '\t'], " ");
    Cow::Owned(plain.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}"))
}
