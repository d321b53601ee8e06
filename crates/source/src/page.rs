//! List pages: the text of an awesome list or a directory page in, candidate servers out: packages, endpoints and
//! repositories that the page links to or tells how to run. Candidates are guesses by the shape of an address; whether
//! there is a server behind one is found out by whoever tries it.

use super::launch::{self, Starts};
use mcpdex_model::{Ecosystem, Listing, Package, Remote, ServerId, Transport};
use scraper::{Html, Selector};
use std::collections::BTreeMap;
use url::Url;

/// The longest page that is read, in bytes: the parser of HTML is quadratic in the depth of a page.
pub const MAX_BYTES: usize = 4 << 20;
/// Open elements of HTML within each other that are accepted.
const MAX_DEPTH: usize = 400;

/// A link or command of a page, with the text that it stands in.
struct Mention {
    address: Option<Url>,
    command: Option<String>,
    label: String,
}

/// Reads a page. `base` resolves relative links.
///
/// # Errors
/// Why the page is not read.
pub fn read(text: &str, base: Option<&Url>, source: &str) -> Result<Vec<Listing>, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("is longer than {MAX_BYTES} bytes"));
    }
    let start = text.trim_start().get(..64).unwrap_or(text).to_ascii_lowercase();
    let mentions = match start.starts_with("<!doctype") || start.starts_with("<html") {
        true => html(text, base)?,
        false => markdown(text, base),
    };
    let mut found: BTreeMap<String, Listing> = BTreeMap::new();
    let mut order = Vec::new();
    for mention in mentions {
        let Some(listing) = candidate(&mention, source) else { continue };
        let id = listing.server.0.clone();
        if let std::collections::btree_map::Entry::Vacant(place) = found.entry(id.clone()) {
            place.insert(listing);
            order.push(id);
        }
    }
    Ok(order.iter().filter_map(|id| found.remove(id)).collect())
}

fn html(text: &str, base: Option<&Url>) -> Result<Vec<Mention>, String> {
    if deepest(text) > MAX_DEPTH {
        return Err(format!("nests elements deeper than {MAX_DEPTH}"));
    }
    let page = Html::parse_document(text);
    let selector = |words: &str| Selector::parse(words).expect("a constant selector");
    let words = |element: scraper::ElementRef<'_>| element.text().collect::<String>();
    let mut mentions = Vec::new();
    for element in page.select(&selector("a[href], code")) {
        let label = words(element);
        let href = element.value().attr("href");
        let address = href.and_then(|href| absolute(href, base));
        let command = href.is_none().then(|| label.clone());
        mentions.push(Mention { address, command, label });
    }
    Ok(mentions)
}

/// How deep elements nest at most, counted from the text alone and rather too much.
fn deepest(text: &str) -> usize {
    const VOID: [&str; 8] = ["br", "img", "meta", "link", "input", "hr", "path", "source"];
    let (mut depth, mut most) = (0_usize, 0);
    for (at, _) in text.match_indices('<') {
        let rest = &text[at + 1..];
        if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())];
            let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
            if !tag.ends_with('/') && !VOID.contains(&name.to_ascii_lowercase().as_str()) {
                depth += 1;
            }
        }
        most = most.max(depth);
    }
    most
}

/// Links `[text](address)`, bare addresses in `<…>`, and code.
fn markdown(text: &str, base: Option<&Url>) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            mentions.push(Mention { address: None, command: Some(line.to_owned()), label: String::new() });
            continue;
        }
        for (at, _) in line.match_indices("](") {
            let rest = &line[at + 2..];
            let Some(end) = rest.find([')', ' ']) else { continue };
            // An image's address is no server.
            let open = line[..at].rfind('[');
            if open.is_some_and(|open| line[..open].ends_with('!')) {
                continue;
            }
            let label = open.map_or("", |open| &line[open + 1..at]).to_owned();
            mentions.push(Mention { address: absolute(&rest[..end], base), command: None, label });
        }
        for part in line.split('`').skip(1).step_by(2) {
            mentions.push(Mention { address: None, command: Some(part.to_owned()), label: String::new() });
        }
        for part in line.split('<').skip(1) {
            if let Some((address, _)) = part.split_once('>').filter(|(address, _)| address.starts_with("http")) {
                mentions.push(Mention { address: absolute(address, None), command: None, label: String::new() });
            }
        }
    }
    mentions
}

fn absolute(href: &str, base: Option<&Url>) -> Option<Url> {
    let url = match base {
        Some(base) => base.join(href.trim()).ok()?,
        None => Url::parse(href.trim()).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// The server that an address of the web names: a package's page, a repository, an endpoint.
pub(super) fn of_address(address: &str, label: &str, source: &str) -> Option<Listing> {
    candidate(&Mention { address: absolute(address, None), command: None, label: label.to_owned() }, source)
}

fn candidate(mention: &Mention, source: &str) -> Option<Listing> {
    if let Some(command) = &mention.command {
        let words: Vec<String> =
            command.trim().trim_start_matches("$ ").split_whitespace().map(str::to_owned).collect();
        return match launch::read(&words).starts {
            Starts::Package(run) => Some(Listing::of_package(run.package, source)),
            _ => None,
        };
    }
    let mut url = mention.address.clone()?;
    url.set_fragment(None);
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let parts: Vec<String> = url.path_segments()?.filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let of = |at: usize| parts.get(at).map(String::as_str);
    // Pages of package registries are known by the first label of their host and the shape of their path.
    let label = host.split('.').next().unwrap_or_default();
    let package = match (label, of(0), of(1)) {
        ("npmjs", Some("package"), Some(name)) if name.starts_with('@') => {
            Some((Ecosystem::Npm, format!("{name}/{}", of(2)?)))
        }
        ("npmjs", Some("package"), Some(name)) => Some((Ecosystem::Npm, name.to_owned())),
        ("pypi", Some("project" | "p"), Some(name)) => Some((Ecosystem::Pypi, name.to_owned())),
        _ => None,
    };
    if let Some((ecosystem, name)) = package {
        super::check_name(ecosystem, &name).ok()?;
        return Some(Listing::of_package(Package::named(ecosystem, name, None), source));
    }
    let named = |server: String| Listing {
        title: Some(mention.label.trim().chars().take(200).collect()).filter(|label: &String| !label.is_empty()),
        ..Listing::bare(ServerId(server), source)
    };
    if let Some(last @ ("mcp" | "sse")) = parts.last().map(String::as_str)
        && !is_forge(&host)
    {
        let transport = if last == "sse" { Transport::Sse } else { Transport::StreamableHttp };
        let address = super::address::published_address(url.as_str()).text;
        let remotes = vec![Remote { transport, url: address.clone() }];
        return Some(Listing { remotes, ..named(address) });
    }
    if is_forge(&host)
        && parts.len() >= 2
        && !matches!(of(0), Some("topics" | "orgs" | "sponsors" | "search" | "features"))
    {
        let repository = format!("https://{host}/{}/{}", parts[0], parts[1].trim_end_matches(".git"));
        let problems = vec!["the page names a repository; no package or endpoint of it is known".to_owned()];
        return Some(Listing { repository: Some(repository.clone()), problems, ..named(repository) });
    }
    None
}

fn is_forge(host: &str) -> bool {
    matches!(host, "github.com" | "gitlab.com" | "codeberg.org" | "bitbucket.org")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let base = Url::parse("https://list.example/all/").expect("a URL");
        let listings = read(text, Some(&base), "list:x").expect("a page");
        listings.into_iter().map(|listing| listing.server.0).collect()
    }

    #[test]
    fn a_markdown_list_yields_each_candidate_once() {
        let text = "# Servers\n\n- [Kiln](https://github.com/clay/kiln) 🐍 - fires; run `npx -y @clay/kiln`\n\
            - [Glaze](https://glaze.example/mcp) and [again](https://github.com/clay/kiln/tree/main/src)\n\
            - ![badge](https://badge.example/mcp) [docs](https://docs.example/start)\n```\nuvx slip==1.0\n```\n";
        assert_eq!(
            found(text),
            ["https://github.com/clay/kiln", "npm:@clay/kiln", "https://glaze.example/mcp", "pypi:slip"]
        );
    }

    #[test]
    fn a_page_of_html_yields_the_same() {
        let text = "<!doctype html><html><body><a href='https://github.com/clay/kiln'>Kiln</a>\
            <a href=\"/sub/mcp\">here</a><code>uvx slip</code><a href='mailto:x@y.example'>m</a></body></html>";
        assert_eq!(found(text), ["https://github.com/clay/kiln", "https://list.example/sub/mcp", "pypi:slip"]);
    }

    #[test]
    fn hostile_pages_end_at_once() {
        assert!(read(&format!("<html>{}", "<div>".repeat(100_000)), None, "x").is_err());
        assert!(read(&"x".repeat(MAX_BYTES + 1), None, "x").is_err());
        assert_eq!(found(&"[".repeat(50_000)), Vec::<String>::new());
        assert_eq!(found("](http://["), Vec::<String>::new());
    }
}
