//! `robots.txt`: its address and its text in, whether a page may be fetched out. Pure.

use robotxt::{AccessResult, Robots};
use url::Url;

/// The name by which the file may speak of mcpdex.
const AGENT: &str = "mcpdex";
/// The longest file that is read, in bytes; what lies beyond is ignored, as the specification has it.
pub const MAX_BYTES: u64 = 512_000;

/// What came of fetching the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Text(Vec<u8>),
    /// The site has none (any 4xx): all pages may be fetched.
    Missing,
    /// It could not be reached (no answer, 5xx): no page may.
    Unreachable,
}

/// Where the file of a page's site is.
pub fn url_of(page: &Url) -> Option<Url> {
    let mut url = page.join("/robots.txt").ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// Whether the file lets mcpdex fetch the page.
pub fn allows(answer: &Answer, page: &Url) -> bool {
    let access = match answer {
        Answer::Text(text) => AccessResult::Successful(text),
        Answer::Missing => AccessResult::Unavailable,
        Answer::Unreachable => AccessResult::Unreachable,
    };
    Robots::from_access(access, AGENT).is_url_allowed(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_decides_and_silence_means_no() {
        let page = Url::parse("https://list.example/all/servers?x=1").expect("a URL");
        assert_eq!(url_of(&page).expect("a URL").as_str(), "https://list.example/robots.txt");
        let text = |text: &str| allows(&Answer::Text(text.into()), &page);
        assert!(!text("User-agent: *\nDisallow: /all\n"));
        assert!(text("User-agent: *\nDisallow: /all\nAllow: /all/servers\n"));
        assert!(text("User-agent: mcpdex\nDisallow:\n\nUser-agent: *\nDisallow: /\n"));
        assert!(!text("User-agent: mcpdex\nDisallow: /\n"));
        assert!(allows(&Answer::Missing, &page) && !allows(&Answer::Unreachable, &page));
    }
}
