//! Colour and weight of what people read, where they are wanted; plain text where not. Only words of mcpdex's own are
//! styled, and what comes from servers has been made visible before, so that no style can come from there.

use crate::model::Risk;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether styles are written. Nothing is styled before [`choose`] was called.
static STYLED: AtomicBool = AtomicBool::new(false);
/// Whether addresses are links.
static LINKED: AtomicBool = AtomicBool::new(false);

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal that shows colours, unless `NO_COLOR` is set; elsewhere where `CLICOLOR_FORCE` is set.
    #[default]
    Auto,
    Always,
    Never,
}

/// Settles for the whole process whether output is styled.
pub fn choose(colour: Colour) {
    let styled = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
    };
    STYLED.store(styled, Ordering::Relaxed);
    // What is styled is for a terminal; whether that knows links is another question.
    LINKED.store(styled && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout), Ordering::Relaxed);
}

/// Whether styles are wanted, for what styles by itself.
pub(super) fn is_styled() -> bool {
    STYLED.load(Ordering::Relaxed)
}

fn styled(style: Style, text: impl Display) -> String {
    if STYLED.load(Ordering::Relaxed) {
        format!("{}{text}{}", style.render(), style.render_reset())
    } else {
        text.to_string()
    }
}

/// What a link begins with, and what ends its target (OSC 8).
pub(super) const LINK: &str = "\u{1b}]8;;";
pub(super) const LINK_END: &str = "\u{1b}\\";

/// Whether a link may lead there: an address of a page, or a file, without any sign that is not in one.
pub(super) fn is_linked(target: &str) -> bool {
    let known = ["https://", "http://", "file://"].iter().any(|scheme| target.starts_with(scheme));
    known && target.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An address as it is, which terminals that know links open; plain text elsewhere.
pub(super) fn link(address: &str) -> String {
    if LINKED.load(Ordering::Relaxed) && is_linked(address) {
        format!("{LINK}{address}{LINK_END}{address}{LINK}{LINK_END}")
    } else {
        super::visible(address).into_owned()
    }
}

/// Text that a section or an entry is found by.
pub(super) fn strong(text: impl Display) -> String {
    styled(Style::new().bold(), text)
}

/// Text beside the matter.
pub(super) fn faint(text: impl Display) -> String {
    styled(Style::new().dimmed(), text)
}

/// Text about something of this risk, in its colour.
pub(super) fn by_risk(risk: Risk, text: impl Display) -> String {
    let style = match risk {
        Risk::Critical => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
        Risk::High => Style::new().fg_color(Some(AnsiColor::Red.into())),
        Risk::Medium => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
        Risk::Low => Style::new().fg_color(Some(AnsiColor::Green.into())),
    };
    styled(style, text)
}
