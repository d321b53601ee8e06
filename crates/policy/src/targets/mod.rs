//! The list of enforcement points: one line each. `targets/NAME/write.rs` says what the target can express and writes it,
//! `targets/NAME/replay.rs` reads the document as the target does and answers calls; the two share nothing.
//!
//! Everything that speaks of all targets (command line, documentation, tests) follows from this list.

mod cedar_expression;

use crate::format::{Format, PolicyFile, TargetOptions};
use crate::replay::evaluator::Evaluator;
use mcpdex_model::UnknownWord;

/// `folder: Variant = "word"`, and the feature that its replay needs, if any.
macro_rules! targets {
    ($($module:ident: $variant:ident = $word:literal $(needs $feature:literal)?;)+) => {
        $(
            mod $module {
                $(#[cfg(feature = $feature)])?
                pub(super) mod replay;
                pub(super) mod write;
            }
        )+

        mcpdex_model::words! {
            /// An enforcement point.
            Target, "target" { $($variant = $word),+ }
        }

        impl Target {
            /// What writes its document.
            pub(crate) fn format(self) -> &'static dyn Format {
                match self { $(Target::$variant => $module::write::FORMAT),+ }
            }

            /// Reads a document as the target does.
            ///
            /// # Errors
            /// The target would not take the document, or this build lacks the engine that decides it.
            pub(crate) fn load(self, files: &[PolicyFile], options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
                match self {
                    $(Target::$variant => {
                        $(
                            #[cfg(not(feature = $feature))]
                            let read = |_: &[PolicyFile], _: &TargetOptions| Err(format!("the feature `{}` is off", $feature));
                            #[cfg(feature = $feature)]
                        )?
                        let read = $module::replay::read;
                        read(files, options)
                    }),+
                }
            }
        }
    };
}

targets! {
    policylayer: PolicyLayer = "policylayer";
    intercept: Intercept = "intercept";
    claude_code: ClaudeCode = "claude-code";
    claude_desktop: ClaudeDesktop = "claude-desktop";
    codex: Codex = "codex";
    gemini: Gemini = "gemini";
    cursor: Cursor = "cursor";
    vscode: VsCode = "vscode";
    copilot: Copilot = "copilot";
    opencode: OpenCode = "opencode";
    kiro: Kiro = "kiro";
    toolhive: ToolHive = "toolhive" needs "verify";
    agentcore: AgentCore = "agentcore" needs "verify";
    agentgateway: AgentGateway = "agentgateway" needs "verify";
    envoy: Envoy = "envoy" needs "verify";
    rego: Rego = "rego" needs "verify";
    docker: Docker = "docker";
    kong: Kong = "kong";
    contextforge: ContextForge = "contextforge";
    litellm: LiteLlm = "litellm";
    openai: OpenAi = "openai";
    azure: Azure = "azure";
}

impl Target {
    /// What the target can express.
    pub fn capability(self) -> &'static crate::capability::Capability {
        self.format().capability()
    }
}

/// Reads `all` or a comma-separated list of targets.
///
/// # Errors
/// A word is no target.
pub fn targets(text: &str) -> Result<Vec<Target>, UnknownWord> {
    if text == "all" {
        return Ok(Target::ALL.to_vec());
    }
    text.split(',').map(str::parse).collect()
}
