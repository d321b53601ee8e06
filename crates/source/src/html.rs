//! HTML as a row of tags and texts: the text of a page in, its tags and what stands between them out, in their order.
//!
//! Builds no tree. What a tree of hostile HTML costs grows with the square of its depth and of its unclosed elements, and a
//! reader of links, code and labels needs none: tokens cost what their bytes cost.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use std::cell::{Cell, RefCell};

/// Bytes of one tag or comment. Telling attributes from each other costs the square of their number.
const MAX_TAG: usize = 16 << 10;
/// Bytes that the tokenizer gets at once.
const CHUNK: usize = 4 << 10;

/// One piece of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A start tag by its name in lower case, with what its `href` and `rel` say.
    Open {
        name: &'a str,
        href: Option<&'a str>,
        rel: Option<&'a str>,
    },
    Close(&'a str),
    Text(&'a str),
}

/// Whether a text says of itself that it is HTML.
pub(super) fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(64).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.starts_with("<head")
}

/// Hands over the pieces of a page, those of scripts and styles left out; how many tags were passed over as too long.
pub(super) fn read(text: &str, take: &mut dyn FnMut(Piece<'_>)) -> usize {
    let take = RefCell::new(take);
    let (mut rest, mut left_out) = (text, 0);
    loop {
        match tokens(rest, &take) {
            None => return left_out,
            Some(stuck_at) => {
                left_out += 1;
                // The next tag begins behind what was too long.
                rest = rest.get(stuck_at..).unwrap_or_default();
                rest = rest.find('<').map_or("", |at| &rest[at..]);
            }
        }
    }
}

/// Reads to the end, or to the place where one token was too long.
fn tokens(text: &str, take: &RefCell<&mut dyn FnMut(Piece<'_>)>) -> Option<usize> {
    let sink = Sink { take, raw: Cell::new(false), given: Cell::new(0) };
    let tokenizer = Tokenizer::new(sink, Default::default());
    let queue = BufferQueue::default();
    let (mut at, mut since, mut given) = (0, 0, 0);
    while at < text.len() {
        let mut end = (at + CHUNK).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        queue.push_back(StrTendril::from(&text[at..end]));
        let _ = tokenizer.feed(&queue);
        since = if tokenizer.sink.given.get() == given { since + end - at } else { 0 };
        given = tokenizer.sink.given.get();
        at = end;
        if since > MAX_TAG {
            return Some(at);
        }
    }
    tokenizer.end();
    None
}

struct Sink<'t, 'f> {
    take: &'t RefCell<&'f mut dyn FnMut(Piece<'_>)>,
    /// Within an element whose text is none of the page's.
    raw: Cell<bool>,
    /// Tokens so far.
    given: Cell<u64>,
}

impl TokenSink for Sink<'_, '_> {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut take = self.take.borrow_mut();
        // Complaints come within a tag and end none.
        let is_complaint = matches!(token, Token::ParseError(_));
        self.given.set(self.given.get() + u64::from(!is_complaint));
        match token {
            Token::TagToken(tag) => return self.tag(&tag, &mut **take),
            Token::CharacterTokens(text) if !self.raw.get() => take(Piece::Text(&text)),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Sink<'_, '_> {
    fn tag(&self, tag: &Tag, take: &mut dyn FnMut(Piece<'_>)) -> TokenSinkResult<()> {
        if tag.kind == TagKind::EndTag {
            self.raw.set(false);
            take(Piece::Close(&tag.name));
            return TokenSinkResult::Continue;
        }
        let of = |name: &str| tag.attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| &*attr.value);
        take(Piece::Open { name: &tag.name, href: of("href"), rel: of("rel") });
        match &*tag.name {
            "script" => {
                self.raw.set(true);
                TokenSinkResult::RawData(RawKind::ScriptData)
            }
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                self.raw.set(true);
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> (Vec<String>, usize) {
        let mut found = Vec::new();
        let left_out = read(text, &mut |piece| {
            found.push(match piece {
                Piece::Open { name, href, .. } => format!("<{name} {}>", href.unwrap_or("-")),
                Piece::Close(name) => format!("</{name}>"),
                Piece::Text(text) => text.to_owned(),
            });
        });
        (found, left_out)
    }

    #[test]
    fn tags_and_texts_come_in_order_and_scripts_are_no_text() {
        let page = "<HTML><script>if (a<b) '<a href=x>'</script><A HREF='y'>k&amp;l</A><!-- <a href=z> --></html>";
        assert_eq!(pieces(page).0, ["<html ->", "<script ->", "</script>", "<a y>", "k", "&", "l", "</a>", "</html>"]);
    }

    #[test]
    fn a_megabyte_of_anything_is_read_to_the_link_behind_it() {
        let link = "<a href=\"https://kiln.example/mcp\">k</a>";
        let many = |part: &str| part.repeat((1 << 20) / part.len());
        let attributes: String = (0..200_000).map(|at| format!(" a{at}")).collect();
        for hostile in [
            many("<div>"),
            many("<a"),
            many("<b></i>"),
            many("<table><tr>"),
            many("<!--"),
            many("&"),
            format!("<p{attributes}"),
            format!("<p{}", many(" a=\"<")),
            many("\0"),
        ] {
            let (found, _) = pieces(&format!("<html>{hostile}>\">-->{link}"));
            let shown: String = hostile.chars().take(12).collect();
            assert!(found.iter().any(|piece| piece == "<a https://kiln.example/mcp>"), "{shown}");
        }
    }
}
