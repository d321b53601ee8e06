//! Words that stand where a verb does and that no rule knows: what the pack lacks, told by a corpus. It judges nothing.

use crate::language::server_context::ServerContext;
use crate::language::tool_text::ToolText;
use crate::rules::ruleset::Ruleset;
use mcpdex_model::Tool;

impl Ruleset {
    /// The word that stands where `tool` has its verb, in name or description, where no rule knows it; lower case.
    pub fn unknown_verb(&self, context: &ServerContext, tool: &Tool) -> Option<String> {
        let reading = ToolText::of(tool, &self.lexicon);
        let read = self.actions(&reading, context);
        if read.unknown_verb {
            let segment = &reading.segments[2];
            let text = &reading.text[segment.start as usize..segment.end as usize];
            let word: String = text.trim_start().chars().take_while(|letter| letter.is_alphabetic()).collect();
            return (!word.is_empty()).then_some(word);
        }
        if read.actions.iter().any(|action| action.verb.is_some()) {
            return None;
        }
        let first = read.actions.first()?.objects.first().filter(|word| word.lemma == 0)?;
        Some(reading.text[first.start as usize..first.end as usize].to_owned())
    }
}
