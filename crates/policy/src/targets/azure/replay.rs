//! MCP tools as Azure's agent service reads them: the lists of names stand there without `tool_names`.

use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::Evaluator;
use crate::targets::openai::replay::{McpTools, NameList};

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(McpTools::<Vec<String>>::read(main(files))?))
}

impl NameList for Vec<String> {
    fn names(&self) -> &[String] {
        self
    }
}
