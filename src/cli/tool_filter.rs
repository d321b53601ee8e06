//! Which tools: the options that `mcpdex search` and `mcpdex export` share.

use super::help::word;
use crate::model::{Class, Risk, ToolOrigin, Trait};

// Options that say which tools.
#[derive(Debug, clap::Args)]
pub struct ToolFilterArgs {
    /// Only tools of this class. Repeatable: any of them.
    #[arg(long, value_parser = word::<Class>())]
    pub class: Vec<Class>,
    /// Only tools with this trait, for instance destructive. Repeatable: all of them.
    #[arg(long = "trait", value_name = "TRAIT", value_parser = word::<Trait>())]
    pub traits: Vec<Trait>,
    /// Only tools of this risk. Repeatable: any of them.
    #[arg(long, value_parser = word::<Risk>())]
    pub risk: Vec<Risk>,
    /// Only tools of this server, by name, package or address. Repeatable: any of them.
    #[arg(long)]
    pub server: Vec<String>,
    /// Only tools that were learnt this way: live, card, declared, static or defined. Repeatable: any of them.
    #[arg(long, value_parser = word::<ToolOrigin>())]
    pub origin: Vec<ToolOrigin>,
}

impl ToolFilterArgs {
    /// Whether it leaves out any tool.
    pub fn is_some(&self) -> bool {
        !(self.class.is_empty()
            && self.traits.is_empty()
            && self.risk.is_empty()
            && self.server.is_empty()
            && self.origin.is_empty())
    }
}
