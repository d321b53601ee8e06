//! In which notation documents of a target are written.

use super::recognise::is_cedar;
use super::source::Notation;
use crate::targets::Target;

/// How documents of a target are written.
pub(crate) fn notation_of(target: Target, text: &str) -> Notation {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    match target {
        Target::Intercept
        | Target::ToolHive
        | Target::AgentGateway
        | Target::Envoy
        | Target::LiteLlm
        | Target::Kong
        | Target::Docker => {
            // Raw Cedar, as it stands before it is put into the configuration.
            if target == Target::ToolHive && is_cedar(text) { Notation::Cedar } else { Notation::Yaml }
        }
        Target::Codex => Notation::Toml,
        Target::Gemini if start.starts_with('{') => Notation::Json,
        Target::Gemini => Notation::Toml,
        Target::AgentCore => Notation::Cedar,
        Target::Rego => Notation::Rego,
        Target::Copilot if start.starts_with("--") => Notation::Options,
        _ => Notation::Json,
    }
}

/// Whether the target reads comments and spare commas in its JSON.
pub(crate) fn reads_comments(target: Target) -> bool {
    !matches!(target, Target::PolicyLayer | Target::OpenAi | Target::Azure)
}
