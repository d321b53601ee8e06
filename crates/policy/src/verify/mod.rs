//! Every document is read back and asked: each tool of its scope with arguments that pass and that fail, and tools that
//! nobody knows. A document whose answers differ from what was meant is not written.
//!
//! The evaluators here are written from the published behaviour of each target and share nothing with the files that
//! write the documents. Cedar, CEL and Rego are decided by their own engines.

#[cfg(feature = "verify")]
mod cedar;
#[cfg(feature = "verify")]
mod cel;
mod client;
mod gateway;
mod operator;
mod probe;
#[cfg(feature = "verify")]
mod rego;
mod settings;

use super::decision::Effect;
use super::fit::{FittedServer, FittedTool, Refused, passes};
use super::target::{Options, Output, Target};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::marker::PhantomData;

/// One call that an agent could make.
struct Call<'a> {
    /// The server's identity in the database, for targets that know no alias.
    server: &'a str,
    alias: &'a str,
    tool: &'a str,
    arguments: &'a Map<String, Value>,
}

/// A document as its target reads it.
trait Evaluator {
    /// What the target does with the call. A target that does not tell refusing from hiding may answer either.
    fn answer(&self, call: &Call<'_>) -> Effect;
}

/// Reads the document as the target would.
fn load(target: Target, outputs: &[Output], options: &Options) -> Result<Box<dyn Evaluator>, String> {
    let text = outputs.first().map_or("", |output| output.text.as_str());
    #[cfg(not(feature = "verify"))]
    let _ = options;
    match target {
        Target::PolicyLayer => boxed(gateway::PolicyLayer::read(text)),
        Target::Intercept => boxed(gateway::Intercept::read(text)),
        Target::ClaudeCode => boxed(settings::ClaudeCode::read(text)),
        Target::Codex => boxed(client::Codex::read(text)),
        Target::Gemini => boxed(client::Gemini::read(outputs)),
        Target::Cursor => boxed(settings::Cursor::read(text)),
        Target::VsCode => boxed(settings::VsCode::read(text)),
        Target::Docker => boxed(client::Docker::read(text)),
        Target::LiteLlm => boxed(client::LiteLlm::read(text)),
        Target::OpenAi | Target::Azure => boxed(settings::OpenAi::read(text)),
        #[cfg(feature = "verify")]
        Target::ToolHive => boxed(cedar::ToolHive::read(text)),
        #[cfg(feature = "verify")]
        Target::AgentCore => boxed(cedar::AgentCore::read(outputs, options)),
        #[cfg(feature = "verify")]
        Target::AgentGateway => boxed(cel::AgentGateway::read(text)),
        #[cfg(feature = "verify")]
        Target::Envoy => boxed(cel::Envoy::read(text)),
        #[cfg(feature = "verify")]
        Target::Rego => boxed(rego::Rego::read(text)),
        #[cfg(not(feature = "verify"))]
        Target::ToolHive | Target::AgentCore | Target::AgentGateway | Target::Envoy | Target::Rego => {
            Err("no engine".to_owned())
        }
    }
}

fn boxed<T: Evaluator + 'static>(read: Result<T, String>) -> Result<Box<dyn Evaluator>, String> {
    read.map(|evaluator| Box::new(evaluator) as Box<dyn Evaluator>)
}

/// Reads the document back and replays calls against it; the number of calls.
///
/// # Errors
/// The document cannot be read, or answers otherwise than was meant.
pub(super) fn verify(
    target: Target,
    servers: &[FittedServer<'_>],
    outputs: &[Output],
    options: &Options,
) -> Result<usize, Refused> {
    if target.features().engine.is_some() && cfg!(not(feature = "verify")) {
        return Err(Refused::NoEngine(target));
    }
    let unverified = |detail: String| Refused::Unverified { target, detail };
    let evaluator = load(target, outputs, options).map_err(|e| unverified(format!("it cannot be read back: {e}")))?;
    let replay = Replay { target, evaluator };
    let mut calls = 0;
    for server in servers {
        calls += replay.server(server).map_err(unverified)?;
    }
    Ok(calls)
}

/// What the document does with one call.
pub(super) fn answer(
    target: Target,
    outputs: &[Output],
    options: &Options,
    server: &str,
    alias: &str,
    tool: &str,
    arguments: &Map<String, Value>,
) -> Result<Effect, String> {
    let evaluator = load(target, outputs, options)?;
    Ok(evaluator.answer(&Call { server, alias, tool, arguments }))
}

struct Replay {
    target: Target,
    evaluator: Box<dyn Evaluator>,
}

impl Replay {
    fn server(&self, server: &FittedServer<'_>) -> Result<usize, String> {
        let mut calls = 0;
        let by_name: BTreeMap<&str, &FittedTool<'_>> =
            server.tools.iter().map(|tool| (tool.name.as_str(), tool)).collect();
        for tool in &server.tools {
            let samples = probe::arguments(&tool.conditions);
            for name in &tool.stands_for {
                for arguments in &samples {
                    let results: Vec<_> =
                        tool.conditions.iter().map(|c| passes(&c.test, arguments.get(&c.argument))).collect();
                    let wanted = if results.contains(&Some(false)) { Effect::Deny } else { tool.effect };
                    let open = !results.contains(&Some(false)) && results.contains(&None);
                    self.ask(server, name, arguments, wanted, open)?;
                    calls += 1;
                }
            }
        }
        let none = Map::new();
        for name in server.unnamed.iter() {
            self.ask(server, name, &none, self.target.features().default, false)?;
            calls += 1;
        }
        for name in probe::invented(server) {
            // A client that changes names cannot tell an invented tool from a known one that it spells alike.
            let spelled = self.target.format().name(&server.alias, &name);
            let known = spelled.ok().and_then(|spelled| by_name.get(spelled.as_str()).copied());
            if known.is_some_and(|tool| !tool.conditions.is_empty()) {
                continue;
            }
            let wanted = known.map_or(self.target.features().default, |tool| tool.effect);
            self.ask(server, &name, &none, wanted, known.is_some())?;
            calls += 1;
        }
        Ok(calls + self.strange_server(server)?)
    }

    /// A server that the document does not speak of must not be let through by accident.
    fn strange_server(&self, server: &FittedServer<'_>) -> Result<usize, String> {
        if self.target.features().one_server {
            return Ok(0);
        }
        let arguments = Map::new();
        let alias = "mcpdex-invented-server";
        let mut calls = 0;
        for tool in server.tools.iter().take(3) {
            let call = Call { server: alias, alias, tool: &tool.name, arguments: &arguments };
            let answer = self.evaluator.answer(&call);
            if answer.is_allowed() {
                return Err(format!("`{}` of a server that it does not speak of is {answer}", shown(&tool.name)));
            }
            calls += 1;
        }
        Ok(calls)
    }

    fn ask(
        &self,
        server: &FittedServer<'_>,
        tool: &str,
        arguments: &Map<String, Value>,
        wanted: Effect,
        may_be_stricter: bool,
    ) -> Result<(), String> {
        let call = Call { server: server.name, alias: &server.alias, tool, arguments };
        let answer = self.evaluator.answer(&call);
        let same = match wanted {
            Effect::Hide if self.target.features().hide => answer == Effect::Hide,
            Effect::Deny | Effect::Hide => answer.is_refused(),
            other => answer == other || (may_be_stricter && answer.rank() >= other.rank()),
        };
        if same {
            return Ok(());
        }
        let arguments = Value::Object(arguments.clone());
        Err(format!("`{}` with {arguments} should be {wanted} and is {answer}", shown(tool)))
    }
}

fn shown(name: &str) -> String {
    name.chars().take(60).flat_map(char::escape_debug).collect()
}

/// A map that refuses a key that comes twice; JSON parsers keep one of the two silently.
struct Unique<V>(BTreeMap<String, V>);

impl<V> Default for Unique<V> {
    fn default() -> Unique<V> {
        Unique(BTreeMap::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Unique<V> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Unique<V>, D::Error> {
        struct Reads<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Reads<V> {
            type Value = Unique<V>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map without a key that comes twice")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique<V>, A::Error> {
                let mut found = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, V>()? {
                    if found.insert(key, value).is_some() {
                        return Err(serde::de::Error::custom("a key comes twice"));
                    }
                }
                Ok(Unique(found))
            }
        }
        deserializer.deserialize_map(Reads(PhantomData))
    }
}
