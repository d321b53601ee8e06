//! Subjects of the help, for people.

use super::style::strong;
use super::text::{paragraph, table};
use crate::cli::Topic;

/// Which subjects there are.
pub fn topic_list(topics: &[Topic]) -> String {
    let rows = topics.iter().map(|topic| vec![topic.name.to_owned(), topic.about.to_owned()]);
    format!("{}\nmcpdex help topics TOPIC tells one of them.\n", table(&["topic", ""], rows))
}

/// One subject.
pub fn topic_text(topic: &Topic) -> String {
    format!("{}: {}\n\n{}", strong(topic.name), topic.about, paragraph(topic.text, ""))
}
