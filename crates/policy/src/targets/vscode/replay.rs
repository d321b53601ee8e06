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
        match self.eligible.0.get(&format!("{}/{}", reference(call.alias), reference(call.tool))) {
            Some(true) => PolicyEffect::Allow,
            Some(false) | None => PolicyEffect::Ask,
        }
    }
}

/// The client's own rule, `name.replace(/[^a-z0-9_-]/gi, '_')` in src/vs/workbench/contrib/mcp/common/mcpServer.ts of
/// microsoft/vscode: it works on UTF-16 units, so a character beyond the first plane becomes two.
fn reference(name: &str) -> String {
    let fits = |unit: u16| u8::try_from(unit).is_ok_and(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    name.encode_utf16()
        .map(|unit| if fits(unit) { char::from(u8::try_from(unit).unwrap_or(b'_')) } else { '_' })
        .collect()
}
