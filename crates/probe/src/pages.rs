//! The pages of one tool list: page after page in, the next cursor or the end out. Never lets a server keep mcpdex
//! turning pages: pages, tools and bytes are capped, and a cursor or a page that came before ends the list.

use super::message::Page;
use mcpdex_model::{Partial, PartialReason, Tool};
use std::collections::BTreeSet;

/// Pages of one list.
pub(super) const MAX_PAGES: usize = 64;
/// Tools of one list.
pub(super) const MAX_TOOLS: usize = 5_000;
/// Malformed tools that are reported one by one.
const MAX_REPORTED: usize = 50;

/// What has been read so far.
#[derive(Debug, Default)]
pub(super) struct Pages {
    pub(super) tools: Vec<Tool>,
    pub(super) partial: Vec<Partial>,
    pub(super) read: usize,
    /// How long the pages count, in milliseconds: the shortest time of all that say so.
    pub(super) ttl: Option<u64>,
    cursors: BTreeSet<String>,
    malformed: usize,
    last: Vec<String>,
}

impl Pages {
    /// Takes a page; gives the cursor of the next one, or `None` at the end. An empty cursor still means more.
    pub(super) fn push(&mut self, page: Page) -> Option<String> {
        self.read += 1;
        self.ttl = self.ttl.into_iter().chain(page.ttl_ms).min();
        for problem in page.problems {
            self.missing(PartialReason::MalformedTool, problem);
        }
        let before = self.tools.len();
        for raw in &page.tools {
            if self.tools.len() >= MAX_TOOLS {
                self.missing(PartialReason::LimitReached, format!("the list was cut after {MAX_TOOLS} tools"));
                return None;
            }
            match Tool::from_json(raw) {
                Ok(tool) => self.tools.push(tool),
                Err(error) => {
                    self.malformed += 1;
                    if self.malformed <= MAX_REPORTED {
                        let place = format!("page {}, {}", self.read, excerpt(raw));
                        self.missing(PartialReason::MalformedTool, format!("{error} ({place})"));
                    }
                }
            }
        }
        let cursor = page.next_cursor?;
        let raws: Vec<String> = self.tools[before..].iter().map(|tool| tool.raw.clone()).collect();
        let again = !raws.is_empty() && raws == self.last;
        if again {
            self.tools.truncate(before);
        }
        let limit = if !self.cursors.insert(cursor.clone()) {
            "the server repeats a cursor: the list was ended there".to_owned()
        } else if again {
            "the server repeats a page under a new cursor: the list was ended there".to_owned()
        } else if self.read >= MAX_PAGES {
            format!("the list was cut after {MAX_PAGES} pages")
        } else {
            self.last = raws;
            return Some(cursor);
        };
        self.missing(PartialReason::LimitReached, limit);
        None
    }

    /// Notes that the list ends before its end.
    pub(super) fn ended_early(&mut self, why: &str) {
        self.missing(PartialReason::LimitReached, format!("the list ends after page {}: {why}", self.read));
    }

    /// Everything read; the malformed tools that were not reported one by one are counted.
    pub(super) fn finish(mut self) -> (Vec<Tool>, Vec<Partial>) {
        if self.malformed > MAX_REPORTED {
            let more = self.malformed - MAX_REPORTED;
            self.missing(PartialReason::MalformedTool, format!("{more} more malformed tools"));
        }
        (self.tools, self.partial)
    }

    fn missing(&mut self, reason: PartialReason, detail: String) {
        self.partial.push(Partial::missing(reason, detail, None));
    }
}

/// The beginning of a text from a stranger, for a message.
pub(super) fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{short}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(names: &[&str], cursor: Option<&str>) -> Page {
        let tools = names.iter().map(|name| format!(r#"{{"name":"{name}"}}"#)).collect();
        Page { tools, next_cursor: cursor.map(str::to_owned), problems: Vec::new(), ttl_ms: None }
    }

    #[test]
    fn an_empty_cursor_means_more_and_a_repeated_one_ends_the_list() {
        let mut pages = Pages::default();
        assert_eq!(pages.push(page(&["a"], Some(""))), Some(String::new()));
        assert_eq!(pages.push(page(&["b"], Some("x"))), Some("x".to_owned()));
        assert_eq!(pages.push(page(&["c"], Some(""))), None);
        let (tools, partial) = pages.finish();
        assert_eq!((tools.len(), partial.len()), (3, 1));
    }

    #[test]
    fn fresh_cursors_for_ever_are_cut_whether_the_page_changes_or_not() {
        let mut pages = Pages::default();
        assert!(pages.push(page(&["a"], Some("1"))).is_some());
        assert_eq!(pages.push(page(&["a"], Some("2"))), None);
        assert_eq!(pages.finish().0.len(), 1);
        let mut pages = Pages::default();
        let turned = (0..1_000).take_while(|i| pages.push(page(&[&i.to_string()], Some(&i.to_string()))).is_some());
        assert_eq!(turned.count(), MAX_PAGES - 1);
    }

    #[test]
    fn malformed_tools_are_counted_and_the_good_ones_kept() {
        let mut pages = Pages::default();
        let mut bad = page(&["good"], None);
        bad.tools.extend((0..200).map(|_| "[]".to_owned()));
        bad.tools.push(r#"{"name":"last"}"#.to_owned());
        assert_eq!(pages.push(bad), None);
        let (tools, partial) = pages.finish();
        assert_eq!(tools.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["good", "last"]);
        assert_eq!(partial.len(), MAX_REPORTED + 1);
        assert!(partial[MAX_REPORTED].detail.starts_with("150 more"));
    }
}
