//! `allowed_tools` and `require_approval` of an MCP tool in Azure's agent service: OpenAI's object, with the two lists of names
//! spelled without `tool_names`.

use crate::capability::Capability;
use crate::fitted::FittedServer;
use crate::format::{Format, PolicyFile, TargetOptions, pretty};
use crate::targets::openai::write as openai;
use serde_json::json;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability =
    Capability { title: "Azure agents `require_approval`", file: "azure-tools.json", ..openai::CAPABILITY };

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        vec![PolicyFile::main(&CAPABILITY, pretty(&openai::tool_objects(servers, |names| json!(names))))]
    }
}
