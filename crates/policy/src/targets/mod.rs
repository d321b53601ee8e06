//! The list of enforcement points: one line each. `targets/NAME/write.rs` says what the target can express and writes it,
//! `targets/NAME/replay.rs` reads the document as the target does and answers calls; the two share nothing.
//!
//! Everything that speaks of all targets (command line, documentation, tests) follows from this list.

mod cedar_expression;

use crate::format::{Format, PolicyFile, TargetOptions};
use crate::replay::evaluator::Evaluator;
use crate::written::rule::RuleBook;
use crate::written::source::Source;
use mcpdex_model::UnknownWord;

/// Takes a document that people wrote into rules and findings.
pub(crate) type ReadWritten = fn(&Source<'_>, &mut RuleBook);

/// `folder: Variant = "word"`, `check` where documents that people wrote are read, and the feature that its replay needs,
/// if any.
macro_rules! targets {
    ($($module:ident: $variant:ident = $word:literal $(, $check:ident)? $(needs $feature:literal)?;)+) => {
        $(
            mod $module {
                $(pub(super) mod $check;)?
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

            /// Reads a document that people wrote, faults and all; `None` where this build cannot.
            pub(crate) fn reader(self) -> Option<ReadWritten> {
                match self {
                    $(Target::$variant => {
                        $(
                            #[cfg(not(feature = $feature))]
                            let read: fn() -> Option<ReadWritten> = || None;
                            #[cfg(feature = $feature)]
                        )?
                        let read: fn() -> Option<ReadWritten> = || {
                            $(return Some($module::$check::read_written);)?
                            #[allow(unreachable_code, reason = "only of a target without a reader")]
                            None
                        };
                        read()
                    }),+
                }
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
    policylayer: PolicyLayer = "policylayer", check;
    intercept: Intercept = "intercept", check;
    claude_code: ClaudeCode = "claude-code", check;
    claude_desktop: ClaudeDesktop = "claude-desktop", check;
    codex: Codex = "codex", check;
    gemini: Gemini = "gemini", check;
    cursor: Cursor = "cursor", check;
    vscode: VsCode = "vscode", check;
    copilot: Copilot = "copilot", check;
    opencode: OpenCode = "opencode", check;
    kiro: Kiro = "kiro", check;
    toolhive: ToolHive = "toolhive", check needs "verify";
    agentcore: AgentCore = "agentcore", check needs "verify";
    agentgateway: AgentGateway = "agentgateway", check needs "verify";
    envoy: Envoy = "envoy", check needs "verify";
    rego: Rego = "rego", check needs "verify";
    docker: Docker = "docker", check;
    kong: Kong = "kong", check;
    contextforge: ContextForge = "contextforge", check;
    litellm: LiteLlm = "litellm", check;
    openai: OpenAi = "openai", check;
    azure: Azure = "azure", check;
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
