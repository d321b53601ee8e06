//! Findings as workflow commands of GitHub Actions (`::error file=…,line=…,col=…,title=…::message`), which become annotations.

use super::findings::ScanReport;
use super::{relative, visible};
use crate::model::Risk;
use crate::survey::Gated;
use std::fmt::Write as _;

impl ScanReport {
    /// One command a finding that counts, gravest first (GitHub shows the first ten of a step), and one for each place
    /// that was not read; last how many there are. A finding below *high* is a warning, one below *medium* a notice.
    pub fn to_github(&self) -> String {
        let mut out = String::new();
        let counting = self.findings.iter().filter(|gated| gated.counts());
        for gated in counting {
            self.command(&mut out, gated);
        }
        for finding in self.unread() {
            self.command(&mut out, &Gated::plain(finding));
        }
        out + &data(&format!("{} {}", self.counted(), self.about())) + "\n"
    }

    fn command(&self, out: &mut String, gated: &Gated) {
        let finding = &gated.finding;
        let command = match finding.severity {
            Risk::Low => "notice",
            Risk::Medium => "warning",
            Risk::High | Risk::Critical => "error",
        };
        let about = match &finding.tool {
            Some(tool) => format!("{}: {tool} ({})", finding.kind, finding.server),
            None => format!("{} ({})", finding.kind, finding.server),
        };
        let file = property(&relative(self.config_of(finding)));
        let place = match self.place_of(&finding.server) {
            (line, Some(column)) => format!("line={line},col={column}"),
            (line, None) => format!("line={line}"),
        };
        let (title, message) = (property(&format!("{} {about}", finding.severity)), data(&gated.message()));
        let _ = writeln!(out, "::{command} file={file},{place},title={title}::{message}");
    }
}

/// A message. Percent signs and line breaks are escaped as the runner reads them, so no text begins a command of its own.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, which ends at a comma or colon besides.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_command_or_begins_another() {
        let hostile = "a,line=9::b\n::stop-commands::x\r%0A\u{1b}[2J\u{202e}";
        for written in [data(hostile), property(hostile)] {
            assert!(!written.contains(['\n', '\r', '\u{1b}', '\u{202e}']), "{written}");
            assert!(written.contains("%250A"), "{written}");
        }
        assert!(!property(hostile).contains([':', ',']));
    }
}
