//! A profile as the Docker MCP Gateway reads it: a server's list says which tools exist; none, or an empty one, means all.

use crate::decision::PolicyEffect;
use crate::format::{PolicyFile, TargetOptions, main};
use crate::replay::evaluator::{Call, Evaluator, yaml};
use serde::Deserialize;

/// Reads the document as the target does.
pub(in crate::targets) fn read(files: &[PolicyFile], _options: &TargetOptions) -> Result<Box<dyn Evaluator>, String> {
    Ok(Box::new(Docker::read(main(files))?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DockerServer {
    #[serde(rename = "type")]
    kind: String,
    source: Option<String>,
    image: Option<String>,
    #[serde(default)]
    tools: Vec<String>,
}

/// A server's tools are those of its list; without one, or with an empty one, all of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Docker {
    version: u32,
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "name")]
    _name: String,
    servers: Vec<DockerServer>,
}

impl Docker {
    fn read(text: &str) -> Result<Docker, String> {
        let read: Docker = yaml(text)?;
        let complete = |server: &DockerServer| match server.kind.as_str() {
            "registry" => server.source.is_some(),
            "image" => server.image.is_some(),
            _ => false,
        };
        if read.version != 1 || !read.servers.iter().all(complete) {
            return Err("it is no profile of version 1".to_owned());
        }
        Ok(read)
    }
}

impl Evaluator for Docker {
    fn answer(&self, call: &Call<'_>) -> PolicyEffect {
        let is = |server: &&DockerServer| {
            server.source.as_deref() == Some(call.server)
                || server.image.as_deref().is_some_and(|image| call.server.strip_prefix("oci:") == Some(image))
        };
        let Some(server) = self.servers.iter().find(is) else { return PolicyEffect::Hide };
        let listed = server.tools.iter().any(|name| name == call.tool || name == "*");
        if server.tools.is_empty() || listed { PolicyEffect::Allow } else { PolicyEffect::Hide }
    }
}
