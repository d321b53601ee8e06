//! The enforcement points that decisions can be written for, one file each.
//!
//! A file of this folder says what its target can express and writes it. It decides nothing: what the target cannot
//! express has been settled in `fit` before. It knows nothing of how the document is checked: that is `verify`.

mod agentcore;
mod agentgateway;
mod cedar;
mod claude_code;
mod codex;
mod cursor;
mod docker;
mod envoy;
mod gemini;
mod intercept;
mod litellm;
mod openai;
mod policylayer;
mod rego;
mod toolhive;
mod vscode;

use super::decision::{Condition, Effect, Test};
use super::fit::FittedServer;
use mcpdex_model::UnknownWord;

mcpdex_model::words! {
    /// An enforcement point.
    Target, "target" {
        PolicyLayer = "policylayer",
        Intercept = "intercept",
        ClaudeCode = "claude-code",
        Codex = "codex",
        Gemini = "gemini",
        Cursor = "cursor",
        VsCode = "vscode",
        ToolHive = "toolhive",
        AgentCore = "agentcore",
        AgentGateway = "agentgateway",
        Envoy = "envoy",
        Rego = "rego",
        Docker = "docker",
        LiteLlm = "litellm",
        OpenAi = "openai",
        Azure = "azure",
    }
}

/// How a target can refuse a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// By a rule that names the tool.
    ByRule,
    /// By leaving the tool out.
    ByOmission,
    /// Not at all.
    Never,
}

/// What a target can express. The table of the documentation is made of this.
#[derive(Debug, Clone, Copy)]
pub struct Features {
    /// What people call it.
    pub title: &'static str,
    /// The name of its document.
    pub file: &'static str,
    /// Whether a document speaks of one server only.
    pub one_server: bool,
    pub refusal: Refusal,
    pub ask: bool,
    pub rate: bool,
    /// Whether a refused tool can be kept out of the agent's sight.
    pub hide: bool,
    /// Which tests on arguments it can make, in words; `None` for none.
    pub arguments: Option<&'static str>,
    /// What happens to a tool that the document does not name.
    pub default: Effect,
    /// How it spells names, and which it cannot.
    pub names: &'static str,
    /// The limits of its lists, in words.
    pub lists: &'static str,
    /// How many tools with conditions one document holds.
    pub most_conditional: usize,
    pub comments: bool,
    /// The engine that decides the document in `verify`; without it, an evaluator of our own.
    pub engine: Option<&'static str>,
    /// How to apply the document, step by step.
    pub steps: &'static [&'static str],
}

/// What a target makes of a test on an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Adapted {
    Same,
    /// A test that refuses more, and why.
    Stricter(Test, &'static str),
    /// Not at all, and why.
    No(&'static str),
}

/// What documents need beside decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Between target and tool in AgentCore's action names; the vendor's documents disagree between `___` and `__`.
    pub separator: String,
    /// The ARN of the AgentCore gateway.
    pub gateway: String,
    /// Write a document even where the target cannot refuse what it should; refused tools ask then.
    pub lossy: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            separator: "___".to_owned(),
            gateway: "arn:aws:bedrock-agentcore:us-east-1:000000000000:gateway/replace-me".to_owned(),
            lossy: false,
        }
    }
}

/// One file of a document; the first is the document, the others go beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub file: String,
    pub text: String,
}

impl Output {
    fn main(features: &Features, text: String) -> Output {
        Output { file: features.file.to_owned(), text }
    }
}

/// One enforcement point.
pub(super) trait Format: Sync {
    fn features(&self) -> &'static Features;

    /// The server's alias as the document spells it, or why it cannot.
    fn alias(&self, alias: &str) -> Result<String, &'static str> {
        Ok(alias.to_owned())
    }

    /// The tool's name as the document spells it, or why it cannot.
    fn name(&self, _alias: &str, tool: &str) -> Result<String, &'static str> {
        Ok(tool.to_owned())
    }

    /// What becomes of a test on an argument.
    fn adapt(&self, _condition: &Condition) -> Adapted {
        Adapted::No("it does not look at arguments")
    }

    /// The document.
    fn write(&self, servers: &[FittedServer<'_>], options: &Options) -> Vec<Output>;
}

impl Target {
    pub(super) fn format(self) -> &'static dyn Format {
        match self {
            Target::PolicyLayer => &policylayer::PolicyLayer,
            Target::Intercept => &intercept::Intercept,
            Target::ClaudeCode => &claude_code::ClaudeCode,
            Target::Codex => &codex::Codex,
            Target::Gemini => &gemini::Gemini,
            Target::Cursor => &cursor::Cursor,
            Target::VsCode => &vscode::VsCode,
            Target::ToolHive => &toolhive::ToolHive,
            Target::AgentCore => &agentcore::AgentCore,
            Target::AgentGateway => &agentgateway::AgentGateway,
            Target::Envoy => &envoy::Envoy,
            Target::Rego => &rego::Rego,
            Target::Docker => &docker::Docker,
            Target::LiteLlm => &litellm::LiteLlm,
            Target::OpenAi => &openai::OpenAi { azure: false },
            Target::Azure => &openai::OpenAi { azure: true },
        }
    }

    /// What the target can express.
    pub fn features(self) -> &'static Features {
        self.format().features()
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

/// JSON as people read it, with a line feed at the end.
fn pretty(document: &serde_json::Value) -> String {
    format!("{document:#}\n")
}
