//! VS Code's setting as the client reads it.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, Unique, json};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(VsCode::read(main(files))?))
}

/// `true`: may be approved once and for all; `false` and tools that are not named: asked about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VsCode {
    #[serde(rename = "chat.tools.eligibleForAutoApproval")]
    eligible: Unique<bool>,
}

impl VsCode {
    fn read(text: &str) -> Result<VsCode, String> {
        json(text)
    }
}

impl Evaluator for VsCode {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        match self.eligible.0.get(&format!("{}/{}", call.alias, call.tool)) {
            Some(true) => PolicyEffect::Allow,
            Some(false) | None => PolicyEffect::Ask,
        }
    }
}
