//! The page that searches, where somebody answers it: hits come with the page, from the database. What a folder of pages
//! does with an index and a script, this does without either.

use super::address::PagePath;
use super::frame::{Frame, counted};
use super::pages::{Pages, SiteError, SitePage};
use super::search_page::Choice;
use crate::model::{Class, Hit, HitPage, Risk, ServerLine, Trait, spelling};
use crate::store::{Filters, Reader, Search};
use askama::Template;
use url::form_urlencoded::{self, Serializer};

/// What somebody looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteSearch {
    pub text: String,
    pub risks: Vec<Risk>,
    pub classes: Vec<Class>,
    pub traits: Vec<Trait>,
    /// Counted from zero.
    pub page: usize,
}

/// Characters of a question that are read, the last page that is shown, and hits on one.
const LONGEST: usize = 200;
const LAST_PAGE: usize = 29;
const PAGE: usize = 20;
/// Servers that are named before the tools.
const SERVERS: usize = 5;

impl SiteSearch {
    /// Reads the part of an address behind `?` as the form of the page writes it. What the form does not write is passed over.
    pub fn of_query(query: &str) -> SiteSearch {
        let mut asked = SiteSearch::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "q" => asked.text = value.chars().take(LONGEST).collect(),
                "risk" => asked.risks.extend(value.parse::<Risk>()),
                "class" => asked.classes.extend(value.parse::<Class>()),
                "trait" => asked.traits.extend(value.parse::<Trait>()),
                "page" => asked.page = value.parse::<usize>().unwrap_or(1).clamp(1, LAST_PAGE + 1) - 1,
                _ => {}
            }
        }
        asked.risks.truncate(Risk::ALL.len());
        asked.classes.truncate(Class::ALL.len());
        asked.traits.truncate(Trait::ALL.len());
        asked
    }

    fn to_query(&self, page: usize) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("q", &self.text);
        for one in &self.risks {
            query.append_pair("risk", one.as_str());
        }
        for one in &self.classes {
            query.append_pair("class", one.as_str());
        }
        for one in &self.traits {
            query.append_pair("trait", one.as_str());
        }
        query.append_pair("page", &(page + 1).to_string());
        query.finish()
    }
}

/// A tool that was found.
struct HitRow {
    address: String,
    hit: Hit,
    about: String,
}

#[derive(Template)]
#[template(path = "live_search.html")]
struct LiveSearchPage<'a> {
    frame: Frame,
    asked: &'a SiteSearch,
    risks: Vec<Choice>,
    classes: Vec<Choice>,
    traits: Vec<Choice>,
    told: String,
    servers: Vec<(String, ServerLine)>,
    hits: Vec<HitRow>,
    before: Option<String>,
    after: Option<String>,
}

/// The page, with what was found.
pub(super) fn render(pages: &Pages, reader: &Reader, asked: &SiteSearch) -> Result<SitePage, SiteError> {
    let SiteSearch { text, risks, classes, traits, page } = asked;
    let filters =
        Filters { risks: risks.clone(), classes: classes.clone(), traits: traits.clone(), ..Filters::default() };
    let words: Vec<String> = spelling::query_words(text);
    let is_asked = !words.is_empty() || (text.trim().is_empty() && filters != Filters::default());
    let (mut found, mut servers) = (None, Vec::new());
    if is_asked {
        let search =
            Search { text: text.clone(), filters: filters.clone(), skip: page * PAGE, take: PAGE, ..Search::default() };
        found = Some(reader.search(&search)?);
        // A server is of no class.
        if *page == 0 && filters == Filters::default() {
            let typed: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            servers = reader.servers_about(&typed, SERVERS)?.servers;
        }
    }
    let told = match &found {
        Some(found) => told(found, servers.len(), text, pages.figures().tools),
        None if text.trim().is_empty() => String::new(),
        None => "There is no letter or digit to look for.".to_owned(),
    };
    let has_more = found.as_ref().is_some_and(|found| found.found > (page + 1) * PAGE) && *page < LAST_PAGE;
    let address = |page: usize| format!("{}?{}", PagePath::Search.address(), asked.to_query(page));
    let row = |hit: Hit| HitRow {
        address: PagePath::Tool { server: hit.server.clone(), tool: hit.tool.clone() }.address(),
        about: super::frame::cut(hit.description.as_deref().unwrap_or_default(), 130),
        hit,
    };
    let named = |line: ServerLine| (PagePath::Server(line.server.clone()).address(), line);
    let page = LiveSearchPage {
        frame: Frame::new(
            pages,
            &PagePath::Search,
            "Find",
            "Find tools and servers by words of any language.".to_owned(),
        ),
        asked,
        risks: Choice::all(Risk::ALL.iter().rev().map(|one| (one.as_str(), risks.contains(one)))),
        classes: Choice::all(Class::ALL.iter().map(|one| (one.as_str(), classes.contains(one)))),
        traits: Choice::all(Trait::ALL.iter().map(|one| (one.as_str(), traits.contains(one)))),
        told,
        servers: servers.into_iter().map(named).collect(),
        hits: found.into_iter().flat_map(|found| found.hits).map(row).collect(),
        before: (*page > 0).then(|| address(page - 1)),
        after: has_more.then(|| address(page + 1)),
    };
    Ok(SitePage::html(page.render()?))
}

fn told(found: &HitPage, servers: usize, text: &str, all: u64) -> String {
    if found.found == 0 && servers == 0 {
        return format!("Nothing found for “{text}” among {}.", counted(all, "tool", "tools"));
    }
    let mut told = match (found.bounded, found.found as u64) {
        (true, many) => format!("The best {} of more.", counted(many, "tool", "tools")),
        (false, many) => format!("{} of {all}.", counted(many, "tool", "tools")),
    };
    if found.loosened {
        told.push_str(" None has all of the words.");
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_goes_through_an_address_and_back() {
        let asked = SiteSearch {
            text: "delete <b> & 全部".to_owned(),
            risks: vec![Risk::Critical, Risk::High],
            classes: vec![Class::Write],
            traits: vec![Trait::Destructive],
            page: 2,
        };
        assert_eq!(SiteSearch::of_query(&asked.to_query(2)), asked);
        let odd = SiteSearch::of_query("q=a&risk=&risk=worst&page=0&page=-3&page=999&x=y&trait=%ff");
        assert_eq!(odd, SiteSearch { text: "a".to_owned(), page: LAST_PAGE, ..SiteSearch::default() });
    }
}
