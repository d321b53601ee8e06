//! Colour and weight of what people read, where they are wanted; plain text where not. Only words of mcpdex's own are
//! styled, and what comes from servers has been made visible before, so that no style can come from there.

use crate::model::Risk;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether styles are written. Nothing is styled before [`choose`] was called.
static STYLED: AtomicBool = AtomicBool::new(false);

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
