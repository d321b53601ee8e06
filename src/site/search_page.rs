//! The page that searches: a form, and a script that asks the index.

use super::address::PagePath;
use super::asset::ASSETS;
use super::frame::Frame;
use super::pages::{Pages, SiteError};
use crate::model::{Class, Risk, Trait};
use askama::Template;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    script: &'static str,
    risks: &'static [Risk],
    classes: &'static [Class],
    traits: &'static [Trait],
}

/// A word of a filter.
pub(super) struct Choice {
    pub(super) word: &'static str,
    pub(super) chosen: bool,
}

impl Choice {
    pub(super) fn all(words: impl Iterator<Item = (&'static str, bool)>) -> Vec<Choice> {
        words.map(|(word, chosen)| Choice { word, chosen }).collect()
    }
}

/// The page.
pub(super) fn render(pages: &Pages) -> Result<String, SiteError> {
    let about = "Find tools and servers by words of any language.".to_owned();
    let page = SearchPage {
        frame: Frame::new(pages, &PagePath::Search, "Find", about),
        script: &ASSETS.search_script.name,
        risks: Risk::ALL,
        classes: Class::ALL,
        traits: Trait::ALL,
    };
    Ok(page.render()?)
}
