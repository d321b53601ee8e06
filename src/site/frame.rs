//! What stands around every page, and the words and small pictures that several kinds of pages share.

use super::address::PagePath;
use super::asset::ASSETS;
use super::pages::Pages;
use crate::model::text::one_or_many;
use crate::model::{Class, Confidence, Risk, Trait};
use std::borrow::Borrow;

/// The parts of a page that are not its own.
pub(super) struct Frame {
    pub(super) title: String,
    /// What the page says, in a sentence, for search engines and previews.
    pub(super) about: String,
    pub(super) root: &'static str,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) icon: &'static str,
    pub(super) ruleset: String,
    /// When the newest of the data was seen, as a day.
    pub(super) newest: Option<String>,
    /// Its own address on the web, where that is known.
    pub(super) canonical: Option<String>,
    /// The picture that stands for it where a link to it is shared, by its address on the web.
    pub(super) picture: Option<String>,
    /// Which entry of the navigation it belongs to.
    pub(super) at: &'static str,
}

/// Titles are cut to this many characters: they stand on tabs and in results.
const LONGEST_TITLE: usize = 90;

impl Frame {
    pub(super) fn new(pages: &Pages, path: &PagePath, title: &str, about: String) -> Frame {
        let at = match path {
            PagePath::Home => "home",
            PagePath::Search => "search",
            PagePath::Servers(_) | PagePath::Server(_) => "servers",
            PagePath::Rules | PagePath::Rule(_) => "rules",
            PagePath::Unread(_) => "unread",
            _ => "tools",
        };
        Frame {
            title: cut(title, LONGEST_TITLE),
            about: cut(&about, 300),
            root: path.root(),
            style: &ASSETS.style.name,
            script: &ASSETS.page_script.name,
            icon: &ASSETS.icon.name,
            ruleset: pages.ruleset().to_owned(),
            newest: pages.seen().map(|[_, newest]| day(newest).to_owned()),
            canonical: pages.settings().base_url.as_ref().map(|base| format!("{base}{}", path.address())),
            picture: pages.settings().base_url.as_ref().map(|base| format!("{base}{}", path.picture())),
            at,
        }
    }
}

/// At most `most` characters of a text, with a sign where it was cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

/// The day of a time as the database writes it.
pub(super) fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}

/// A number with thin gaps between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{a0}');
        }
        out.push(digit);
    }
    out
}

/// `1 tool`, `3 tools`.
pub(super) fn counted(number: impl Borrow<u64>, one: &'static str, many: &'static str) -> String {
    let number = *number.borrow();
    format!("{}\u{a0}{}", grouped(number), one_or_many(number, one, many))
}

/// A share in whole percent, never 0 % of something nor 100 % of less than all.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    match (part * 200 + whole) / (2 * whole) {
        0 if part > 0 => "< 1\u{a0}%".to_owned(),
        100 if part < whole => "> 99\u{a0}%".to_owned(),
        some => format!("{some}\u{a0}%"),
    }
}

/// What a class means, as a sentence.
pub(super) fn class_means(class: impl Borrow<Class>) -> &'static str {
    match class.borrow() {
        Class::Read => "Retrieves, computes or shows; nothing outlives the answer.",
        Class::Write => "Creates, changes or deletes data, configuration or permissions.",
        Class::Execute => "Runs something, or sets going what reaches beyond a record.",
    }
}

/// What a risk means, as a sentence.
pub(super) fn risk_means(risk: impl Borrow<Risk>) -> &'static str {
    match risk.borrow() {
        Risk::Low => "Something says that it only reads, and nothing says more.",
        Risk::Medium => "It changes what can be changed back, or reads what somebody may want kept.",
        Risk::High => "Its effect reaches further than a record, or it reads secrets.",
        Risk::Critical => "It can lose data for good, move money, or run whatever it is given.",
    }
}

/// What a confidence means, as a clause.
pub(super) fn confidence_means(confidence: impl Borrow<Confidence>) -> &'static str {
    match confidence.borrow() {
        Confidence::High => "the definition says so in as many words",
        Confidence::Medium => "the definition says so, and leaves some doubt",
        Confidence::Low => "little of the definition was understood or read, so nothing runs unasked",
    }
}

/// A trait as it is named, what follows from it, and the page that tells more.
pub(super) struct TraitLink {
    pub(super) name: &'static str,
    pub(super) means: &'static str,
    pub(super) address: String,
}

impl TraitLink {
    pub(super) fn of(one: Trait) -> TraitLink {
        TraitLink { name: one.as_str(), means: one.means(), address: PagePath::Trait(one).address() }
    }
}
