//! Everything that the database holds of one server, read once for all that is written of it.

use super::history::{Happened, history};
use super::pages::SiteError;
use crate::model::{FoundTool, Grade, ListFacts, PartialList, RelatedTool, Risk, ServerFacts, Unread};
use crate::store::{Reader, Tokens};

/// A server as the database has it.
#[derive(Debug, Clone)]
pub(super) struct ServerRead {
    pub(super) facts: ServerFacts,
    pub(super) tools: Vec<FoundTool>,
    pub(super) lists: Vec<ListFacts>,
    pub(super) unread: Vec<Unread>,
    pub(super) partial: Vec<PartialList>,
    pub(super) tokens: Option<Tokens>,
    pub(super) happened: Vec<Happened>,
}

impl ServerRead {
    /// Reads the server of exactly this name; `None` where there is none.
    pub(super) fn of(reader: &Reader, server: &str) -> Result<Option<ServerRead>, SiteError> {
        let Some(facts) = reader.server_facts(server)? else { return Ok(None) };
        let lists = reader.lists_of(server)?;
        Ok(Some(ServerRead {
            facts,
            tools: reader.tools_of(server)?,
            unread: reader.unread_of(server)?,
            partial: reader.partial_of(server)?,
            tokens: reader.tokens_of(server)?,
            happened: history(reader, server, &lists)?,
            lists,
        }))
    }

    /// How much it can do, in a letter.
    pub(super) fn grade(&self) -> Grade {
        let count = |risk: Risk| self.tools.iter().filter(|found| found.verdict.risk == risk).count() as u64;
        let is_whole = self.lists.iter().filter(|list| list.latest).all(|list| list.partial.is_empty());
        Grade::of((!self.lists.is_empty()).then(|| Grade::counts(count)), is_whole)
    }

    /// Its tools with what was judged of them, in the order of [`Reader::other_tools`].
    pub(super) fn related(&self) -> Vec<RelatedTool> {
        let related = |found: &FoundTool| RelatedTool {
            server: found.server.clone(),
            tool: found.tool.name.clone(),
            class: found.verdict.class,
            risk: found.verdict.risk,
            traits: found.verdict.traits.clone(),
        };
        let mut all: Vec<RelatedTool> = self.tools.iter().map(related).collect();
        all.sort_by(|a, b| b.risk.cmp(&a.risk).then_with(|| a.tool.cmp(&b.tool)));
        all
    }
}
