//! List pages: the text of an awesome list or a directory page in, candidate servers out: packages, endpoints and
//! repositories that the page links to or tells how to run. Candidates are guesses by the shape of an address; whether
//! there is a server behind one is found out by whoever tries it.

use super::html::{self, Piece};
use super::launch::{self, Starts};
use mcpdex_model::{Ecosystem, Listing, Package, Remote, ServerId, Transport};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeMap;
use url::Url;

/// The longest page that is read, in bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Bytes of a link's text, of code and of what an item says of its link.
const MAX_TEXT: usize = 4_000;

/// What a page holds.
#[derive(Debug, Default)]
pub struct ListPage {
    /// Each candidate once, in the order of the page.
    pub listings: Vec<Listing>,
    /// The page that follows, where this one says so: of the same site, always.
    pub next: Option<Url>,
    /// What was passed over, one sentence each.
    pub problems: Vec<String>,
}

/// A link or command of a page, with the text that it stands in.
#[derive(Default)]
struct Mention {
    address: Option<Url>,
    command: Option<String>,
    label: String,
    /// What stands behind it in its item of a list.
    about: String,
}

/// Reads a page. `base` resolves relative links.
///
/// # Errors
/// Why the page is not read.
pub fn read(text: &str, base: Option<&Url>, source: &str) -> Result<ListPage, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("is longer than {MAX_BYTES} bytes"));
    }
    let mut gathered = Gathered { base, ..Gathered::default() };
    if html::is_html(text) {
        gathered.html(text);
    } else {
        gathered.markdown(text);
    }
    gathered.end_link();
    let mut page = ListPage { next: gathered.next, ..ListPage::default() };
    if gathered.left_out > 0 {
        page.problems.push(format!("{} tags or comments are too long and were passed over", gathered.left_out));
    }
    let mut found: BTreeMap<String, Listing> = BTreeMap::new();
    let mut order = Vec::new();
    for mention in gathered.mentions {
        let Some(listing) = candidate(&mention, source) else { continue };
        let id = listing.server.0.clone();
        if let std::collections::btree_map::Entry::Vacant(place) = found.entry(id.clone()) {
            place.insert(listing);
            order.push(id);
        }
    }
    page.listings = order.iter().filter_map(|id| found.remove(id)).collect();
    Ok(page)
}

/// What was found on a page so far.
#[derive(Default)]
struct Gathered<'b> {
    base: Option<&'b Url>,
    mentions: Vec<Mention>,
    /// The link that is open.
    link: Option<Mention>,
    /// The code that is open.
    code: Option<String>,
    /// The item of a list that is open begins with this mention.
    item: Option<usize>,
    next: Option<Url>,
    left_out: usize,
}

impl Gathered<'_> {
    fn html(&mut self, text: &str) {
        let left_out = html::read(text, &mut |piece| self.piece(&piece));
        self.left_out += left_out;
    }

    fn piece(&mut self, piece: &Piece<'_>) {
        match *piece {
            Piece::Open { name: name @ ("a" | "link"), href: Some(href), rel } => {
                let address = absolute(href, self.base);
                let leads_on = rel.is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word == "next"));
                if leads_on && let (Some(base), Some(address)) = (self.base, &address) {
                    // Another site is another source.
                    self.next = Some(address.clone()).filter(|next| next.origin() == base.origin());
                } else if name == "a" {
                    self.end_link();
                    self.link = Some(Mention { address, ..Mention::default() });
                }
            }
            Piece::Open { name: "code", .. } => self.code = Some(String::new()),
            Piece::Open { name: "li" | "tr" | "article", .. } | Piece::Close("li" | "tr" | "article") => {
                self.item = None;
            }
            Piece::Close("a") => self.end_link(),
            Piece::Close("code") => {
                let code = self.code.take();
                self.commands(&code.unwrap_or_default());
            }
            Piece::Text(text) => self.text(text),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let open = match (&mut self.code, &mut self.link, self.item) {
            (Some(code), _, _) => Some(code),
            (None, Some(link), _) => Some(&mut link.label),
            (None, None, Some(item)) => self.mentions.get_mut(item).map(|mention| &mut mention.about),
            (None, None, None) => None,
        };
        if let Some(open) = open.filter(|open| open.len() < MAX_TEXT) {
            open.extend(text.chars().take(MAX_TEXT));
        }
    }

    fn end_link(&mut self) {
        if let Some(link) = self.link.take() {
            self.item.get_or_insert(self.mentions.len());
            self.mentions.push(link);
        }
    }

    /// Code may be a command on each of its lines.
    fn commands(&mut self, code: &str) {
        for line in code.lines() {
            self.mentions.push(Mention { command: Some(line.to_owned()), ..Mention::default() });
        }
    }

    fn markdown(&mut self, text: &str) {
        // The address of an image is no server.
        let mut images = 0_usize;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Image { .. }) => images += 1,
                Event::End(TagEnd::Image) => images = images.saturating_sub(1),
                Event::Start(Tag::Link { dest_url, .. }) if images == 0 => {
                    self.end_link();
                    let address = absolute(&dest_url, self.base);
                    self.link = Some(Mention { address, ..Mention::default() });
                }
                Event::End(TagEnd::Link) => self.end_link(),
                Event::Start(Tag::Item | Tag::TableRow) | Event::End(TagEnd::Item | TagEnd::TableRow) => {
                    self.item = None;
                }
                Event::Start(Tag::CodeBlock(_)) => self.code = Some(String::new()),
                Event::End(TagEnd::CodeBlock) => {
                    let code = self.code.take();
                    self.commands(&code.unwrap_or_default());
                }
                Event::Code(code) => {
                    self.text(&code);
                    self.commands(&code);
                }
                Event::Html(text) | Event::InlineHtml(text) => self.html(&text),
                Event::Text(text) => self.text(&text),
                Event::SoftBreak | Event::HardBreak => self.text(" "),
                _ => {}
            }
        }
    }
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
    candidate(&Mention { address: absolute(address, None), label: label.to_owned(), ..Mention::default() }, source)
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
        ("crates", Some("crates"), Some(name)) => Some((Ecosystem::Cargo, name.to_owned())),
        _ => None,
    };
    if let Some((ecosystem, name)) = package {
        super::check_name(ecosystem, &name).ok()?;
        return Some(Listing::of_package(Package::named(ecosystem, name, None), source));
    }
    let named = |server: String| Listing {
        title: Some(mention.label.trim().chars().take(200).collect()).filter(|label: &String| !label.is_empty()),
        description: about(&mention.about),
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

/// What an item says of its link, without the signs between them.
fn about(text: &str) -> Option<String> {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !"\"'`(".contains(c)).trim_end();
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(words.join(" ").chars().take(500).collect()).filter(|text: &String| !text.is_empty())
}

fn is_forge(host: &str) -> bool {
    matches!(host, "github.com" | "gitlab.com" | "codeberg.org" | "bitbucket.org")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> ListPage {
        let base = Url::parse("https://list.example/all/").expect("a URL");
        read(text, Some(&base), "list:x").expect("a page")
    }

    fn found(text: &str) -> Vec<String> {
        page(text).listings.into_iter().map(|listing| listing.server.0).collect()
    }

    #[test]
    fn a_markdown_list_yields_each_candidate_once() {
        let text = "# Servers\n\n- [Kiln](https://github.com/clay/kiln) 🐍 - fires; run `npx -y @clay/kiln`\n\
            - [Glaze](https://glaze.example/mcp) and [again](https://github.com/clay/kiln/tree/main/src)\n\
            - ![badge](https://badge.example/mcp) [docs](https://docs.example/start)\n```\nuvx slip==1.0\n```\n\
            | name | where |\n|---|---|\n| Wheel | [w](https://wheel.example/sse) |\n\n\
            <a href=\"https://oven.example/mcp\">Oven</a>, <https://pot.example/mcp>, [by name][n]\n\n\
            [n]: https://github.com/clay/named \"a title\"\n";
        assert_eq!(
            found(text),
            [
                "https://github.com/clay/kiln",
                "npm:@clay/kiln",
                "https://glaze.example/mcp",
                "pypi:slip",
                "https://wheel.example/sse",
                "https://oven.example/mcp",
                "https://pot.example/mcp",
                "https://github.com/clay/named"
            ]
        );
        let first = &page(text).listings[0];
        assert_eq!(first.title.as_deref(), Some("Kiln"));
        assert!(first.description.as_deref().is_some_and(|text| text.starts_with("fires; run")), "{first:?}");
    }

    #[test]
    fn a_page_of_html_yields_the_same() {
        let text = "<!doctype html><html><body><a href='https://github.com/clay/kiln'>Kiln</a>\
            <a href=\"/sub/mcp\">here</a><code>uvx slip</code><a href='mailto:x@y.example'>m</a>\
            <script>document.write('<a href=\"https://x.example/mcp\">')</script></body></html>";
        assert_eq!(found(text), ["https://github.com/clay/kiln", "https://list.example/sub/mcp", "pypi:slip"]);
    }

    #[test]
    fn the_page_that_follows_is_of_the_same_site() {
        let next = |link: &str| page(&format!("<html>{link}</html>")).next.map(|next| next.to_string());
        assert_eq!(next("<a rel='next' href='?page=2'>2</a>").as_deref(), Some("https://list.example/all/?page=2"));
        assert_eq!(next("<link rel=next href=/more>").as_deref(), Some("https://list.example/more"));
        for other in ["<a rel=next href='https://evil.example/'>", "<a rel=next href='javascript:x'>", "<a href=/2>"] {
            assert_eq!(next(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_hostile_costs_what_its_bytes_cost() {
        assert!(read(&"x".repeat(MAX_BYTES + 1), None, "x").is_err());
        let mega = |part: &str| part.repeat((1 << 20) / part.len());
        let link = "\n\n[k](https://kiln.example/mcp)\n";
        for part in ["[", "![", "*a", "_a_", "`a", "> ", "- ", "[a](", "<a", "|a", "\\", "&", "](http://[", "[x]: <\n"]
        {
            let _ = page(&format!("{}{link}", mega(part)));
        }
        assert_eq!(
            found(&format!("<html>{}<a href=https://kiln.example/mcp>", mega("<div>"))),
            ["https://kiln.example/mcp"]
        );
    }
}
