//! `robots.txt`: its address and its text in, whether a page may be fetched out. Pure.

use robotxt::{AccessResult, Robots};
use std::time::Duration;
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

/// The longest pause that a site is granted between two of its pages.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long the file asks to wait between two pages (`Crawl-delay`), where it does.
pub fn pause(answer: &Answer) -> Option<Duration> {
    let Answer::Text(text) = answer else { return None };
    let text = String::from_utf8_lossy(text);
    // The rules of our own name count before those of everybody.
    let (mut own, mut all) = (None, None);
    let (mut names, mut in_rules): (Vec<String>, bool) = (Vec::new(), false);
    for line in text.lines() {
        let Some((key, value)) = line.split('#').next().unwrap_or_default().split_once(':') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
        if key == "user-agent" {
            if std::mem::take(&mut in_rules) {
                names.clear();
            }
            names.push(value.to_ascii_lowercase());
            continue;
        }
        in_rules = true;
        let seconds = value.parse::<f64>().ok().filter(|seconds| key == "crawl-delay" && *seconds >= 0.0);
        let Some(wait) = seconds.map(|seconds| Duration::from_secs_f64(seconds.min(LONGEST_PAUSE.as_secs_f64())))
        else {
            continue;
        };
        for (name, of) in [(AGENT, &mut own), ("*", &mut all)] {
            if names.iter().any(|known| known == name) {
                of.get_or_insert(wait);
            }
        }
    }
    own.or(all)
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
        let wait = |text: &str| pause(&Answer::Text(text.into())).map(|wait| wait.as_secs_f64());
        assert_eq!(wait("User-agent: a\nUser-agent: *\nCrawl-delay: 1.5 # slow\n"), Some(1.5));
        assert_eq!(wait("User-agent: *\nCrawl-delay: 9\nUser-agent: MCPdex\nCrawl-delay: 2\n"), Some(2.0));
        assert_eq!(wait("User-agent: other\nCrawl-delay: 9\n"), None);
        assert_eq!(wait("User-agent: *\nCrawl-delay: 1e99\n"), Some(30.0));
        for odd in ["-1", "NaN", "inf", "x", ""] {
            assert!(wait(&format!("User-agent: *\nCrawl-delay: {odd}\n")).is_none_or(|wait| wait <= 30.0), "{odd}");
        }
        assert!(allows(&Answer::Missing, &page) && !allows(&Answer::Unreachable, &page));
    }
}
