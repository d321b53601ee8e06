//! ToolHive's authorization file: Cedar policies inside YAML. A tool that no policy permits is refused and not listed.
//!
//! Arguments are attributes of the resource, `arg_NAME`; one that is not a plain value is only `arg_NAME_present`.
//! Numbers arrive as decimals.

use crate::capability::{Adapted, Capability, RefusalMode};
use crate::condition::Condition;
use crate::decision::PolicyEffect;
use crate::fitted::{FittedServer, FittedTool};
use crate::format::{Format, PolicyFile, TargetOptions};
use crate::targets::cedar_expression::{Number, Place, adapted, expression};
use crate::text::{cedar_quoted, comment, quoted};
use std::fmt::Write;

struct Writer;

/// The target as the list of targets takes it.
pub(in crate::targets) const FORMAT: &dyn Format = &Writer;

const CAPABILITY: Capability = Capability {
    title: "ToolHive (Cedar)",
    file: "toolhive.yaml",
    one_server: true,
    refusal: RefusalMode::ByRule,
    ask: false,
    rate: false,
    hide: true,
    arguments: Some("values, switches and amounts"),
    default: PolicyEffect::Hide,
    names: "exact",
    lists: "none known",
    most_conditional: usize::MAX,
    comments: true,
    engine: Some("cedar-policy"),
    steps: &["Save the document as authz.yaml", "Start the server with it: `thv run --authz-config authz.yaml SERVER`"],
};

const PLACE: Place = Place { record: "resource", prefix: "arg_", present: Some("_present") };

impl Format for Writer {
    fn capability(&self) -> &'static Capability {
        &CAPABILITY
    }

    fn adapt(&self, condition: &Condition) -> Adapted {
        adapted(condition)
    }

    fn write(&self, servers: &[FittedServer<'_>], _options: &TargetOptions) -> Vec<PolicyFile> {
        let mut out = String::from("version: \"1.0\"\ntype: \"cedarv1\"\ncedar:\n  policies:\n");
        let mut any = false;
        for tool in servers.iter().flat_map(|server| &server.tools) {
            any = true;
            writeln!(out, "    # {}", comment(&tool.reason)).expect("a string takes all");
            writeln!(out, "    - {}", quoted(&policy(tool))).expect("a string takes all");
        }
        if !any {
            out.push_str("    # The server refuses to start without a policy.\n");
            out.push_str("    - \"forbid(principal, action == Action::\\\"call_tool\\\", resource);\"\n");
        }
        out.push_str("  entities_json: \"[]\"\n");
        vec![PolicyFile::main(&CAPABILITY, out)]
    }
}

fn policy(tool: &FittedTool<'_>) -> String {
    let effect = if tool.effect.is_refused() { "forbid" } else { "permit" };
    let head =
        format!("{effect}(principal, action == Action::\"call_tool\", resource == Tool::{})", cedar_quoted(&tool.name));
    if tool.conditions.is_empty() {
        return format!("{head};");
    }
    let tests: Vec<_> = tool.conditions.iter().map(|c| expression(&PLACE, c, Number::Decimal)).collect();
    format!("{head} when {{ {} }};", tests.join(" && "))
}
